"""Checks the navigation that every page of the house shows."""

from kasane_contracts.glossary import glossary
from kasane_contracts.navigation import NAVIGATION, STAFF
from kasane_plugin_api import RoleFunction


def test_every_entry_has_words_in_the_glossary() -> None:
    assert [entry.term for entry in NAVIGATION if entry.term not in glossary()] == []


def test_every_entry_leads_to_a_page_of_its_own_service_in_the_town() -> None:
    wrong = [e.term for e in NAVIGATION if not e.link("292095").startswith(f"/{e.service}/292095/")]

    assert wrong == []


def test_every_entry_is_there_once_and_the_home_page_comes_first() -> None:
    addresses = [entry.link("292095") for entry in NAVIGATION]

    assert len(addresses) == len(set(addresses))
    assert addresses[0] == "/portal/292095/"


def test_only_known_functions_see_entries_and_every_staff_function_sees_its_work() -> None:
    known = {function.value for function in RoleFunction}

    named = set().union(*(entry.functions for entry in NAVIGATION))
    seen = {f: [e.service for e in NAVIGATION if f in e.functions] for f in sorted(STAFF)}

    assert named <= known
    assert seen == {
        "contact": ["portal", "intake", "cases", "cases", "resources", "outreach"],
        "coordinator": ["portal", "intake", "cases", "cases", "resources", "outreach"],
        "outreach_worker": ["portal", "intake", "resources", "outreach"],
        "receiver": ["portal", "intake", "resources"],
        "responsible": ["portal", "intake", "cases", "cases", "resources"],
    }
