"""Which entry of the navigation is marked on which page."""

import pytest

from kasane_kit.web.entries import entries_for

COORDINATOR = frozenset({"coordinator"})


@pytest.mark.parametrize(
    ("service", "path", "marked"),
    [
        pytest.param("portal", "/portal/292095/", {"home": "page"}, id="home"),
        pytest.param("portal", "/portal/292095/town", {"home": "true"}, id="behind_home"),
        pytest.param("cases", "/cases/292095/cases", {"case": "page"}, id="list"),
        pytest.param("cases", "/cases/292095/cases/c-1", {"case": "true"}, id="one_case"),
        pytest.param("cases", "/cases/292095/conferences", {"conference": "page"}, id="bodies"),
        pytest.param(
            "cases", "/cases/292095/conferences/s-1", {"conference": "true"}, id="one_session"
        ),
        pytest.param(
            "resources", "/resources/292095/community", {"human_service": "true"}, id="community"
        ),
        pytest.param("outreach", "/outreach/292095/plans", {"visit": "true"}, id="plans"),
    ],
)
def test_one_entry_is_marked_on_every_page_of_its_part(
    service: str, path: str, marked: dict[str, str]
) -> None:
    entries = entries_for(path, "292095", service, COORDINATOR)

    assert {one["term"]: one["current"] for one in entries if one["current"]} == marked


def test_who_does_not_see_an_entry_has_none_of_it() -> None:
    entries = entries_for("/cases/292095/cases", "292095", "cases", frozenset({"receiver"}))

    assert [one["term"] for one in entries] == ["home", "consultation", "human_service"]
    assert [one["current"] for one in entries] == ["", "", ""]
