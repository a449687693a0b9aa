"""Every column that could hold somebody's words is destroyed at the end of a record, or said to name nobody."""

import pytest
from sqlalchemy import Column, MetaData, String, Table, Text

from kasane_kit.db.shredding import Personal, Rules, undecided
from kasane_runtime.compose import load_services

SERVICES = {name: one for name, one in load_services().items() if one.columns is not None}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_of_every_column_of_words_it_is_said_what_becomes_of_it(name: str) -> None:
    service = SERVICES[name]
    assert service.shreds is not None
    assert service.columns is not None

    assert list(undecided(service.shreds.rules, service.columns.sorted_tables)) == []


def test_a_column_of_which_nothing_is_said_is_noticed() -> None:
    table = Table(
        "a_lamp", MetaData(), Column("id", String(36), primary_key=True), Column("said", Text)
    )

    assert list(undecided(Rules(), [table])) == ["a_lamp.said"]
    assert list(undecided(Rules((Personal(table, blank=("said",)),)), [table])) == []
    assert list(undecided(Rules(names_nobody=("a_lamp",)), [table])) == []
