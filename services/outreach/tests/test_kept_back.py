"""I-10: whose address outreach hides when somebody of the household is protected, in every order of events."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kasane_contracts.cases import AddressProtectionChanged
from kasane_contracts.resources import SettlingVisitRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.workbench import Workbench
from kasane_outreach.domain.household_to_reach import HouseholdToReach
from kasane_outreach.repository import HouseholdsToReach

Ask = Callable[..., object]
HOME, WIFE, HUSBAND = "奈良県生駒市東新町8番38号", "person-2", "person-1"
WIFE_PROTECTED = AddressProtectionChanged(WIFE, "case-1", True, kept_back=(HUSBAND, WIFE))
SETTLING = SettlingVisitRequested(
    "settling-1", "part-1", "case-1", "2026-0007", HUSBAND, date(2026, 12, 21), "喫茶みほん", HOME
)  # fmt: skip


def found(bench: Workbench, request_id: str = "request-1") -> HouseholdToReach:
    with bench.reading() as connection:
        return HouseholdsToReach(connection).get(request_id)


def seen(bench: Workbench, viewer: Actor, words: str, request_id: str = "request-1") -> bool:
    browser = bench.visit_as(viewer)
    paths = ("/households", f"/households/{request_id}", "/api/v1/households")
    return any(words in browser.get(path).text for path in paths)


def test_i_10_the_address_of_a_request_leaves_lists_and_map_when_a_housemate_is_protected(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", person_id="person-9", case_id="case-9")

    workbench.hear(WIFE_PROTECTED)

    hidden = found(workbench)
    assert (hidden.address, hidden.position, hidden.hides_address) == ("", None, True)
    assert hidden.address_protected is False
    assert seen(workbench, coordinator, HOME) is False
    assert found(workbench, "request-2").hides_address is False
    before = hidden.version
    workbench.hear(WIFE_PROTECTED)
    assert found(workbench).version == before


def test_the_address_is_shown_again_once_nobody_there_is_protected(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    workbench.hear(WIFE_PROTECTED)

    workbench.hear(AddressProtectionChanged(WIFE, "case-1", False, shown_again=(HUSBAND, WIFE)))

    assert found(workbench).address == HOME
    assert seen(workbench, coordinator, HOME) is True


def test_i_10_a_seal_stays_closed_while_a_housemate_is_still_protected(
    workbench: Workbench, coordinator: Actor, ask: Ask
) -> None:
    ask()
    both = (HUSBAND, WIFE)
    workbench.hear(WIFE_PROTECTED)
    workbench.hear(AddressProtectionChanged(HUSBAND, "case-1", True, True, kept_back=both))

    workbench.hear(AddressProtectionChanged(HUSBAND, "case-1", False, kept_back=both))

    still = found(workbench)
    assert (still.address_protected, still.phone_protected) == (False, False)
    assert (still.address, still.hides_address) == ("", True)
    assert seen(workbench, coordinator, HOME) is False


def test_i_10_a_settling_visit_no_longer_names_the_host_when_the_person_is_protected_later(
    workbench: Workbench, coordinator: Actor
) -> None:
    workbench.hear(SETTLING)
    assert seen(workbench, coordinator, "喫茶みほん", "settling-1") is True

    workbench.hear(AddressProtectionChanged(HUSBAND, "case-1", True, kept_back=(HUSBAND,)))

    assert seen(workbench, coordinator, "喫茶みほん", "settling-1") is False
    assert seen(workbench, coordinator, HOME, "settling-1") is False


def test_i_10_a_settling_visit_asked_before_its_asker_heard_of_the_protection_is_hidden(
    workbench: Workbench, coordinator: Actor
) -> None:
    workbench.hear(AddressProtectionChanged(HUSBAND, "case-1", True, kept_back=(HUSBAND,)))

    workbench.hear(SETTLING)

    hidden = found(workbench, "settling-1")
    assert (hidden.address, hidden.position, hidden.hides_address) == ("", None, True)
    assert seen(workbench, coordinator, "喫茶みほん", "settling-1") is False
    workbench.hear(AddressProtectionChanged(HUSBAND, "case-1", False, shown_again=(HUSBAND,)))
    workbench.hear(replace(SETTLING, request_id="settling-2"))
    assert found(workbench, "settling-2").hides_address is False


def test_a_hosts_place_is_no_home_and_stays_when_a_housemate_is_protected(
    workbench: Workbench,
) -> None:
    workbench.hear(SETTLING)

    workbench.hear(WIFE_PROTECTED)

    assert found(workbench, "settling-1").address == HOME


def test_an_event_of_an_earlier_release_hides_and_shows_the_person_alone(
    workbench: Workbench, ask: Ask
) -> None:
    ask()
    ask(request_id="request-2", person_id=WIFE)

    workbench.hear(AddressProtectionChanged(WIFE, "case-1", True))

    hidden = [found(workbench, one).hides_address for one in ("request-1", "request-2")]
    assert hidden == [False, True]
    workbench.hear(AddressProtectionChanged(WIFE, "case-1", False))
    assert found(workbench, "request-2").hides_address is False
