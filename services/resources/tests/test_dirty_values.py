"""Every class of wrong value counted in real files: reported, the original kept, never shown as a fact.

One line for each class of ``research/matching.md`` 1.1, with how often it was counted there. What needs a whole file
(encodings, headers, Excel) is in ``test_layouts.py``, ``test_domain_open_data.py`` and ``test_hostile_files.py``.
"""

import io
from collections.abc import Callable
from datetime import date, time

import pytest
from openpyxl import Workbook

from kasane_kit.testing.workbench import Workbench
from kasane_resources import queries
from kasane_resources.domain.human_service import HumanServiceEntry, Visibility
from kasane_resources.domain.layout_rows import ReadRow, read_file
from kasane_resources.domain.location import Position
from kasane_resources.handlers.spreadsheets import as_csv

Shown = Callable[[HumanServiceEntry], object]
CARE = {
    "都道府県コード又は市町村コード": "292095",
    "No": "1",
    "都道府県名": "奈良県",
    "市区町村名": "生駒市",
    "事業所名": "ひだまりの家",
    "事業所名カナ": "ヒダマリノイエ",
    "サービスの種類": "通所介護",
    "住所": "奈良県生駒市東新町8-38",
    "方書（ビル名等）": "",
    "緯度": "34.6919",
    "経度": "135.7006",
    "電話番号": "0743-73-0000",
    "FAX番号": "",
    "法人番号": "",
    "法人の名称": "ひだまりの会",
    "事業所番号": "2900000001",
    "利用可能曜日": "",
    "利用可能曜日特記事項": "",
    "定員": "",
    "URL": "",
    "備考": "",
}
CAFE = {
    "全国地方公共団体コード": "292095",
    "ID": "1",
    "市区町村名": "生駒市",
    "名称": "ひだまり食堂",
    "住所": "生駒市東新町8-38",
    "緯度": "34.6919",
    "経度": "135.7006",
    "電話番号1": "",
    "電話番号1_連絡先備考": "",
    "メールアドレス1": "",
    "メールアドレス1_連絡先備考": "",
    "開催頻度": "",
    "開催曜日": "",
    "開催日": "",
    "開催開始時間": "",
    "開催終了時間": "",
    "定員": "",
    "備考": "",
}
WAM = {
    "都道府県コード又は市区町村コード": "292095",
    "NO（※システム内の固有の番号、連番）": "A1",
    "法人の名称": "ひだまりの会",
    "サービス種別": "居宅介護",
    "事業所の名称": "ひだまり",
    "事業所番号": "2910000001",
    "事業所住所（市区町村）": "奈良県生駒市",
    "事業所住所（番地以降）": "東新町8-38",
    "事業所電話番号": "0743-73-0000",
    "事業所緯度": "34.6919",
    "事業所経度": "135.7006",
    "利用可能な時間帯（平日）": "",
    "定員": "",
}
FACILITY = {
    "全国地方公共団体コード": "292095",
    "ID": "1",
    "地方公共団体名": "奈良県生駒市",
    "名称": "中央館",
    "名称_カナ": "チュウオウカン",
    "所在地_連結表記": "生駒市元町1-6",
    "緯度": "34.6933",
    "経度": "135.697",
    "電話番号": "",
    "連絡先メールアドレス": "",
    "連絡先備考（その他、SNSなど）": "",
    "法人番号": "",
    "利用可能日時特記事項": "",
    "備考": "",
}
PLAIN = "奈良県生駒市東新町8-38"


def phone(entry: HumanServiceEntry) -> object:
    """What is shown as the telephone."""
    return entry.phone


def url(entry: HumanServiceEntry) -> object:
    """What is shown as the address on the web."""
    return entry.url


def position(entry: HumanServiceEntry) -> object:
    """Where it stands on the map."""
    return entry.location.position


def address(entry: HumanServiceEntry) -> object:
    """What is shown as the address."""
    return entry.location.address


def number(entry: HumanServiceEntry) -> object:
    """What is shown as the number of the organization."""
    return entry.corporate_number


def capacity(entry: HumanServiceEntry) -> object:
    """How many it takes."""
    return entry.capacity


def name(entry: HumanServiceEntry) -> object:
    """Its name."""
    return entry.name


def kana(entry: HumanServiceEntry) -> object:
    """Its reading."""
    return entry.kana


def days(entry: HumanServiceEntry) -> object:
    """On which days it is open."""
    return entry.schedule.byday


def hours(entry: HumanServiceEntry) -> object:
    """From when to when it is open."""
    return entry.schedule.opens_at, entry.schedule.closes_at


def words(entry: HumanServiceEntry) -> object:
    """What is said in words of when it is open."""
    return entry.schedule.description


# class: (table, what is written, the codes that are reported, what is shown, and as what)
CLASSES: dict[str, tuple[dict[str, str], dict[str, str], list[str], Shown, object]] = {
    "電話：全角ハイフン 1,678": (
        CARE,
        {"電話番号": "0743－73－0000"},
        ["rewritten"],
        phone,
        "0743-73-0000",
    ),
    "電話：U+2010 219": (CARE, {"電話番号": "0743‐73‐0000"}, ["rewritten"], phone, "0743-73-0000"),
    "電話：区切りなし 638": (
        CARE,
        {"電話番号": "0743730000"},
        ["phone_without_hyphens"],
        phone,
        "0743730000",
    ),
    "電話：終わりの括弧": (
        CARE,
        {"電話番号": "0743-73-0000（"},
        ["rewritten"],
        phone,
        "0743-73-0000",
    ),
    "電話：括弧つき": (CARE, {"電話番号": "(0743)73-0000"}, ["rewritten"], phone, "0743-73-0000"),
    "電話：読めない": (CARE, {"電話番号": "代表へ"}, ["phone_unreadable"], phone, ""),
    "URL：スキームなし 2,184": (CARE, {"URL": "www.example.jp"}, ["url_without_scheme"], url, ""),
    "URL：メールや空白 499": (CARE, {"URL": "info@example.jp"}, ["email_in_url"], url, ""),
    "URL：空白入り": (CARE, {"URL": "https://example.jp/a b"}, ["url_with_spaces"], url, ""),
    "法人番号：空 2,623": (CARE, {"法人番号": ""}, [], number, ""),
    "法人番号：検査数字 129": (
        CARE,
        {"法人番号": "1011805002667"},
        ["corporate_number_wrong"],
        number,
        "",
    ),
    "法人番号：Excelの指数 93": (FACILITY, {"法人番号": "4.00E+12"}, ["excel_damaged"], number, ""),
    "座標：0,0 86": (CARE, {"緯度": "0", "経度": "0"}, ["coordinates_zero"] * 2, position, None),
    "座標：アイルランド 30": (
        CARE,
        {"緯度": "53.41291", "経度": "-8.24389"},
        ["coordinates_outside_japan"] * 2,
        position,
        None,
    ),
    "座標：入れ替わり": (
        CARE,
        {"緯度": "135.7006", "経度": "34.6919"},
        ["coordinates_swapped"] * 2,
        position,
        None,
    ),
    "座標：一つの欄に二つ": (
        FACILITY,
        {"緯度": '"34.69,135.70"', "経度": ""},
        ["rewritten"],
        position,
        Position(34.69, 135.70),
    ),
    "座標：空 9%": (CAFE, {"緯度": "", "経度": ""}, [], position, None),
    "座標：携帯の番号に見える桁": (
        CARE,
        {"緯度": "34.608000000000004", "法人番号": ""},
        [],
        position,
        Position(34.608000000000004, 135.7006),
    ),
    "定員：0は未記入 22,280": (CARE, {"定員": "0"}, ["zero_means_blank"], capacity, None),
    "定員：空 18,162": (CARE, {"定員": ""}, [], capacity, None),
    "名前：全角空白 20,621": (
        CARE,
        {"事業所名": "　ひだまり　の家　"},
        ["rewritten"],
        name,
        "ひだまり の家",
    ),
    "名前：全角英数 802": (CARE, {"事業所名": "ＡＢＣの家２"}, ["rewritten"], name, "ABCの家2"),
    "名前：半角カナ 100": (CARE, {"事業所名": "ﾋﾀﾞﾏﾘの家"}, ["rewritten"], name, "ヒダマリの家"),
    "よみ：カナでない 1,304": (
        CARE,
        {"事業所名カナ": "陽だまりの家"},
        ["kana_unreadable"],
        kana,
        "",
    ),
    "住所：都道府県なし 10,115": (CARE, {"住所": "東新町8-38"}, [], address, "東新町8-38"),
    "住所：市町村が二度 140": (
        CARE,
        {"住所": "生駒市生駒市東新町8-38"},
        ["address_town_repeated"],
        address,
        "生駒市東新町8-38",
    ),
    "住所：全角数字 17,153": (
        CARE,
        {"住所": "奈良県生駒市東新町８-３８"},
        ["rewritten"],
        address,
        PLAIN,
    ),
    "住所：漢数字の丁目 3,185": (
        CARE,
        {"住所": "奈良県生駒市元町三丁目1"},
        ["rewritten"],
        address,
        "奈良県生駒市元町3丁目1",
    ),
    **{
        f"住所：横線 {ord(dash):04X}": (
            CARE,
            {"住所": f"奈良県生駒市東新町8{dash}38"},
            [] if dash == "-" else ["rewritten"],
            address,
            PLAIN,
        )
        for dash in "-－ー‐−ｰ―"
    },
    "CP932にない字 269": (CARE, {"事業所名": "ゔぁん俱楽部呍繫₋⁻"}, [], name, "ゔぁん俱楽部呍繫₋⁻"),
    "CJK部首": (CARE, {"事業所名": "⼤地の⽇⽉"}, ["rewritten"], name, "大地の日月"),
    "曜日：言葉": (
        CARE,
        {"利用可能曜日": "平日;土曜日;祝日"},
        [],
        days,
        ("MO", "TU", "WE", "TH", "FR", "SA"),
    ),
    "曜日：空": (CARE, {"利用可能曜日": ""}, [], days, ()),
    "開催頻度：知らない符号": (CAFE, {"開催頻度": "8"}, ["code_unknown"], days, ()),
    "開催日：毎月第三水曜日": (CAFE, {"開催日": "毎月第三水曜日"}, [], days, ("WE",)),
    "開催日：言葉で書かれた決まり": (
        CAFE,
        {"開催日": "原則第2・4金曜日だが変動あり"},
        [],
        words,
        "原則第2・4金曜日だが変動あり",
    ),
    "開催日：不定期": (
        CAFE,
        {"開催日": "不定期（友引の前日など）"},
        [],
        words,
        "不定期（友引の前日など）",
    ),
    "時刻：空 57-64%": (CAFE, {"開催開始時間": ""}, [], hours, ("", "")),
    "時刻：全角": (CAFE, {"開催開始時間": "10：00"}, ["rewritten"], hours, ("10:00", "")),
    "時刻：一つの欄に二つ": (
        CAFE,
        {"開催終了時間": '"22：00\n※日曜及び休日は17：00まで"'},
        ["time_unreadable"],
        hours,
        ("", ""),
    ),
    "電話：ボランティアの携帯": (
        CAFE,
        {"電話番号1": "(080)3437-0000"},
        ["phone_personal"],
        phone,
        "",
    ),
    "連絡先備考：名前": (CAFE, {"電話番号1_連絡先備考": "代表 山本花子"}, ["kept_back"], phone, ""),
    "連絡先備考：名前と携帯": (
        CAFE,
        {"メールアドレス1_連絡先備考": "山本花子 090-1234-5678"},
        ["kept_back"],
        phone,
        "",
    ),
    "連絡先備考：第二世代": (
        FACILITY,
        {"連絡先備考（その他、SNSなど）": "鍵は山本まで"},
        ["kept_back"],
        words,
        "",
    ),
    "メール：個人": (CAFE, {"メールアドレス1": "hanako@example.jp"}, ["kept_back"], phone, ""),
    "備考：数字だけ": (FACILITY, {"備考": "172120"}, ["remark_is_a_number"], name, "中央館"),
    "WAM NET：定員0%": (WAM, {"定員": ""}, [], capacity, None),
    "WAM NET：時間帯は言葉": (
        WAM,
        {"利用可能な時間帯（平日）": "08:30-17:30"},
        [],
        words,
        "08:30-17:30",
    ),
}


def row_of(table: dict[str, str], written: dict[str, str]) -> ReadRow:
    cells = {**table, **written}
    content = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    (row,) = read_file(content.encode(), Visibility.PUBLIC)
    return row


@pytest.mark.parametrize("counted", CLASSES)
def test_a_wrong_value_is_reported_kept_and_never_shown_as_a_fact(counted: str) -> None:
    table, written, codes, shown, fact = CLASSES[counted]

    row = row_of(table, written)

    assert row.entry is not None
    assert [problem.code for problem in row.problems] == codes
    assert shown(row.entry) == fact
    for column, cell in written.items():
        kept = {**row.original, **row.private}
        assert kept[column].strip() == cell.strip('"').strip()
        if row.private:
            assert cell not in repr(row.entry)
            assert all(cell not in value for value in row.original.values())


def test_sites_that_share_a_number_are_entries_of_their_own() -> None:
    rows = [WAM, {**WAM, "事業所住所（番地以降）": "元町1-6"}]
    content = "\n".join((",".join(WAM), *(",".join(row.values()) for row in rows)))

    found = read_file(content.encode(), Visibility.PUBLIC)

    assert len({row.key for row in found}) == 2
    assert all(row.entry is not None for row in found)


def test_the_names_of_directors_are_no_part_of_an_entry() -> None:
    row = row_of({**FACILITY, "管理者氏名": "山本花子"}, {})

    assert "山本花子" not in repr(row.entry)
    assert row.original["管理者氏名"] == "山本花子"


def test_a_cell_that_is_a_moment_is_read_as_its_time_or_day() -> None:
    book, written = Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.active.append([date(2026, 8, 5), time(10, 30)])
    book.save(written)

    assert as_csv("data (1).xlsx", written.getvalue()) == b"a,b\n2026-08-05,10:30\n"


@pytest.mark.parametrize(
    "file_name", ["data (1).xlsx", "date.xlsx", "data .xlsx", "データ　一覧.xlsx"]
)
def test_a_file_is_read_whatever_it_is_called(workbench: Workbench, file_name: str) -> None:
    book, written = Workbook(), io.BytesIO()
    book.active.append([*CAFE])
    book.active.append([*CAFE.values()])
    book.save(written)

    answer = workbench.visit_as(workbench.staff("coordinator")).post(
        "/human-services/import",
        {"source": "open_data", "file": (io.BytesIO(written.getvalue()), file_name)},
    )

    assert answer.status_code == 303
    with workbench.reading() as connection:
        one = queries.directory_import(connection, answer.location.rpartition("/")[2])
    assert (one.file_name, one.counts["added"]) == (file_name, 1)
