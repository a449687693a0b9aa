"""The parts a paper is put together from; plain values, all text is shown as it is."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Heading:
    """A heading of a part of the paper."""

    text: str


@dataclass(frozen=True)
class Fields:
    """Labels with their values beside them, one under the other; an empty value leaves room to write."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Prose:
    """Running text; its line ends are kept."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table whose head is repeated on every page. Every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if not self.columns:
            raise ValueError("a grid without columns cannot be printed")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells under {len(self.columns)} columns: {row!r}")


@dataclass(frozen=True)
class Bars:
    """Bars under a title, each with a label, what is printed beside it and its share of the longest in percent.

    A share of None draws no bar: there is nothing to show, which is not zero.
    """

    title: str
    items: tuple[tuple[str, str, float | None], ...]

    def __post_init__(self) -> None:
        for label, _, share in self.items:
            if share is not None and not 0 <= share <= 100:
                raise ValueError(f"{share} percent at {label!r}: a bar is from 0 to 100")


@dataclass(frozen=True)
class Choices:
    """A list of what could be chosen, each with its mark: "" (not chosen), "○", "◎" or "✓"."""

    items: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        for label, mark in self.items:
            if mark not in ("", "○", "◎", "✓"):
                raise ValueError(f"{mark!r} at {label!r} is not a mark of a paper")


@dataclass(frozen=True)
class Signature:
    """A line to sign on, with what the signature says before it."""

    label: str


@dataclass(frozen=True)
class Note:
    """A boxed remark in small letters, for what a reader has to know about the paper."""

    text: str


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Fields | Prose | Grid | Bars | Choices | Signature | Note | PageBreak


@dataclass(frozen=True)
class Paper:
    """An A4 paper: its title, its parts, and what stands at its edges.

    ``number`` stands beside the title; ``footer``, the page and who printed it when stand at the foot of every page;
    ``watermark`` stands behind the text of every page.
    """

    title: str
    blocks: tuple[Block, ...]
    number: str = ""
    printed_on: date | None = None
    printed_by: str = ""
    footer: str = ""
    watermark: str = ""
