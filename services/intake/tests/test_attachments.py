"""Files that come with consultations: sealed, judged by their content, shown to whom they may be, never deleted."""

import base64
import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import func, select

from kasane_contracts.cases import AddressProtectionChanged
from kasane_intake import tables
from kasane_intake.handlers import attachments
from kasane_kit import audit
from kasane_kit.testing.workbench import Visitor, Workbench

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40
HEARD = {"desk": "zei", "channel": "letter", "written_on": "2026-04-02", "story": "手紙が届いた。"}


@pytest.fixture
def desk(workbench: Workbench) -> Visitor:
    return workbench.visit_as(workbench.staff("receiver", office="zei", name="窓口 花"))


def handed(*files: tuple[bytes, str], **more: Any) -> dict[str, Any]:
    return {"attachments": [(io.BytesIO(content), name) for content, name in files], **more}


def take(desk: Visitor, **more: Any) -> str:
    """The id of a consultation that the desk took."""
    answer = desk.post("/consultations/new", {**HEARD, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].split("/consultations/")[1].split("?")[0])


def kept(bench: Workbench) -> list[Any]:
    with bench.reading() as connection:
        rows = connection.execute(select(tables.attachment)).all()
    # The names lie sealed: only who has opened them can put them in order.
    return sorted(rows, key=lambda row: row.name)


def trail(bench: Workbench, attachment_id: str) -> list[str]:
    with bench.reading() as connection:
        return [one.action for one in audit.read(connection, "attachment", attachment_id)]


def bomb() -> bytes:
    """A workbook of a few kilobytes that would unpack to 200 megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * (4 * 1024 * 1024))
    return packed.getvalue()


def test_a_letter_is_kept_sealed_with_its_consultation_and_comes_back_as_it_was(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation = take(desk, **handed((PDF, "手紙.pdf"), (JPEG, "家の前.jpg")))

    photo, letter = kept(workbench)
    assert [one.name for one in (photo, letter)] == ["家の前.jpg", "手紙.pdf"]
    assert (letter.consultation_id, letter.added_by_name, letter.size) == (
        consultation,
        "窓口 花",
        len(PDF),
    )
    assert PDF not in letter.sealed
    page = desk.get(f"/consultations/{consultation}")
    assert "手紙.pdf" in page.text
    answer = desk.get(f"/consultations/{consultation}/attachments/{letter.id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert trail(workbench, letter.id) == ["intake.attachment.added", "intake.attachment.read"]


def test_a_file_is_added_later_with_what_it_is(workbench: Workbench, desk: Visitor) -> None:
    consultation = take(desk)

    answer = desk.post(
        f"/consultations/{consultation}/attachments",
        handed((PDF, "scan/二通目.pdf"), file_note="息子さんの手紙", submission="s"),
    )

    assert answer.status_code == 303
    (file,) = kept(workbench)
    assert (file.name, file.note) == ("二通目.pdf", "息子さんの手紙")
    page = desk.get(f"/consultations/{consultation}/attachments").text
    assert "息子さんの手紙" in page
    assert f"{len(PDF)}バイト" in page


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "中身が空です"),
        (b"MZ" + b"\x00" * 50, "手紙.pdf", "ここで受け取れる種類のファイルではありません"),
        (JPEG, "手紙.pdf", "名前の種類と中身（JPEG）が違います"),
        (PDF + b"0" * (15 * 1024 * 1024), "a.pdf", "大きすぎます（15MBまで）"),
        (bomb(), "表.xlsx", "保存していません"),
    ],
    ids=["empty", "program", "photo-called-pdf", "too-large", "zip-bomb"],
)
def test_a_file_that_is_not_taken_is_refused_in_a_sentence_and_nothing_is_kept(
    workbench: Workbench, desk: Visitor, content: bytes, name: str, sentence: str
) -> None:
    consultation = take(desk)

    new = desk.post("/consultations/new", {**HEARD, **handed((PDF, "良い.pdf"), (content, name))})
    later = desk.post(f"/consultations/{consultation}/attachments", handed((content, name)))

    assert (new.status_code, later.status_code) == (422, 422)
    for answer in (new, later):
        answer.request.environ["wsgi.input"].close()
        assert sentence in answer.text
        assert 'href="#field-attachments"' in answer.text
    assert "手紙が届いた。" in new.text
    assert "選んでいたファイルは、もう一度選んでください。" in new.text
    assert kept(workbench) == []
    with workbench.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.consultation)) == 1


def test_a_name_is_kept_without_paths_and_control_characters(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation = take(desk)
    names = ["C:\\scan\\../手紙.pdf", "あ\u202egpj.pdf", "a\nb\x07.pdf", "....pdf"]
    content = base64.b64encode(PDF).decode()

    for name in names:
        desk.send_json(
            "POST",
            f"/api/v1/consultations/{consultation}/attachments",
            {"name": name, "content": content},
        )

    assert sorted(one.name for one in kept(workbench)) == sorted(
        ["手紙.pdf", "あgpj.pdf", "ab.pdf", "pdf.pdf"]
    )


def test_more_files_than_a_consultation_keeps_are_refused(
    workbench: Workbench, desk: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_ATTACHMENTS", 1)
    consultation = take(desk, **handed((PDF, "一.pdf")))

    too_many = desk.post(f"/consultations/{consultation}/attachments", handed((PDF, "二.pdf")))
    eleven = desk.post(
        f"/consultations/{consultation}/attachments",
        handed(*((PDF, f"{n}.pdf") for n in range(11))),
    )

    assert (too_many.status_code, eleven.status_code) == (422, 422)
    assert "預かれる書類は1までです" in too_many.text
    assert "一度に選べるのは10つまでです" in eleven.text
    assert [one.name for one in kept(workbench)] == ["一.pdf"]


def test_without_a_file_it_is_asked_for(workbench: Workbench, desk: Visitor) -> None:
    answer = desk.post(f"/consultations/{take(desk)}/attachments", {"submission": "s"})

    assert answer.status_code == 422
    assert "届いた書類（手紙・メール・写真など）を入力してください" in answer.text


def test_sent_twice_it_is_kept_once(workbench: Workbench, desk: Visitor) -> None:
    consultation = take(desk)

    for _ in range(2):
        desk.post(
            f"/consultations/{consultation}/attachments", handed((PDF, "一.pdf"), submission="s")
        )

    assert len(kept(workbench)) == 1


def test_another_file_chosen_on_the_same_page_is_not_called_kept(
    workbench: Workbench, desk: Visitor
) -> None:
    at = f"/consultations/{take(desk)}/attachments"

    desk.post(at, handed((PDF, "紹介状.pdf"), submission="s"))
    other = desk.post(at, handed((PDF + b"%2", "紹介状.pdf"), submission="s"))

    assert other.status_code == 422
    assert "前にほかの内容かほかのファイルが保存されています" in other.text
    assert [one.name for one in kept(workbench)] == ["紹介状.pdf"]


def test_the_office_that_a_sheet_went_to_sees_no_file_of_people_who_did_not_consent(
    workbench: Workbench, desk: Visitor
) -> None:
    persons = {
        "persons-0-name": "架空 太郎",
        "persons-0-given_consent": "1",
        "persons-1-name": "架空 花子",
    }
    consultation = take(desk, **persons, **handed((PDF, "手紙.pdf")))
    desk.send_json(
        "POST",
        f"/api/v1/consultations/{consultation}/sheets",
        {"to_office": "fukushi", "reason": "生活のこと", "consent": True},
    )
    (file,) = kept(workbench)
    other = workbench.visit_as(workbench.staff("receiver", office="fukushi"))
    stranger = workbench.visit_as(workbench.staff("receiver", office="mizu"))

    page = other.get(f"/consultations/{consultation}")
    assert page.status_code == 200
    assert "手紙.pdf" not in page.text
    at = f"/consultations/{consultation}/attachments"
    for path in (at, f"{at}/{file.id}", f"{at}/{file.id}/void", f"{at}/{file.id}/reason"):
        assert other.get(path).status_code == 403
        assert stranger.get(path).status_code == 404
    refused = other.post(at, handed((PDF, "二.pdf")))
    assert refused.status_code == 403
    assert "この相談の書類は、あなたの課では見られません" in refused.text
    assert other.post(f"{at}/{file.id}/void", {"reason": "x"}).status_code == 403
    assert [(one.name, one.voided_at) for one in kept(workbench)] == [("手紙.pdf", None)]


def test_a_hidden_complainants_letter_stays_at_the_desk_that_heard_it(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation = take(desk, contact_hidden="1", **handed((PDF, "手紙.pdf")))
    (file,) = kept(workbench)
    coordinator = workbench.visit_as(workbench.staff("coordinator", office="chiiki"))

    assert coordinator.get(f"/consultations/{consultation}").status_code == 200
    refused = coordinator.get(f"/consultations/{consultation}/attachments/{file.id}")

    assert refused.status_code == 403
    assert desk.get(f"/consultations/{consultation}/attachments/{file.id}").status_code == 200


def test_where_an_address_is_hidden_a_file_opens_with_a_reason_that_is_kept(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation = take(desk, **{"persons-0-name": "架空 太郎"}, **handed((PDF, "手紙.pdf")))
    (file,) = kept(workbench)
    with workbench.reading() as connection:
        person = connection.scalar(select(tables.person_concerned.c.id))
    workbench.hear(AddressProtectionChanged(case_id="k", person_id=person, protected=True))
    at = f"/consultations/{consultation}/attachments"

    led = desk.get(f"{at}/{file.id}")
    assert led.status_code == 303
    assert led.headers["Location"].endswith(f"{file.id}/reason")
    without = desk.post(f"{at}/{file.id}/reason", {"reason": " "})
    assert without.status_code == 422
    assert PDF not in without.data

    opened = desk.post(f"{at}/{file.id}/reason", {"reason": "返事を書くため"})

    assert (opened.status_code, opened.data) == (200, PDF)
    assert "窓口 花が理由を書いて開きました：返事を書くため" in desk.get(at).text
    assert trail(workbench, file.id) == [
        "intake.attachment.added",
        "intake.attachment.open.form_opened",
        "intake.attachment.opened_with_reason",
    ]


def test_a_void_file_stays_in_the_list_with_its_reason_and_is_closed(
    workbench: Workbench, desk: Visitor
) -> None:
    consultation = take(desk, **handed((PDF, "ほかの方の手紙.pdf")))
    (file,) = kept(workbench)
    at = f"/consultations/{consultation}/attachments"
    assert desk.post(f"{at}/{file.id}/void", {"reason": ""}).status_code == 422

    done = desk.post(f"{at}/{file.id}/void", {"reason": "別の方のものだった"})
    again = desk.post(f"{at}/{file.id}/void", {"reason": "もう一度"})

    assert (done.status_code, again.status_code) == (303, 409)
    page = desk.get(at).text
    assert "ほかの方の手紙.pdf" in page
    assert "窓口 花が取り消しました：別の方のものだった" in page
    assert desk.get(f"{at}/{file.id}").status_code == 403
    assert desk.post(f"{at}/{file.id}/reason", {"reason": "見たい"}).status_code == 403
    (row,) = kept(workbench)
    assert (row.void_reason, row.sealed) == ("別の方のものだった", file.sealed)
    coordinator = workbench.visit_as(workbench.staff("coordinator", office="chiiki"))
    opened = coordinator.post(f"{at}/{file.id}/reason", {"reason": "開示請求のため"})
    assert opened.data == PDF


def test_files_through_the_api(workbench: Workbench, desk: Visitor) -> None:
    at = f"/api/v1/consultations/{take(desk)}/attachments"
    content = base64.b64encode(PDF).decode()

    added = desk.send_json("POST", at, {"name": "手紙.pdf", "content": content, "note": "一通目"})
    bad = desk.send_json("POST", at, {"name": "手紙.pdf", "content": "!!"})
    wrong = desk.send_json("POST", at, {"name": "a.pdf", "content": "TVoAAAAAAAA="})
    file = added.json["items"][0]
    assert (added.status_code, bad.status_code, wrong.status_code) == (201, 422, 422)
    assert wrong.json["type"] == "urn:kasane:problem:upload_wrong_type"
    assert (file["name"], file["note"], added.json["address_hidden"]) == (
        "手紙.pdf",
        "一通目",
        False,
    )
    assert desk.get(f"{at}/{file['id']}").data == PDF

    void = desk.send_json("PUT", f"{at}/{file['id']}/void", {"reason": "別の方のもの"})
    opened = desk.send_json("POST", f"{at}/{file['id']}/openings", {"reason": "見たい"})

    assert void.json["items"][0]["void_reason"] == "別の方のもの"
    assert (desk.get(f"{at}/{file['id']}").status_code, opened.status_code) == (403, 403)
    assert desk.get(at).json["items"][0]["voided_at"]
