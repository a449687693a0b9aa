"""Finds people in what somebody typed, in any spelling, and takes them out for who may not read of them (I-07)."""

import re
from collections.abc import Iterable, Iterator

from kasane_intake.domain.consultation import ContactPerson, PersonConcerned
from kasane_intake.domain.folding import fold
from kasane_intake.domain.same_person.names import is_kana

UNTOLD_WORD = "（同意のない方）"
SHORTEST = 2
# A sign with what is written onto it: voicing marks, variation selectors.
_SIGN = re.compile(".[\u3099\u309a\uff9e\uff9f\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_ADDRESSED = (
    "(?:"
    + "|".join(
        re.escape(fold(word)) for word in ("さん", "くん", "君", "ちゃん", "様", "さま", "氏")
    )
    + ")"
)


def named_in(
    text: str, told: Iterable[PersonConcerned], untold: Iterable[PersonConcerned]
) -> tuple[str, ...]:
    """The names of those of ``untold`` whom a text names; a name that is also one of ``told`` names nobody else."""
    found = {name for _, _, name in _spans(text, told, untold)}
    return tuple(sorted(found))


def names_contact(text: str, told: Iterable[PersonConcerned], contact: ContactPerson) -> bool:
    """Whether a text names a hidden complainant, or gives their telephone number, as nobody's of ``told`` (I-11)."""
    if not contact.hidden:
        return False
    everybody = tuple(told)
    number = ContactPerson(phone=contact.phone, hidden=True)
    gives_number = number.taken_out_of(text) != text
    return bool(
        named_in(text, everybody, [PersonConcerned("", contact.name, contact.kana)])
        or (gives_number and contact.phone not in [one.phone for one in everybody])
    )


def without_names(
    text: str, told: Iterable[PersonConcerned], untold: Iterable[PersonConcerned]
) -> str:
    """The text with a word in the place of each name of ``untold``; everything else stays as typed."""
    kept, place = [], 0
    for start, end, _ in sorted(_spans(text, told, untold)):
        if start >= place:
            kept += [text[place:start], UNTOLD_WORD]
        place = max(place, end)
    return "".join((*kept, text[place:]))


def _spans(
    text: str, told: Iterable[PersonConcerned], untold: Iterable[PersonConcerned]
) -> set[tuple[int, int, str]]:
    signs = [(one.start(), one.end(), fold(one.group())) for one in _SIGN.finditer(text)]
    folded = "".join(sign for _, _, sign in signs)
    starts = [start for start, _, sign in signs for _ in sign]
    ends = [end for _, end, sign in signs for _ in sign]
    may_stand = {hit.span(1) for one in told for hit in _hits(folded, one)}
    return {
        (starts[hit.start(1)], ends[hit.end(1) - 1], one.name or one.kana)
        for one in untold
        for hit in _hits(folded, one)
        if not any(a <= hit.start(1) and hit.end(1) <= b for a, b in may_stand)
    }


def _hits(folded: str, person: PersonConcerned) -> Iterator[re.Match[str]]:
    for pattern in _patterns(person):
        yield from re.finditer(pattern, folded)


def _patterns(person: PersonConcerned) -> Iterator[str]:
    """A whole name; a given name that is no common word; any part of a name by which somebody is addressed."""
    for written in (person.name, person.kana):
        parts = [part for part in map(fold, written.split()) if part]
        whole = "".join(parts)
        if len(whole) >= SHORTEST:
            yield f"({re.escape(whole)})"
        for place, part in enumerate(parts):
            telling = place > 0 and len(part) >= SHORTEST and not is_kana(part)
            yield f"({re.escape(part)})" if telling else f"({re.escape(part)}){_ADDRESSED}"
