"""The way of a household from town to town, as the officers of both see it."""

import re
from dataclasses import replace

import pytest

from kasane_cases import commands, handlers
from kasane_kit.delivery import Post
from kasane_kit.testing.workbench import OTHER_TOWN

MOTHER, SON = "person-mother", "person-son"
TYPED = {
    "to_municipality": OTHER_TOWN,
    "person_ids": [MOTHER, SON],
    "handover": "玄関先で話せます。",
    "transfer_contact": "福祉政策課 0743-00-0000",
    "evaluation": "家計が落ち着いた。",
    "approver": "approver",
}
API = "/api/v1"


@pytest.fixture
def officers(at_work):
    """The one who prepares, the one who approves, the one who receives, and the post between."""

    class Officers:
        work = at_work
        preparing = at_work.bench.visit_as(at_work.coordinator)
        approving = at_work.bench.visit_as(
            at_work.bench.staff("responsible", account_id="approver", name="決裁 次郎")
        )
        other = at_work.bench.visit_as(at_work.bench.staff("coordinator", account_id="other"))
        there = replace(at_work.bench, municipality=OTHER_TOWN)
        receiving = there.visit_as(there.staff("coordinator", account_id="receiving"))
        post = Post(at_work.bench.service, at_work.bench.house)

        def case(self):
            case_id = at_work.case(MOTHER)
            for person_id in (MOTHER, SON):
                at_work.consent(case_id, person_id)
            return case_id

        def prepared(self, case_id, **changes):
            answer = self.preparing.post(f"/cases/{case_id}/transfers", {**TYPED, **changes})
            assert answer.status_code == 303, answer.text
            return answer.location.rsplit("/", 1)[1]

        def approved(self, transfer_id):
            answer = self.approving.post(f"/transfers/{transfer_id}/approval", {"version": "1"})
            assert answer.status_code == 303, answer.text
            shown = self.preparing.post(f"/transfers/{transfer_id}/key").text
            self.post.carry()
            self.post.carry()
            return re.search(r'class="k-key">([0-9A-Z-]+)<', shown)[1]

    return Officers()


def test_a_household_goes_from_one_towns_screens_to_the_others(officers):
    case_id = officers.case()
    form = officers.preparing.get(f"/cases/{case_id}/transfers/new").text
    assert "引き継げる" in form
    transfer_id = officers.prepared(case_id)
    assert (
        "決裁 次郎さんの決裁を待っています"
        in officers.preparing.get(f"/transfers/{transfer_id}").text
    )
    key = officers.approved(transfer_id)

    assert "1件、返事を待っています" in officers.receiving.get("/cases").text
    sealed = officers.receiving.get(f"/transfers/offers/{transfer_id}").text
    assert "生駒市からの引継ぎ" in sealed
    assert "試験" not in sealed
    opened = officers.receiving.post(
        f"/transfers/offers/{transfer_id}/acceptance", {"accept_key": key}
    )
    page = officers.receiving.client.get(opened.location).text
    assert "試験 よし子" in page
    assert "玄関先で話せます。" in page
    officers.post.carry()

    assert "相手の町が引き受けました" in officers.preparing.get(f"/transfers/{transfer_id}").text


def test_a_wrong_key_is_told_and_what_was_typed_stays(officers):
    transfer_id = officers.prepared(officers.case())
    officers.approved(transfer_id)

    answer = officers.receiving.post(
        f"/transfers/offers/{transfer_id}/acceptance", {"accept_key": "ABCD-EFGH-JKMN-PQRS"}
    )

    assert answer.status_code == 422
    assert "受取りの鍵が合いません" in answer.text
    assert "ABCD-EFGH-JKMN-PQRS" in answer.text


def test_an_empty_form_says_what_is_missing_and_keeps_the_rest(officers):
    case_id = officers.case()

    answer = officers.preparing.post(
        f"/cases/{case_id}/transfers", {**TYPED, "handover": "", "evaluation": "落ち着いた"}
    )

    assert answer.status_code == 422
    assert "引継ぎ書" in answer.text
    assert "落ち着いた" in answer.text


def test_a_person_without_consent_is_named_with_the_reason(officers):
    case_id = officers.work.case(MOTHER)
    officers.work.consent(case_id, MOTHER)

    form = officers.preparing.get(f"/cases/{case_id}/transfers/new").text
    refused = officers.preparing.post(f"/cases/{case_id}/transfers", TYPED)

    assert "この町に残る" in form
    assert refused.status_code in (403, 409, 422)
    assert "試験 太郎" in refused.text
    assert officers.preparing.send_json("GET", f"{API}/transfers").json == {"items": []}


def test_a_secret_transfer_is_not_there_for_anybody_else(officers):
    case_id = officers.case()
    transfer_id = officers.prepared(case_id, secret="1")
    key = officers.approved(transfer_id)
    officers.receiving.post(f"/transfers/offers/{transfer_id}/acceptance", {"accept_key": key})
    officers.post.carry()

    for path in ("/transfers", f"/cases/{case_id}", "/cases?closed=1"):
        page = officers.other.get(path)
        assert page.status_code == 200
        assert "恵庭" not in page.text, path
        assert transfer_id not in page.text
    for path in (f"/transfers/{transfer_id}", f"{API}/transfers/{transfer_id}"):
        assert officers.other.get(path).status_code == 404
    assert officers.other.post(f"/transfers/{transfer_id}/key").status_code == 404
    assert officers.other.send_json("GET", f"{API}/transfers").json == {"items": []}
    assert "恵庭" in officers.preparing.get(f"/transfers/{transfer_id}").text


def test_a_transfer_of_a_restricted_case_is_there_for_its_team_and_its_approver_only(officers):
    case_id = officers.case()
    transfer_id = officers.prepared(case_id)
    paths = (f"/transfers/{transfer_id}", f"{API}/transfers/{transfer_id}")
    before = [officers.other.get(path).status_code for path in paths]
    version = officers.work.read_case(case_id).version
    officers.work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))

    assert before == [200, 200]
    assert [officers.other.get(path).status_code for path in paths] == [404, 404]
    assert transfer_id not in officers.other.get("/transfers").text
    assert officers.other.send_json("GET", f"{API}/transfers").json == {"items": []}
    for step in ("approval", "withdrawal"):
        answer = officers.other.post(f"/transfers/{transfer_id}/{step}", {"version": "1"})
        assert (answer.status_code, "試験" in answer.text) == (404, False), step
    for officer in (officers.preparing, officers.approving):
        assert "試験 よし子" in officer.get(f"/transfers/{transfer_id}").text
    assert officers.preparing.send_json("GET", paths[1]).json["status"] == "draft"


def test_the_api_goes_the_same_way(officers):
    case_id = officers.case()
    body = {
        "case_id": case_id,
        "to_municipality": OTHER_TOWN,
        "person_ids": [MOTHER, SON],
        "handover": "玄関先で話せます。",
        "contact": "福祉政策課",
        "evaluation": "落ち着いた。",
        "approver": "approver",
    }
    made = officers.preparing.send_json(
        "POST", f"{API}/transfers", body, headers={"Idempotency-Key": "one"}
    )
    again = officers.preparing.send_json(
        "POST", f"{API}/transfers", body, headers={"Idempotency-Key": "one"}
    )
    assert (made.status_code, again.json["id"]) == (201, made.json["id"])
    path = f"{API}/transfers/{made.json['id']}"
    stale = officers.approving.send_json("POST", f"{path}/approval", headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    key = officers.approving.send_json("POST", f"{path}/approval", headers={"If-Match": '"1"'})
    officers.post.carry()
    [offer] = officers.receiving.send_json("GET", f"{API}/transfer-offers").json["items"]
    assert (offer["persons"], offer["status"]) == (2, "offered")
    offered = f"{API}/transfer-offers/{offer['id']}"
    for _again in range(2):
        wrong = officers.receiving.send_json(
            *("POST", f"{offered}/acceptance", {"accept_key": "0000"}),
            headers={"Idempotency-Key": "a"},
        )
        assert wrong.status_code == 422
        assert "受取りの鍵が合いません" in wrong.text
    returned = officers.receiving.send_json("POST", f"{offered}/return", {"reason": "転入前です"})
    assert returned.json["status"] == "returned"
    officers.post.carry()
    assert officers.preparing.send_json("GET", path).json["status"] == "returned"
    assert len(key.json["accept_key"]) == 19


def test_the_form_ticks_only_who_consents_to_go(officers):
    case_id = officers.work.case(MOTHER)
    officers.work.consent(case_id, SON)

    shown = officers.preparing.get(f"/cases/{case_id}/transfers/new").text

    ticked = re.findall(r'name="person_ids" value="([^"]+)"[^>]*checked', shown)
    assert ticked == [SON]


def test_the_form_ticks_nobody_where_nobody_consents(officers):
    case_id = officers.work.case()

    shown = officers.preparing.get(f"/cases/{case_id}/transfers/new").text

    assert re.findall(r'name="person_ids" value="([^"]+)"[^>]*checked', shown) == []
