"""Small numbers cannot be won back from the prefecture's table."""

from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest

from kasane_portal.domain.overview import (
    Cell,
    CountKind,
    Overview,
    Total,
    fiscal_year,
    month_of,
    months_of,
    suppress,
)

KIND = CountKind.CONSULTATION_RECEIVED


def column(*counts: int) -> tuple[list[Cell], Total]:
    table = suppress({f"town{place}": {KIND: count} for place, count in enumerate(counts)})
    return [row[0] for row in table.rows.values()], table.totals[0]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (9, None), (10, 10), (499, 499)])
def test_numbers_from_one_to_nine_are_hidden(count: int, shown: int | None) -> None:
    cells, _ = column(count)

    assert cells == [Cell(shown)]


def test_a_column_without_small_numbers_has_its_exact_total() -> None:
    assert column(10, 0, 23)[1] == Total(33, exact=True)


def test_the_total_beside_a_hidden_number_is_only_the_least_it_can_be() -> None:
    cells, total = column(12, 7, 40)

    assert cells == [Cell(12), Cell(None), Cell(40)]
    assert total == Total(53, exact=False)


def test_subtracting_what_is_shown_from_the_total_says_nothing_about_the_hidden_number() -> None:
    left_over = set()
    for hidden in range(1, 10):
        cells, total = column(12, hidden, 40)
        left_over.add(total.at_least - sum(cell.value or 0 for cell in cells))

    assert left_over == {1}


def test_whoever_knows_the_rule_and_every_table_cannot_tell_a_hidden_number() -> None:
    """Turns the rule round: of all tables that look the same, a hidden cell has all nine values."""
    looks_like: dict[object, list[tuple[int, ...]]] = {}
    for counts in product(range(14), repeat=3):
        cells, total = column(*counts)
        looks_like.setdefault((tuple(cells), total), []).append(counts)

    for (cells, _), tables in looks_like.items():  # type: ignore[misc]
        for place, cell in enumerate(cells):
            possible = {counts[place] for counts in tables}
            assert possible == (set(range(1, 10)) if cell.hidden else {cell.value})


def test_two_hidden_numbers_are_independent_of_each_other() -> None:
    pairs = {counts for counts in product(range(1, 10), repeat=2)}
    tables = {str(column(*counts, 30)) for counts in pairs}

    assert len(tables) == 1


def test_kinds_are_never_added_up() -> None:
    town: Mapping[CountKind, int] = {kind: 5 for kind in CountKind}

    table = suppress({"a": town})

    assert table == Overview(
        tuple(CountKind), {"a": (Cell(None),) * 9}, (Total(1, exact=False),) * 9
    )


def test_no_town_makes_an_empty_table() -> None:
    assert suppress({}) == Overview(tuple(CountKind), {}, (Total(0, exact=True),) * 9)


@pytest.mark.parametrize(("day", "year"), [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027)])
def test_a_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year
    first, last = months_of(year)
    assert first <= month_of(day) <= last
