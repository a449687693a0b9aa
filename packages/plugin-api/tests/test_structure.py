"""Checks that a plugin's files become answers, and that a wrong row is named."""

from dataclasses import dataclass
from datetime import date, time

import pytest

from kasane_plugin_api import (
    LegalKind,
    MeetingBody,
    Office,
    OfficeKind,
    OpeningHours,
    Sentences,
    Structure,
    WrongStructure,
    fiscal_year,
    valid_on,
)

BODY = """
[[bodies]]
code = "panel"
label = "検討会"
legal_kinds = ["governance", "community"]
max_members = 12
quorum_majority = true
valid_from = 2022-12-20
"""
OFFICE = """
[[offices]]
code = "hub"
label = "相談支援室"
kind = "contracted"
[offices.hours]
weekdays = [1, 2, 3, 4, 5]
opens = 08:30:00
closes = 17:15:00
"""


def test_a_row_becomes_an_answer() -> None:
    (body,) = Structure(BODY).rows("bodies", MeetingBody)

    assert body == MeetingBody(
        "panel",
        "検討会",
        (LegalKind.GOVERNANCE, LegalKind.COMMUNITY),
        max_members=12,
        quorum_majority=True,
        valid_from=date(2022, 12, 20),
    )


def test_a_table_inside_a_row_becomes_an_answer_inside() -> None:
    (office,) = Structure(OFFICE).rows("offices", Office)

    assert office.kind is OfficeKind.CONTRACTED
    assert office.hours == OpeningHours((1, 2, 3, 4, 5), time(8, 30), time(17, 15))


def test_a_dotted_name_reaches_a_table_inside_a_table() -> None:
    structure = Structure('[[desks.east]]\ncode = "a"\nlabel = "東"\n[words]\nx = "y"')

    assert [office.label for office in structure.rows("desks.east", Office)] == ["東"]
    assert structure.rows("desks.west", Office) == ()
    assert structure.rows("nothing", Office) == ()
    assert structure.table("words") == {"x": "y"}
    assert structure.table("nothing") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[offices]]\ncode = 'a'", r"\[\[offices\]\] row 1 lacks label"),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\n[[offices]]\ncode = 'a'\nlabel = 'b'\nlable = 1",
            r"\[\[offices\]\] row 2 has the unknown key lable",
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nkind = 'private'",
            "row 1, kind is 'private', not one of municipal, contracted",
        ),
        ("[[offices]]\ncode = 1\nlabel = 'b'", "row 1, code is 1, not of type str"),
        ("[[offices]]\ncode = 'a'\nlabel = 'b'\nlead = 1", "row 1, lead is 1, not of type bool"),
        ("[[offices]]\ncode = 'a'\nlabel = 'b'\nfields = 'c'", "row 1, fields is not a list"),
        ("offices = 'a'", r"\[\[offices\]\] is not a list of rows"),
        ("offices = ['a']", r"\[\[offices\]\] row 1 is not a table"),
    ],
)
def test_a_wrong_row_is_named(text: str, message: str) -> None:
    with pytest.raises(WrongStructure, match=message):
        Structure(text).rows("offices", Office)


def test_what_is_not_toml_is_refused() -> None:
    with pytest.raises(WrongStructure, match=r"structure\.toml is not TOML"):
        Structure("[[offices")
    with pytest.raises(WrongStructure, match=r"\[words\] is not a table"):
        Structure("words = 1").table("words")


def test_a_truth_value_is_no_number() -> None:
    @dataclass(frozen=True)
    class Counted:
        number: int

    with pytest.raises(WrongStructure, match="number is True, not of type int"):
        Structure("[[rows]]\nnumber = true").rows("rows", Counted)


def test_a_sentence_is_said_with_its_facts() -> None:
    sentences = Sentences('[quorum]\nmet = "{members}名のうち{present}名"')

    assert sentences.say("quorum.met", members=12, present=7) == "12名のうち7名"
    with pytest.raises(KeyError, match=r"quorum\.missed"):
        sentences.say("quorum.missed")


@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (date(2023, 3, 31), ["open"]),
        (date(2023, 4, 1), ["dated", "open"]),
        (date(2024, 3, 31), ["dated", "open"]),
        (date(2024, 4, 1), ["open"]),
    ],
)
def test_the_first_and_the_last_day_belong_to_the_term(on: date, codes: list[str]) -> None:
    rows = (
        Office("dated", "期限あり", valid_from=date(2023, 4, 1), valid_to=date(2024, 3, 31)),
        Office("open", "期限なし"),
    )

    assert [row.code for row in valid_on(rows, on)] == codes


def test_the_fiscal_year_begins_in_april() -> None:
    assert fiscal_year(date(2024, 3, 31)) == 2023
    assert fiscal_year(date(2024, 4, 1)) == 2024
