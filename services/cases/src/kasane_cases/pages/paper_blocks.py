"""Puts the papers of a case together: what stands on each, and what stands on none."""

from collections.abc import Iterable

from kasane_cases import queries
from kasane_cases.domain.assessment_form import MARKED, AssessmentFieldKind, MarkedAnswer
from kasane_cases.domain.consent import Consent, ConsentState
from kasane_cases.domain.household import Person
from kasane_cases.domain.support_plan import PlanGoal, SupportPlan
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.pages import words
from kasane_kit.papers import Block, Choices, Fields, Grid, Heading, Note, Prose, Signature
from kasane_kit.web import term, text, wareki

# What was said or planned in a session belongs to those who attended it (I-04).
_OF_SESSIONS = frozenset({TimelineKind.ON_AGENDA, TimelineKind.CONFERENCE_HELD})


def of_assessment(read: queries.AssessmentRead) -> tuple[Block, ...]:
    """One assessment; who told about others is left out."""
    who = (read.person.name or text("case.no_name")) if read.person else ""
    one = read.assessment
    return (
        Fields(
            (
                (text("paper.about"), who or text("assessment.household")),
                (text("paper.edition"), text("assessment.number", number=one.number)),
                (
                    text("paper.written"),
                    f"{wareki(one.recorded_at)}　{one.recorded_by_name}",
                ),
                *(((text("assessment.reason"), one.reason),) if one.reason else ()),
            )
        ),
        *_sections(read),
        Note(read.form.source),
    )


def of_plan(file: queries.CaseFile, plan: SupportPlan) -> tuple[Block, ...]:
    """One plan: goals, who does what by when, and a line to sign for every person."""
    names = {person.id: person.name or text("case.no_name") for person in file.case.persons}
    tracks = tuple(
        (names.get(track.person_id, ""), track.what, track.agency, wareki(track.due_on))
        for track in plan.tracks
    )
    columns = tuple(
        text(key) for key in ("paper.about", "paper.what", "paper.by_whom", "paper.by_when")
    )
    return (
        Fields(
            (
                (text("paper.kind"), term(f"plan_kind.{plan.kind.value}")),
                (text("paper.persons"), "、".join(names.get(one, "") for one in plan.persons)),
                (text("paper.state"), term(f"plan_status.{plan.status.value}")),
                (text("paper.drafted"), wareki(plan.drafted_on)),
                (text("paper.decided"), wareki(plan.decided_on)),
                (text("paper.review"), wareki(plan.review_on)),
            )
        ),
        Heading(text("paper.goals")),
        Prose("\n".join(f"・{_goal(goal, names)}" for goal in plan.goals)),
        Heading(text("paper.tracks")),
        *((Grid(columns, tracks),) if tracks else (Prose(text("paper.nothing")),)),
        Heading(text("paper.agreement")),
        Prose(text("paper.agreement_line")),
        *(Signature(names.get(one, "")) for one in plan.persons),
    )


def of_record(
    file: queries.CaseFile, person: Person, reads: Iterable[queries.AssessmentRead]
) -> tuple[Block, ...]:
    """What is recorded about one person: nobody else's, no session's, and no source of a report."""
    kept_back = file.case.keeps_address_back(person)
    address = text("paper.address_protected") if kept_back else person.address
    phone = "" if person.address_protected else person.phone
    history = [one for one in file.history if one.person_id == person.id]
    needs = [one for one in file.needs if one.person_id == person.id]
    lines = [
        words.timeline_line(entry, {person.id: person.name or text("case.no_name")})
        for entry in file.timeline
        if entry.person_id == person.id and entry.kind not in _OF_SESSIONS
    ]
    plans = [plan for plan in file.plans if person.id in plan.persons]
    return (
        Note(text("paper.record_note")),
        Heading(text("paper.person")),
        Fields(
            (
                (text("field.name"), person.name),
                (text("field.kana"), person.kana),
                (text("field.birth_date"), wareki(person.birth_date)),
                (text("field.address"), address),
                (text("field.phone"), phone),
            )
        ),
        Heading(text("consent.title")),
        *_table(("consent.recorded", "consent.state", "consent.term"), map(_consent, history)),
        Heading(text("case.needs")),
        *_table(
            ("paper.identified", "paper.what_needed"),
            ((wareki(need.identified_on), need.description) for need in needs),
        ),
        *(block for read in reads for block in _assessment_of_record(read)),
        Heading(text("case.plans")),
        *_table(
            ("paper.what", "paper.by_whom", "paper.by_when"),
            (
                (track.what, _marked(track.agency, "cooperating_body"), wareki(track.due_on))
                for plan in plans
                for track in plan.tracks
                if track.person_id == person.id
            ),
        ),
        Heading(text("case.timeline")),
        *_table(
            ("paper.when", "paper.what_happened"),
            ((wareki(line["at"]), line["title"]) for line in reversed(lines)),
        ),
    )


def _assessment_of_record(read: queries.AssessmentRead) -> tuple[Block, ...]:
    one = read.assessment
    edition = text("assessment.number", number=one.number)
    return (
        Heading(f"{read.form.label}　{edition}"),
        Fields(((text("paper.written"), wareki(one.recorded_at)),)),
        *_sections(read),
    )


def _sections(read: queries.AssessmentRead) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for label, answers in read.sections:
        blocks.append(Heading(label))
        for answer in answers:
            if answer.marks:
                blocks.append(Choices(answer.marks))
        fields = tuple(_answer(one) for one in answers if not one.marks)
        if fields:
            blocks.append(Fields(fields))
    return tuple(blocks)


def _answer(answer: MarkedAnswer) -> tuple[str, str]:
    shown = answer.text
    if answer.kind is AssessmentFieldKind.YES_NO and shown:
        shown = text(f"assessment.{shown}")
    if answer.kind is AssessmentFieldKind.DATE:
        shown = wareki(shown)
    if answer.kind in MARKED and shown:
        shown = _marked(shown, answer.kind.value)
    return answer.label, shown


def _goal(goal: PlanGoal, names: dict[str, str]) -> str:
    who = names.get(goal.person_id, "")
    return f"{goal.text}（{who}）" if who else goal.text


def _marked(said: str, kind: str) -> str:
    return f"【{text(f'assessment_mark.{kind}')}】{said}" if said else ""


def _consent(one: Consent) -> tuple[str, str, str]:
    given = one.state is ConsentState.GIVEN
    until = f"{wareki(one.valid_from)} – {wareki(one.expires_on)}" if given else ""
    return (wareki(one.recorded_at), term(f"consent_state.{one.state.value}"), until)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> tuple[Block, ...]:
    found = tuple(rows)
    if not found:
        return (Prose(text("paper.nothing")),)
    return (Grid(tuple(text(column) for column in columns), found),)
