"""I-10 at intake: an address that cases protects is on no page and in no answer of intake."""

from typing import Any

from kasane_contracts.cases import AddressProtectionChanged
from kasane_contracts.intake import ConsultationReceived
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
    (said,) = bench.said(ConsultationReceived)
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


def test_i_10_the_address_is_in_no_answer_of_intake(workbench: Workbench) -> None:
    _, consultation_id, person_id = taken(workbench)
    workbench.hear(AddressProtectionChanged(person_id, "case-1", True, phone_too=True))
    people = [
        workbench.staff("receiver", office="zei"),
        workbench.staff("coordinator", account_id="account-coordinator"),
        workbench.staff("contact", account_id="account-contact", office="zei"),
    ]

    answers = [
        (address, visitor.get(address, follow_redirects=True).text)
        for visitor in map(workbench.visit_as, people)
        for address in _addresses(workbench, consultation_id)
    ]

    assert [address for address, text in answers if SECRET in text or TELEPHONE in text] == []
    assert len(answers) > 30


def _addresses(bench: Workbench, consultation_id: str) -> list[str]:
    found: list[Any] = []
    for rule in bench.app.url_map.iter_rules():
        access = access_of(bench.app.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or ()) or access is None or access.permission is None:
            continue
        if "municipality" not in rule.arguments:
            continue
        values = dict.fromkeys(rule.arguments, consultation_id)
        built = bench.app.url_map.bind("").build(
            rule.endpoint, {**values, "municipality": bench.municipality}
        )
        found.append(built.removeprefix(f"/{bench.municipality}"))
    return found
