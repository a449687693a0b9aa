"""Consent to its full depth: who gave it, who heard it, what proves it, when it ends."""

import base64
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    GivenBy,
)
from kasane_cases.domain.errors import RepresentativeMissing
from kasane_cases.domain.timeline import CaseTaskKind
from kasane_cases.repository import Consents
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.uploads import check_upload

MOTHER, SON = "person-mother", "person-son"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


def files(at_work, case_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.attachments(
            connection, viewer or at_work.coordinator, case_id, clock.today()
        )


def remind(at_work):
    with municipality_scope(at_work.bench.municipality):
        handlers.remind_of_expiring(at_work.bench.house, at_work.bench.municipality)


def tasks(at_work, case_id):
    found = read(at_work, case_id).tasks
    renewals = CaseTaskKind.RENEW_CONSENT
    return [(one.person_id, one.kind) for one in found if one.kind is renewals]


def typed(**changes):
    return {
        "state": "given",
        "purposes": ["multi_agency"],
        "recipients": ["partner_agency"],
        "data_classes": ["identity", "health"],
        "given_by": "self",
        "method": "written",
        "submission": "submission-1",
        **changes,
    }


def test_a_spoken_consent_says_who_heard_it(at_work, browser):
    case_id = at_work.case()

    browser.post(f"/cases/{case_id}/consents/{SON}", typed(method="spoken", heard_by="訪問 四郎"))

    (consent,) = at_work.consents(case_id)
    assert (consent.method, consent.heard_by) == ("spoken", "訪問 四郎")
    assert "聞いた人：訪問 四郎" in browser.get(f"/cases/{case_id}/consents/{SON}").text


def divided(at_work, case_id):
    facts = (new_id(), case_id, new_id(), (SON,), clock.today(), "別居")
    version = at_work.read_case(case_id).version
    return at_work.do(handlers.split_household, commands.SplitHousehold(*facts, version))


def test_the_evidence_goes_with_the_consent_into_the_new_case_and_comes_back_once(at_work, browser):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON, evidence=check_upload("同意書.pdf", PDF))
    at_first = at_work.consents(case_id)[-1]

    new_case = divided(at_work, case_id)
    (brought,) = at_work.consents(new_case)
    (file,) = files(at_work, new_case)
    shown = browser.get(f"/cases/{new_case}/consents/{SON}").text
    opened = browser.get(f"/cases/{new_case}/attachments/{brought.evidence_id}")
    version = at_work.read_case(case_id).version
    joined = commands.JoinHouseholds(new_id(), case_id, new_case, clock.today(), "同居", version)
    at_work.do(handlers.join_households, joined)

    assert (file.id, file.reference) == (brought.evidence_id, brought.id)
    assert f"/attachments/{brought.evidence_id}" in shown
    assert opened.data == PDF
    assert at_work.consents(case_id)[-1].evidence_id == at_first.evidence_id
    assert [one.id for one in files(at_work, case_id)] == [at_first.evidence_id]


def test_a_damaged_proof_keeps_nobody_from_living_elsewhere(at_work, browser):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON, evidence=check_upload("同意書.pdf", PDF))
    with at_work.unit() as uow:
        uow.connection.execute(update(tables.attachment).values(sealed=b"damaged"))
        uow.record("cases.attachment.added", "attachment", "damaged")
        uow.commit()

    new_case = divided(at_work, case_id)
    shown = browser.get(f"/cases/{new_case}/consents/{SON}").text

    assert at_work.consents(new_case)[-1].state.value == "given"
    assert "証拠の書類は、この人が前にいた世帯のケースにあります" in shown


def test_a_proof_that_stayed_in_the_case_that_was_left_is_said_to_be_there(at_work, browser):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    with at_work.unit() as uow:
        (consent,) = [one for one in at_work.consents(case_id) if one.person_id == SON]
        earlier = replace(consent, id=new_id(), number=2, evidence_id="kept-elsewhere")
        Consents(uow.connection).add(earlier)
        uow.record("cases.consent.recorded", "person", SON)
        uow.commit()

    shown = browser.get(f"/cases/{case_id}/consents/{SON}").text

    assert "証拠の書類は、この人が前にいた世帯のケースにあります" in shown
    assert "kept-elsewhere" not in shown


def test_without_a_name_who_records_it_heard_it(at_work, browser):
    case_id = at_work.case()

    browser.post(f"/cases/{case_id}/consents/{SON}", typed())

    assert at_work.consents(case_id)[0].heard_by == "調整 花子"


def test_a_guardians_consent_needs_name_right_and_the_persons_own_will(at_work, browser):
    case_id = at_work.case()
    at_work.consent(case_id, SON, state=ConsentState.UNABLE, scope=ConsentScope(), method="")
    at = f"/cases/{case_id}/consents/{SON}"

    missing = browser.post(at, typed(given_by="guardian", representative="後見 五郎"))

    assert missing.status_code == 422
    assert "代われる根拠（後見の審判など）を入力してください" in missing.text
    assert "本人の意思・様子を入力してください" in missing.text
    assert [one.state for one in at_work.consents(case_id)] == [ConsentState.UNABLE]
    whole = typed(
        given_by="guardian",
        representative="後見 五郎",
        representative_basis="令和7年の審判書を確認",
        own_will="「任せる」とうなずいた",
        number="1",
    )
    assert browser.post(at, whole).status_code == 303
    consent = at_work.consents(case_id)[-1]
    assert (consent.given_by, consent.representative) == (GivenBy.GUARDIAN, "後見 五郎")
    assert "「任せる」とうなずいた" in browser.get(at).text


def test_the_handler_refuses_a_representative_without_a_name_too(at_work):
    case_id = at_work.case()

    with pytest.raises(RepresentativeMissing):
        at_work.consent(case_id, SON, given_by=GivenBy.PARENT)

    assert at_work.consents(case_id) == ()


def test_a_refusal_and_a_withdrawal_are_rows_with_who_heard_them(at_work, browser):
    case_id = at_work.case()
    at = f"/cases/{case_id}/consents/{SON}"

    browser.post(at, typed(submission="a"))
    browser.post(at, typed(submission="b", state="withdrawn", method="spoken", number="1"))
    browser.post(at, typed(submission="c", state="refused", method="spoken", number="2"))

    assert [(c.number, c.state.value, c.heard_by) for c in at_work.consents(case_id)] == [
        (1, "given", "調整 花子"),
        (2, "withdrawn", "調整 花子"),
        (3, "refused", "調整 花子"),
    ]
    assert at_work.consents(case_id)[2].scope == ConsentScope()


def test_the_evidence_is_kept_sealed_with_the_consent_and_downloaded_as_it_was(at_work, browser):
    case_id = at_work.case()
    at = f"/cases/{case_id}/consents/{SON}"

    browser.post(at, typed(evidence=(io.BytesIO(PDF), "同意書.pdf")))

    (consent,) = at_work.consents(case_id)
    (file,) = files(at_work, case_id)
    assert (file.id, file.reference) == (consent.evidence_id, consent.id)
    assert (file.person_id, file.kind.value, file.size) == (SON, "consent_evidence", len(PDF))
    with at_work.bench.reading() as connection:
        _, sealed = queries.sealed_file(
            connection, at_work.coordinator, case_id, file.id, clock.today()
        )
    assert PDF not in sealed
    answer = browser.get(f"/cases/{case_id}/attachments/{file.id}")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_evidence_keeps_neither_file_nor_consent(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/consents/{SON}",
        typed(evidence=(io.BytesIO(b"MZ" + b"\x00" * 50), "同意書.pdf"), note="残る言葉"),
    )

    assert answer.status_code == 422
    assert "ここで受け取れる種類のファイルではありません" in answer.text
    assert "残る言葉" in answer.text
    assert (at_work.consents(case_id), files(at_work, case_id)) == ((), ())


def test_who_has_no_right_to_the_person_does_not_get_the_file(at_work, browser):
    case_id = at_work.case(MOTHER)
    browser.post(
        f"/cases/{case_id}/consents/{SON}",
        typed(evidence=(io.BytesIO(PDF), "同意書.pdf")),
    )
    (file,) = files(at_work, case_id)
    stranger = at_work.bench.visit_as(
        at_work.bench.staff("contact", account_id="account-contact", office="care")
    )

    assert stranger.get(f"/cases/{case_id}/attachments/{file.id}").status_code == 404
    assert stranger.get(f"/cases/{case_id}/attachments").status_code == 404


def test_a_look_at_a_file_leaves_a_trace(at_work, browser):
    from kasane_kit import audit

    case_id = at_work.case()
    browser.post(
        f"/cases/{case_id}/attachments",
        {"file": (io.BytesIO(PDF), "診断書.pdf"), "person_id": SON, "submission": "s"},
    )
    (file,) = files(at_work, case_id)

    browser.get(f"/cases/{case_id}/attachments/{file.id}")

    with at_work.bench.reading() as connection:
        trail = audit.read(connection, "attachment", file.id)
    assert [one.action for one in trail] == ["cases.attachment.added", "cases.attachment.read"]


@pytest.mark.parametrize(
    ("content", "name", "status", "sentence"),
    [
        (b"", "a.pdf", 422, "中身が空です"),
        (b"<script>", "a.html", 422, "名前の種類と中身（テキスト (TXT)）が違います"),
        (PDF + b"0" * (16 * 1024 * 1024), "a.pdf", 422, "大きすぎます（15MBまで）"),
        (PDF + b"0" * (21 * 1024 * 1024), "a.pdf", 413, "送られた内容が大きすぎます"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_a_sentence(
    at_work, browser, content, name, status, sentence
):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/attachments", {"file": (io.BytesIO(content), name), "submission": "s"}
    )
    answer.request.environ["wsgi.input"].close()

    assert answer.status_code == status
    assert sentence in answer.text
    assert files(at_work, case_id) == ()


def test_a_file_without_a_file_is_asked_for(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(f"/cases/{case_id}/attachments", {"submission": "s"})

    assert answer.status_code == 422
    assert "ファイルを入力してください" in answer.text


def test_a_ten_megabyte_note_is_refused_in_a_sentence_and_changes_nothing(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/consents/{SON}", typed(note="あ" * (10 * 1024 * 1024 // 3))
    )

    assert answer.status_code in (413, 422)
    assert at_work.consents(case_id) == ()


def test_a_consent_that_soon_ends_raises_one_task_before_it_ends(at_work, clock_at):
    case_id = at_work.case()
    at_work.consent(case_id, SON, expires_on=clock.today() + timedelta(days=60))
    remind(at_work)
    assert tasks(at_work, case_id) == []
    clock_at(clock.now() + timedelta(days=30))

    remind(at_work)
    remind(at_work)

    assert tasks(at_work, case_id) == [(SON, CaseTaskKind.RENEW_CONSENT)]
    at_work.consent(case_id, SON)
    assert tasks(at_work, case_id) == []


def test_no_task_for_a_consent_that_was_withdrawn_or_renewed(at_work, clock_at):
    case_id = at_work.case()
    soon = clock.today() + timedelta(days=10)
    at_work.consent(case_id, SON, expires_on=soon)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN)
    at_work.consent(case_id, MOTHER, expires_on=soon)
    at_work.consent(case_id, MOTHER)

    remind(at_work)

    assert tasks(at_work, case_id) == []


def test_the_record_of_a_consent_has_every_event_and_no_name(at_work, browser):
    case_id = at_work.case()
    scope = ConsentScope(
        (ConsentPurpose.HANDOFF,), (AttendeeKind.CONTRACTOR,), (DataClass.IDENTITY,)
    )
    first = at_work.consent(case_id, SON, scope=scope)
    second = at_work.consent(
        case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope(), method="spoken"
    )

    answer = browser.get(f"/cases/{case_id}/consents/{SON}/record.json")

    record = answer.json
    assert record["schema_version"] == "kasane-consent-1"
    assert (record["record_id"], record["pii_principal_id"]) == (f"{case_id}:{SON}", SON)
    assert [(e["event_id"], e["event_state"]) for e in record["events"]] == [
        (first, "given"),
        (second, "withdrawn"),
    ]
    assert record["events"][0]["kasane"]["recipients"] == ["contractor"]
    assert record["pii_processing"] == []
    assert "試験" not in answer.text
    assert browser.get(f"/cases/{case_id}/consents/{MOTHER}/record.json").status_code == 404


def test_consents_and_files_through_the_api(at_work, browser):
    case_id = at_work.case()
    at = f"/api/v1/cases/{case_id}"
    content = base64.b64encode(PDF).decode()

    kept = browser.send_json(
        "POST",
        f"{at}/attachments",
        {"name": "同意書.pdf", "content": content, "person_id": SON},
    )
    bad = browser.send_json(
        "POST", f"{at}/attachments", {"name": "同意書.pdf", "content": "!!", "person_id": SON}
    )
    evidence_id = kept.json["items"][0]["id"]
    body = {
        "person_id": SON,
        "state": "given",
        "scope": {
            "purposes": ["transfer"],
            "recipients": ["municipal_staff"],
            "data_classes": ["identity"],
        },
        "method": "written",
        "heard_by": "窓口 六子",
        "evidence_id": evidence_id,
        "number": 0,
    }
    foreign = browser.send_json("POST", f"{at}/consents", {**body, "person_id": MOTHER})
    made = browser.send_json("POST", f"{at}/consents", body)
    stale = browser.send_json("POST", f"{at}/consents", {**body, "state": "withdrawn"})
    person = next(one for one in made.json["persons"] if one["id"] == SON)
    record = browser.get(f"{at}/consents/{SON}")

    assert (kept.status_code, bad.status_code) == (201, 422)
    assert (foreign.status_code, made.status_code, stale.status_code) == (404, 201, 412)
    assert (person["consent_state"], person["consent_number"]) == ("given", 1)
    assert record.json["events"][0]["kasane"]["evidence_id"] == evidence_id
    assert record.json["pii_processing"][0]["purposes"] == ["transfer"]
    assert browser.get(f"{at}/attachments").json["items"][0]["digest"]
