"""I-07 in lists: of whom did not consent to its sheet a receiving office reads in no list, search or export."""

import io
from typing import Any

import openpyxl
import pytest

from kasane_intake import queries
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_kit.testing.workbench import Visitor, Workbench

TOLD, UNTOLD = "山川 花子", "山川 太郎丸"
FAMILY: dict[str, Any] = {
    "desk": "zei",
    "channel": "window",
    "story": "税が払えない。",
    "persons": [
        {"name": TOLD, "kana": "やまかわ はなこ", "address": "見本町1", "phone": "0312340001"},
        {
            "name": UNTOLD,
            "kana": "やまかわ たろうまる",
            "address": "見本町1",
            "phone": "0312340002",
            "birth_date": "1950-03-04",
        },
    ],
}


def at(bench: Workbench, office: str, *functions: str) -> Visitor:
    return bench.visit_as(bench.staff(*(functions or ("receiver",)), office=office))


@pytest.fixture
def sheet(workbench: Workbench) -> dict[str, Any]:
    """A sheet from zei to kodomo of which only the first person wants that kodomo is told."""
    desk = at(workbench, "zei")
    made = desk.send_json("POST", "/api/v1/consultations", FAMILY).json
    answer = desk.send_json(
        "POST",
        f"/api/v1/consultations/{made['id']}/sheets",
        {
            "to_office": "kodomo",
            "reason": "食べるものがない",
            "consent": True,
            "companionship": "accompanied",
            "persons": [made["persons"][0]["person_id"]],
        },
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def ids(bench: Workbench, sheet: dict[str, Any]) -> list[str]:
    found = at(bench, "zei").get(f"/api/v1/consultations/{sheet['consultation_id']}").json
    return [person["person_id"] for person in found["persons"]]


def test_i_07_the_lists_of_the_receiver_name_only_who_consented(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    receiver = at(workbench, "kodomo")
    book = openpyxl.load_workbook(io.BytesIO(receiver.get("/consultations/list.xlsx").data))
    cells = " ".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
    page = receiver.get("/consultations").text
    (line,) = receiver.get("/api/v1/consultations").json["items"]

    assert UNTOLD not in page + cells
    assert "太郎丸" not in page + cells
    assert "花子" in page
    assert TOLD in cells
    assert line["persons"] == [[TOLD, "やまかわ はなこ"], ["", ""]]


def test_the_desk_that_heard_it_and_the_coordinator_read_everybody(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    for visitor in (at(workbench, "zei"), at(workbench, "", "coordinator")):
        (line,) = visitor.get("/api/v1/consultations").json["items"]
        assert [name for name, _ in line["persons"]] == [TOLD, UNTOLD]


@pytest.mark.parametrize("words", ["太郎丸", "山川太郎丸", "たろうまる", "0312340002", "S25.3.4"])
def test_i_07_nobody_is_found_by_the_receiver_who_did_not_consent(
    workbench: Workbench, sheet: dict[str, Any], words: str
) -> None:
    def found(office: str) -> list[str]:
        items = at(workbench, office).get(f"/api/v1/search?q={words}").json["items"]
        return [one["id"] for one in items]

    assert found("zei") == [sheet["consultation_id"]]
    assert found("kodomo") == []
    assert UNTOLD not in at(workbench, "kodomo").get(f"/consultations?q={words}").text


def test_the_receiver_finds_it_by_who_consented_and_reads_of_nobody_else(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    for words in ("山川花子", "はなこ", "花子", "税が払えない", "0312340001"):
        (one,) = at(workbench, "kodomo").get(f"/api/v1/search?q={words}").json["items"]
        assert [name for name, _ in one["persons"]] == [TOLD, ""]


def test_what_lies_behind_those_that_are_kept_back_is_found_all_the_same(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    own = at(workbench, "kodomo").send_json(
        "POST", "/api/v1/consultations", {**FAMILY, "desk": "kodomo"}
    )
    with workbench.reading() as connection:
        answer = queries.search(
            connection, workbench.staff("receiver", office="kodomo"), "太郎丸", most=1
        )

    assert [one.line.id for one in answer.found] == [own.json["id"]]
    assert answer.more is False


def test_i_07_a_candidate_who_did_not_consent_has_only_office_and_number(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    typed = PersonTraits(UNTOLD, "やまかわ たろうまる", address="見本町1", phone="0312340002")
    with workbench.reading() as connection:
        (found,) = queries.same_person_candidates(
            connection, workbench.staff("receiver", office="kodomo"), [(typed, ())]
        )

    assert [(one.desk, one.name, one.reasons) for one in found if one.name != TOLD] == [
        ("zei", "", ())
    ]


def test_i_07_the_records_of_who_did_not_consent_are_not_put_side_by_side(
    workbench: Workbench, sheet: dict[str, Any]
) -> None:
    receiver = at(workbench, "kodomo")
    own = receiver.send_json("POST", "/api/v1/consultations", {**FAMILY, "desk": "kodomo"}).json[
        "persons"
    ][1]["person_id"]
    told, untold = ids(workbench, sheet)

    assert receiver.get(f"/persons/{own}/same-as/{told}").status_code == 200
    assert receiver.get(f"/persons/{own}/same-as/{untold}").status_code == 404
    asked = at(workbench, "", "coordinator").send_json(
        "POST", "/api/v1/merges", {"one_id": own, "other_id": untold, "reason": "本人に確かめた"}
    )
    assert asked.status_code == 201
    assert receiver.get("/api/v1/merges").json["items"] == []
    assert UNTOLD not in receiver.get("/merges").text
    assert receiver.get(f"/merges/{asked.json['id']}").status_code == 404
    assert receiver.get(f"/api/v1/merges/{asked.json['id']}").status_code == 404
    assert len(at(workbench, "", "coordinator").get("/api/v1/merges").json["items"]) == 1
