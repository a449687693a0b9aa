"""One line of a town's page: a question, the town's answer and where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One question and the town's answer; ``national`` when the platform's default answered."""

    question: str
    answer: str = ""
    details: tuple[str, ...] = ()
    source: str = ""
    national: bool = False
