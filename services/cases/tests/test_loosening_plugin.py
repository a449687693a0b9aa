"""A plugin that answers every question as laxly as it can: I-01 to I-12 hold all the same.

The invariants' own tests are played again, through the real services, in a town that enabled such a plugin
last, so that it is asked first. A hook may tighten what the law says and never loosen it.
"""

import re
import runpy
from collections.abc import Callable, Sequence
from datetime import date
from inspect import signature
from pathlib import Path
from typing import Any

import pluggy
import pytest

from kasane_cases.domain.conference import LegalKind as SessionKind
from kasane_cases.domain.errors import ConsentNeeded
from kasane_kit.plugins import house, questions
from kasane_plugin_api import (
    AttendeeKind,
    AttendeeSlot,
    CaseView,
    Choice,
    ConsentPolicy,
    ConsentView,
    DataScope,
    FollowUp,
    HandoffPolicy,
    LegalBasis,
    LegalKind,
    MeetingRoute,
    MonitoringInterval,
    ParticipationRule,
    PlanView,
    PluginKind,
    PluginMetadata,
    Quorum,
    RoleFunction,
    SecrecyNotice,
    SessionView,
    SheetView,
    VisitSafety,
    hookimpl,
)

HERE = Path(__file__)
NAME = "loosening"


class Loosening:
    """Lets everything pass that a town may say anything about."""

    metadata = PluginMetadata(
        NAME, "ゆるめる", "Loosening", PluginKind.PROGRAMME, "0.2", scopes=frozenset(DataScope)
    )

    @hookimpl
    def consent_policy(self, purpose: str) -> ConsentPolicy:
        """Forever, however, to whomever."""
        return ConsentPolicy(
            "同意はなくてもかまいません。",
            valid_for_days=36_500,
            methods=(Choice("spoken", "口頭"), Choice("written", "書面")),
            recipients=tuple(AttendeeKind),
        )

    @hookimpl
    def legal_bases(self, on: date) -> Sequence[LegalBasis]:
        """A basis for everything."""
        return (LegalBasis("anything", "なんでも", "だれにでも伝えてよい。"),)

    @hookimpl
    def meeting_for(self, case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute:
        """The conference on consent, whatever the person said."""
        return MeetingRoute(str(LegalKind.MULTI_AGENCY_CONFERENCE), "同意はなくてもかまいません。")

    @hookimpl
    def quorum(self, body: str, members: int, present: int) -> Quorum:
        """Nobody needs to be there."""
        return Quorum(True, "だれもいなくてもかまいません。")

    @hookimpl
    def secrecy_notice(self, body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice:
        """Nothing is secret, nothing is signed."""
        return SecrecyNotice("秘密はありません。", "なし", needs_signature=False)

    @hookimpl
    def attendees(self, body: str, case: CaseView) -> Sequence[AttendeeSlot]:
        """Everybody."""
        return tuple(AttendeeSlot(str(kind), kind=kind) for kind in AttendeeKind)

    @hookimpl
    def after_meeting(self, session: SessionView) -> Sequence[FollowUp]:
        """Everybody is told."""
        return tuple(FollowUp(role=str(one), text="会議の中身を伝えます。") for one in RoleFunction)

    @hookimpl
    def handoff_policy(self, sheet: SheetView) -> HandoffPolicy:
        """No consent, and a copy to everybody."""
        return HandoffPolicy("紙", requires_consent=False, copy_to=tuple(map(str, RoleFunction)))

    @hookimpl
    def monitoring_interval(self, plan: PlanView) -> MonitoringInterval:
        """Never."""
        return MonitoringInterval(36_500)

    @hookimpl
    def closing_requirements(self, case: CaseView) -> Sequence[str]:
        """Nothing."""
        return ()

    @hookimpl
    def participation_rule(self, case: CaseView) -> ParticipationRule:
        """No judgement."""
        return ParticipationRule("判断は要りません。")

    @hookimpl
    def visit_safety(self, on: date) -> VisitSafety:
        """Nobody is told of a late visit for a day."""
        return VisitSafety(grace_minutes=1440, alarm_roles=())


@pytest.fixture(autouse=True)
def loosened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every town of the test has the plugin behind its own; how many were built."""
    built: list[int] = []
    build = house.build_manager

    def with_it(*given: Any, **more: Any) -> pluggy.PluginManager:
        manager = build(*given, **more)
        manager.register(Loosening(), NAME)
        built.append(1)
        return manager

    monkeypatch.setattr(house, "build_manager", with_it)
    return built


def test_the_plugin_is_asked_first(at_work: Any, loosened: list[int]) -> None:
    notice = at_work.bench.hooks.secrecy_notice(
        body="support_conference", attendee=AttendeeKind.RESIDENT, on=date(2026, 11, 21)
    )

    assert notice.text == "秘密はありません。"
    assert loosened != []


def _given(function: Callable[..., Any]) -> set[str]:
    """The fixtures that a test takes."""
    marks = getattr(function, "pytestmark", ())
    parameters = [mark.args[0] for mark in marks if mark.name == "parametrize"]
    named = {
        name.strip()
        for one in parameters
        for name in (one.split(",") if isinstance(one, str) else one)
    }
    return set(signature(function).parameters) - named


# What conftest gives; a fixture of one module alone stays there.
_SHARED = {"at_work", "at_work_in", "clock_at"}
_ALLOWED = {
    # What a right notice allows: bound by a notice that binds to nothing, the agency is told nothing.
    "test_i_01_a_support_conference_that_the_agency_attended_bound_is_a_basis",
    # The refusal names the body that the town's plugin advises; that it refuses is tried below.
    "test_i_02_a_person_without_consent_cannot_be_put_on_a_multi_agency_agenda",
}
_INVARIANT = re.compile(r"test_i_(0[1-9]|1[0-2])_")
_AGAIN: dict[str, Callable[..., Any]] = {}
for _path in sorted(HERE.parent.glob("test_*.py")):
    if _path == HERE or "_i_" not in _path.read_text("utf-8"):
        continue
    for _name, _function in runpy.run_path(str(_path)).items():
        right = _INVARIANT.match(_name) and _given(_function) <= _SHARED
        if right and _name not in _ALLOWED:
            _AGAIN[f"{_name}_even_so_{_path.stem.removeprefix('test_')}"] = _function
globals().update(_AGAIN)


def test_i_02_nobody_without_consent_is_put_on_an_agenda_though_the_plugin_advises_it(
    at_work: Any,
) -> None:
    case_id = at_work.case("person-mother")
    session_id = at_work.session(SessionKind.MULTI_AGENCY_CONFERENCE)

    with pytest.raises(ConsentNeeded) as refused:
        at_work.item(session_id, case_id, "person-son")

    assert refused.value.facts["person"] == "試験 太郎"
    assert refused.value.facts["suggestion"].endswith("（重層的支援会議）")
    assert at_work.read_session(session_id).items == []


def test_the_invariants_that_plugins_could_touch_are_all_played_again() -> None:
    played = {match[1] for name in _AGAIN if (match := _INVARIANT.match(name))}
    lax = {name for name in questions() if hasattr(Loosening, name)}

    assert played == {f"{number:02}" for number in range(1, 13)}
    assert len(lax) == 12
