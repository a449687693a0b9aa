"""Compares birth dates with the slips in mind that happen at a desk."""

from datetime import date

SAME, SWAPPED, ONE_DIGIT = "same", "swapped", "one_digit"
YEAR_SLIP, YEAR_AND_DAY = "year_slip", "year_and_day"
PLACEHOLDER, PLACEHOLDER_NEAR = "placeholder", "placeholder_near"
DIFFERENT, UNKNOWN = "different", "unknown"


def compare_birth_dates(a: date | None, b: date | None) -> str:
    """How two birth dates agree: a wrong era year, month and day swapped, one digit, 1 January for "not known"."""
    if a is None or b is None:
        return UNKNOWN
    if a == b:
        return SAME
    if 362 <= abs((a - b).days) <= 369:
        same_day = (a.month, a.day) == (b.month, b.day)
        return YEAR_SLIP if same_day else YEAR_AND_DAY
    if a.year == b.year and (a.month, a.day) == (b.day, b.month):
        return SWAPPED
    if abs(a.year - b.year) <= 1 and (1, 1) in ((a.month, a.day), (b.month, b.day)):
        return PLACEHOLDER if a.year == b.year else PLACEHOLDER_NEAR
    digits = sum(x != y for x, y in zip(a.isoformat(), b.isoformat(), strict=True))
    return ONE_DIGIT if digits == 1 else DIFFERENT
