"""Remembers which people intake shows as one person; the delivery commits."""

from kasane_cases.domain.person_link import PersonLink
from kasane_cases.repository import PersonLinks
from kasane_contracts.intake import PersonsMerged, PersonsMergeUndone
from kasane_kit.unit_of_work import UnitOfWork

PERSON = "person"


def take_merge(event: PersonsMerged, uow: UnitOfWork) -> None:
    """Two records are of one person; both stay in their households and cases."""
    PersonLinks(uow.connection).keep(_link(event, undone=False))
    uow.record("cases.person.linked", PERSON, event.one_person_id)


def take_merge_undone(event: PersonsMergeUndone, uow: UnitOfWork) -> None:
    """They are two people after all, also when this is heard before the merge."""
    PersonLinks(uow.connection).keep(_link(event, undone=True))
    uow.record("cases.person.unlinked", PERSON, event.one_person_id)


def _link(event: PersonsMerged | PersonsMergeUndone, *, undone: bool) -> PersonLink:
    return PersonLink(
        event.merge_id,
        event.one_person_id,
        event.other_person_id,
        event.one_consultation_id,
        event.other_consultation_id,
        undone,
    )
