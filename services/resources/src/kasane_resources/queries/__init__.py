"""What resources' screens read."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_resources.domain.directory_import import DirectoryImport, ImportPlan, NoLongerListed
from kasane_resources.domain.errors import HumanServiceNotFound
from kasane_resources.domain.gap import Gap, GapTheme
from kasane_resources.domain.human_service import HumanService
from kasane_resources.domain.profile import HostContact
from kasane_resources.domain.referral import Referral
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.queries.finding import MOST_COUNTED as MOST_COUNTED
from kasane_resources.queries.finding import Place, found, how_many
from kasane_resources.queries.finding import place_in as place_in
from kasane_resources.queries.seeing import visible_to
from kasane_resources.repository import (
    DirectoryImports,
    Gaps,
    HostContacts,
    HumanServices,
    LongImports,
    Quarantine,
    Referrals,
    RefusedRow,
    RefusedRows,
)

MOST_LISTED = 200
_EVERYTHING = DirectorySearch()


def human_services(
    connection: Connection,
    viewer: Actor,
    search: DirectorySearch = _EVERYTHING,
    *,
    after: Place | None = None,
    most: int = 50,
) -> Sequence[HumanService]:
    """Entries the viewer may know of; ``after`` is the ``place_in`` of the last one shown."""
    return found(connection, visible_to(viewer), search, after=after, most=most)


def count_human_services(
    connection: Connection, viewer: Actor, search: DirectorySearch = _EVERYTHING
) -> int:
    """How many entries there are that the viewer may know of; past ``MOST_COUNTED`` one more than that."""
    return how_many(connection, visible_to(viewer), search)


def human_service(connection: Connection, viewer: Actor, human_service_id: str) -> HumanService:
    """One entry; raises HumanServiceNotFound when there is none or it is not open to the viewer."""
    found = HumanServices(connection).get(human_service_id)
    if found.entry.visibility not in visible_to(viewer):
        raise HumanServiceNotFound
    return found


def host_contact(connection: Connection, human_service_id: str) -> HostContact:
    """Whom supporters ask at the host of an entry; empty when nothing is written down."""
    return HostContacts(connection).of(human_service_id)


def directory_import(connection: Connection, import_id: str) -> DirectoryImport:
    """One import; raises ImportNotFound."""
    return DirectoryImports(connection).get(import_id)


def long_import_page(
    connection: Connection, one: DirectoryImport, show: str, after: int, most: int
) -> tuple[ImportPlan, int | None, NoLongerListed]:
    """Some rows of a long file that was read, where more begin, and what the file no longer lists."""
    long_imports = LongImports(connection)
    plan, further = long_imports.page(one, show, after, clock.today(), most)
    return plan, further, long_imports.gone(one, most)


def import_plan(connection: Connection, one: DirectoryImport) -> ImportPlan:
    """What applying an import would do now."""
    return DirectoryImports(connection).plan(one)


def refused_rows(
    connection: Connection, source: str, most: int = MOST_LISTED
) -> Sequence[RefusedRow]:
    """Rows of a source that were not taken in, in the order of the file."""
    return RefusedRows(connection).of(source, most)


def waiting_cells(connection: Connection) -> int:
    """How many personal contacts wait for a decision."""
    return Quarantine(connection).count_waiting()


def referrals(
    connection: Connection, *, waiting: bool, most: int = MOST_LISTED
) -> Sequence[Referral]:
    """Referrals that wait, oldest first, or that are answered, newest first."""
    return Referrals(connection).listed(waiting=waiting, most=most)


def referral(connection: Connection, referral_id: str) -> Referral:
    """One referral; raises ReferralNotFound."""
    return Referrals(connection).get(referral_id)


def gap_themes(connection: Connection) -> Sequence[GapTheme]:
    """The open gaps by category, the most first, and by place what no issue was raised from yet."""
    return Gaps(connection).themes()


def gap(connection: Connection, viewer: Actor, gap_id: str) -> Gap:
    """One gap; raises GapNotFound. What was developed is named to those who may know of it."""
    (found,) = _as_seen_by(connection, viewer, [Gaps(connection).get(gap_id)])
    return found


def gaps(connection: Connection, viewer: Actor, most: int = MOST_LISTED) -> Sequence[Gap]:
    """What nobody offers, newest first. What was developed is named to those who may know of it."""
    return _as_seen_by(connection, viewer, Gaps(connection).listed(most))


def _as_seen_by(connection: Connection, viewer: Actor, found: Sequence[Gap]) -> Sequence[Gap]:
    seen = visible_to(viewer)
    named = [one.developed_id for one in found if one.developed_id]
    entries = HumanServices(connection).entries_of(named)
    hidden = {one for one, entry in entries.items() if entry.visibility not in seen}
    return [
        replace(one, developed_id="", developed="") if one.developed_id in hidden else one
        for one in found
    ]
