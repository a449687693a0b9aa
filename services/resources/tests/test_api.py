"""The JSON API: HSDS words, problem+json, cursors and versions."""

import pytest

from kasane_contracts.cases import ReferralRequested
from kasane_kit.testing.workbench import Visitor, Workbench

BODY = {
    "name": "納付のしかたの相談",
    "name_kana": "ノウフノシカタノソウダン",
    "organization": {"name": "架空の相談センター"},
    "categories": ["payment_advice"],
    "contact_modes": ["phone", "walk_in"],
    "assured_date": "2026-10-01",
    "minimum_age": 18,
    "service_area": {"kind": "towns", "words": ["生駒市"]},
    "schedule": {"byday": ["MO", "FR"], "opens_at": "09:00", "closes_at": "17:00"},
    "location": {"address": "生駒市東新町8-38", "latitude": 34.6919, "longitude": 135.7006},
}


def program(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


def test_a_created_human_service_is_given_back_in_the_words_of_hsds(workbench: Workbench) -> None:
    who = program(workbench)

    answer = who.send_json("POST", "/api/v1/human-services", BODY)

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    body = answer.json
    assert body["status"] == "active"
    assert body["organization"]["name"] == "架空の相談センター"
    assert body["organization_id"] == body["organization"]["id"]
    assert (body["minimum_age"], body["maximum_age"]) == (18, None)
    assert body["assured_date"] == "2026-10-01"
    assert body["schedules"] == [
        {
            "freq": "WEEKLY",
            "interval": 1,
            "byday": "MO,FR",
            "bymonthday": "",
            "opens_at": "09:00",
            "closes_at": "17:00",
            "valid_from": None,
            "valid_to": None,
            "description": "",
        }
    ]
    assert body["service_areas"] == [{"name": "生駒市"}]
    (place,) = body["service_at_locations"]
    assert place["location"]["addresses"] == [{"address_1": "生駒市東新町8-38"}]
    assert who.get(f"/api/v1/human-services/{body['id']}").json == body


def test_a_repeated_call_makes_one(workbench: Workbench) -> None:
    who = program(workbench)
    headers = {"Idempotency-Key": "k1"}

    first = who.send_json("POST", "/api/v1/human-services", BODY, headers=headers)
    second = who.send_json("POST", "/api/v1/human-services", BODY, headers=headers)

    assert first.json["id"] == second.json["id"]
    assert len(who.get("/api/v1/human-services").json["items"]) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"names": "x"}, "names"),
        ({"categories": ["swimming"]}, "categories"),
        ({"visibility": "secret"}, "visibility"),
        ({"minimum_age": 70, "maximum_age": 20}, "maximum_age"),
        ({"minimum_age": "old"}, "minimum_age"),
        ({"assured_date": "2099-01-01"}, "assured_date"),
        ({"assured_date": "2999-01-01"}, "assured_date"),
        ({"assured_date": "0001-01-01"}, "assured_date"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"service_area": {"kind": "radius"}}, "service_area"),
        ({"service_area": {"kind": "towns"}}, "service_area"),
        ({"schedule": {"opens_at": "9"}}, "schedule"),
        ({"location": {"latitude": 34.6}}, "location"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "location"),
        ({"organization": {"name": "x", "corporate_number": "1"}}, "organization"),
    ],
)
def test_a_wrong_body_is_refused_with_the_field(
    workbench: Workbench, change: dict[str, object], field: str
) -> None:
    who = program(workbench)

    answer = who.send_json("POST", "/api/v1/human-services", {**BODY, **change})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [field]
    assert who.get("/api/v1/human-services").json["items"] == []


def test_a_text_with_a_nul_is_refused_and_nothing_is_saved(workbench: Workbench) -> None:
    who = program(workbench)

    answer = who.send_json("POST", "/api/v1/human-services", {**BODY, "description": "a\u0000b"})

    assert answer.status_code == 422
    assert answer.json["type"] == "urn:kasane:problem:unwritable_text"
    assert who.get("/api/v1/human-services").json["items"] == []


def test_an_update_needs_the_version_that_was_read(workbench: Workbench) -> None:
    who = program(workbench)
    path = (
        "/api/v1/human-services/" + who.send_json("POST", "/api/v1/human-services", BODY).json["id"]
    )
    changed = {**BODY, "status": "temporarily_closed"}

    assert who.send_json("PUT", path, changed).status_code == 428
    assert who.send_json("PUT", path, changed, headers={"If-Match": '"9"'}).status_code == 412
    assert who.get(path).json["status"] == "active"
    answer = who.send_json("PUT", path, changed, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json["status"] == "temporarily closed"
    assert who.send_json("PUT", f"{path}x", changed, headers={"If-Match": '"1"'}).status_code == 404


def test_lists_go_on_with_a_cursor(workbench: Workbench) -> None:
    who = program(workbench)
    for number in range(5):
        body = {
            **BODY,
            "name": f"相談{number}",
            "name_kana": "",
            "organization": {"name": f"会{number}"},
        }
        who.send_json("POST", "/api/v1/human-services", body)

    seen, cursor = [], ""
    while True:
        page = who.get(f"/api/v1/human-services?limit=2&cursor={cursor}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5

    assert who.get("/api/v1/human-services?cursor=%%%").status_code == 400
    found = who.get("/api/v1/human-services?q=相談3&category=payment_advice").json
    assert [item["name"] for item in found["items"]] == ["相談3"]


def test_a_referral_is_answered_once(workbench: Workbench) -> None:
    workbench.hear(ReferralRequested("r1", "c1", "n1", "p1", "s1", "生駒 太郎", ""))
    who = program(workbench, "contact")
    assert [item["name"] for item in who.get("/api/v1/referrals").json["items"]] == ["生駒 太郎"]

    missing = who.send_json("PUT", "/api/v1/referrals/r1/answer", {"answer": "decline"})
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["reason"])
    wrong = who.send_json("PUT", "/api/v1/referrals/r1/answer", {"answer": "maybe"})
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["answer"])

    answer = who.send_json("PUT", "/api/v1/referrals/r1/answer", {"answer": "accept"})

    assert (answer.status_code, answer.json["status"]) == (200, "accepted")
    again = who.send_json("PUT", "/api/v1/referrals/r1/answer", {"answer": "accept"})
    assert (again.status_code, again.json["type"]) == (409, "urn:kasane:problem:already_answered")
    assert len(who.get("/api/v1/referrals?answered=true").json["items"]) == 1


def test_a_receiver_may_not_write_or_see_referrals(workbench: Workbench) -> None:
    who = program(workbench, "receiver")

    assert who.send_json("POST", "/api/v1/human-services", BODY).status_code == 403
    assert who.get("/api/v1/referrals").status_code == 403
    assert who.get("/api/v1/human-services").json["items"] == []
