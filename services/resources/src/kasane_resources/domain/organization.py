"""An organization that offers human services, as Open Referral HSDS means it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Organization:
    """Who offers a human service (提供団体). ``corporate_number`` is the 法人番号, checked."""

    id: str
    name: str
    corporate_number: str = ""


def corporate_number_holds(number: str) -> bool:
    """Whether a 法人番号 has 13 digits and the right check digit in front."""
    if len(number) != 13 or not (number.isascii() and number.isdigit()):
        return False
    digits = [int(sign) for sign in reversed(number[1:])]
    total = sum(digit * (1 if place % 2 == 0 else 2) for place, digit in enumerate(digits))
    return int(number[0]) == 9 - total % 9
