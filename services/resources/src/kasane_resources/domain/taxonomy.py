"""The kinds of human service and the consultation categories that each of them meets."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "taxonomy.toml"


@dataclass(frozen=True)
class TaxonomyTerm:
    """One kind of human service; ``meets`` lists consultation categories, the main one first.

    What is ``by_theme`` is for people of one theme each (a group for drinking is none for gambling).
    """

    code: str
    ja: str
    en: str
    meets: tuple[str, ...]
    words: tuple[str, ...] = ()
    usual_minimum_age: int | None = None
    usual_maximum_age: int | None = None
    by_theme: bool = False

    def usually_admits(self, age: int, states_low: bool = False, states_high: bool = False) -> bool:
        """Whether a person of this age is usually among those it is for; what an entry states is not asked."""
        low, high = self.usual_minimum_age, self.usual_maximum_age
        young = low is not None and not states_low and age < low
        old = high is not None and not states_high and age > high
        return not (young or old)


@cache
def taxonomy() -> Mapping[str, TaxonomyTerm]:
    """Every kind by code, in the order of the file."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    return {
        code: TaxonomyTerm(
            code=code,
            ja=entry["ja"],
            en=entry["en"],
            meets=tuple(entry["meets"]),
            words=tuple(entry.get("words", ())),
            usual_minimum_age=entry.get("usual_minimum_age"),
            usual_maximum_age=entry.get("usual_maximum_age"),
            by_theme=entry.get("by_theme", False),
        )
        for code, entry in table.items()
    }


def kinds_in(text: str) -> tuple[str, ...]:
    """The kinds whose words occur in a text, in the order of the file."""
    return tuple(
        code for code, entry in taxonomy().items() if any(word in text for word in entry.words)
    )
