"""Checks a service's own copy of the accounts."""

from dataclasses import replace

from kasane_kit.auth import AccountFacts, accounts
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench

HANAKO = AccountFacts("a-1", "職員 花子", ("chief",), ("receiver", "coordinator"), "zei", True, 3)


def _remember(bench: Workbench, *facts: AccountFacts, town: str = TOWN) -> None:
    with municipality_scope(town), bench.house.databases.writing("lamps") as connection:
        for each in facts:
            accounts.remember(connection, each)
        connection.commit()


def test_an_account_is_known_as_last_heard(lamps: Workbench) -> None:
    _remember(lamps, HANAKO)
    _remember(lamps, replace(HANAKO, display_name="職員 花", revision=4))

    with lamps.reading() as connection:
        assert accounts.find(connection, "a-1") == replace(
            HANAKO, display_name="職員 花", revision=4
        )
        assert accounts.find(connection, "a-2") is None


def test_older_or_repeated_news_of_an_account_changes_nothing(lamps: Workbench) -> None:
    _remember(lamps, HANAKO)

    _remember(
        lamps,
        replace(HANAKO, functions=("town_administrator",), revision=2),
        replace(HANAKO, active=False, revision=3),
    )

    with lamps.reading() as connection:
        assert accounts.find(connection, "a-1") == HANAKO


def test_colleagues_are_listed_by_name_without_those_who_left(lamps: Workbench) -> None:
    gone = replace(HANAKO, account_id="a-2", display_name="職員 一", active=False)
    first = replace(HANAKO, account_id="a-3", display_name="い")

    _remember(lamps, HANAKO, gone, first)

    with lamps.reading() as connection:
        assert [facts.account_id for facts in accounts.everyone(connection)] == ["a-3", "a-1"]


def test_the_same_account_in_another_town_is_another_account(lamps: Workbench) -> None:
    _remember(lamps, HANAKO, town=OTHER_TOWN)

    with lamps.reading() as connection:
        assert accounts.everyone(connection) == ()
