"""What two records are compared by, folded once, and the keys under which possible partners are found."""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from kasane_intake.domain.same_person.addresses import fold_address, fold_phone
from kasane_intake.domain.same_person.names import fold_sound, fold_written, is_kana


@dataclass(frozen=True)
class PersonTraits:
    """One person as a record has them; anything may be missing."""

    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FoldedPerson:
    """A person's traits folded. ``family`` is empty when the name was typed without a space."""

    family: str
    given: str
    family_sound: str
    given_sound: str
    birth_date: date | None
    town: str
    house: str
    room: str
    phone: str

    @property
    def written(self) -> str:
        """The whole name as written."""
        return self.family + self.given

    @property
    def sound(self) -> str:
        """The whole reading."""
        return self.family_sound + self.given_sound


def fold_person(traits: PersonTraits) -> FoldedPerson:
    """Folds every trait; a name written in kana stands for its reading when none was given."""
    family, given = _parts(traits.name)
    family_sound, given_sound = _parts(traits.kana)
    if not family_sound and not given_sound:
        family_sound = family if is_kana(family) else ""
        given_sound = given if is_kana(given) else ""
    town, house, room = fold_address(traits.address)
    return FoldedPerson(
        family,
        given,
        fold_sound(family_sound),
        fold_sound(given_sound),
        traits.birth_date,
        town,
        house,
        room,
        fold_phone(traits.phone),
    )


def keys_of(person: FoldedPerson) -> tuple[str, ...]:
    """Two records that may be one person share at least one of these; most pairs of strangers share none."""
    keys = []
    born = person.birth_date
    if born:
        keys.append(f"born:{born.isoformat()}")
        for part in (person.family_sound or person.family, person.given_sound or person.given):
            if part:
                keys += [f"day:{born:%m-%d}:{part}", f"year:{born.year}:{part}"]
    if person.written:
        keys.append("written:" + "".join(sorted(person.written)))
    if person.sound:
        keys.append("sound:" + "".join(sorted(person.sound)))
    if person.phone:
        keys.append("phone:" + person.phone)
    if person.house:
        keys.append(f"house:{person.town}:{person.house}:{person.given_sound[:1]}")
        keys.append(f"house:{person.town}:{person.house}:{person.given[:1]}")
    return tuple(dict.fromkeys(keys))


def household_keys(person: FoldedPerson) -> tuple[str, ...]:
    """Two records of one household, who need not be one person, share at least one of these."""
    keys = ["phone:" + person.phone] if person.phone else []
    if person.house:
        keys.append(f"home:{person.town}:{person.house}:{person.room}")
    return tuple(keys)


def stored_keys(traits: PersonTraits) -> tuple[str, ...]:
    """The keys as they are kept: hashed to one short length, so that they are no second copy of a name."""
    person = fold_person(traits)
    return tuple(
        blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
        for key in dict.fromkeys((*keys_of(person), *household_keys(person)))
    )


def _parts(name: str) -> tuple[str, str]:
    family, _, given = fold_written(name).rpartition(" ")
    return family.replace(" ", ""), given
