"""Human services for a need are pinned, rejected with a reason and proposed; the need says what they have to fit."""

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.need_option import (
    NeedCircumstance,
    NeedTimes,
    NotProposed,
    OptionRejected,
    OptionStep,
    RejectionWithoutReason,
    WishedContact,
)
from kasane_contracts import cases as says
from kasane_contracts.resources import HumanServicesSuggested, LeftOut, Suggestion
from kasane_kit import clock
from kasane_kit.ids import new_id

SON = "person-son"


@pytest.fixture
def browser(at_work):
    """A browser in which the coordinator signed in."""
    return at_work.bench.visit_as(at_work.coordinator)


def decide(at_work, case_id: str, need_id: str, step: OptionStep, reason: str = "") -> None:
    at_work.do(
        handlers.decide_need_option,
        commands.DecideNeedOption(
            new_id(), case_id, need_id, "s1", "フードバンク見本", step, reason
        ),
    )


def steps(at_work, case_id: str) -> list[tuple[str, str, str]]:
    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    return [(one.name, one.step.value, one.reason) for one in file.options]


def test_a_need_says_what_a_service_has_to_fit_and_seals_what_is_personal(at_work):
    case_id = at_work.case()

    at_work.do(
        handlers.identify_need,
        commands.IdentifyNeed(
            new_id(),
            case_id,
            SON,
            "no_food",
            "食べるものがない",
            (NeedCircumstance.WHEELCHAIR, NeedCircumstance.PREGNANCY),
            WishedContact.LINE,
            NeedTimes.WEEKEND,
        ),
    )

    (event,) = at_work.bench.said(says.SupportNeedIdentified)
    assert (event.circumstances, event.contact, event.times) == (
        "wheelchair,pregnancy",
        "line",
        "weekend",
    )
    assert str(clock.today().year - 1972) in event.household_ages.split(",")


def test_a_service_is_pinned_proposed_and_answered_and_every_step_is_kept(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)

    for step in (OptionStep.PINNED, OptionStep.PROPOSED, OptionStep.NOT_NOW, OptionStep.WANTS):
        decide(at_work, case_id, need_id, step)

    assert [step for _, step, _ in steps(at_work, case_id)] == [
        "pinned",
        "proposed",
        "not_now",
        "wants",
    ]


@pytest.mark.parametrize(
    ("before", "step", "refusal"),
    [
        ((), OptionStep.WANTS, NotProposed),
        ((OptionStep.PINNED,), OptionStep.DOES_NOT_WANT, NotProposed),
        ((), OptionStep.REJECTED, RejectionWithoutReason),
        ((OptionStep.REJECTED,), OptionStep.PROPOSED, OptionRejected),
        ((OptionStep.REJECTED,), OptionStep.PINNED, RejectionWithoutReason),
    ],
)
def test_a_step_that_may_not_follow_is_refused_and_nothing_is_kept(at_work, before, step, refusal):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    for one in before:
        decide(at_work, case_id, need_id, one, "遠い")
    kept = steps(at_work, case_id)

    with pytest.raises(refusal):
        decide(at_work, case_id, need_id, step, "  ")

    assert steps(at_work, case_id) == kept


def test_a_rejected_service_stays_rejected_when_it_is_suggested_again(at_work, browser):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    suggestion = Suggestion("s1", "フードバンク見本", 80.0, ("食べ物に合います",))
    left_out = LeftOut("s2", "遠い食堂", "遠すぎます。")
    at_work.bench.hear(HumanServicesSuggested(need_id, case_id, (suggestion,), (), (left_out,)))
    decide(at_work, case_id, need_id, OptionStep.REJECTED, "車がないと行けない")

    at_work.bench.hear(HumanServicesSuggested(need_id, case_id, (suggestion,), (), (left_out,)))
    page = browser.get(f"/cases/{case_id}").text

    assert "候補から外したもの（1件）" in page
    assert "車がないと行けない" in page
    assert "食べ物に合います" not in page
    assert "使えないため候補に入らなかったもの（1件）" in page
    assert "遠すぎます。" in page


def test_a_worker_takes_an_entry_found_by_searching_and_says_what_the_person_wants(
    at_work, browser
):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    address = f"/cases/{case_id}/needs/{need_id}/options/s9"

    shown = browser.get(f"{address}?name=みんなの畑&step=pinned")
    answer = browser.post(
        address, {"name": "みんなの畑", "step": "pinned", "reason": "", "submission": "a"}
    )
    refused = browser.post(address, {"name": "", "step": "wants", "reason": "", "submission": "b"})

    assert "みんなの畑" in shown.text
    assert answer.status_code == 303
    assert refused.status_code == 409
    assert "まだ本人に提案していません。" in refused.text
    assert steps(at_work, case_id) == [("みんなの畑", "pinned", "")]
