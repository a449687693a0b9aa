"""The layouts that the directory reads: told by their header, in every generation and spelling."""

import io
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from kasane_kit.uploads import UploadRefused
from kasane_resources.domain.errors import FileRefused
from kasane_resources.domain.human_service import HumanServiceEntry, ServiceStatus, Visibility
from kasane_resources.domain.layout_rows import ReadRow, read_file
from kasane_resources.domain.layouts import fingerprint
from kasane_resources.domain.location import Position
from kasane_resources.handlers.spreadsheets import as_csv

SHARED = Path(__file__).parents[4] / "shared" / "data" / "opendata" / "public_facilities"
TODAY = date(2026, 11, 21)
HEAD = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,"
NEW_HEAD = (
    "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英字,"
    "所在地_全国地方公共団体コード,町字ID,所在地_連結標記,緯度,経度,"
)
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared is not there")


def read(*lines: str) -> tuple[ReadRow, ...]:
    return read_file("\n".join(lines).encode(), Visibility.PUBLIC, today=TODAY)


def entry_of(*lines: str) -> HumanServiceEntry:
    (row,) = read(*lines)
    assert row.entry is not None
    return row.entry


@needs_shared
@pytest.mark.parametrize(
    ("name", "rows", "problems"),
    [
        ("202142_public_facility.csv", 93, {"excel_damaged": 93, "rewritten": 2}),
        ("202142_public_park.csv", 36, {"excel_damaged": 36, "rewritten": 36}),
        (
            "172120_public-facility.csv",
            189,
            {
                "kana_unreadable": 58,
                "kept_back": 7,
                "phone_personal": 1,
                "remark_is_a_number": 1,
                "rewritten": 115,
            },
        ),
    ],
)
def test_real_public_facilities_of_both_generations_are_read_whole(
    name: str, rows: int, problems: dict[str, int]
) -> None:
    found = read_file((SHARED / name).read_bytes(), Visibility.PUBLIC, today=TODAY)

    assert (len(found), sum(row.entry is None for row in found)) == (rows, 0)
    assert Counter(problem.code for row in found for problem in row.problems) == problems


@needs_shared
def test_the_merge_of_a_prefecture_is_read_and_swapped_points_are_named() -> None:
    content = (SHARED / "public_facility.csv").read_bytes()

    found = read_file(content, Visibility.PUBLIC, today=TODAY)

    counted = Counter(problem.code for row in found for problem in row.problems)
    assert (len(found), counted["row_repeated"], counted["excel_damaged"]) == (3484, 1, 1599)
    assert (counted["coordinates_impossible"], counted["coordinates_out_of_town"]) == (32, 16)


def test_care_services_of_the_first_generation_are_read() -> None:
    entry = entry_of(
        HEAD
        + "介護サービス事業所名称,介護サービス事業所名称_カナ,実施サービス,住所,方書,緯度,経度,"
        "電話番号,法人番号,法人の名称,事業所番号,利用可能曜日,定員,URL,備考",
        "292095,1,奈良県,生駒市,ひだまりの家,ヒダマリノイエ,通所介護,生駒市東新町8-38,２階,34.6919,"
        "135.7006,0743‐73‐0000,,ひだまりの会,2900000001,平日;土曜日;祝日,0,,",
    )

    assert (entry.name, entry.kana) == ("ひだまりの家", "ヒダマリノイエ")
    assert entry.categories == ("day_and_short_care",)
    assert (entry.phone, entry.capacity) == ("0743-73-0000", None)
    assert entry.schedule.byday == ("MO", "TU", "WE", "TH", "FR", "SA")
    assert entry.location.address == "生駒市東新町8-38 ２階"


def test_one_office_with_two_services_is_two_entries_with_keys_of_their_own() -> None:
    header = (
        "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,"
        "サービスの種類,住所,方書（ビル名等）,緯度,経度,電話番号,事業所番号,利用可能曜日,定員"
    )
    row = "292095,{},奈良県,生駒市,　ひだまり　,ヒダマリ,{},生駒市1,,0,0,,2900000001,,"

    found = read(header, row.format(1, "訪問介護"), row.format(2, "居宅介護支援"))

    assert [one.key for one in found] == [
        "kaigo_jouhou:292095/2900000001/訪問介護",
        "kaigo_jouhou:292095/2900000001/居宅介護支援",
    ]
    assert [one.entry.categories for one in found if one.entry] == [
        ("home_care",),
        ("care_management",),
    ]
    assert [one.name for one in found] == ["ひだまり", "ひだまり"]


def test_the_register_of_disability_services_puts_its_address_together() -> None:
    entry = entry_of(
        "都道府県コード又は市区町村コード,NO（※システム内の固有の番号、連番）,法人の名称,サービス種別,"
        "事業所の名称,事業所番号,事業所住所（市区町村）,事業所住所（番地以降）,事業所電話番号,"
        "事業所緯度,事業所経度,利用可能な時間帯（平日）,（土曜）,定休日,定員",
        "292095,A1,ひだまりの会,就労継続支援Ｂ型,工房ひだまり,2910000001,奈良県生駒市,東新町8-38,"
        "0743-73-0000,34.6919,135.7006,09:00-16:00,休み,日曜,20",
    )

    assert entry.location.address == "奈良県生駒市東新町8-38"
    assert entry.location.position == Position(34.6919, 135.7006)
    assert entry.categories[:2] == ("disability_support", "supported_employment")
    assert (entry.capacity, entry.schedule.description) == (20, "09:00-16:00 休み 日曜")


def test_a_misspelt_header_of_the_second_generation_is_read_and_kept_as_written() -> None:
    (row,) = read(
        NEW_HEAD + "種別,収容定員,受入年齢,メールアドレス,備考",
        "292095,9,奈良県生駒市,あおぞら園,アオゾラエン,,292095,,生駒市元町1-6,34.6933,135.697,"
        "認可外保育施設,３０,0歳～5歳,taro@example.jp,",
    )

    assert row.entry is not None
    assert (row.entry.location.address, row.entry.capacity) == ("生駒市元町1-6", 30)
    assert row.entry.eligibility.audience == "0歳～5歳"
    assert row.original["所在地_連結標記"] == "生駒市元町1-6"
    assert [(p.column, p.code, p.original) for p in row.problems] == [
        ("メールアドレス", "kept_back", ""),
        ("収容定員", "rewritten", "３０"),
    ]


def test_clinics_are_read() -> None:
    entry = entry_of(
        HEAD + "名称,名称_カナ,医療機関の種類,住所,緯度,経度,電話番号,医療機関コード,診療曜日,"
        "診療開始時間,診療終了時間,診療科目,病床数,URL,備考",
        "292095,1,奈良県,生駒市,ひだまり医院,ヒダマリイイン,診療所,生駒市元町1-6,34.6933,135.697,"
        "0743-73-0000,2910000009,月火木金,9:00,12:00,内科,0,,",
    )

    assert entry.categories[0] == "health_advice"
    assert (entry.schedule.opens_at, entry.schedule.closes_at) == ("09:00", "12:00")


def test_an_event_that_is_over_is_never_shown_as_running() -> None:
    found = read(
        HEAD + "イベント名,イベント名_カナ,開始日,終了日,開始時間,終了時間,説明,場所名称,住所",
        "292095,1,奈良県,生駒市,秋まつり,アキマツリ,2026-11-20,2026/11/20,10:00,15:00,屋台,公園,元町1",
        "292095,2,奈良県,生駒市,冬まつり,フユマツリ,2026-12-20,2026年12月20日,10:00,15:00,灯り,公園,元町1",
        "292095,3,奈良県,生駒市,春まつり,ハルマツリ,春,春,10:00,15:00,花,公園,元町1",
    )

    assert [row.entry.status for row in found if row.entry] == [
        ServiceStatus.INACTIVE,
        ServiceStatus.ACTIVE,
        ServiceStatus.ACTIVE,
    ]
    assert [p.code for row in found for p in row.problems] == ["event_over", "date_unreadable"]


@pytest.mark.parametrize(
    "written", ["10/19/2017", "8月5日（水）～8月16日（日）\n※10日（月）以外", "令和8年8月", "未定"]
)
def test_a_date_in_no_readable_form_is_named_and_kept(written: str) -> None:
    (row,) = read(
        HEAD + "イベント名,イベント名_カナ,開始日,終了日,開始時間,終了時間,説明,場所名称,住所",
        f'292095,1,奈良県,生駒市,秋まつり,アキマツリ,2026-11-20,"{written}",10:00,15:00,屋台,公園,元町1',
    )

    assert [(p.column, p.code, p.original) for p in row.problems] == [
        ("終了日", "date_unreadable", written)
    ]
    assert row.original["終了日"] == written


def test_a_header_behind_eight_lines_with_a_mark_before_it_and_a_wide_space_in_it_is_read() -> None:
    told = "".join(f"#metadata{number},見本\n" for number in range(8))
    (row,) = read_file(
        (
            told
            + "#property,_id,全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英語,住所,"
            + "緯度,経度,電話　番号,郵便番号,,利用可能時間特記事項,備考\n"
            + "1,17,292095,9,奈良県生駒市,中央館,チュウオウカン,Central,生駒市元町1-6,"
            + "34.6933,135.697,0743-73-0000,-,,点検の日は休み,\n"
        ).encode(),
        Visibility.PUBLIC,
        preferred="public_facility",
    )

    assert row.entry is not None
    assert (row.name, row.number, row.entry.phone) == ("中央館", 10, "0743-73-0000")
    assert row.entry.schedule.description == "点検の日は休み"
    assert row.problems == ()
    assert row.original["郵便番号"] == "-"
    assert row.original["名称_英語"] == "Central"


def test_letters_that_the_old_encoding_lacks_and_addresses_without_a_prefecture_stay() -> None:
    (row,) = read(
        HEAD + "名称,名称_カナ,住所,緯度,経度,利用可能日時特記事項,説明,備考",
        "292095,1,奈良県,生駒市,ゔぁんの俱楽部 呍繫,バンノクラブ,元町1-6,34.6933,135.697,,,",
    )

    assert row.entry is not None
    assert (row.name, row.entry.location.address) == ("ゔぁんの俱楽部 呍繫", "元町1-6")
    assert row.problems == ()


def test_a_remark_with_somebodys_own_contact_is_left_out_whole() -> None:
    (row,) = read(
        HEAD + "名称,名称_カナ,住所,緯度,経度,利用可能日時特記事項,説明,備考",
        '292095,1,奈良県,生駒市,集会所,シュウカイジョ,元町1,"34.69,135.70",,鍵は０９０－１２３４－５６７８ 山本,'
        "和室あり,連絡は taro@example.jp",
    )

    assert row.entry is not None
    assert (row.entry.schedule.description, row.entry.description) == ("", "説明：和室あり")
    assert row.entry.location.position == Position(34.69, 135.70)
    assert [(p.column, p.code, p.original) for p in row.problems] == [
        ("利用可能日時特記事項", "kept_back", ""),
        ("緯度", "rewritten", "34.69,135.70"),
        ("備考", "kept_back", ""),
    ]


def test_a_header_with_other_spaces_has_the_same_fingerprint() -> None:
    assert fingerprint(["名　称", "ＩＤ"]) == fingerprint(["名称", "ID"])
    assert fingerprint(["名称", "ID"]) != fingerprint(["名称", "NO"])


def workbook(*rows: tuple[object, ...]) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return made.getvalue()


CAFETERIA = (
    "全国地方公共団体コード",
    "ID",
    "市区町村名",
    "名称",
    "住所",
    "緯度",
    "経度",
    "開催曜日",
)


def test_an_excel_file_is_read_and_a_formula_in_it_is_refused_unrun() -> None:
    content = workbook(
        ("子ども食堂一覧",),
        CAFETERIA,
        (292095, 1, "生駒市", "ひだまり食堂", "東新町8-38", 34.6919, 135.7006, "土"),
        (292095, 2, "生駒市", '=HYPERLINK("https://example.jp")', "元町1", 34.69, 135.7, "日"),
    )

    good, formula = read_file(as_csv("a.xlsx", content), Visibility.PUBLIC)

    assert (good.key, good.problems) == ("292095/1", ())
    assert formula.entry is None
    assert [(p.column, p.code) for p in formula.problems] == [("名称", "formula")]


def altered(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for one in before.infolist():
            kept = before.read(one)
            after.writestr(one, kept.replace(old, new) if one.filename == part else kept)
    return made.getvalue()


def test_an_excel_file_that_declares_entities_is_not_opened() -> None:
    content = altered(
        workbook(CAFETERIA),
        "xl/workbook.xml",
        b"<workbook",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><workbook',
    )

    with pytest.raises(FileRefused) as refusal:
        as_csv("a.xlsx", content)

    assert refusal.value.code == "file_declares_entities"


def test_a_zip_bomb_and_a_damaged_sheet_are_refused() -> None:
    bomb = io.BytesIO(workbook(CAFETERIA))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/more.xml", b" " * (40 * 1024 * 1024))
    with pytest.raises(UploadRefused) as hidden:
        as_csv("a.xlsx", bomb.getvalue())
    broken = altered(workbook(CAFETERIA), "xl/workbook.xml", b"<sheets>", b"<sheets")
    with pytest.raises(FileRefused) as damaged:
        as_csv("a.xlsx", broken)

    assert hidden.value.code == "upload_hides_more"
    assert damaged.value.code == "file_not_csv"
