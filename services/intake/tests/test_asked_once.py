"""What pages of intake ask the database: as much for a household as for one person, and no list behind an answer."""

from collections.abc import Callable
from typing import Any

import pytest

from kasane_intake.queries import search
from kasane_kit.testing.workbench import Visitor, Workbench

Asked = Callable[[Visitor, str], list[str]]


def take(office: Visitor, submission: str, *names: str, address: str = "") -> str:
    """A consultation about these people; its address."""
    typed: dict[str, Any] = {
        "channel": "window",
        "desk": "zei",
        "story": "税が払えない。",
        "contact_name": names[0],
        "submission": submission,
    }
    for place, name in enumerate(names):
        typed |= {f"persons-{place}-name": name, f"persons-{place}-address": address}
    answer = office.post("/consultations/new", typed)
    assert answer.status_code == 303, answer.text
    return "/consultations/" + answer.location.rsplit("/", 1)[1].partition("?")[0]


@pytest.fixture
def office(workbench: Workbench) -> Visitor:
    """The desk at which everybody calls."""
    return workbench.visit_as(workbench.staff("receiver", office="zei"))


def test_a_consultation_asks_as_much_for_a_household_as_for_one_person(
    office: Visitor, asked_by: Asked
) -> None:
    home = "生駒市東新町8番38号"
    take(office, "s-1", "見本 花子", "見本 太郎", "見本 次郎", "見本 三郎", address=home)
    one = take(office, "s-2", "見本 花子", address=home)
    four = take(office, "s-3", "見本 花子", "見本 太郎", "見本 次郎", "見本 三郎", address=home)
    # Whom the page shows is written into the trail the first time.
    for path in (one, four):
        office.get(path)

    assert "見本 三郎" in office.get(four).text
    assert len(asked_by(office, one)) == len(asked_by(office, four))


def test_a_consultation_asks_who_is_joined_to_its_people_once(
    office: Visitor, asked_by: Asked
) -> None:
    said = asked_by(office, take(office, "s-1", "見本 花子"))

    assert len([one for one in said if "FROM intake_person_merge" in one]) == 1


def test_a_search_reads_no_list_behind_its_answer(office: Visitor, asked_by: Asked) -> None:
    for number in range(3):
        take(office, f"s-{number}", "見本 花子")

    said = asked_by(office, "/consultations?q=花子")

    assert "見本" in office.get("/consultations?q=花子").text
    assert len([one for one in said if "intake_consultation.main_category" in one]) == 1
    assert len([one for one in said if "ORDER BY intake_search_text.tag_version" in one]) == 1


def test_a_search_asks_as_much_where_many_are_told_of_in_part(
    workbench: Workbench, office: Visitor, statements: Any
) -> None:
    other = workbench.staff("receiver", office="kodomo", account_id="kodomo-1")
    numbers = []
    for added in (1, 4):
        for _ in range(added):
            hand_on_of_the_first(office)
        with workbench.reading() as connection, statements() as said:
            found = search(connection, other, "税が払えない")
        numbers.append(len(said))

    assert [one.line.persons for one in found.found] == [(("見本 花子", ""), ("", ""))] * 5
    assert numbers[0] == numbers[1]


def hand_on_of_the_first(office: Visitor) -> None:
    """Takes a consultation about two people and sends the first of them on, who alone consented."""
    persons = [{"name": "見本 花子"}, {"name": "見本 太郎"}]
    heard = {"desk": "zei", "channel": "window", "story": "税が払えない。", "persons": persons}
    made = office.send_json("POST", "/api/v1/consultations", heard).json
    sheet = {
        "to_office": "kodomo",
        "reason": "食べるものがない",
        "consent": True,
        "companionship": "accompanied",
        "persons": [made["persons"][0]["person_id"]],
    }
    answer = office.send_json("POST", f"/api/v1/consultations/{made['id']}/sheets", sheet)
    assert answer.status_code == 201, answer.text
