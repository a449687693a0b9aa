"""The table of disclosures over every pair, and the evidence behind each basis."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from kasane_cases.domain.conference import LegalKind, PersonStanding, obstacles_of_item
from kasane_cases.domain.consent import (
    AttendeeKind,
    Consent,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.disclosure import (
    CLOSED,
    TABLE,
    CaseStanding,
    ClosedClass,
    ConferenceCircle,
    Destination,
    DisclosureBasis,
    DisclosureObstacle,
    DisclosureQuestion,
    DisclosureRuling,
    LegalGround,
    first_allowed,
    rule,
    table_obstacle,
)
from kasane_contracts.glossary import glossary

DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "disclosure.md"
EVERYTHING = ConsentScope(tuple(ConsentPurpose), tuple(AttendeeKind), tuple(DataClass))
ALL_PAIRS = list(product(Destination, CaseStanding, DisclosureBasis))


def a_consent(**changes):
    facts = {
        "id": "consent-1",
        "case_id": "case-1",
        "person_id": "son",
        "number": 1,
        "state": ConsentState.GIVEN,
        "recorded_at": NOW,
        "recorded_by": "a",
        "scope": EVERYTHING,
        "method": "written",
        "valid_from": date(2026, 11, 1),
        "expires_on": date(2027, 10, 31),
    }
    return Consent(**{**facts, **changes})


def a_ground(**changes):
    facts = {
        "id": "ground-1",
        "case_id": "case-1",
        "person_id": "son",
        "code": "law",
        "label": "個人情報保護法69条1項",
        "source": "P11",
        "destination": Destination.PARTNER_AGENCY,
        "recipient": "試験病院",
        "data_classes": tuple(DataClass),
        "reason": "照会があった",
        "asked_by": "account-asks",
        "asked_at": NOW,
        "closed_classes": tuple(ClosedClass),
        "answered_by": "account-approves",
        "answered_at": NOW,
        "approved": True,
    }
    return LegalGround(**{**facts, **changes})


def a_question(**changes):
    facts = {
        "destination": Destination.PARTNER_AGENCY,
        "standing": CaseStanding.DECIDED,
        "basis": DisclosureBasis.CONSENT,
        "person_id": "son",
        "day": DAY,
        "recipient": "試験病院",
        "within_town": True,
        "consent": a_consent(),
        "circle": ConferenceCircle("session-1", True, frozenset({"son"}), True),
        "ground": a_ground(destination=changes.get("destination", Destination.PARTNER_AGENCY)),
    }
    return DisclosureQuestion(**{**facts, **changes})


@pytest.mark.parametrize(("destination", "standing", "basis"), ALL_PAIRS)
def test_with_every_evidence_at_hand_the_table_alone_rules(destination, standing, basis):
    ruling = rule(a_question(destination=destination, standing=standing, basis=basis))

    assert ruling.obstacle is table_obstacle(destination, standing, basis)
    assert ruling.allowed is (ruling.obstacle is None)


@pytest.mark.parametrize(("destination", "standing", "basis"), ALL_PAIRS)
def test_without_any_evidence_nothing_is_allowed(destination, standing, basis):
    ruling = rule(
        a_question(
            destination=destination,
            standing=standing,
            basis=basis,
            within_town=False,
            consent=None,
            circle=None,
            ground=None,
        )
    )

    assert ruling.allowed is False
    assert ruling.obstacle is not None


def test_the_table_rules_every_destination_on_every_basis():
    assert set(TABLE) == set(Destination)
    assert {basis for row in TABLE.values() for basis in row} == set(DisclosureBasis)
    assert all(set(row) == set(DisclosureBasis) for row in TABLE.values())


def test_what_the_table_allows_is_exactly_this():
    allowed = {
        (destination.value, basis.value): "".join(
            standing.value[0]
            for standing in CaseStanding
            if table_obstacle(destination, standing, basis) is None
        )
        for destination, basis in product(Destination, DisclosureBasis)
    }

    outside = {"consent": "ud", "support_conference": "ud", "other_law": "ude"}
    circle = {"consent": "ud", "other_law": "ude"}
    expected = {
        "municipal_staff": {**outside, "own_duty": "ude"},
        "contractor": outside,
        "partner_agency": outside,
        "resident": outside,
        "person_or_family": circle,
        "other_town": circle,
        "support_conference": {"support_conference": "ud"},
        "multi_agency_conference": {"consent": "d"},
        "self_reliance_conference": circle,
        "child_protection_council": circle,
        "community_care_conference": circle,
        "loneliness_council": circle,
    }
    assert {pair: states for pair, states in allowed.items() if states} == {
        (destination, basis): states
        for destination, row in expected.items()
        for basis, states in row.items()
    }


def test_every_legal_kind_of_a_body_is_a_destination():
    assert {kind.value for kind in LegalKind} <= {one.value for one in Destination}
    assert {kind.value for kind in AttendeeKind} <= {one.value for one in Destination}


@pytest.mark.parametrize("state", [s for s in ConsentState if s is not ConsentState.GIVEN])
def test_i_01_no_other_state_than_given_is_a_consent(state):
    ruling = rule(a_question(consent=a_consent(state=state)))

    assert (ruling.allowed, ruling.obstacle) == (False, DisclosureObstacle.CONSENT_MISSING)


@pytest.mark.parametrize(
    ("scope", "obstacle", "missing"),
    [
        ({"purposes": (ConsentPurpose.HANDOFF,)}, "consent_purpose", "multi_agency"),
        ({"recipients": (AttendeeKind.CONTRACTOR,)}, "consent_recipient", "partner_agency"),
        ({"data_classes": (DataClass.CONTACT,)}, "consent_data", "identity"),
    ],
)
def test_i_01_a_consent_covers_purpose_recipient_and_content(scope, obstacle, missing):
    ruling = rule(a_question(consent=a_consent(scope=replace(EVERYTHING, **scope))))

    assert ruling == DisclosureRuling(
        False, DisclosureBasis.CONSENT, "", DisclosureObstacle(obstacle), {"missing": missing}
    )


def test_i_01_everybody_in_the_room_has_to_be_in_the_consent():
    kinds = (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.RESIDENT)
    named = replace(EVERYTHING, recipients=(AttendeeKind.MUNICIPAL_STAFF,))
    question = a_question(
        destination=Destination.MULTI_AGENCY_CONFERENCE,
        recipients=kinds,
        consent=a_consent(scope=named),
    )

    assert rule(question).facts == {"missing": "resident"}
    assert rule(replace(question, recipients=kinds[:1])).allowed is True


def test_i_07_the_consent_of_another_member_is_none():
    ruling = rule(a_question(consent=a_consent(person_id="mother")))

    assert ruling.obstacle is DisclosureObstacle.CONSENT_OF_ANOTHER


def test_i_08_the_day_after_the_last_day_a_consent_holds_no_more():
    assert rule(a_question(day=date(2027, 10, 31))).allowed is True
    assert rule(a_question(day=date(2027, 11, 1))).facts == {"state": "expired"}


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"opened": False}, "conference_not_open"),
        ({"person_ids": frozenset({"mother"})}, "not_on_agenda"),
        ({"recipients_bound": False}, "not_a_member"),
    ],
)
def test_i_01_a_support_conference_is_a_basis_only_for_its_bound_members(changes, obstacle):
    circle = ConferenceCircle("session-1", True, frozenset({"son"}), True)
    question = a_question(basis=DisclosureBasis.SUPPORT_CONFERENCE, circle=circle)

    assert rule(question).reference == "session-1"
    refused = rule(replace(question, circle=replace(circle, **changes)))
    assert refused.obstacle is DisclosureObstacle(obstacle)


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"approved": False}, "law_not_approved"),
        ({"answered_by": ""}, "law_not_approved"),
        ({"answered_by": "account-asks"}, "law_not_approved"),
        ({"person_id": "mother"}, "law_of_another"),
        ({"valid_to": date(2026, 11, 20)}, "law_ended"),
        ({"destination": Destination.CONTRACTOR}, "law_recipient"),
        ({"recipient": "別の病院"}, "law_recipient"),
        ({"data_classes": (DataClass.CONTACT,)}, "law_data"),
    ],
)
def test_i_01_another_legal_basis_needs_a_second_person_and_fits_only_what_was_approved(
    changes, obstacle
):
    question = a_question(basis=DisclosureBasis.OTHER_LAW)

    assert rule(question).reference == "ground-1"
    assert rule(replace(question, ground=a_ground(**changes))).obstacle is DisclosureObstacle(
        obstacle
    )


def test_own_duty_is_a_basis_only_for_who_is_proven_to_work_for_the_town():
    question = a_question(destination=Destination.MUNICIPAL_STAFF, basis=DisclosureBasis.OWN_DUTY)

    assert rule(question).allowed is True
    assert rule(replace(question, within_town=False)).allowed is False


@pytest.mark.parametrize(
    ("destination", "basis", "closed"), list(product(Destination, DisclosureBasis, ClosedClass))
)
def test_a_closed_class_goes_only_where_its_rule_says(destination, basis, closed):
    question = a_question(destination=destination, basis=basis)
    bases, never = CLOSED[closed]

    with_it = rule(replace(question, closed_classes=(closed,)))

    open_to_it = basis in bases and destination not in never
    assert with_it.allowed is (rule(question).allowed and open_to_it)


def test_i_04_material_of_a_support_conference_goes_out_on_no_later_consent():
    assert CLOSED[ClosedClass.CONFERENCE_MATERIAL][0] == {DisclosureBasis.SUPPORT_CONFERENCE}


def test_i_11_who_reported_is_never_told_to_the_person_or_the_family():
    for basis in DisclosureBasis:
        question = a_question(
            destination=Destination.PERSON_OR_FAMILY,
            basis=basis,
            closed_classes=(ClosedClass.REPORT_SOURCE,),
        )
        assert rule(question).allowed is False


def test_i_12_the_child_councils_information_flows_only_on_an_approved_legal_basis():
    assert CLOSED[ClosedClass.CHILD_COUNCIL_MATERIAL][0] == {DisclosureBasis.OTHER_LAW}


@pytest.mark.parametrize("standing", list(CaseStanding))
def test_i_20_a_community_body_gets_nobodys_data_on_any_basis(standing):
    for basis in DisclosureBasis:
        question = a_question(destination=Destination.COMMUNITY, standing=standing, basis=basis)
        assert rule(question).allowed is False


def test_i_21_arrears_need_a_consent_to_household_finances_or_a_law():
    question = a_question(closed_classes=(ClosedClass.DELINQUENCY,))
    without = replace(EVERYTHING, data_classes=(DataClass.IDENTITY, DataClass.RECORD))

    assert rule(question).allowed is True
    assert rule(replace(question, consent=a_consent(scope=without))).facts == {"missing": "finance"}
    duty = replace(
        question, destination=Destination.MUNICIPAL_STAFF, basis=DisclosureBasis.OWN_DUTY
    )
    assert rule(duty).obstacle is DisclosureObstacle.DELINQUENCY


def test_the_first_basis_that_allows_it_is_taken_and_else_the_nearest_refusal():
    question = a_question(basis=DisclosureBasis.NONE)

    assert first_allowed(question).basis is DisclosureBasis.CONSENT
    assert first_allowed(replace(question, consent=None)).basis is (
        DisclosureBasis.SUPPORT_CONFERENCE
    )
    last = replace(question, consent=None, circle=None)
    assert first_allowed(last).reference == "ground-1"
    ended = replace(last, ground=a_ground(valid_to=date(2026, 1, 1)))
    assert first_allowed(ended).obstacle is DisclosureObstacle.LAW_ENDED
    assert first_allowed(replace(last, ground=None)).obstacle is DisclosureObstacle.CONSENT_MISSING


@pytest.mark.parametrize("state", list(ConsentState))
@pytest.mark.parametrize("decided", [True, False])
@pytest.mark.parametrize("kinds", [(), (AttendeeKind.CONTRACTOR,), (AttendeeKind.RESIDENT,)])
def test_the_gate_of_an_agenda_item_is_the_table(state, decided, kinds):
    scope = replace(EVERYTHING, recipients=(AttendeeKind.CONTRACTOR,))
    consent = a_consent(state=state, scope=scope)
    ruling = rule(
        a_question(
            destination=Destination.MULTI_AGENCY_CONFERENCE,
            standing=CaseStanding.DECIDED if decided else CaseStanding.UNDECIDED,
            recipients=kinds,
            consent=consent,
        )
    )

    obstacles = obstacles_of_item(
        LegalKind.MULTI_AGENCY_CONFERENCE, PersonStanding(consent, decided), kinds, DAY
    )
    assert (obstacles == ()) is ruling.allowed


def printed_table() -> str:
    """The table as docs/disclosure.md prints it: ○ allowed, else the reason."""
    words = glossary()
    heads = [words[f"disclosure_basis.{basis.value}"].ja for basis in DisclosureBasis]
    lines = [
        "| 伝える先 / destination | 段階 / state of the case | " + " | ".join(heads) + " |",
        "|---|---|" + "---|" * len(heads),
    ]
    for destination, standing in product(Destination, CaseStanding):
        cells = []
        for basis in DisclosureBasis:
            obstacle = table_obstacle(destination, standing, basis)
            cells.append(words[f"disclosure_obstacle.{obstacle.value}"].ja if obstacle else "○")
        to = f"{words[f'destination.{destination.value}'].ja} `{destination.value}`"
        at = words[f"case_standing.{standing.value}"].ja
        lines.append(f"| {to} | {at} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def printed_closed_classes() -> str:
    """The rules of the closed classes as docs/disclosure.md prints them."""
    words = glossary()
    lines = [
        "| 情報 / information | 伝えてよい根拠 / bases | 決して伝えない先 / never to |",
        "|---|---|---|",
    ]
    for closed, (bases, never) in CLOSED.items():
        on = "、".join(
            words[f"disclosure_basis.{basis.value}"].ja
            for basis in DisclosureBasis
            if basis in bases
        )
        to = "、".join(words[f"destination.{one.value}"].ja for one in Destination if one in never)
        lines.append(f"| {words[f'closed_class.{closed.value}'].ja} | {on} | {to} |")
    return "\n".join(lines)


def test_the_printed_table_is_the_table():
    text = DOCUMENT.read_text("utf-8")

    assert printed_table() in text
    assert printed_closed_classes() in text
