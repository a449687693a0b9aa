"""Writes down what one person said about passing on their information."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kasane_cases.commands import RecordConsent
from kasane_cases.domain.attachment import AttachmentKind
from kasane_cases.domain.consent import Consent, ConsentPurpose, ConsentState, Elsewhere
from kasane_cases.domain.errors import (
    ChangedMeanwhile,
    RecipientNotOffered,
    RecordNotFound,
    TermTooLong,
    UnknownChoice,
)
from kasane_cases.domain.gap import GapKind
from kasane_cases.domain.person_link import others_of
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.attachments import keep_file
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.repository import (
    Attachments,
    Cases,
    Consents,
    Grants,
    PersonLinks,
    Tasks,
    WatchRules,
)
from kasane_contracts import cases as events
from kasane_contracts.glossary import glossary
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import House, UnitOfWork, reading

OWN_METHODS = ("written", "spoken")
SERVICE = "cases"


def record_consent(command: RecordConsent, uow: UnitOfWork, hooks: Any) -> str:
    """Adds to one person's consent history (I-08); rights from the last entry end with it.

    Raises ChangedMeanwhile when another entry came after the one that was read.
    """
    case, _ = open_for_change(command.case_id, uow)
    ends = command.state in (ConsentState.WITHDRAWN, ConsentState.REFUSED)
    if ends:
        case.person(command.person_id)
    else:
        case.member(command.person_id, clock.today())
    consents = Consents(uow.connection)
    before = consents.standing_of(case.id, command.person_id)
    last = before.number if before else 0
    if command.expected not in (None, last):
        raise ChangedMeanwhile
    given = command.state is ConsentState.GIVEN
    valid_from = (command.valid_from or clock.today()) if given else None
    consent = Consent(
        id=command.consent_id,
        case_id=case.id,
        person_id=command.person_id,
        number=last + 1,
        state=command.state,
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        scope=command.scope,
        given_by=command.given_by,
        method=command.method,
        valid_from=valid_from,
        expires_on=_last_day(command, valid_from, hooks) if valid_from else None,
        note=command.note,
        heard_by=command.heard_by.strip() or uow.actor.display_name,
        representative=command.representative,
        representative_basis=command.representative_basis,
        own_will=command.own_will,
        form=command.form,
        evidence_id=_evidence(command, uow),
    )
    consent.check_after(before, clock.today())
    if given and command.method not in methods(hooks):
        raise UnknownChoice(choice=command.method)
    if given:
        _check_town(command, hooks)
    consents.add(consent)
    if command.evidence is not None:
        keep_file(
            uow,
            consent.evidence_id,
            case.id,
            command.person_id,
            command.evidence,
            AttachmentKind.CONSENT_EVIDENCE,
            consent.id,
        )
    if before is not None:
        Grants(uow.connection).end_with(before.id, clock.now())
    if not _still_at_the_table(consent, before):
        Grants(uow.connection).end_consented_meetings(case.id, command.person_id, clock.now())
    if ends:
        _end_elsewhere(consent, uow)
    elif given and command.elsewhere is Elsewhere.NARROW:
        _narrow_elsewhere(consent, uow)
    if command.state is not ConsentState.PENDING:
        for asked in (CaseTaskKind.ASK_CONSENT, CaseTaskKind.ASK_CONSENT_HERE):
            Tasks(uow.connection).finish(case.id, command.person_id, asked, clock.today())
    if command.state is not ConsentState.PENDING:
        Cases(uow.connection).contact_made(case.id, clock.today())
    if case.unasked_for_consent and consent.covers(clock.today(), ConsentPurpose.MULTI_AGENCY):
        Tasks(uow.connection).raise_once(
            CaseTask(
                new_id(),
                case.id,
                command.person_id,
                CaseTaskKind.OFFER_MULTI_AGENCY,
                consent.id,
                clock.today(),
            )
        )
    Tasks(uow.connection).finish(
        case.id, command.person_id, CaseTaskKind.RENEW_CONSENT, clock.today()
    )
    uow.record("cases.consent.recorded", "person", command.person_id, basis=command.method)
    uow.publish(
        events.ConsentRecorded(case.id, command.person_id, command.state.value, clock.today())
    )
    note(
        uow,
        case.id,
        TimelineKind.CONSENT_RECORDED,
        command.person_id,
        consent.id,
        state=command.state.value,
    )
    uow.commit()
    return consent.id


def methods(hooks: Any) -> tuple[str, ...]:
    """The codes of the ways of consenting in this town, else the platform's own."""
    policy = hooks.consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value)
    return tuple(choice.value for choice in policy.methods) or OWN_METHODS


def remind_of_expiring(house: House, municipality: str) -> None:
    """Raises a task for every consent that soon ends, once for each; runs as a job of the worker.

    The lead time is the one that the town set, else that of the plugin for the consent's purposes.
    """
    hooks = house.plugins.hooks_for(municipality)
    today = clock.today()
    with reading(house, SERVICE) as connection:
        chosen = WatchRules(connection).own().get(GapKind.CONSENT_EXPIRING)
        lead = {
            purpose: chosen or hooks.consent_policy(purpose=purpose.value).remind_days
            for purpose in ConsentPurpose
        }
        found = Consents(connection).expiring(today, today + timedelta(days=max(lead.values())))
    for consent in found:
        earliest = max(lead[purpose] for purpose in consent.scope.purposes)
        if consent.expires_on is None or consent.expires_on > today + timedelta(days=earliest):
            continue
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            Tasks(uow.connection).raise_once(
                CaseTask(
                    new_id(),
                    consent.case_id,
                    consent.person_id,
                    CaseTaskKind.RENEW_CONSENT,
                    consent.id,
                    today,
                )
            )
            uow.record("cases.consent.renewal_asked", "person", consent.person_id)
            uow.commit()


def _end_elsewhere(consent: Consent, uow: UnitOfWork) -> None:
    """What a person takes back holds nowhere else either, as in a case that they moved from (I-08)."""
    for before in _standing_elsewhere(consent, uow):
        ended = replace(
            consent,
            case_id=before.case_id,
            person_id=before.person_id,
            number=before.number + 1,
        )
        replace_standing(before, ended, uow)


def _narrow_elsewhere(consent: Consent, uow: UnitOfWork) -> None:
    """What a person narrows holds no wider anywhere else, as in a case that they moved from."""
    for before in _standing_elsewhere(consent, uow):
        narrowed = before.narrowed_by(consent)
        if narrowed is not None:
            replace_standing(before, narrowed, uow)


def _standing_elsewhere(consent: Consent, uow: UnitOfWork) -> Iterator[Consent]:
    """The other consents of the same person that stand: in other cases, and under other records in any case."""
    here = (consent.case_id, consent.person_id)
    links = PersonLinks(uow.connection).around([consent.person_id])
    for one in Consents(uow.connection).given_by(
        {consent.person_id, *others_of(consent.person_id, links)}
    ):
        if (one.case_id, one.person_id) != here:
            yield one


def replace_standing(before: Consent, new: Consent, uow: UnitOfWork) -> None:
    """Adds the entry behind the one that stood; rights that came from that one end with it."""
    grants = Grants(uow.connection)
    Consents(uow.connection).add(replace(new, id=new_id(), evidence_id=""))
    grants.end_with(before.id, clock.now())
    if not _still_at_the_table(new, before):
        grants.end_consented_meetings(before.case_id, before.person_id, clock.now())
    uow.record("cases.consent.recorded", "person", before.person_id, basis="elsewhere")
    uow.publish(
        events.ConsentRecorded(before.case_id, before.person_id, new.state.value, clock.today())
    )
    note(
        uow,
        before.case_id,
        TimelineKind.CONSENT_RECORDED,
        before.person_id,
        new.id,
        state=new.state.value,
    )


def _still_at_the_table(consent: Consent, before: Consent | None) -> bool:
    """Whether everybody who may have heard of the person at a session on consent still may (I-08)."""
    recipients = before.scope.recipients if before is not None else ()
    return consent.covers(clock.today(), ConsentPurpose.MULTI_AGENCY, recipients)


def _evidence(command: RecordConsent, uow: UnitOfWork) -> str:
    if command.evidence is not None:
        return new_id()
    if not command.evidence_id:
        return ""
    kept = Attachments(uow.connection).get(command.case_id, command.evidence_id)
    if kept.person_id != command.person_id:
        raise RecordNotFound
    return kept.id


def _check_town(command: RecordConsent, hooks: Any) -> None:
    """Raises when the town's rule offers neither this kind of recipient nor this form."""
    for purpose in command.scope.purposes:
        policy = hooks.consent_policy(purpose=purpose.value)
        offered = {kind.value for kind in policy.recipients}
        for kind in command.scope.recipients:
            if offered and kind.value not in offered:
                raise RecipientNotOffered(recipient=glossary()[f"attendee_kind.{kind.value}"].ja)
    policy = hooks.consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value)
    if command.form and command.form not in {one.value for one in policy.forms}:
        raise UnknownChoice(choice=command.form)


def _last_day(command: RecordConsent, valid_from: date, hooks: Any) -> date:
    purposes = command.scope.purposes or (ConsentPurpose.MULTI_AGENCY,)
    longest = min(
        valid_from + timedelta(days=hooks.consent_policy(purpose=purpose.value).valid_for_days)
        for purpose in purposes
    )
    if command.expires_on is None:
        return longest
    if command.expires_on > longest:
        raise TermTooLong(longest=longest.isoformat())
    return command.expires_on
