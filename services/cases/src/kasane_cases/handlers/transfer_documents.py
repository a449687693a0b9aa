"""Collects what a household's package may hold: per person and class of data, only what has a basis."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_cases.domain.case import Case
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import Destination
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.plan_records import Monitoring
from kasane_cases.domain.support_plan import SupportPlan
from kasane_cases.domain.transfer import TransferDocument, TransferDocumentKind
from kasane_cases.handlers.disclosures import Disclosing, Recipient, refused, would_disclose
from kasane_cases.handlers.transfer_assessments import of_assessment
from kasane_cases.repository import Consents, Needs, PlanRecords, Plans
from kasane_contracts.glossary import term
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import Category

CLASSES = (DataClass.IDENTITY, DataClass.CONTACT, DataClass.RECORD, DataClass.PLAN)
_words = Strings("kasane_cases")


@dataclass(frozen=True)
class PersonOfPackage:
    """Which classes about one person may go on which basis, and why the others may not."""

    person_id: str
    name: str
    allowed: tuple[DataClass, ...]
    refused: tuple[tuple[DataClass, str], ...]

    @property
    def may_go(self) -> bool:
        """Whether the person may be handed over at all: who they are may be told."""
        return DataClass.IDENTITY in self.allowed


@dataclass(frozen=True)
class Package:
    """What would be handed over."""

    people: tuple[PersonOfPackage, ...]
    documents: tuple[TransferDocument, ...]


def disclosing(
    case: Case, person_id: str, town: str, classes: tuple[DataClass, ...], transfer_id: str = ""
) -> Disclosing:
    """The question whether classes of data about a person may go to another town."""
    return Disclosing(
        case=case,
        person_id=person_id,
        recipient=Recipient(Destination.OTHER_TOWN, town),
        purpose=ConsentPurpose.TRANSFER,
        data_classes=classes,
        act=DisclosureAct.TRANSFER,
        reference=transfer_id,
    )


def collect(
    case: Case, person_ids: Iterable[str], town: str, *, uow: UnitOfWork, hooks: Any
) -> Package:
    """The package as things stand; what has no basis is left out and told with its sentence."""
    people = tuple(_person(case, one, town, uow, hooks) for one in dict.fromkeys(person_ids))
    documents: list[TransferDocument] = []
    for person in people:
        if person.may_go:
            documents += _about(case, person, uow, hooks)
    going = {person.person_id for person in people if DataClass.PLAN in person.allowed}
    recorded = {person.person_id for person in people if DataClass.RECORD in person.allowed}
    living_here = set(case.household.members_on(clock.today()))
    if recorded and living_here <= recorded:
        documents += of_assessment(case, "", uow)
    for plan in Plans(uow.connection).of_case(case.id):
        if document := _plan(case, plan, going, PlanRecords(uow.connection).monitorings(plan.id)):
            documents.append(document)
    return Package(people, tuple(documents))


def written(kind: TransferDocumentKind, text: str, day: date) -> tuple[TransferDocument, ...]:
    """A text that the sender wrote for the receiver as a document; none when it is empty."""
    if not text.strip():
        return ()
    title = term(f"transfer_document_kind.{kind.value}").ja
    return (TransferDocument(new_id(), kind, "", title, day, ((title, text),)),)


def _person(case: Case, person_id: str, town: str, uow: UnitOfWork, hooks: Any) -> PersonOfPackage:
    allowed, not_allowed = [], []
    for data_class in CLASSES:
        question = disclosing(case, person_id, town, (data_class,))
        ruling = would_disclose(uow, hooks, question)
        if ruling.allowed:
            allowed.append(data_class)
        else:
            refusal = refused(question, ruling)
            not_allowed.append(
                (data_class, _words.text(f"refusal.{refusal.code}.why", "ja", **refusal.facts))
            )
    name = case.person(person_id).name
    return PersonOfPackage(person_id, name, tuple(allowed), tuple(not_allowed))


def _about(
    case: Case, going: PersonOfPackage, uow: UnitOfWork, hooks: Any
) -> list[TransferDocument]:
    person = case.person(going.person_id)
    today = clock.today()
    lines = [
        ("field.name", person.name),
        ("field.kana", person.kana),
        ("field.birth_date", person.birth_date.isoformat() if person.birth_date else ""),
        ("field.relation", case.relation(person.id)),
    ]
    found = [_document(TransferDocumentKind.PERSON, person.id, today, lines)]
    if DataClass.RECORD not in going.allowed:
        return found
    consent = Consents(uow.connection).standing_of(case.id, person.id)
    if consent is not None:
        state = term(f"consent_state.{consent.state_on(today).value}").ja
        day = consent.recorded_at.astimezone(clock.JAPAN).date()
        found.append(
            _document(
                TransferDocumentKind.CONSENT, person.id, day, [("transfer.consent_here", state)]
            )
        )
    found += of_assessment(case, person.id, uow)
    labels = {one.code: one.label for one in _categories(hooks)}
    for need in Needs(uow.connection).of_case(case.id):
        if need.person_id == person.id:
            lines = [
                ("field.category", labels.get(need.category, need.category)),
                ("field.description", need.description),
            ]
            found.append(_document(TransferDocumentKind.NEED, person.id, need.identified_on, lines))
    return found


def _plan(
    case: Case, plan: SupportPlan, going: set[str], looks: Iterable[Monitoring]
) -> TransferDocument | None:
    """The tracks, goals and looks of those who go; the household's goals when nobody of it stays."""
    mine = [track for track in plan.tracks if track.person_id in going]
    whole = bool(plan.persons) and set(plan.persons) <= going
    goals = [goal for goal in plan.goals if whole or goal.person_id in going]
    if not mine and not goals:
        return None
    lines = [("plan.goals", goal.text) for goal in goals]
    for track in mine:
        who = case.person(track.person_id).name
        due = f"（{_written(track.due_on)}）" if track.due_on else ""
        lines.append(("plan.tracks", f"{who}：{track.what}　{track.agency}{due}"))
    texts = {goal.number: goal.text for goal in goals}
    for look in looks:
        if look.person_id in going:
            who = case.person(look.person_id).name
            results = "".join(
                f"\n「{texts[one.goal]}」{term(f'goal_result.{one.result.value}').ja}　{one.note}"
                for one in look.checks
                if one.goal in texts
            )
            said = f"{who}：{look.condition}（{_written(look.on)}）{results}"
            lines.append(("plan.monitoring", said))
    return _document(TransferDocumentKind.PLAN, "", plan.decided_on or plan.drafted_on, lines)


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _document(
    kind: TransferDocumentKind, person_id: str, day: date, lines: list[tuple[str, str]]
) -> TransferDocument:
    told = tuple((_words.text(key), value) for key, value in lines if value)
    return TransferDocument(
        new_id(), kind, person_id, term(f"transfer_document_kind.{kind.value}").ja, day, told
    )


def _categories(hooks: Any) -> Iterable[Category]:
    found: Iterable[Category] = hooks.consultation_categories()
    return found
