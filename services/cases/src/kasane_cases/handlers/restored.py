"""What follows when the databases of the town were restored from a backup: no number is given twice."""

from collections.abc import Mapping

from kasane_cases.repository.numbers import go_on_behind, numbers_given
from kasane_kit.auth import platform_actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import House, UnitOfWork, reading

SERVICE = "cases"


def last_numbers(house: House, municipality: str) -> Mapping[int, int]:
    """The last number that was given, by fiscal year."""
    with municipality_scope(municipality), reading(house, SERVICE) as connection:
        return numbers_given(connection)


def leave_numbers_out(
    house: House, municipality: str, *, made_at: str, left_out: int, given: Mapping[int, int]
) -> tuple[str, ...]:
    """Goes on behind every number that people may have got since the backup.

    That is ``left_out`` more than the backup knows, or what the replaced database knew (``given``).
    """
    with (
        municipality_scope(municipality),
        UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow,
    ):
        known = numbers_given(uow.connection)
        last = {
            year: max(known.get(year, 0) + left_out, given.get(year, 0))
            for year in known.keys() | given.keys()
        }
        go_on_behind(uow.connection, last)
        uow.record("cases.numbers.left_out", "backup", made_at)
        uow.commit()
    return tuple(
        f"番号は {number} の次からつけます（{year} 年度）。 / numbers of {year} go on behind {number}"
        for year, number in sorted(last.items())
    )
