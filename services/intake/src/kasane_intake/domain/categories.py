"""The national list of troubles, and how a town's own list maps onto it."""

from collections.abc import Iterable, Mapping

# The sixteen boxes of the 相談受付・申込票 (P36), in its order.
NATIONAL = (
    "illness_disability",
    "housing",
    "income",
    "rent_loans",
    "taxes_utilities",
    "debt",
    "job_search",
    "work_trouble",
    "community_relations",
    "family_relations",
    "child_rearing",
    "nursing_care",
    "withdrawal_truancy",
    "violence_abuse",
    "no_food",
    "other",
)


def national_codes(town: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The national code of each town code that has one; ``town`` gives (code, national code or nothing)."""
    return {code: national or code for code, national in town if (national or code) in NATIONAL}


def unmapped(town: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The town's codes that map onto nothing national; statistics cannot count them."""
    rows = tuple(town)
    mapped = national_codes(rows)
    return tuple(code for code, _ in rows if code not in mapped)


def canonical(
    codes: Iterable[str], main: str, mapping: Mapping[str, str]
) -> tuple[tuple[str, ...], str]:
    """The national codes of a consultation, each once in the national order, and that of the main one."""
    found = {mapping[code] for code in codes if code in mapping}
    return tuple(code for code in NATIONAL if code in found), mapping.get(main, "")
