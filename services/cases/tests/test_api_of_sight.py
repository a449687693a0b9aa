"""The JSON API of bodies, attendance, the agenda at once, who looked, and what is opened for an hour."""

from datetime import datetime, timedelta

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
API = "/api/v1"
LONG = "救急隊から電話があり、持病と服薬をいま伝える必要があります"


@pytest.fixture
def program(at_work):
    return at_work.bench.visit_as(at_work.coordinator)


def visitor(at_work, *functions, account_id):
    return at_work.bench.visit_as(at_work.bench.staff(*functions, account_id=account_id))


def test_the_bodies_are_given_with_what_binds_who_attends(program):
    answer = program.get(f"{API}/bodies?on=2026-11-21")

    assert [(one["code"], one["legal_kinds"]) for one in answer.json["items"]] == [
        ("support_conference", ["support_conference"]),
        ("multi_agency_conference", ["multi_agency_conference"]),
    ]
    notices = answer.json["items"][0]["notices"]
    assert {one["attendee"] for one in notices} == {
        "municipal_staff",
        "contractor",
        "partner_agency",
        "resident",
        "person_or_family",
    }
    assert program.get(f"{API}/bodies?on=R8").status_code == 422


def test_presence_is_marked_by_who_leads_alone(at_work, program):
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    (attendee,) = at_work.read_session(session_id).attendees
    path = f"{API}/conferences/{session_id}/attendees/{attendee.id}/presence"

    refused = visitor(at_work, "contact", account_id="other").send_json(
        "PUT", path, {"present": False}
    )
    wrong = program.send_json("PUT", path, {"present": "perhaps"})
    assert at_work.read_session(session_id).attendees[0].present
    marked = program.send_json("PUT", path, {"present": False})

    assert (refused.status_code, wrong.status_code, marked.status_code) == (403, 422, 200)
    assert not at_work.read_session(session_id).attendees[0].present


def test_an_agenda_is_built_at_once_or_not_at_all(at_work, program):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE)
    path = f"{API}/conferences/{session_id}/agenda"
    of = {
        person: {"case_id": case_id, "person_id": person, "topic": "方針"}
        for person in (MOTHER, SON)
    }

    refused = program.send_json("POST", path, {"items": list(of.values())})
    assert at_work.read_session(session_id).items == []
    built = program.send_json("POST", path, {"items": [of[MOTHER]]})

    assert (refused.status_code, built.status_code) == (409, 201)
    assert [item.person_id for item in at_work.read_session(session_id).items] == [MOTHER]
    assert program.send_json("POST", path, {"items": []}).status_code == 422


def test_who_looked_is_told_to_who_answers_for_the_case_page_by_page(at_work, program):
    case_id = at_work.case(MOTHER)
    other = visitor(at_work, "coordinator", account_id="other")
    for _ in range(2):
        assert other.get(f"{API}/cases/{case_id}").status_code == 200

    page = program.get(f"{API}/cases/{case_id}/trail?limit=1").json
    rest = program.get(f"{API}/cases/{case_id}/trail?limit=1&cursor={page['next_cursor']}").json
    contact = visitor(at_work, "contact", account_id="contact")

    lines = [*page["items"], *rest["items"]]
    assert [(one["actor"], one["action"]) for one in lines] == [("other", "cases.case.read")] * 2
    everything = program.get(f"{API}/cases/{case_id}/trail?everything=true").json["items"]
    assert "cases.case.opened" in {one["action"] for one in everything}
    assert contact.get(f"{API}/cases/{case_id}/trail").status_code == 403
    assert program.get(f"{API}/cases/{case_id}/trail?person_id=nobody").status_code == 404


def test_a_restricted_case_is_opened_for_an_hour_with_a_reason_and_the_team_is_told(
    at_work, program
):
    case_id = at_work.case(MOTHER)
    at_work.do(
        handlers.restrict_case,
        commands.RestrictCase(case_id, True, at_work.read_case(case_id).version),
    )
    other = visitor(at_work, "coordinator", account_id="other")
    path = f"{API}/cases/{case_id}/opening"

    assert other.get(f"{API}/cases/{case_id}").status_code == 403
    assert other.send_json("POST", path, {"cause": "disaster", "reason": "短い"}).status_code == 422
    assert other.get(f"{API}/cases/{case_id}").status_code == 403
    opened = other.send_json("POST", path, {"cause": "disaster", "reason": LONG})

    assert opened.status_code == 201
    left = datetime.fromisoformat(opened.json["until"]) - clock.now()
    assert timedelta(minutes=55) < left <= timedelta(minutes=60)
    again = program.send_json("POST", path, {"cause": "disaster", "reason": LONG})
    assert (again.status_code, again.json["until"]) == (201, None)
    assert other.get(f"{API}/cases/{case_id}").status_code == 200
    tasks = [one["kind"] for one in program.get(f"{API}/cases/{case_id}").json["tasks"]]
    assert "review_emergency" in tasks


def test_a_protected_address_is_opened_for_an_hour_to_who_gives_a_reason_alone(at_work, program):
    case_id = at_work.case(MOTHER)
    at_work.do(
        handlers.protect_address,
        commands.ProtectAddress(new_id(), case_id, MOTHER, clock.today(), "試験町", "証 1", "避難"),
    )
    other = visitor(at_work, "coordinator", account_id="other")
    path = f"{API}/cases/{case_id}/persons/{MOTHER}/address"

    refused = other.send_json("POST", path, {"cause": "life_in_danger", "reason": ""})
    opened = other.send_json("POST", path, {"cause": "life_in_danger", "reason": LONG})
    unprotected = other.send_json(
        "POST",
        f"{API}/cases/{case_id}/persons/{SON}/address",
        {"cause": "life_in_danger", "reason": LONG},
    )

    assert (refused.status_code, "試験町1番地" in refused.text) == (422, False)
    assert (opened.status_code, opened.json["address"]) == (201, "試験町1番地")
    left = datetime.fromisoformat(opened.json["until"]) - clock.now()
    assert timedelta(minutes=55) < left <= timedelta(minutes=60)
    assert unprotected.status_code == 409
    trail = program.get(f"{API}/cases/{case_id}/trail?everything=true&person_id={MOTHER}").json
    assert ("other", "cases.protection.opened", LONG) in {
        (one["actor"], one["action"], one["basis"]) for one in trail["items"]
    }


def test_the_list_is_narrowed_as_asked(at_work, program):
    first, second = at_work.case(MOTHER), at_work.case()

    def listed(query=""):
        return [one["id"] for one in program.get(f"{API}/cases{query}").json["items"]]

    assert set(listed()) == {first, second}
    assert listed("?status=identified&attention=true") == sorted([first, second])
    assert listed("?status=observing") == []
    assert listed("?closed=true") == []
    assert listed("?mine=true") == []
    assert program.get(f"{API}/cases?status=gone").status_code == 422


def test_a_case_gives_its_steps_to_who_sees_the_whole_of_it(at_work, program):
    case_id = at_work.case(MOTHER)

    steps = program.get(f"{API}/cases/{case_id}").json["steps"]

    assert [one["step"] for one in steps if one["current"]] == ["intake"]
    assert steps[0]["reached_on"] == clock.today().isoformat()
