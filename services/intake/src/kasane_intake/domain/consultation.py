"""A consultation: received by any desk, never rejected, and ended only with an outcome."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kasane_intake.domain.errors import OutcomeMissing, StillOnItsWay, WrongStep
from kasane_intake.domain.reception import Channel, Reception
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_intake.domain.sheet_errors import DayPassed, ReasonMissing

HIDDEN_WORD = "（情報の提供者）"
NOTHING_NOTED = Reception()
# No telephone number is longer; a note of when and how to call is no number.
LONGEST_PHONE = 40


class ConsultationStatus(StrEnum):
    """Where a consultation stands. There is no *rejected*."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    EMERGENCY = "emergency"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    ESCALATED = "escalated"
    ACCEPTED_AS_CASE = "accepted_as_case"
    CONTINUING_CONTACT = "continuing_contact"
    ANSWERED = "answered"


# The states in which the desk has it in its hands, to connect or to bring further.
AT_THE_DESK = (
    ConsultationStatus.RECEIVED,
    ConsultationStatus.TRIAGED,
    ConsultationStatus.CONNECTED,
    ConsultationStatus.CONTINUING_CONTACT,
)


@dataclass(frozen=True)
class ContactPerson:
    """Who came or called (相談者): often not the person concerned, sometimes without a name.

    ``hidden`` is for who reports a neighbour or an abuse: the name stays at the desk that heard it (I-11).
    """

    name: str = ""
    kana: str = ""
    relation: str = ""
    phone: str = ""
    hidden: bool = False

    @property
    def anonymous(self) -> bool:
        """True when no name was given."""
        return not self.name

    @property
    def outside_the_desk(self) -> "ContactPerson":
        """This person as other offices may see them: a hidden one without name, relation and telephone."""
        return ContactPerson(hidden=True) if self.hidden else self

    def taken_out_of(self, text: str) -> str:
        """The text without a hidden person's name, reading and telephone number, whatever the spaces in them."""
        if not self.hidden:
            return text
        whole = (self.name, self.kana, self.phone)
        for trait in (*whole, *self.name.split(), *self.kana.split()):
            signs = [
                re.escape(sign) for sign in trait if not sign.isspace() and sign not in "-－ー()"
            ]
            if len(signs) > 1:
                text = re.sub(r"[\s\-－ー()]*".join(signs), HIDDEN_WORD, text)
        return text


@dataclass(frozen=True)
class PersonConcerned:
    """Whom the consultation is about (本人). ``given_consent`` is what the desk heard from this very person.

    Without a name ``description`` says whom one means; ``carer`` marks somebody who cares for another person of
    the household and is a person concerned in their own right.
    """

    person_id: str
    name: str = ""
    kana: str = ""
    birth_date: date | None = None
    relation: str = ""
    address: str = ""
    phone: str = ""
    given_consent: bool = False
    carer: bool = False
    description: str = ""

    @property
    def traits(self) -> PersonTraits:
        """What this person is compared by when the same person is looked for."""
        return PersonTraits(self.name, self.kana, self.birth_date, self.address, self.phone)


@dataclass(frozen=True)
class Screening:
    """Can one agency cope, can ordinary cooperation cope; None means not asked yet."""

    single_agency_enough: bool | None = None
    ordinary_cooperation_enough: bool | None = None

    def over(self, before: "Screening") -> "Screening":
        """These answers, and the earlier ones where nothing was answered now."""
        single, cooperation = self.single_agency_enough, self.ordinary_cooperation_enough
        return Screening(
            before.single_agency_enough if single is None else single,
            before.ordinary_cooperation_enough if cooperation is None else cooperation,
        )


@dataclass(frozen=True)
class Escalation:
    """How far a consultation goes, to which role, and the town's reason."""

    level: str = "single_agency"
    target_role: str = ""
    reason: str = ""
    source: str = ""


@dataclass
class Consultation:
    """One consultation with its household members; ``version`` counts changes for those who edit at once."""

    id: str
    number: str
    received_at: datetime
    received_by: str
    desk: str
    channel: Channel
    story: str
    categories: tuple[str, ...]
    main_category: str
    contact: ContactPerson
    persons: tuple[PersonConcerned, ...]
    urgent: bool = False
    area: str = ""
    screening: Screening = Screening()
    escalation: Escalation = Escalation()
    status: ConsultationStatus = ConsultationStatus.RECEIVED
    outcome: str = ""
    case_id: str = ""
    extensions: dict[str, dict[str, object]] = field(default_factory=dict)
    version: int = 1
    reception: Reception = NOTHING_NOTED
    national_categories: tuple[str, ...] = ()
    national_main: str = ""
    next_contact_on: date | None = None

    @classmethod
    def receive(
        cls,
        *,
        consultation_id: str,
        number: str,
        received_at: datetime,
        received_by: str,
        desk: str,
        channel: Channel,
        story: str,
        categories: tuple[str, ...],
        main_category: str,
        contact: ContactPerson,
        persons: tuple[PersonConcerned, ...],
        urgent: bool,
        area: str,
        screening: Screening,
        extensions: dict[str, dict[str, object]],
        reception: Reception = NOTHING_NOTED,
        national: tuple[tuple[str, ...], str] = ((), ""),
    ) -> "Consultation":
        """A consultation as the desk heard it; urgent ones start in *emergency*. ``national`` counts it (P36)."""
        if main_category and main_category not in categories:
            categories = (*categories, main_category)
        return cls(
            id=consultation_id,
            number=number,
            received_at=received_at,
            received_by=received_by,
            desk=desk,
            channel=channel,
            story=story,
            categories=categories,
            main_category=main_category,
            contact=contact,
            persons=persons,
            urgent=urgent,
            area=area,
            screening=screening,
            extensions=extensions,
            reception=reception,
            national_categories=national[0],
            national_main=national[1],
            status=ConsultationStatus.EMERGENCY if urgent else ConsultationStatus.RECEIVED,
        )

    @property
    def shared_story(self) -> str:
        """The story as it may leave this desk: without the name of a hidden complainant."""
        return self.contact.taken_out_of(self.story)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status not in (ConsultationStatus.ANSWERED, ConsultationStatus.ACCEPTED_AS_CASE)

    def escalate(self, escalation: Escalation) -> None:
        """Takes the town's answer; beyond the single agency the consultation waits for the target role."""
        self._must_be_open()
        self.escalation = escalation
        if escalation.level != "single_agency" and self.status in AT_THE_DESK:
            self.status = ConsultationStatus.ESCALATED
        elif self.status is ConsultationStatus.ESCALATED:
            self.status = self._at_rest

    def screen(self, screening: Screening) -> None:
        """Writes down what the desk found; with an answer to the first question it is triaged."""
        self._must_be_open()
        self.screening = screening
        if self.status is ConsultationStatus.RECEIVED:
            self.status = self._at_rest

    def sheet_sent(self) -> None:
        """A つなぐシート is on its way; the sender stays responsible."""
        self._must_be_open()
        if self.status in AT_THE_DESK:
            self.status = ConsultationStatus.CONNECTING

    def sheet_settled(self, *, accepted: bool, others_on_their_way: bool) -> None:
        """A sheet was accepted or came back; *connected* only when all have a taker."""
        if self.status is ConsultationStatus.CONNECTING and not others_on_their_way:
            self.status = ConsultationStatus.CONNECTED if accepted else self._at_rest

    def became_case(self, case_id: str) -> None:
        """A coordinator opened a case from it."""
        self.case_id = case_id
        self.status = ConsultationStatus.ACCEPTED_AS_CASE

    def answer(self, outcome: str, *, sheets_on_their_way: bool) -> None:
        """Ends the consultation. Raises OutcomeMissing or StillOnItsWay (I-13)."""
        self._must_be_open()
        if not outcome.strip():
            raise OutcomeMissing
        if sheets_on_their_way:
            raise StillOnItsWay
        self.outcome = outcome
        self.next_contact_on = None
        self.status = ConsultationStatus.ANSWERED

    def declare_emergency(self) -> None:
        """Life or safety is at risk: possible at any time until it has ended."""
        self._must_be_open()
        if self.status is ConsultationStatus.EMERGENCY:
            raise WrongStep(status=self.status.value)
        self.urgent = True
        self.status = ConsultationStatus.EMERGENCY

    def settle_emergency(self, how: str, *, sheets_on_their_way: bool) -> None:
        """The danger is over, and how: the work goes on where it stands. Raises ReasonMissing or WrongStep."""
        if not how.strip():
            raise ReasonMissing
        if self.status is not ConsultationStatus.EMERGENCY:
            raise WrongStep(status=self.status.value)
        self.urgent = False
        self.status = ConsultationStatus.CONNECTING if sheets_on_their_way else self._at_rest

    def continue_contact(self, next_contact_on: date, today: date) -> None:
        """The desk stays in touch and says when next. Raises DayPassed, or WrongStep in an emergency."""
        self._must_be_open()
        if self.status is ConsultationStatus.EMERGENCY:
            raise WrongStep(status=self.status.value)
        if next_contact_on < today:
            raise DayPassed
        self.next_contact_on = next_contact_on
        if self.status is not ConsultationStatus.CONNECTING:
            self.status = ConsultationStatus.CONTINUING_CONTACT

    def reopen(self, reason: str) -> None:
        """It was ended too early; its first outcome stays in the history. Raises ReasonMissing or WrongStep."""
        if not reason.strip():
            raise ReasonMissing
        if self.status is not ConsultationStatus.ANSWERED:
            raise WrongStep(status=self.status.value)
        self.outcome = ""
        self.status = self._at_rest

    @property
    def _at_rest(self) -> ConsultationStatus:
        if self.escalation.level != "single_agency":
            return ConsultationStatus.ESCALATED
        asked = self.screening.single_agency_enough is not None
        return ConsultationStatus.TRIAGED if asked else ConsultationStatus.RECEIVED

    def _must_be_open(self) -> None:
        if not self.open:
            raise WrongStep(status=self.status.value)
