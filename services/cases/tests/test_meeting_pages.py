"""The pages and the API of agenda, items, minutes and bodies: what they show and what they refuse."""

import re
from datetime import timedelta

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.agenda import ItemState, LegalKind
from kasane_cases.domain.conference import SessionStatus
from kasane_cases.domain.consent import ConsentState
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


@pytest.fixture
def lead(at_work):
    return at_work.bench.visit_as(at_work.coordinator)


def withdraw(at_work, case_id, person_id):
    at_work.consent(case_id, person_id, state=ConsentState.WITHDRAWN, method="")


def opened(at_work, kind=LegalKind.MULTI_AGENCY_CONFERENCE, person=MOTHER):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(kind)
    item_id = at_work.item(session_id, case_id, person)
    at_work.open(session_id)
    return case_id, session_id, item_id


def test_a_failing_gate_is_shown_at_its_item_with_what_to_do(at_work, lead):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)
    withdraw(at_work, case_id, MOTHER)

    shown = lead.get(f"/conferences/{session_id}").text

    assert "試験 よし子さんの有効な本人同意がありません（撤回）。" in shown
    assert "支援会議に移す、またはこの議題を外してください" in shown


def test_due_items_are_proposed_greyed_with_their_reason_and_ticked(at_work, lead):
    case_id = at_work.case(MOTHER)
    at_work.plan(case_id, MOTHER, SON)
    session_id = at_work.session()
    at = f"/conferences/{session_id}/agenda"

    shown = lead.get(at).text
    nothing = lead.post(at, {})
    forged = lead.post(at, {"pick": f"plan_to_decide:{case_id}:{SON}"})
    unknown = lead.post(at, {"pick": "birthday:x:y"})
    assert at_work.read_session(session_id).items == []
    lead.post(at, {"pick": f"plan_to_decide:{case_id}:{MOTHER}"})

    assert "支援プランの案が決定を待っています。" in shown
    assert re.search(rf'value="plan_to_decide:{case_id}:{SON}" disabled', shown)
    assert (nothing.status_code, forged.status_code, unknown.status_code) == (422, 409, 422)
    assert [item.topic for item in at_work.read_session(session_id).items] == ["支援プランの協議"]


def test_an_item_is_removed_with_a_reason_from_its_page(at_work, lead):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    at = f"/conferences/{session_id}/items/{item_id}/leave"

    empty = lead.post(at, {"leaving_reason": ""})
    assert at_work.read_session(session_id).item(item_id).on_agenda is True
    lead.post(at, {"leaving_reason": "今回は見送る", "submission": "a"})

    assert empty.status_code == 422
    assert at_work.read_session(session_id).item(item_id).state is ItemState.REMOVED
    assert "今回は見送る" in lead.get(f"/conferences/{session_id}").text


def test_an_item_is_moved_from_its_page(at_work, lead):
    case_id = at_work.case(MOTHER)
    multi, support = at_work.session(), at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(multi, case_id, MOTHER)
    typed = {"leaving_reason": "同意撤回", "to_session_id": support, "submission": "a"}

    assert support in lead.get(f"/conferences/{multi}/items/{item_id}").text
    lead.post(f"/conferences/{multi}/items/{item_id}/leave", typed)

    assert [item.person_id for item in at_work.read_session(support).items] == [MOTHER]


def test_who_takes_part_is_chosen_on_the_page_of_an_item(at_work, lead):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    (own,) = at_work.read_session(session_id).attendees
    at = f"/conferences/{session_id}/items/{item_id}"

    version = at_work.read_session(session_id).version
    lead.post(f"{at}/attendees", {"admitted": [own.id], "version": version})
    nobody = {"admitted": ["nobody"], "version": version + 1}

    assert at_work.read_session(session_id).item(item_id).admitted == (own.id,)
    assert lead.post(f"{at}/attendees", nobody).status_code == 404


def test_roles_are_written_as_a_table(at_work, lead):
    _, session_id, item_id = opened(at_work)
    at = f"/conferences/{session_id}/items/{item_id}"
    typed = {
        "version": at_work.read_session(session_id).version,
        "roles-0-who": "包括",
        "roles-0-part": "訪問",
        "roles-0-leads": "1",
        "roles-1-who": "社協",
        "roles-1-part": "家計",
    }

    half = lead.post(f"{at}/roles", {"roles-0-who": "包括"})
    two = lead.post(f"{at}/roles", {**typed, "roles-1-leads": "1"})
    lead.post(f"{at}/roles", typed)

    assert (half.status_code, two.status_code) == (422, 422)
    assert "主担当が二人以上になっています" in two.text
    roles = at_work.read_session(session_id).item(item_id).roles
    assert [(one.who, one.leads) for one in roles] == [("包括", True), ("社協", False)]


def test_a_consent_that_ends_during_the_session_is_said_on_both_pages(at_work, lead):
    case_id, session_id, item_id = opened(at_work)
    at = f"/conferences/{session_id}"
    typed = {"fact": "滞納", "source": "税", "submission": "a"}
    lead.post(f"{at}/items/{item_id}/facts", typed)

    withdraw(at_work, case_id, MOTHER)
    refused = lead.post(f"{at}/items/{item_id}/facts", {**typed, "submission": "b"})

    assert refused.status_code == 409
    for page in (refused.text, lead.get(at).text, lead.get(f"{at}/items/{item_id}").text):
        assert "同意が、いまは及びません" in page
        assert "滞納が" not in page
    assert len(at_work.read_session(session_id).item(item_id).facts) == 1


def test_roles_and_who_takes_part_are_not_written_over_what_was_not_read(at_work, lead):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, MOTHER)
    (own,) = at_work.read_session(session_id).attendees
    at = f"/conferences/{session_id}/items/{item_id}"
    roles = {"roles-0-who": "社協", "roles-0-part": "家計"}
    read = {"version": at_work.read_session(session_id).version}
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, ()))

    admitted = lead.post(f"{at}/attendees", {**read, "admitted": [own.id]})
    at_work.open(session_id)
    shared = lead.post(f"{at}/roles", {**read, **roles})
    unread = lead.post(f"{at}/roles", roles)

    assert (admitted.status_code, shared.status_code, unread.status_code) == (412, 412, 412)
    assert f'value="{own.id}" checked' in admitted.text
    assert "社協" in shared.text
    item = at_work.read_session(session_id).item(item_id)
    assert (item.admitted, item.roles) == ((), ())


def test_the_draft_of_the_minutes_is_made_from_what_was_written_down(at_work, lead):
    _, session_id, item_id = opened(at_work)
    at = f"/conferences/{session_id}"
    lead.post(
        f"{at}/items/{item_id}/facts", {"fact": "滞納が3か月", "source": "税", "submission": "a"}
    )
    lead.post(
        f"{at}/items/{item_id}/decisions",
        {"decision": "家計を見る", "in_charge": "care", "submission": "b"},
    )
    lead.post(f"{at}/hold", {})

    draft = lead.get(f"{at}/minutes").text

    assert "・滞納が3か月（税）" in draft
    assert "決定：家計を見る（care）" in draft
    assert "出席：調整 花子" in draft


def test_the_second_who_writes_the_minutes_keeps_what_they_typed(at_work, lead):
    _, session_id, _ = opened(at_work)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    version = str(at_work.read_session(session_id).version)
    at = f"/conferences/{session_id}/minutes"

    lead.post(at, {"minutes": "一人目", "version": version})
    second = lead.post(at, {"minutes": "二人目", "version": version})
    empty = lead.post(at, {"minutes": "", "version": version})
    unread = lead.post(at, {"minutes": "三人目", "version": "", "then": "fix"})

    assert (second.status_code, empty.status_code, unread.status_code) == (412, 422, 412)
    assert "二人目" in second.text
    assert "一人目" in second.text
    assert at_work.read_session(session_id).minutes == "一人目"


def test_fixed_minutes_take_a_dated_addition(at_work, lead):
    _, session_id, item_id = opened(at_work)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    at = f"/conferences/{session_id}/minutes"
    version = at_work.read_session(session_id).version
    typed = {"minutes": "全体", f"item_{item_id}": "母のこと", "version": version}
    lead.post(at, {**typed, "then": "fix"})

    empty = lead.post(f"{at}/addenda", {"addendum": ""})
    lead.post(f"{at}/addenda", {"addendum": "訂正する", "item_id": item_id, "submission": "a"})
    shown = lead.get(at).text

    assert empty.status_code == 422
    assert at_work.read_session(session_id).status is SessionStatus.MINUTES_FIXED
    assert "母のこと" in shown
    assert "訂正する" in shown


def test_i_04_the_minutes_are_refused_to_a_coordinator_who_was_not_there(at_work):
    _, session_id, _ = opened(at_work, LegalKind.SUPPORT_CONFERENCE, SON)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    other = at_work.bench.visit_as(at_work.bench.staff("coordinator", account_id="account-other"))

    assert other.get(f"/conferences/{session_id}/minutes").status_code == 403


def test_a_decision_is_finished_by_its_owner_on_its_own_page(at_work, lead):
    owner = at_work.bench.staff("contact", account_id="account-owner", office="care")
    stranger = at_work.bench.staff("contact", account_id="account-else", office="tax")
    _, session_id, item_id = opened(at_work)
    wanted = commands.RecordDecision(
        new_id(), session_id, item_id, "家計を見る", "care", owner="account-owner"
    )
    at_work.do(handlers.record_decision, wanted)
    path = f"/decisions/{wanted.decision_id}"

    theirs = at_work.bench.visit_as(owner)
    assert "家計を見る" in theirs.get(path).text
    assert at_work.bench.visit_as(stranger).get(path).status_code == 404
    theirs.post(f"{path}/done", {"done_note": "見た"})

    (decision,) = at_work.read_session(session_id).item(item_id).decisions
    assert (decision.done_on, decision.done_note) == (clock.today(), "見た")
    assert theirs.post(f"{path}/done", {"done_note": "もう一度"}).status_code == 409


def test_a_matter_goes_on_from_the_page_of_its_item(at_work, lead):
    case_id, support, item_id = opened(at_work, LegalKind.SUPPORT_CONFERENCE, SON)
    at_work.do(handlers.hold_session, commands.HoldSession(support))
    multi = at_work.session()
    at = f"/conferences/{support}/items/{item_id}/continuation"

    nowhere = lead.post(at, {"to_session_id": "nowhere", "submission": "a"})
    early = lead.post(at, {"to_session_id": multi, "submission": "b"})
    at_work.consent(case_id, SON)
    lead.post(at, {"to_session_id": multi, "submission": "c"})

    assert (nowhere.status_code, early.status_code) == (422, 409)
    (item,) = at_work.read_session(multi).items
    assert (item.person_id, item.topic) == (SON, "支援の方針（本人の同意を受けて）")


@pytest.mark.parametrize("town", ["ikoma", "eniwa"])
def test_bodies_show_what_the_town_states_and_that_the_rest_is_not_stated(at_work_in, town):
    at_work = at_work_in(town)
    lead = at_work.bench.visit_as(at_work.coordinator)

    shown = lead.get("/conferences/bodies").text

    assert "重層的支援会議" in shown
    assert "資料に記載なし" in shown


def test_the_name_of_a_body_is_the_one_of_the_day(at_work_in):
    at_work = at_work_in("eniwa")
    lead = at_work.bench.visit_as(at_work.coordinator)

    before = lead.get("/conferences/bodies?on=2023-05-01").text
    wrong = lead.get("/conferences/bodies?on=32")

    assert "包括的相談支援及びケアラー支援推進事業調整会議" in before
    assert wrong.status_code == 200
    assert "恵庭市重層的支援及びケアラー支援推進事業調整会議" in wrong.text


def test_through_the_api_an_item_is_admitted_to_shared_finished_and_written_down(at_work):
    browser = at_work.bench.visit_as(at_work.coordinator)

    def send(method, path, body=None, **headers):
        return browser.send_json(method, f"/api/v1{path}", body, headers=headers)

    case_id, session_id, item_id = opened(at_work)
    at = f"/conferences/{session_id}"

    read = {"If-Match": f'"{at_work.read_session(session_id).version}"'}
    bad = send("PUT", f"{at}/items/{item_id}/roles", {"roles": [{"who": ""}]}, **read)
    roles = {"roles": [{"who": "包括", "part": "訪問", "leads": True}]}
    unread = send("PUT", f"{at}/items/{item_id}/roles", roles)
    shared = send("PUT", f"{at}/items/{item_id}/roles", roles, **read)
    again = send("PUT", f"{at}/items/{item_id}/roles", roles, **read)
    made = send("POST", f"{at}/items/{item_id}/decisions", {"text": "見る", "in_charge": "care"})
    (decision,) = at_work.read_session(session_id).item(item_id).decisions
    done = send(
        "POST", f"{at}/items/{item_id}/decisions/{decision.id}/completion", {"note": "済み"}
    )
    assert (bad.status_code, shared.status_code, made.status_code) == (422, 200, 201)
    assert (done.status_code, unread.status_code, again.status_code) == (204, 428, 412)
    send("POST", f"{at}/holding", {})
    version = at_work.read_session(session_id).version
    drafted = send("PUT", f"{at}/minutes", {"minutes": "下書き", "version": version})
    late = send("PUT", f"{at}/minutes", {"minutes": "遅い", "version": version})

    assert (drafted.status_code, late.status_code) == (200, 412)
    assert at_work.read_session(session_id).minutes == "下書き"
    later = at_work.session(on=clock.today() + timedelta(days=30))
    proposals = send("GET", f"/conferences/{later}/proposals").json["items"]
    assert case_id not in {one["case_id"] for one in proposals}
