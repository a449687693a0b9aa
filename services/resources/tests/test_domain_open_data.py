"""The reader of open-data files: real files, dirty values, and files that are none."""

from dataclasses import asdict
from pathlib import Path

import pytest

from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.human_service import ServiceStatus, Visibility
from kasane_resources.domain.layout_rows import read_file
from kasane_resources.domain.layouts import layouts
from kasane_resources.domain.location import Position
from kasane_resources.domain.quarantine import PRIVATE_CODES

SHARED = Path(__file__).parents[4] / "shared" / "data" / "opendata" / "kodomo_shokudo"
HEADER = (
    "全国地方公共団体コード,ID,都道府県,市区町村名,名称,名称_カナ,住所,緯度,経度,電話番号1,"
    "電話番号2,URL,メールアドレス1,法人番号,運営団体名,開催頻度,開催曜日,開催日,開催開始時間,"
    "開催終了時間,定員,備考"
)
GOOD = {
    "全国地方公共団体コード": "292095",
    "ID": "1",
    "都道府県": "奈良県",
    "市区町村名": "生駒市",
    "名称": "ひだまり食堂",
    "住所": "生駒市東新町8-38",
    "緯度": "34.6919",
    "経度": "135.7006",
}


def one_file(*rows: dict[str, str], header: str = HEADER, end: str = "\n") -> bytes:
    names = header.split(",")
    lines = [header, *(",".join(row.get(name, "") for name in names) for row in rows)]
    return end.join(lines).encode()


def codes_of(**cells: str) -> list[tuple[str, str, str]]:
    (row,) = read_file(one_file({**GOOD, **cells}), Visibility.PUBLIC)
    return [(problem.column, problem.code, problem.original) for problem in row.problems]


needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not there")


@needs_shared
def test_the_real_file_is_read_whole_and_its_wrong_values_are_named() -> None:
    content = (SHARED / "kodomo-shokudo.csv").read_bytes()

    rows = read_file(content, Visibility.PUBLIC)

    assert len(rows) == 605
    assert sum(row.entry is None for row in rows) == 1
    counted = {}
    for row in rows:
        for problem in row.problems:
            counted[problem.code] = counted.get(problem.code, 0) + 1
    assert counted == {
        "coordinates_shared": 60,
        "code_unknown": 15,
        "address_not_public": 5,
        "time_unreadable": 3,
        "paused_by_remark": 2,
        "row_repeated": 1,
        "municipality_code_wrong": 1,
        "address_town_repeated": 1,
        "rewritten": 152,
    }


@needs_shared
def test_every_file_is_read_and_companions_are_refused_with_the_missing_columns() -> None:
    files = sorted(SHARED.rglob("*.csv"))

    read, refused = [], {}
    for file in files:
        try:
            read.append(len(read_file(file.read_bytes(), Visibility.PUBLIC)))
        except FileRefused as refusal:
            refused[file.stem.rsplit("_", 1)[1]] = (refusal.code, refusal.facts["columns"])

    assert len(files) - len(read) == 4
    assert refused == {"tsuika": ("file_wrong_columns", "全国地方公共団体コード、市区町村名、名称")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, end: str) -> None:
    content = one_file(GOOD, end=end).decode().encode(encoding)

    (row,) = read_file(content, Visibility.TOWN_HALL)

    assert row.entry is not None
    assert (row.entry.name, row.entry.location.position) == (
        "ひだまり食堂",
        Position(34.6919, 135.7006),
    )
    assert row.entry.visibility is Visibility.TOWN_HALL
    assert row.problems == ()


def test_a_header_behind_other_lines_and_with_other_names_is_found() -> None:
    header = HEADER.replace("全国地方公共団体コード,ID", "都道府県コード又は市区町村コード,NO")
    names = {"都道府県コード又は市区町村コード": "292095", "NO": "7"}
    content = "子ども食堂一覧\n2026年版,,\n".encode() + one_file({**GOOD, **names}, header=header)

    (row,) = read_file(content, Visibility.PUBLIC)

    assert (row.key, row.number) == ("292095/7", 4)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (
            {"緯度": "0", "経度": "0"},
            [("緯度", "coordinates_zero", "0"), ("経度", "coordinates_zero", "0")],
        ),
        (
            {"緯度": "135.7006", "経度": "34.6919"},
            [
                ("緯度", "coordinates_swapped", "135.7006"),
                ("経度", "coordinates_swapped", "34.6919"),
            ],
        ),
        (
            {"緯度": "53.41291", "経度": "-8.24389"},
            [
                ("緯度", "coordinates_outside_japan", "53.41291"),
                ("経度", "coordinates_outside_japan", "-8.24389"),
            ],
        ),
        ({"経度": ""}, [("緯度", "coordinate_alone", "34.6919")]),
        ({"緯度": "北緯34度"}, [("緯度", "not_a_number", "北緯34度")]),
        ({"緯度": "nan"}, [("緯度", "not_a_number", "nan")]),
    ],
)
def test_a_wrong_position_is_named_and_never_used(
    cells: dict[str, str], found: list[tuple[str, str, str]]
) -> None:
    (row,) = read_file(one_file({**GOOD, **cells}), Visibility.PUBLIC)

    assert row.entry is not None
    assert row.entry.location.position is None
    assert [(p.column, p.code, p.original) for p in row.problems] == found
    assert row.original["緯度"] == cells.get("緯度", "34.6919")


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("法人番号", "4.00E+12", "excel_damaged"),
        ("法人番号", "1011805002667", "corporate_number_wrong"),
        ("全国地方公共団体コード", "12319", "excel_damaged"),
        ("全国地方公共団体コード", "292096", "municipality_code_wrong"),
        ("定員", "0", "zero_means_blank"),
        ("定員", "多数", "not_a_number"),
        ("開催頻度", "8", "code_unknown"),
        ("開催曜日", "第二のみ", "days_unreadable"),
        ("開催開始時間", "午前10時", "time_unreadable"),
        ("名称_カナ", "陽だまり", "kana_unreadable"),
        ("URL", "www.example.jp", "url_without_scheme"),
        ("URL", "hidamari@example.jp", "email_in_url"),
        ("URL", "https://example.jp/a b", "url_with_spaces"),
        ("電話番号1", "(080)3437-0000", "phone_personal"),
        ("電話番号1", "役所まで", "phone_unreadable"),
        ("備考", "現在休止中", "paused_by_remark"),
        ("住所", "非公開", "address_not_public"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_written(column: str, written: str, code: str) -> None:
    shown = "" if code in PRIVATE_CODES else written
    assert codes_of(**{column: written}) == [(column, code, shown)]


@pytest.mark.parametrize(
    ("column", "written", "code", "used"),
    [
        ("電話番号1", "0743－00－0000", "rewritten", "0743-00-0000"),
        ("電話番号1", "0743‐00‐0000", "rewritten", "0743-00-0000"),
        ("電話番号1", "0743-00-0000（", "rewritten", "0743-00-0000"),
        ("電話番号1", "（0743）00-0000", "rewritten", "0743-00-0000"),
        ("電話番号1", "0743(00)0000", "rewritten", "0743-00-0000"),
        ("電話番号1", "0743000000", "phone_without_hyphens", "0743000000"),
        ("名称", "\u3000ひだまり\u3000食堂\u3000", "rewritten", "ひだまり 食堂"),
        ("名称", "ＡＢＣ食堂", "rewritten", "ABC食堂"),
        ("名称", "ﾋﾀﾞﾏﾘ食堂", "rewritten", "ヒダマリ食堂"),
        ("名称", "⼤地の⽇食堂", "rewritten", "大地の日食堂"),
        ("住所", "生駒市東新町８－３８", "rewritten", "生駒市東新町8-38"),
        ("住所", "生駒市東新町8ー38", "rewritten", "生駒市東新町8-38"),
        ("住所", "生駒市東新町8−38", "rewritten", "生駒市東新町8-38"),
        ("住所", "生駒市東新町8ｰ38", "rewritten", "生駒市東新町8-38"),
        ("住所", "生駒市東新町8―38", "rewritten", "生駒市東新町8-38"),
        ("住所", "生駒市東新町八丁目1", "rewritten", "生駒市東新町8丁目1"),
        ("住所", "生駒市生駒市東新町8-38", "address_town_repeated", "生駒市東新町8-38"),
        ("備考", "172120", "remark_is_a_number", ""),
        ("開催終了時間", "22：00※日曜は17：00まで", "time_unreadable", ""),
    ],
)
def test_what_can_be_read_in_its_plain_form_is_named_and_the_original_kept(
    column: str, written: str, code: str, used: str
) -> None:
    (row,) = read_file(one_file({**GOOD, column: written}), Visibility.PUBLIC)

    assert row.entry is not None
    assert [(p.column, p.code, p.original.strip("\u3000"), p.used) for p in row.problems] == [
        (column, code, written.strip("\u3000"), used)
    ]
    assert row.original[column] == written


@pytest.mark.parametrize(
    ("written", "byday", "weeks"),
    [
        ("毎月第三水曜日", ("WE",), (3,)),
        ("毎月第2・4金曜日", ("FR",), (2, 4)),
        ("原則第2・4金曜日だが変動あり", (), ()),
        ("不定期（友引の前日など）", (), ()),
    ],
)
def test_only_a_whole_rule_becomes_a_rule_and_the_words_stay(
    written: str, byday: tuple[str, ...], weeks: tuple[int, ...]
) -> None:
    (row,) = read_file(one_file({**GOOD, "開催日": written}), Visibility.PUBLIC)

    assert row.entry is not None
    schedule = row.entry.schedule
    assert (schedule.byday, schedule.weeks, schedule.description) == (byday, weeks, written)


def test_full_width_digits_are_read_and_the_original_is_kept() -> None:
    cells = {"定員": "３０", "開催開始時間": "１０：００", "電話番号1": "０７４３－７３－００００"}

    (row,) = read_file(one_file({**GOOD, **cells}), Visibility.PUBLIC)

    assert row.entry is not None
    assert (row.entry.capacity, row.entry.schedule.opens_at) == (30, "10:00")
    assert row.entry.phone == "0743-73-0000"
    assert sorted((p.column, p.code, p.original, p.used) for p in row.problems) == [
        ("定員", "rewritten", "３０", "30"),
        ("開催開始時間", "rewritten", "１０：００", "10:00"),
        ("電話番号1", "rewritten", "０７４３－７３－００００", "0743-73-0000"),
    ]


def test_contacts_of_volunteers_are_kept_back_even_from_the_list_of_problems() -> None:
    (row,) = read_file(
        one_file({**GOOD, "電話番号2": "090-0000-0000", "メールアドレス1": "taro@example.jp"}),
        Visibility.PUBLIC,
    )

    assert row.entry is not None
    assert "taro@example.jp" not in str(asdict(row.entry))
    assert [(p.column, p.code, p.original) for p in row.problems] == [
        ("電話番号2", "kept_back", ""),
        ("メールアドレス1", "kept_back", ""),
    ]


def test_the_position_of_an_address_that_is_not_public_is_not_used() -> None:
    (row,) = read_file(one_file({**GOOD, "住所": "非公開"}), Visibility.PUBLIC)

    assert row.entry is not None
    assert (row.entry.location.address, row.entry.location.position) == ("", None)


def test_a_point_that_three_addresses_share_is_no_place() -> None:
    rows = [
        {**GOOD, "ID": str(n), "名称": f"食堂{n}", "住所": f"生駒市東新町{n}"} for n in (1, 2, 3)
    ]

    read = read_file(one_file(*rows), Visibility.PUBLIC)

    assert [row.entry.location.position for row in read if row.entry] == [None, None, None]


def test_a_paused_row_is_not_active() -> None:
    (row,) = read_file(
        one_file({**GOOD, "備考": "休止中（2023年12月12日時点）"}), Visibility.PUBLIC
    )

    assert row.entry is not None
    assert row.entry.status is ServiceStatus.TEMPORARILY_CLOSED


def test_days_in_several_spellings_are_the_same_days() -> None:
    for written in ("月水金", "月・水・金", "水曜日、月曜、金曜日"):
        (row,) = read_file(one_file({**GOOD, "開催曜日": f'"{written}"'}), Visibility.PUBLIC)

        assert row.entry is not None
        assert row.entry.schedule.byday == ("MO", "WE", "FR")


@pytest.mark.parametrize("cell", ["=HYPERLINK(A1)", "@SUM(1)", "+cmd|calc!A0", "-2+3+cmd(A1)"])
def test_a_row_with_a_formula_is_refused_and_its_original_kept(cell: str) -> None:
    rows = read_file(one_file({**GOOD, "名称": cell}, {**GOOD, "ID": "2"}), Visibility.PUBLIC)

    assert [row.entry is None for row in rows] == [True, False]
    assert [(p.column, p.code, p.original) for p in rows[0].problems] == [("名称", "formula", cell)]
    assert rows[0].original["名称"] == cell


def test_a_row_without_a_name_and_a_repeated_row_are_refused() -> None:
    rows = read_file(
        one_file({**GOOD, "名称": ""}, {**GOOD, "ID": ""}, {**GOOD, "ID": ""}), Visibility.PUBLIC
    )

    assert [row.entry is not None for row in rows] == [False, True, False]
    assert [p.code for row in rows for p in row.problems] == ["name_missing", "row_repeated"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \n", "file_empty"),
        (b"PK\x03\x04rest", "file_is_spreadsheet"),
        (b"a,b\x00\n1,2\n", "file_nul_bytes"),
        ("名称,住所\n".encode("utf-16")[:-1], "file_nul_bytes"),
        (b"\xff\xff\x81\n,,", "file_encoding"),
        ("ただの文章です。\n表ではありません。\n".encode(), "file_not_csv"),
        (b'a,"b\nc', "file_not_csv"),
        ("名称,住所\n食堂,生駒市\n".encode(), "file_wrong_columns"),
        (one_file(GOOD, header=f"{HEADER},名称"), "file_repeated_columns"),
        (b"," * (20 * 1024 * 1024 + 1), "file_too_large"),
        (b"a,b\n" * 20_001, "file_too_many_rows"),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_file(content, Visibility.PUBLIC)

    assert refusal.value.code == code


def test_wrong_columns_are_named() -> None:
    with pytest.raises(FileRefused) as refusal:
        read_file("名称,住所,緯度,経度\n食堂,生駒市,34,135\n".encode(), Visibility.PUBLIC)

    assert refusal.value.facts["columns"] == "全国地方公共団体コード、ID、市区町村名、開催曜日"
    assert set(layouts()["kodomo_shokudo"].needed) >= {"名称", "住所"}
