"""Sets papers as PDF: the look is paper.typ, what stands on it goes there as JSON and is never run."""

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import typst

from kasane_kit import clock
from kasane_kit.papers.blocks import (
    Bars,
    Block,
    Choices,
    Fields,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paper,
    Prose,
    Signature,
)
from kasane_kit.papers.characters import FONTS, Missing, pieces, printable
from kasane_kit.strings import KIT_PACKAGE, Strings
from kasane_kit.web.dates import wareki

_strings = Strings(KIT_PACKAGE)


def pdf(paper: Paper) -> bytes:
    """The paper as a tagged PDF of A4 pages with its Japanese font embedded and page n/m at the foot.

    A character the font does not have is printed as 〓 and named in a note at the end of the paper.
    """
    with (
        resources.as_file(resources.files("kasane_kit.papers").joinpath("paper.typ")) as look,
        resources.as_file(FONTS) as fonts,
    ):
        made: bytes = typst.compile(
            look,
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(_as_data(paper))},
            timestamp=int(clock.now().timestamp()),
        )
    return made


def _as_data(paper: Paper) -> dict[str, Any]:
    missing = Missing()

    def said(text: str) -> list[str]:
        return pieces(printable(text, missing))

    def line(text: str) -> str:
        return " ".join(printable(text, missing).split())

    by = _strings.text("papers.printed_by", name=paper.printed_by) if paper.printed_by else ""
    printed = [said(part) for part in (wareki(paper.printed_on), by) if part]
    number, footer, watermark = said(paper.number), said(paper.footer), line(paper.watermark)
    title = line(paper.title) or _strings.text("papers.untitled")
    blocks = [_block(block, said) for block in paper.blocks]
    blocks += [_block(Note(note), pieces) for note in _notes(missing)]
    return {
        "title": title,
        "heading": pieces(title),
        "number": number,
        "printed": printed,
        "footer": footer,
        "watermark": watermark,
        "blocks": blocks,
    }


def _block(block: Block, said: Callable[[str], list[str]]) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": said(text)}
        case Fields(items):
            shown = [[said(label), said(value)] for label, value in items]
            return {"kind": "fields", "items": shown}
        case Prose(text):
            return {"kind": "prose", "text": said(text)}
        case Grid(columns, rows):
            return {
                "kind": "grid",
                "columns": [said(column) for column in columns],
                "widths": _widths(columns, rows),
                "rows": [[said(cell) for cell in row] for row in rows],
            }
        case Bars(title, bars):
            return {
                "kind": "bars",
                "title": said(title),
                "items": [[said(label), said(printed), share] for label, printed, share in bars],
            }
        case Choices(items):
            return {"kind": "choices", "items": [[said(label), mark] for label, mark in items]}
        case Signature(label):
            return {"kind": "signature", "label": said(label)}
        case Note(text):
            return {"kind": "note", "text": said(text)}
        case PageBreak():
            return {"kind": "page_break"}


def _widths(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Shares of the page: a column gets room by its longest cell, but none is squeezed out."""
    longest = [
        max(len(column), *(len(row[place]) for row in rows)) if rows else len(column)
        for place, column in enumerate(columns)
    ]
    return [float(min(max(length, 4), 24)) for length in longest]


def _notes(missing: Missing) -> list[str]:
    notes = []
    if missing.characters:
        codes = "、".join(
            _strings.text("papers.code", code=f"U+{ord(each):04X}", count=count)
            for each, count in sorted(missing.characters.items())
        )
        notes.append(_strings.text("papers.missing_characters", codes=codes))
    if missing.variants:
        shown = "、".join(f"{each[0]}（{ord(each[1]):X}）" for each in sorted(missing.variants))
        notes.append(_strings.text("papers.usual_shapes", characters=shown))
    return notes
