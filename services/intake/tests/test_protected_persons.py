"""I-10 at intake: an address that cases protects is on no page and in no answer of intake."""

import io
import re
from typing import Any

import openpyxl
from pypdf import PdfReader

from kasane_contracts.cases import AddressProtectionChanged
from kasane_contracts.intake import ConsultationReceived
from kasane_intake import queries
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_kit.auth import access_of
from kasane_kit.testing.workbench import Visitor, Workbench

SECRET, TELEPHONE = "架空町秘密9番地", "000-9999-8888"


def taken(bench: Workbench) -> tuple[Visitor, str, str]:
    """A consultation about somebody, the desk that took it, and both ids."""
    desk = bench.visit_as(bench.staff("receiver", office="zei"))
    answer = desk.send_json(
        "POST",
        "/api/v1/consultations",
        {
            "desk": "zei",
            "channel": "telephone",
            "story": "家を出た。",
            "persons": [{"name": "架空 花子", "address": SECRET, "phone": TELEPHONE}],
        },
    )
    assert answer.status_code == 201
    said = bench.said(ConsultationReceived)[-1]
    return desk, said.consultation_id, said.persons[0].person_id


def test_an_address_is_hidden_and_shown_again_as_cases_says(workbench: Workbench) -> None:
    desk, consultation_id, person_id = taken(workbench)
    page = f"/consultations/{consultation_id}"
    assert SECRET in desk.get(page).text

    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=False))
    assert SECRET not in desk.get(page).text
    assert TELEPHONE in desk.get(page).text
    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=True))
    assert TELEPHONE not in desk.get(page).text
    workbench.hear(AddressProtectionChanged(person_id, "case-1", False))

    assert SECRET in desk.get(page).text


def test_i_10_the_same_address_of_who_lives_with_somebody_protected_is_hidden_as_long_as_theirs(
    workbench: Workbench,
) -> None:
    desk, consultation_id, child = taken(workbench)
    page = f"/consultations/{consultation_id}"

    def shown_after(protected: bool, **others: tuple[str, ...]) -> bool:
        event = AddressProtectionChanged("mother", "case-1", protected, True, **others)
        workbench.hear(event)
        return SECRET in desk.get(page).text

    assert shown_after(True)
    assert not shown_after(True, kept_back=("mother", child))
    assert TELEPHONE in desk.get(page).text
    assert not shown_after(False, kept_back=(child,), shown_again=("mother",))
    assert shown_after(False, shown_again=(child,))


def test_a_number_that_is_protected_stays_hidden_when_a_housemate_is_protected_too(
    workbench: Workbench,
) -> None:
    desk, consultation_id, person_id = taken(workbench)

    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, True, (person_id,)))
    both = (person_id, "housemate")
    workbench.hear(AddressProtectionChanged("housemate", "case-1", True, False, both))
    page = desk.get(f"/consultations/{consultation_id}").text

    assert SECRET not in page
    assert TELEPHONE not in page


def test_i_10_the_address_is_in_no_answer_of_intake(workbench: Workbench) -> None:
    desk, consultation_id, person_id = taken(workbench)
    other_id, joined_person = taken(workbench)[1:]
    sheet_id = desk.send_json(
        "POST",
        f"/api/v1/consultations/{consultation_id}/sheets",
        {
            "to_office": "kodomo",
            "reason": "住むところがない",
            "consent": True,
            "companionship": "accompanied",
            "persons": [person_id],
        },
    ).json["id"]
    merge_id = joined(workbench, person_id, joined_person)
    ids = {
        "one_id": person_id,
        "other_id": joined_person,
        "sheet_id": sheet_id,
        "merge_id": merge_id,
    }
    before = evidence(workbench, merge_id)
    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=True))
    people = [
        workbench.staff("receiver", office="zei"),
        workbench.staff("coordinator", account_id="account-coordinator"),
        workbench.staff("contact", account_id="account-contact", office="zei"),
    ]

    answers = [
        (address, said(visitor.get(address, follow_redirects=True)))
        for visitor in map(workbench.visit_as, people)
        for one in (consultation_id, other_id)
        for address in _addresses(workbench, one, ids)
    ]

    assert [address for address, text in answers if SECRET in text or TELEPHONE in text] == []
    assert len(answers) > 60
    opened = {address for address, text in answers if "架空" in text}
    assert {
        f"/consultations/{consultation_id}",
        f"/consultations/{consultation_id}/paper.pdf",
        f"/sheets/{sheet_id}",
        f"/sheets/{sheet_id}/paper.pdf",
        f"/persons/{person_id}/same-as/{joined_person}",
        f"/merges/{merge_id}",
        "/consultations/list.xlsx",
    } <= opened
    assert {"address.same", "phone.same"} <= before
    assert not {"address.same", "phone.same"} & evidence(workbench, merge_id)


def test_i_10_nobody_is_found_or_told_to_be_alike_by_what_is_hidden(workbench: Workbench) -> None:
    desk, _, person_id = taken(workbench)
    typed = PersonTraits("架空 花子", address=SECRET, phone=TELEPHONE)
    before = reasons(workbench, typed)
    assert len(desk.get(f"/api/v1/search?q={TELEPHONE}").json["items"]) == 1

    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=True))

    assert {"address.same", "phone.same"} <= before
    assert not {"address.same", "phone.same"} & reasons(workbench, typed)
    assert desk.get(f"/api/v1/search?q={TELEPHONE}").json["items"] == []
    assert len(desk.get("/api/v1/search?q=架空花子").json["items"]) == 1


def reasons(bench: Workbench, typed: PersonTraits) -> set[str]:
    with bench.reading() as connection:
        (found,) = queries.same_person_candidates(
            connection, bench.staff("receiver", office="zei"), [(typed, ())]
        )
    return {reason for one in found for reason in one.reasons}


def joined(bench: Workbench, one_id: str, other_id: str) -> str:
    """The two records shown as one person."""
    who = {name: bench.visit_as(bench.staff("coordinator", account_id=name)) for name in ("a", "b")}
    asked = who["a"].send_json(
        "POST", "/api/v1/merges", {"one_id": one_id, "other_id": other_id, "reason": "確かめた"}
    )
    decided = who["b"].send_json(
        "PUT",
        f"/api/v1/merges/{asked.json['id']}/decision",
        {"step": "approve", "reason": "確かめた"},
        headers={"If-Match": asked.headers["ETag"]},
    )
    assert decided.status_code == 200, decided.text
    return str(asked.json["id"])


def evidence(bench: Workbench, merge_id: str) -> set[str]:
    coordinator = bench.visit_as(bench.staff("coordinator"))
    return set(coordinator.get(f"/api/v1/merges/{merge_id}").json["evidence"])


def said(answer: Any) -> str:
    """What a reader of the page, the paper or the workbook reads."""
    if answer.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    if answer.data.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        return " ".join(str(cell.value) for row in book.iter_rows() for cell in row)
    return str(answer.text)


def _addresses(bench: Workbench, consultation_id: str, ids: dict[str, str]) -> list[str]:
    found: list[Any] = []
    for rule in bench.app.url_map.iter_rules():
        access = access_of(bench.app.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or ()) or access is None or access.permission is None:
            continue
        if "municipality" not in rule.arguments:
            continue
        values = {name: ids.get(name, consultation_id) for name in rule.arguments}
        built = bench.app.url_map.bind("").build(
            rule.endpoint, {**values, "municipality": bench.municipality}
        )
        found.append(built.removeprefix(f"/{bench.municipality}"))
    return found
