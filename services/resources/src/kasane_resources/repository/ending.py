"""What of a person is personal in requests and participation, and goes when the time of their record is over."""

from sqlalchemy import Table

from kasane_kit.db.shredding import Personal, Rules
from kasane_resources import tables
from kasane_resources.tables import participation as support
from kasane_resources.tables.schema import metadata

_OF_A_PERSON = (
    Personal(
        tables.referral,
        ("id",),
        blank=("name",),
        stays=("human_service_name",),
        holds=True,
    ),
    Personal(
        support.participation,
        ("id",),
        blank=("judgement",),
        stays=("area", "host", "activity"),
        holds=True,
    ),
    Personal(support.participation_step, ("participation_id",), stays=("by_name",)),
    Personal(
        tables.gap,
        ("need_id",),
        stays=("area", "missing", "developed", "resolved_by_name"),
    ),
)


def _names_of(*tables_of_persons: Table) -> set[str]:
    return {table.name for table in tables_of_persons}


RULES = Rules(
    personal=_OF_A_PERSON,
    # The directory, its imports and the community's issues are about organisations and areas.
    names_nobody=tuple(
        sorted(set(metadata.tables) - _names_of(*(one.table for one in _OF_A_PERSON)))
    ),
)
