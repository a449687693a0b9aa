"""Pages: finding, writing, importing and answering through the browser."""

import io
import re

import pytest

from kasane_contracts.cases import ReferralRequested, SupportNeedIdentified
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_resources import queries
from kasane_resources.domain.searching import DirectorySearch

FORM = {
    "name": "ひだまり食堂",
    "status": "active",
    "visibility": "public",
    "area_kind": "towns",
    "area_words": "生駒市",
    "categories": ["children_cafeteria", "food_pantry"],
    "byday": ["SA"],
    "opens_at": "11:00",
    "submission": "submission-1",
}
FILE = (
    "全国地方公共団体コード,ID,市区町村名,名称,住所,緯度,経度,開催曜日\n"
    "292095,1,生駒市,あおぞら食堂,生駒市元町1-6,34.6933,135.6970,日\n"
    "292095,2,生駒市,ひろば食堂,生駒市東新町1,０,0,土\n"
)


def visitor(bench: Workbench, function: str = "coordinator") -> Visitor:
    return bench.visit_as(bench.staff(function))


def names(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        found = queries.human_services(connection, bench.staff("coordinator"))
        return [one.entry.name for one in found]


def upload(who: Visitor, content: bytes, name: str = "kodomo.csv", source: str = "open_data"):
    return who.post(
        "/human-services/import", {"source": source, "file": (io.BytesIO(content), name)}
    )


def test_a_worker_adds_a_human_service_and_finds_it(workbench: Workbench) -> None:
    who = visitor(workbench)

    answer = who.post("/human-services/new", FORM)

    assert answer.status_code == 303
    page = who.get(answer.location.removeprefix("/292095"))
    assert page.status_code == 200
    assert "ひだまり食堂" in page.text
    assert "フードパントリー・食料支援" in page.text
    assert "ひだまり食堂" in who.get("/human-services?q=ひだまり&category=food_pantry").text
    assert "該当する支援サービスはありません" in who.get("/human-services?category=salon").text


def test_a_double_click_adds_one(workbench: Workbench) -> None:
    who = visitor(workbench)

    first, second = who.post("/human-services/new", FORM), who.post("/human-services/new", FORM)

    assert first.location == second.location
    assert names(workbench) == ["ひだまり食堂"]


def test_every_problem_is_at_its_field_and_what_was_typed_is_kept(workbench: Workbench) -> None:
    wrong = {
        **FORM,
        "name": "",
        "description": "食事を出します",
        "minimum_age": "18",
        "maximum_age": "6",
        "area_kind": "radius",
        "latitude": "135.7",
        "longitude": "34.6",
        "opens_at": "25:00",
        "url": "example.jp",
        "corporate_number": "1234567890123",
        "last_confirmed_on": "昨日",
        "visibility": "everybody",
    }

    answer = visitor(workbench).post("/human-services/new", wrong)

    assert answer.status_code == 422
    assert "食事を出します" in answer.text
    for name in ("name", "last_confirmed_on", "visibility"):
        assert f'id="field-{name}-error"' in answer.text
    again = visitor(workbench).post(
        "/human-services/new",
        {**wrong, "name": "食堂", "last_confirmed_on": "", "visibility": "public"},
    )
    assert again.status_code == 422
    for name in ("maximum_age", "radius_km", "opens_at", "url", "corporate_number", "latitude"):
        assert f'id="field-{name}-error"' in again.text
    assert names(workbench) == []


def test_an_edit_on_an_old_version_is_refused(workbench: Workbench) -> None:
    who = visitor(workbench)
    path = who.post("/human-services/new", FORM).location.removeprefix("/292095").split("?")[0]
    assert (
        who.post(f"{path}/edit", {**FORM, "name": "あたらしい名前", "version": "1"}).status_code
        == 303
    )

    answer = who.post(f"{path}/edit", {**FORM, "name": "おくれた名前", "version": "1"})

    assert answer.status_code == 412
    assert names(workbench) == ["あたらしい名前"]
    assert who.post(f"{path}/edit", {**FORM, "version": "x"}).status_code == 400
    assert 'value="あたらしい名前"' in who.get(f"{path}/edit").text


def test_markup_in_a_name_is_shown_as_text(workbench: Workbench) -> None:
    who = visitor(workbench)

    who.post("/human-services/new", {**FORM, "name": "<script>alert(1)</script>"})

    page = who.get("/human-services").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_file_is_looked_at_and_then_applied(workbench: Workbench) -> None:
    who = visitor(workbench)
    answer = upload(who, FILE.encode("cp932"))
    assert answer.status_code == 303
    path = answer.location.removeprefix("/292095")

    preview = who.get(path)

    assert preview.status_code == 200
    assert "まだ一覧は変わっていません" in preview.text
    assert "緯度・経度が 0 です。" in preview.text
    assert names(workbench) == []

    assert who.post(f"{path}/apply").status_code == 303

    assert sorted(names(workbench)) == ["あおぞら食堂", "ひろば食堂"]
    assert "に取り込みました" in who.get(path).text
    again = upload(who, FILE.encode("cp932"))
    assert "取り込んでも一覧は変わりません" in who.get(again.location.removeprefix("/292095")).text
    with workbench.reading() as connection:
        found = queries.human_services(
            connection, workbench.staff("coordinator"), DirectorySearch("ひろば")
        )
    page = who.get(f"/human-services/{found[0].id}").text
    assert "元の表に書かれていたまま" in page
    assert "<dd>０</dd>" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04xlsx", "ここで受け取れる種類のファイルではありません"),
        (b"\xd0\xcf\x11\xe0old", "古い形式の、表計算ソフトのファイルです"),
        (b"a,b\x00", "NUL"),
        (b"a,b\n1,2\n", "この表の見出しは、まだ知らないものです"),
        (b"just words", "CSVの表として読めません"),
        (b"", "表の中身がありません"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    workbench: Workbench, content: bytes, sentence: str
) -> None:
    answer = upload(visitor(workbench), content)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert names(workbench) == []


def test_no_file_and_no_source_are_named_at_their_fields(workbench: Workbench) -> None:
    answer = visitor(workbench).post("/human-services/import", {"source": "elsewhere"})

    assert answer.status_code == 422
    assert 'id="field-file-error"' in answer.text
    assert 'id="field-source-error"' in answer.text


def test_a_request_above_twenty_megabytes_is_refused(workbench: Workbench) -> None:
    length = {"CONTENT_LENGTH": str(20 * 1024 * 1024 + 1)}
    answer = visitor(workbench).post("/human-services/new", FORM, environ_overrides=length)

    assert answer.status_code == 413
    assert names(workbench) == []


def test_a_receiver_may_read_and_nothing_more(workbench: Workbench) -> None:
    who = visitor(workbench, "receiver")

    assert who.get("/human-services").status_code == 200
    assert "支援サービスを登録する" not in who.get("/human-services").text
    assert who.post("/human-services/new", FORM).status_code == 403
    assert upload(who, FILE.encode()).status_code == 403
    assert who.get("/referrals").status_code == 403
    assert names(workbench) == []


def test_another_town_sees_nothing(workbench: Workbench) -> None:
    path = visitor(workbench).post("/human-services/new", FORM).location.removeprefix("/292095")
    stranger = workbench.visit_as(workbench.staff("coordinator", municipality="012319"))

    real, invented = stranger.get(path), stranger.get(f"/human-services/{'0' * 36}")
    assert (real.status_code, invented.status_code) == (302, 302)
    assert "ひだまり食堂" not in real.text
    assert stranger.post("/human-services/new", {**FORM, "name": "よその食堂"}).status_code == 401
    assert names(workbench) == ["ひだまり食堂"]


def test_an_organizations_answer_is_written_down(workbench: Workbench) -> None:
    workbench.hear(ReferralRequested("r1", "c1", "n1", "p1", "s1", "生駒 太郎", "週1回から"))
    who = visitor(workbench, "contact")
    assert "生駒 太郎" in who.get("/referrals").text

    without_reason = who.post("/referrals/r1/answer", {"r1-answer": "decline"})
    assert without_reason.status_code == 422
    assert 'id="field-r1-reason-error"' in without_reason.text

    assert who.post("/referrals/r1/answer", {}).status_code == 422
    with workbench.reading() as connection:
        assert queries.referral(connection, "r1").waiting
    answer = who.post("/referrals/r1/answer", {"r1-answer": "decline", "r1-reason": "満員です"})

    assert answer.status_code == 303
    page = who.get("/referrals").text
    assert "返事を待っているつなぎはありません" in page
    assert "満員です" in page
    assert who.post("/referrals/r1/answer", {"r1-answer": "accept"}).status_code == 409
    assert who.post("/referrals/nothing/answer", {"nothing-answer": "accept"}).status_code == 404


def test_gaps_are_listed_without_the_person(workbench: Workbench) -> None:
    workbench.hear(
        SupportNeedIdentified("n1", "c1", "p1", "housing", 52, "東新町", description="ごみ屋敷")
    )

    page = visitor(workbench).get("/gaps").text

    assert "住まい" in page
    assert "50〜59歳" in page
    assert "ごみ屋敷" not in page


def test_the_towns_sources_are_shown(workbench: Workbench) -> None:
    assert (
        "自治体オープンデータ（公開範囲：公開）" in visitor(workbench).get("/human-services").text
    )


def test_paging_shows_every_entry_once(workbench: Workbench) -> None:
    who = visitor(workbench)
    rows = "".join(f"292095,{n},生駒市,食堂{n},生駒市元町{n},,,日\n" for n in range(65))
    path = upload(who, (FILE.split("\n")[0] + "\n" + rows).encode()).location
    who.post(path.removeprefix("/292095") + "/apply")

    shown, address = [], "/human-services"
    while address:
        page = who.get(address).text
        shown += re.findall(r'href="[^"]*/human-services/[0-9a-f-]{36}">([^<]+)<', page)
        more = re.search(r'rel="next" href="/292095([^"]+)"', page)
        address = more.group(1).replace("&amp;", "&") if more else ""

    assert len(shown) == 65
    assert len(set(shown)) == 65
    assert who.get("/human-services?cursor=broken").status_code == 400
