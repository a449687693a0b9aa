"""Checks the town wall in code: no work without a town, no work in two, and which towns there are."""

import re
from contextvars import copy_context
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kasane_kit import clock
from kasane_kit.db import Databases
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import (
    FileTownDirectory,
    MunicipalityRequired,
    Town,
    UnknownTown,
    current_municipality,
    municipality_scope,
    valid_code,
)
from kasane_kit.tenancy.town_file import lines_of

IKOMA = """
code = "292095"
name = "生駒市"
prefecture = "290009"
plugins = ["ikoma"]

[settings.ikoma]
phase = "second"
"""
TOWN = IKOMA.strip("\n")


def test_outside_a_scope_there_is_no_municipality() -> None:
    with pytest.raises(MunicipalityRequired, match="nothing was read; enter municipality_scope"):
        current_municipality()


def test_inside_a_scope_there_is_one_and_afterwards_none() -> None:
    with municipality_scope("292095"):
        assert current_municipality() == "292095"

    with pytest.raises(MunicipalityRequired):
        current_municipality()


def test_the_same_municipality_may_be_entered_again() -> None:
    with municipality_scope("292095"):
        with municipality_scope("292095"):
            assert current_municipality() == "292095"

        assert current_municipality() == "292095"


def test_another_municipality_cannot_be_entered_inside() -> None:
    with municipality_scope("292095"):
        with (
            pytest.raises(
                MunicipalityRequired,
                match="the scope of 292095 is open; 012319 was not entered; leave it first",
            ),
            municipality_scope("012319"),
        ):
            pass

        assert current_municipality() == "292095"


def test_a_scope_ends_with_an_error() -> None:
    def work() -> None:
        with municipality_scope("292095"):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    with pytest.raises(MunicipalityRequired):
        current_municipality()


def test_a_new_thread_has_no_scope_unless_it_is_handed_over() -> None:
    seen: list[str] = []

    def look() -> None:
        try:
            seen.append(current_municipality())
        except MunicipalityRequired:
            seen.append("none")

    with municipality_scope("292095"):
        for work in (look, lambda: copy_context().run(look)):
            thread = Thread(target=work)
            thread.start()
            thread.join()
        inherited = copy_context()
        inherited.run(look)

    assert seen == ["none", "none", "292095"]


@pytest.mark.parametrize("door", ["reading", "writing", "reading_log"])
def test_no_database_is_opened_outside_a_scope(tmp_path: Path, door: str) -> None:
    databases = Databases(SqliteAddresses(tmp_path), KeyRing(tmp_path))

    with pytest.raises(MunicipalityRequired), getattr(databases, door)("intake"):
        pass

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "code",
    [
        "011002",
        "012319",
        "032018",
        "131016",
        "141003",
        "232068",
        "271004",
        "290009",
        "292095",
        "310000",
        "312029",
        "473821",
    ],
)
def test_codes_of_the_national_list_are_valid(code: str) -> None:
    assert valid_code(code)


@given(st.from_regex(r"[0-9]{5}", fullmatch=True), st.integers(1, 9))
def test_exactly_one_check_digit_is_right(digits: str, shift: int) -> None:
    right = [digit for digit in range(10) if valid_code(f"{digits}{digit}")]

    assert len(right) == 1
    assert not valid_code(f"{digits}{(right[0] + shift) % 10}")


@pytest.mark.parametrize(
    "code",
    ["", "29209", "2920955", "29209a", "２９２０９５", "host", " 292095", "-92095", "292095\n"],
)
def test_what_is_no_six_digits_is_no_code(code: str) -> None:
    assert not valid_code(code)


def test_a_town_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "292095.toml").write_text(IKOMA, "utf-8")

    directory = FileTownDirectory(tmp_path)

    assert directory.problems == ()
    assert directory.get("292095") == Town(
        "292095", "生駒市", "290009", ("ikoma",), {"ikoma": {"phase": "second"}}
    )


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("code = ", 1, "TOML として読めません（Invalid value）"),
        (TOWN + "\nplugins", 8, "TOML として読めません"),
        (
            TOWN + '\n[colour]\nred = "1"',
            8,
            "知らない項目「colour」があります。綴りを直すか消してください。",
        ),
        (TOWN.replace("code =", "kode ="), 1, "知らない項目「kode」があります"),
        (TOWN.replace('code = "292095"', ""), 1, "code がありません。文字列（"),
        (TOWN.replace('code = "292095"', "code = 292095"), 1, "code がありません"),
        (TOWN.replace('name = "生駒市"', 'name = ""'), 2, "name がありません"),
        (TOWN.replace('prefecture = "290009"', ""), 1, "prefecture がありません"),
        (
            TOWN.replace("292095", "292096"),
            1,
            "code の「292096」は全国地方公共団体コードではありません（6桁で、最後は検査数字）。",
        ),
        (TOWN.replace("292095", "29209"), 1, "code の「29209」は全国地方公共団体コード"),
        (TOWN.replace("290009", "290001"), 3, "prefecture の「290001」は全国地方公共団体コード"),
        (TOWN.replace('["ikoma"]', '"ikoma"'), 4, "plugins は名前の並びで書いてください"),
        ('allowed = "ikoma"\n' + TOWN, 1, "allowed は名前の並びで書いてください"),
        (TOWN.replace('["ikoma"]', '["ikoma", 1]'), 4, "plugins は名前の並びで書いてください"),
        (
            TOWN.replace('["ikoma"]', '[\n  "ikoma", # 市\n  "ikoma",\n]'),
            5,
            "plugins に「ikoma」が二度あります。片方を消してください。",
        ),
        (
            TOWN.replace("[settings.ikoma]\nphase", "[settings]\nikoma"),
            7,
            "settings の「ikoma」は [settings.ikoma] の表で書いてください。",
        ),
        ("settings = 3\n" + TOWN.split("\n[")[0], 1, "settings は [settings.プラグイン名] の表"),
        (
            "valid_from = 2026\n" + TOWN,
            1,
            "valid_from は日付で書いてください（例：valid_from = 2026-04-01）。",
        ),
        (
            "valid_from = 2026-04-02\nvalid_to = 2026-04-01\n" + TOWN,
            2,
            "valid_to が valid_from より前の日です。どちらかの日を直してください。",
        ),
    ],
)
def test_a_wrong_town_file_is_named_with_its_line_and_the_other_towns_go_on(
    tmp_path: Path, text: str, line: int, sentence: str
) -> None:
    (tmp_path / "01-wrong.toml").write_text(text, "utf-8")
    (tmp_path / "02-eniwa.toml").write_text(
        'code = "012319"\nname = "恵庭市"\nprefecture = "010006"\n', "utf-8"
    )

    directory = FileTownDirectory(tmp_path)

    assert [town.code for town in directory.towns()] == ["012319"]
    (problem,) = directory.problems
    assert problem.path == "01-wrong.toml"
    assert problem.sentence.startswith(f"01-wrong.toml {line}行目：{sentence}")
    assert re.search("ください(（.*）)?。$", problem.sentence)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"# \n\xff\xfe\x00")

    directory = FileTownDirectory(tmp_path)

    assert [problem.sentence for problem in directory.problems] == [
        "a.toml 2行目：UTF-8 として読めない文字があります。文字コードを UTF-8 にして保存してください。"
    ]


def test_a_code_that_is_used_twice_belongs_to_the_first_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(IKOMA, "utf-8")
    (tmp_path / "b.toml").write_text(IKOMA.replace("生駒市", "別の市"), "utf-8")

    directory = FileTownDirectory(tmp_path)

    assert directory.get("292095").name == "生駒市"
    assert [problem.sentence for problem in directory.problems] == [
        "b.toml 2行目：自治体コード 292095 は a.toml で使われています。片方を消すか、"
        "valid_from と valid_to で期間を分けてください。"
    ]


def test_overlapping_terms_of_two_files_are_named_and_the_first_file_stands(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.toml").write_text(f"valid_to = 2027-04-01\n{IKOMA}", "utf-8")
    (tmp_path / "b.toml").write_text(f"# 新年度\nvalid_from = 2027-04-01\n{IKOMA}", "utf-8")

    directory = FileTownDirectory(tmp_path)

    assert [problem.sentence for problem in directory.problems] == [
        "b.toml 2行目：期間が a.toml と重なっています。生駒市（292095）の二つのファイルの valid_from と "
        "valid_to が重ならないように直してください。"
    ]
    assert directory.get("292095").file == "a.toml"


def test_the_next_years_file_takes_over_on_its_first_day(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"valid_to = 2027-03-31\n{IKOMA}", "utf-8")
    later = IKOMA.replace('["ikoma"]', "[]").partition("[settings")[0]
    (tmp_path / "b.toml").write_text(f"valid_from = 2027-04-01\n{later}", "utf-8")

    directory = FileTownDirectory(tmp_path)
    found = []
    for day in (date(2027, 3, 31), date(2027, 4, 1)):
        noon = datetime.combine(day, time(3), UTC)
        with clock.fixed(lambda noon=noon: noon):  # type: ignore[misc]
            found.append(directory.get("292095"))

    assert directory.problems == ()
    assert [town.plugins for town in found] == [("ikoma",), ()]
    assert found[0].revision != found[1].revision


def test_the_lines_of_a_town_file_are_known_by_key() -> None:
    text = '# 町\ncode = "1"\nplugins = [\n  "a", # "x"\n  "b-c",\n]\n[settings."b-c"]\ndays = 3\n'

    assert lines_of(text) == {
        "code": 2,
        "plugins": 3,
        "a": 4,
        "b-c": 5,
        "settings.b-c": 7,
        "settings.b-c.days": 8,
    }


def test_a_process_may_serve_some_towns_only(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(IKOMA, "utf-8")
    (tmp_path / "b.toml").write_text(
        'code = "012319"\nname = "恵庭市"\nprefecture = "010006"\n', "utf-8"
    )

    directory = FileTownDirectory(tmp_path, served=("012319",))

    assert [town.code for town in directory.towns()] == ["012319"]
    assert directory.problems == ()
    with pytest.raises(UnknownTown, match="292095"):
        directory.get("292095")


def test_an_empty_folder_has_no_towns(tmp_path: Path) -> None:
    directory = FileTownDirectory(tmp_path / "nothing")

    assert directory.towns() == ()
    with pytest.raises(UnknownTown, match="292095"):
        directory.get("292095")
