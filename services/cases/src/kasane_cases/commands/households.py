"""The inputs about people and households: who comes, who goes, how a household divides."""

from dataclasses import dataclass
from datetime import date

from kasane_cases.commands.cases import TeamMember
from kasane_cases.domain.emergency import EmergencyCause


@dataclass(frozen=True)
class PersonDetails:
    """What is known of a person, as typed; None leaves the address and contacts as they are."""

    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    contact_note: str | None = None


@dataclass(frozen=True)
class AddMember:
    """Somebody belongs to the household from a day on; ``known_person_id`` when already on file."""

    step_id: str
    case_id: str
    details: PersonDetails
    relation: str
    from_on: date
    person_id: str = ""
    known_person_id: str = ""
    householder: bool = False
    reason: str = ""


@dataclass(frozen=True)
class EndMembership:
    """Somebody no longer belongs to the household from a day on."""

    step_id: str
    case_id: str
    person_id: str
    from_on: date
    reason: str


@dataclass(frozen=True)
class ChangePerson:
    """Correct or complete what is known of a person, and what they are in the household."""

    case_id: str
    person_id: str
    details: PersonDetails
    relation: str
    version: int
    householder: bool = False


@dataclass(frozen=True)
class SplitHousehold:
    """Some members live apart from a day on, with a case of their own.

    ``restricted`` None: it is restricted when the one they leave is.
    """

    step_id: str
    case_id: str
    new_case_id: str
    person_ids: tuple[str, ...]
    from_on: date
    reason: str
    version: int
    restricted: bool | None = None
    team: tuple[TeamMember, ...] = ()


@dataclass(frozen=True)
class JoinHouseholds:
    """The members of another case belong to this household from a day on."""

    step_id: str
    case_id: str
    other_case_id: str
    from_on: date
    reason: str
    version: int


@dataclass(frozen=True)
class UndoStep:
    """Take back a step of the household from today on."""

    step_id: str
    case_id: str
    undone_step_id: str
    reason: str


@dataclass(frozen=True)
class RecordCare:
    """One member cares for another."""

    tie_id: str
    case_id: str
    carer_id: str
    cared_for_id: str
    from_on: date
    note: str = ""


@dataclass(frozen=True)
class EndCare:
    """The care of one member for another ended."""

    case_id: str
    tie_id: str


@dataclass(frozen=True)
class ProtectAddress:
    """Begin or renew the protection of a person's address for one year."""

    protection_id: str
    case_id: str
    person_id: str
    from_on: date
    authority: str
    certificate: str
    reason: str
    phone_too: bool = True
    readers: tuple[str, ...] = ()


@dataclass(frozen=True)
class EndProtection:
    """End the protection: lifted, or the person moved out of the town."""

    case_id: str
    person_id: str
    moved_out: bool
    reason: str


@dataclass(frozen=True)
class AdmitReader:
    """Let a colleague read a protected address, for a reason and maybe until a day."""

    reader_id: str
    case_id: str
    person_id: str
    account_id: str
    reason: str
    valid_to: date | None = None


@dataclass(frozen=True)
class EndReader:
    """A colleague may no longer read a protected address."""

    case_id: str
    reader_id: str


@dataclass(frozen=True)
class OpenProtectedAddress:
    """Read a protected address for an hour without having been admitted, with a cause and a reason."""

    reader_id: str
    case_id: str
    person_id: str
    cause: EmergencyCause
    reason: str


@dataclass(frozen=True)
class RestrictCase:
    """Leave a case to its named team only, or open it to coordinators again."""

    case_id: str
    restricted: bool
    version: int


@dataclass(frozen=True)
class OpenRestrictedCase:
    """A coordinator reads a restricted case for an hour, with a cause and a reason."""

    grant_id: str
    case_id: str
    cause: EmergencyCause
    reason: str


@dataclass(frozen=True)
class NameLead:
    """Name who is in charge of the case (主担当): an account, an office or a post."""

    case_id: str
    member: TeamMember
    version: int
