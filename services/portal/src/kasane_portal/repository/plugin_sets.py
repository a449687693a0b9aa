"""Loads and saves the sets of plugins that the town chose, and those it tried."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from kasane_kit.db import Taken, unless_taken
from kasane_portal import tables
from kasane_portal.domain.errors import SetChangedMeanwhile, TrialUnknown
from kasane_portal.domain.plugin_set import PluginSet, PluginTrial, PreviewShown
from kasane_portal.repository.moments import aware


class PluginSets:
    """Every revision; none is ever changed. Trials go after a while."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def revisions(self) -> tuple[PluginSet, ...]:
        """All of them, the newest first."""
        rows = self._connection.execute(
            select(tables.plugin_set).order_by(tables.plugin_set.c.revision.desc())
        )
        return tuple(
            PluginSet(
                revision=row.revision,
                plugins=tuple(row.plugins),
                settings=row.settings,
                chosen_by=row.chosen_by,
                chosen_at=aware(row.chosen_at),
                chosen_on=row.chosen_on,
                reason=row.reason,
                preview=_preview(row.preview) if row.preview else None,
                back_to=row.back_to,
            )
            for row in rows
        )

    def add(self, chosen: PluginSet) -> None:
        """Saves a new revision; raises SetChangedMeanwhile when its number was taken in the meantime."""
        row = {
            **vars(chosen),
            "plugins": list(chosen.plugins),
            "preview": asdict(chosen.preview) if chosen.preview else {},
        }
        try:
            with unless_taken(tables.plugin_set.c.revision):
                self._connection.execute(insert(tables.plugin_set).values(row))
        except Taken as taken:
            raise SetChangedMeanwhile(revision=chosen.revision) from taken

    def keep_trial(self, trial: PluginTrial, forget_before: datetime) -> None:
        """Saves what was tried; trials from before a moment go."""
        table = tables.plugin_trial
        self._connection.execute(delete(table).where(table.c.tried_at < forget_before))
        self._connection.execute(
            insert(table).values(
                {
                    **vars(trial),
                    "plugins": list(trial.plugins),
                    "preview": asdict(trial.preview),
                }
            )
        )

    def trial(self, trial_id: str) -> PluginTrial:
        """One trial; raises TrialUnknown."""
        table = tables.plugin_trial
        row = self._connection.execute(select(table).where(table.c.id == trial_id)).one_or_none()
        if row is None:
            raise TrialUnknown
        return PluginTrial(
            row.id,
            row.seen,
            tuple(row.plugins),
            row.settings,
            _preview(row.preview),
            row.tried_by,
            aware(row.tried_at),
        )


def _preview(stored: dict[str, Any]) -> PreviewShown:
    return PreviewShown(
        stored["asked"], stored["different"], tuple(stored["added"]), tuple(stored["gone"])
    )
