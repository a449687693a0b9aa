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
    TownFact,
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
        (
            "[[offices]]\ncode = 'a'",
            "structure.toml 1行目の [[offices]] に label がありません。書き加えてください",
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\n\n[[offices]]\ncode = 'b'\nlabel = 'b'\nlable = 1",
            "structure.toml 5行目の [[offices]] に知らない欄「lable」があります。書ける欄はcode、label、kind、",
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nkind = 'private'",
            "structure.toml 1行目の [[offices]] の kind が 'private' です。municipal、contracted、",
        ),
        (
            "[[offices]]\ncode = 1\nlabel = 'b'",
            'structure.toml 1行目の [[offices]] の code が 1 です。文字列（"…"）で書いてください',
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nlead = 1",
            "[[offices]] の lead が 1 です。true か falseで書いてください",
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nfields = 'c'",
            "[[offices]] の fields が並び（[…]）ではありません。",
        ),
        ("offices = 'a'", "structure.toml の offices が表の並びではありません。"),
        ("offices = ['a']", "structure.tomlの [[offices]] が表ではありません。"),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nvalid_to = 2026-03-31\n"
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nvalid_from = 2026-03-31",
            "structure.toml 5行目の [[offices]]「a」の期間が、structure.toml 1行目の [[offices]] の"
            "同じコードと重なっています。valid_from と valid_to を直すか、別のコードにしてください",
        ),
        (
            "[[offices]]\ncode = 'a'\nlabel = 'b'\nvalid_from = 2026-04-01\nvalid_to = 2026-03-31",
            "structure.toml 1行目の [[offices]]「a」の valid_to が valid_from より前の日です。",
        ),
    ],
)
def test_a_wrong_row_is_named(text: str, message: str) -> None:
    with pytest.raises(WrongStructure) as caught:
        Structure(text).rows("offices", Office)

    assert message in str(caught.value)


def test_rows_of_one_code_may_follow_one_another() -> None:
    structure = Structure(
        "[[offices]]\ncode = 'a'\nlabel = '前'\nvalid_to = 2026-03-31\n"
        "[[offices]]\ncode = 'a'\nlabel = '後'\nvalid_from = 2026-04-01"
    )

    rows = structure.rows("offices", Office)

    assert [office.label for office in valid_on(rows, date(2026, 4, 1))] == ["後"]
    assert structure.rows("offices", Office) is rows


def test_a_table_is_handed_out_as_a_copy() -> None:
    structure = Structure("[words]\nx = ['y']")

    structure.table("words")["x"].append("z")

    assert structure.table("words") == {"x": ["y"]}


def test_what_is_not_toml_is_refused() -> None:
    with pytest.raises(WrongStructure, match=r"structure\.toml は TOML として読めません"):
        Structure("[[offices")
    with pytest.raises(WrongStructure, match="words が表ではありません"):
        Structure("words = 1").table("words")


def test_a_truth_value_is_no_number() -> None:
    @dataclass(frozen=True)
    class Counted:
        number: int

    with pytest.raises(WrongStructure, match="number が True です。整数で書いてください"):
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


def test_a_wrong_row_names_the_file_it_stands_in():
    with pytest.raises(WrongStructure, match=r"facts\.toml 2行目"):
        Structure('\n[[facts]]\ncode = "x"\ntopic = "moon"\n', "facts.toml").rows("facts", TownFact)
