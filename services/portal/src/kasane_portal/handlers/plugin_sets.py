"""Lets a town choose its set of plugins: only one that was tried, that can be built and that its file allows."""

import tomllib
from datetime import timedelta

from kasane_contracts.portal import MunicipalityConfigured
from kasane_kit import clock
from kasane_kit.plugins import MisconfiguredTown, build_manager
from kasane_kit.tenancy import ChosenSet, Town, settings_text, with_choice
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import EnableTriedSet, GoBackToSet, KeepTrial
from kasane_portal.domain.errors import SetUnfit
from kasane_portal.domain.plugin_set import (
    OF_THE_FILE,
    PluginSet,
    PluginTrial,
    check_choice,
    current_revision,
    earlier,
)
from kasane_portal.repository import PluginSets

KEPT_DAYS = 7


def keep_trial(command: KeepTrial, uow: UnitOfWork) -> None:
    """Keeps what was tried and what was shown, so that exactly this can be enabled."""
    sets = PluginSets(uow.connection)
    now = clock.now()
    trial = PluginTrial(
        command.trial_id,
        current_revision(sets.revisions()),
        command.plugins,
        settings_text(command.settings),
        command.preview,
        uow.actor.account_id,
        now,
    )
    sets.keep_trial(trial, now - timedelta(days=KEPT_DAYS))
    uow.record("portal.plugin_set.rehearsed", "plugin_set", " ".join(command.plugins) or "-")
    uow.commit()


def enable(command: EnableTriedSet, uow: UnitOfWork, of_file: Town, today: Town) -> int:
    """Makes a tried set the town's own from now on; returns its revision.

    ``of_file`` is the town as its file has it, ``today`` as it stands. Raises TrialUnknown, SetChangedMeanwhile,
    SetIsTheSame, ReasonForSetMissing and SetUnfit; nothing has changed then.
    """
    sets = PluginSets(uow.connection)
    trial = sets.trial(command.trial_id)
    chosen = PluginSet(
        revision=trial.seen + 1,
        plugins=trial.plugins,
        settings=trial.settings,
        chosen_by=uow.actor.display_name,
        chosen_at=clock.now(),
        chosen_on=clock.today(),
        reason=command.reason.strip(),
        preview=trial.preview,
    )
    return _choose(sets, chosen, uow, of_file, today)


def go_back(command: GoBackToSet, uow: UnitOfWork, of_file: Town, today: Town) -> int:
    """Takes an earlier revision up again, or with ``OF_THE_FILE`` the set of the town's file, as a new revision.

    Raises RevisionUnknown and what ``enable`` raises.
    """
    sets = PluginSets(uow.connection)
    if command.revision == OF_THE_FILE:
        plugins, settings = of_file.plugins, settings_text(of_file.settings)
    else:
        found = earlier(sets.revisions(), command.revision)
        plugins, settings = found.plugins, found.settings
    chosen = PluginSet(
        revision=command.seen + 1,
        plugins=plugins,
        settings=settings,
        chosen_by=uow.actor.display_name,
        chosen_at=clock.now(),
        chosen_on=clock.today(),
        reason=command.reason.strip(),
        back_to=command.revision,
    )
    return _choose(sets, chosen, uow, of_file, today)


def why_unfit(of_file: Town, plugins: tuple[str, ...], settings: str) -> str:
    """The sentence why a town may not choose a set, or an empty text."""
    try:
        build_manager(with_choice(of_file, _choice(1, plugins, settings)))
    except MisconfiguredTown as wrong:
        return wrong.sentence
    return ""


def _choose(
    sets: PluginSets, chosen: PluginSet, uow: UnitOfWork, of_file: Town, today: Town
) -> int:
    choice = _choice(chosen.revision, chosen.plugins, chosen.settings)
    same = (choice.plugins, choice.settings) == (today.plugins, dict(today.settings))
    check_choice(sets.revisions(), chosen.revision - 1, chosen.reason, same_as_today=same)
    unfit = why_unfit(of_file, chosen.plugins, chosen.settings)
    if unfit:
        raise SetUnfit(why=unfit)
    sets.add(chosen)
    uow.choose(choice)
    uow.publish(
        MunicipalityConfigured(
            uow.municipality, chosen.revision, chosen.plugins, chosen.settings, chosen.chosen_on
        )
    )
    uow.record("portal.plugin_set.chosen", "plugin_set", str(chosen.revision), chosen.reason[:200])
    uow.commit()
    return chosen.revision


def _choice(revision: int, plugins: tuple[str, ...], settings: str) -> ChosenSet:
    return ChosenSet(revision, plugins, tomllib.loads(settings), clock.today())
