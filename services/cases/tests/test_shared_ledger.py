"""What two bodies decided goes into a file for the system that 恵庭市 names, person by person through the gate."""

import csv
import io
import json

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import AttendeeKind
from kasane_cases.domain.shared_ledger import COLUMNS, LAYOUT
from kasane_cases.repository import Ledger

MOTHER, SON = "person-mother", "person-son"
AGENCY = "試験法人"
OUTSIDE = commands.AttendeeAsked(AttendeeKind.PARTNER_AGENCY, name="外部 三郎", affiliation=AGENCY)


@pytest.fixture
def eniwa(at_work_in):
    return at_work_in("eniwa")


@pytest.fixture
def decided(eniwa):
    """A case: of the mother the 重層的支援会議 decided on her consent, of the son the 支援会議."""
    case_id = eniwa.case(MOTHER)
    eniwa.consent(case_id, MOTHER)
    for kind, person in (
        (LegalKind.MULTI_AGENCY_CONFERENCE, MOTHER),
        (LegalKind.SUPPORT_CONFERENCE, SON),
    ):
        session_id = eniwa.session(kind, OUTSIDE)
        item_id = eniwa.item(session_id, case_id, person)
        eniwa.open(session_id)
        decision = eniwa.decision(session_id, item_id, text=f"{person}を訪ねる")
        eniwa.do(handlers.record_decision, decision)
        eniwa.do(handlers.hold_session, commands.HoldSession(session_id))
    return case_id


def asked(recipient=AGENCY, **more):
    return {"destination": "partner_agency", "to_whom": recipient, **more}


def exports(at_work, case_id):
    with at_work.bench.reading() as connection:
        found = Ledger(connection).of_case(case_id)
    return sorted((one.person_id, one.basis.value) for one in found if one.act.value == "export")


def visitor(at_work):
    return at_work.bench.visit_as(at_work.coordinator)


def test_an_agency_that_sat_there_gets_both_and_the_ledger_says_so(eniwa, decided):
    answer = visitor(eniwa).post(f"/cases/{decided}/shared-ledger", asked(do="csv"))

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.status_code == 200
    assert tuple(rows[0]) == COLUMNS
    assert sorted((row["text"], row["basis"], row["layout"]) for row in rows) == [
        ("person-motherを訪ねる", "consent", LAYOUT),
        ("person-sonを訪ねる", "support_conference", LAYOUT),
    ]
    assert exports(eniwa, decided) == [(MOTHER, "consent"), (SON, "support_conference")]
    assert all(row["disclosure_id"] and row["basis_reference"] for row in rows)


def test_another_agency_gets_what_was_consented_to_and_nothing_of_the_closed_session(
    eniwa, decided
):
    page = visitor(eniwa).post(f"/cases/{decided}/shared-ledger", asked("ほかの法人")).text
    answer = visitor(eniwa).post(f"/cases/{decided}/shared-ledger", asked("ほかの法人", do="json"))

    content = json.loads(answer.text)
    assert "person-sonを訪ねる" not in page
    assert "渡せないもの" in page
    assert [line["text"] for line in content["lines"]] == ["person-motherを訪ねる"]
    assert "取り込みの形は公開されていない" in content["note"]
    assert exports(eniwa, decided) == [(MOTHER, "consent")]


def test_without_consent_nothing_goes_out_and_nothing_is_written(eniwa, decided):
    eniwa.withdraw(decided, MOTHER)

    answer = visitor(eniwa).post(f"/cases/{decided}/shared-ledger", asked("ほかの法人", do="csv"))

    assert answer.status_code == 409
    assert "k-notice" in answer.text
    assert exports(eniwa, decided) == []


def test_who_did_not_hear_the_closed_session_writes_nothing_of_it(eniwa, decided):
    other = eniwa.bench.visit_as(
        eniwa.bench.staff("coordinator", account_id="account-other", name="別 調整")
    )

    answer = other.post(f"/cases/{decided}/shared-ledger", asked(do="json"))

    assert [line["person"] for line in json.loads(answer.text)["lines"]] == ["試験 よし子"]


def test_a_case_that_nobody_decided_about_has_nothing_to_share(eniwa):
    answer = visitor(eniwa).post(f"/cases/{eniwa.case()}/shared-ledger", asked(do="csv"))

    assert answer.status_code == 409
    assert "まだ何も決まっていません" in answer.text


@pytest.mark.parametrize("typed", [{}, asked(""), asked(destination="resident")])
def test_a_wrong_recipient_is_shown_again(eniwa, decided, typed):
    answer = visitor(eniwa).post(f"/cases/{decided}/shared-ledger", {**typed, "do": "csv"})

    assert answer.status_code == 422
    assert exports(eniwa, decided) == []


def test_a_town_that_names_no_such_system_has_no_such_file(at_work):
    case_id = at_work.case()

    answer = visitor(at_work).post(f"/cases/{case_id}/shared-ledger", asked(do="csv"))

    assert answer.status_code == 404
    assert "shared-ledger" not in visitor(at_work).get(f"/cases/{case_id}/disclosures").text


def test_the_ledger_page_leads_to_the_file_by_the_systems_own_name(eniwa, decided):
    page = visitor(eniwa).get(f"/cases/{decided}/disclosures").text

    assert "恵庭市電子@連絡帳のために書き出す" in page
    form = visitor(eniwa).get(f"/cases/{decided}/shared-ledger").text
    assert "取り込みの形は公開されていないため、その形ではありません" in form
