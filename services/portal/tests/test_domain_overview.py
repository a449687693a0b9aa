"""Small numbers cannot be won back from the prefecture's table."""

from collections.abc import Mapping
from datetime import date
from itertools import product
from random import Random

import pytest

from kasane_portal.domain.overview import (
    Cell,
    CountKind,
    Overview,
    Total,
    fiscal_year,
    month_of,
    months_of,
    overview,
    told,
)

KIND = CountKind.CONSULTATION_RECEIVED


MONTH = "2026-10"


def column(*counts: int) -> tuple[list[Cell], Total]:
    table = overview(
        {f"town{place}": {KIND: told(None, count, MONTH)} for place, count in enumerate(counts)}
    )
    return [row[0] for row in table.rows.values()], table.totals[0]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (9, None), (10, 10), (499, 499)])
def test_numbers_from_one_to_nine_are_hidden(count: int, shown: int | None) -> None:
    cells, _ = column(count)

    assert cells == [Cell(shown, MONTH)]


def test_a_column_without_small_numbers_has_its_exact_total() -> None:
    assert column(10, 0, 23)[1] == Total(33, exact=True)


def test_the_total_beside_a_hidden_number_is_only_the_least_it_can_be() -> None:
    cells, total = column(12, 7, 40)

    assert cells == [Cell(12, MONTH), Cell(None, MONTH), Cell(40, MONTH)]
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
    town: Mapping[CountKind, Cell] = {kind: told(None, 5, MONTH) for kind in CountKind}

    table = overview({"a": town})

    assert table == Overview(
        tuple(CountKind), {"a": (Cell(None, MONTH),) * 9}, (Total(1, exact=False),) * 9
    )


def test_no_town_makes_an_empty_table() -> None:
    assert overview({}) == Overview(tuple(CountKind), {}, (Total(0, exact=True),) * 9)


@pytest.mark.parametrize(("day", "year"), [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027)])
def test_a_fiscal_year_begins_in_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year
    first, last = months_of(year)
    assert first <= month_of(day) <= last


MONTHS = 6
MOST = 75


def publications(counts: list[int]) -> list[int | None]:
    """What a reader has noted at the end of each month of a count that only grows: the number in sight."""
    seen, cell = [], None
    for place, count in enumerate(counts):
        cell = told(cell, count, f"2026-{place + 4:02d}")
        seen.append(cell)
    return [(one.value, one.through) for one in seen]


def consistent(seen: list[object]) -> list[set[tuple[int, int]]]:
    """For each month every pair of counts (before, then) that some history with these publications has.

    Goes through the rule as somebody would who knows it: forwards over all states that can be, then
    backwards, dropping those from which the rest of what was seen cannot be reached.
    """
    ways: list[set[tuple[tuple[int, Cell | None], tuple[int, Cell]]]] = []
    now: set[tuple[int, Cell | None]] = {(0, None)}
    for place, wanted in enumerate(seen):
        month = f"2026-{place + 4:02d}"
        steps = {
            ((count, cell), (later, after))
            for count, cell in now
            for later in range(count, MOST + 1)
            if ((after := told(cell, later, month)).value, after.through) == wanted
        }
        ways.append(steps)
        now = {after for _, after in steps}
    for place in range(len(ways) - 2, -1, -1):
        needed = {before for before, _ in ways[place + 1]}
        ways[place] = {step for step in ways[place] if step[1] in needed}
    return [{(before[0], after[0]) for before, after in steps} for steps in ways]


def histories() -> list[list[int]]:
    """Counts at the ends of months: slow, fast, with long rests, and those that just pass a border."""
    random = Random(7)
    drawn = []
    for most in (1, 2, 4, 8, 15):
        for _ in range(8):
            drawn.append([random.randint(0, most) for _ in range(MONTHS)])
    drawn += [[9, 1, 0, 0, 0, 0], [10, 9, 1, 0, 0, 0], [0, 0, 1, 9, 0, 9], [10, 0, 0, 3, 0, 0]]
    return [[sum(steps[: place + 1]) for place in range(MONTHS)] for steps in drawn]


@pytest.mark.parametrize("counts", histories(), ids=str)
def test_who_has_kept_every_table_cannot_win_back_a_small_number_by_subtraction(
    counts: list[int],
) -> None:
    """Every month's count and its growth stay one of nine at least, unless they may be shown as they are."""
    for place, pairs in enumerate(consistent(publications(counts))):
        count, grown = counts[place], counts[place] - (counts[place - 1] if place else 0)
        counts_that_may_be = {after for _, after in pairs}
        growths_that_may_be = {after - before for before, after in pairs}
        assert count in counts_that_may_be
        assert grown in growths_that_may_be
        if 0 < count < 10:
            assert counts_that_may_be >= set(range(1, 10))
        if 0 < grown < 10:
            assert len(growths_that_may_be) >= 9


def test_the_rule_that_shows_each_count_as_it_is_would_be_seen_through() -> None:
    """The test above can fail: with plain numbers the growth of a month is one subtraction."""
    assert publications([12, 15]) == [(12, "2026-04"), (12, "2026-04")]
    assert {after - before for before, after in consistent(publications([12, 15]))[1]} == set(
        range(10)
    )
    assert {after for _, after in consistent([(12, "2026-04"), (22, "2026-05")])[1]} == {22}


@pytest.mark.parametrize(
    ("before", "count", "after"),
    [
        (None, 0, (0, "2026-05")),
        (Cell(0, "2026-04"), 4, (None, "2026-05")),
        (Cell(None, "2026-04"), 9, (None, "2026-05")),
        (Cell(None, "2026-04"), 0, (None, "2026-04")),
        (Cell(None, "2026-04"), 10, (10, "2026-05")),
        (Cell(12, "2026-04"), 12, (12, "2026-04")),
        (Cell(12, "2026-04"), 21, (12, "2026-04")),
        (Cell(12, "2026-04"), 22, (22, "2026-05")),
        (Cell(30, "2026-04"), 20, (20, "2026-05")),
    ],
)
def test_a_number_that_was_told_changes_by_ten_or_not_at_all(
    before: Cell | None, count: int, after: tuple[int | None, str]
) -> None:
    cell = told(before, count, "2026-05")

    assert (cell.value, cell.through) == after


def test_random_tables_show_totals_that_follow_from_the_cells_in_sight() -> None:
    """Two towns' tables that look the same have the same totals, whatever is hidden in them."""
    random, seen = Random(3), {}
    for _ in range(4000):
        counts = [random.choice((0, 3, 9, 10, 11)) for _ in range(3)]
        cells, total = column(*counts)
        assert seen.setdefault(tuple(cells), total) == total
        assert total.at_least <= sum(counts)
