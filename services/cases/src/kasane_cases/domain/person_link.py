"""Two records of one person, as intake found them; households and memberships never follow from it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PersonLink:
    """Two people who are one, each with the consultation in which the record was written."""

    merge_id: str
    one_person_id: str
    other_person_id: str
    one_consultation_id: str
    other_consultation_id: str
    undone: bool = False


def others_of(person_id: str, links: Iterable[PersonLink]) -> dict[str, str]:
    """Every other record of this person, directly or over others, with its consultation."""
    links = [link for link in links if not link.undone]
    found, reached = {person_id}, dict[str, str]()
    grown = True
    while grown:
        grown = False
        for link in links:
            pair = {
                link.one_person_id: link.one_consultation_id,
                link.other_person_id: link.other_consultation_id,
            }
            if len(pair.keys() & found) == 1:
                reached.update({p: c for p, c in pair.items() if p not in found})
                found |= pair.keys()
                grown = True
    return reached
