"""Turns the rows of a table in a known layout into entries of the directory."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kasane_resources.domain.cell_values import NOT_PUBLIC, CellReader, nth_weekday
from kasane_resources.domain.eligibility import Eligibility
from kasane_resources.domain.file_facts import RowFacts, facts_of, identity_of
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanServiceEntry,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.layouts import CAFETERIAS, Layout, layouts
from kasane_resources.domain.location import Location
from kasane_resources.domain.open_data import OpenDataRow, RowProblem, formula_columns, read_table
from kasane_resources.domain.quarantine import set_apart
from kasane_resources.domain.schedule import Schedule
from kasane_resources.domain.taxonomy import kinds_in

NAME_LENGTH = 200
KEY_LENGTH = 200
_FEES = ("参加費_幼児", "参加費_小学生", "参加費_中学生", "参加費_高校生", "参加費_大人")
_MODES = (
    ("電話", ContactMode.PHONE),
    ("メール", ContactMode.EMAIL),
    ("フォーム", ContactMode.WEB_FORM),
    ("LINE", ContactMode.LINE),
    ("SMS", ContactMode.MESSAGE),
)
_DATE = re.compile(r"^([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?")
_YES = ("1", "有", "可", "あり", "TRUE")


@dataclass(frozen=True)
class ReadRow:
    """One row of a file: its key, its entry (None when refused) and everything wrong with it.

    ``private`` are cells that may hold a person's own contact: they stand nowhere else. ``ids`` are those that an
    HSDS file gives the service, its place, and the service at that place.
    """

    number: int
    key: str
    digest: str
    original: Mapping[str, str]
    name: str
    entry: HumanServiceEntry | None
    problems: tuple[RowProblem, ...]
    private: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True)
class _Reading:
    """What holds for one row beside its cells."""

    layout: Layout
    visibility: Visibility
    facts: RowFacts
    today: date | None


def read_file(
    content: bytes,
    visibility: Visibility,
    *,
    preferred: str = CAFETERIAS,
    own: Sequence[Layout] = (),
    today: date | None = None,
) -> tuple[ReadRow, ...]:
    """Every row of a file in the preferred layout, else in the first that fits its header.

    ``own`` are layouts that the town made for tables of its own. An event that was over before
    ``today`` is not active. Raises FileRefused.
    """
    layout, written = read_table(content, layouts_in_turn(preferred, own))
    rows = tuple(joined_columns(row, layout) for row in written)
    facts = facts_of(rows, layout)
    seen: set[str] = set()
    found = []
    for row in rows:
        known = facts.of(row)
        key = key_of(row, layout, known)
        known = replace(known, repeated=key in seen)
        seen.add(key)
        found.append(read_row(row, layout, visibility, known, today))
    return tuple(found)


def layouts_in_turn(preferred: str, own: Sequence[Layout]) -> list[Layout]:
    """The layouts in the order in which they are tried on a header."""
    known = layouts()
    others = [layout for code, layout in known.items() if code != preferred]
    return [known[preferred], *own, *others]


def joined_columns(row: OpenDataRow, layout: Layout) -> OpenDataRow:
    """The row with the cells that the layout puts together from others."""
    joined = {
        ours: "".join(row.text(part) for part in parts)
        for ours, parts in layout.joined.items()
        if any(row.text(part) for part in parts)
    }
    return replace(row, joined=joined) if joined else row


def read_row(
    row: OpenDataRow,
    layout: Layout,
    visibility: Visibility,
    facts: RowFacts,
    today: date | None,
) -> ReadRow:
    """One row as an entry, or refused with everything that is wrong; ``facts`` are what the file says of it."""
    reading = _Reading(layout, visibility, facts, today)
    cells = CellReader(row)
    name = cells.name("名称")
    entry: HumanServiceEntry | None = None
    formulas = formula_columns(row)
    if formulas:
        for column in formulas:
            cells.report(column, "formula")
    elif not name:
        cells.report("名称", "name_missing")
    elif len(name) > NAME_LENGTH:
        cells.report("名称", "name_too_long")
    else:
        entry = _entry(cells, name, reading)
    cells.keep_back_contacts()
    if entry is not None and facts.repeated:
        entry = None
        cells.report("名称", "row_repeated")
    problems = [
        replace(problem, column=row.written_column(problem.column)) for problem in cells.problems
    ]
    apart = set_apart(row.original, problems)
    return ReadRow(
        number=row.number,
        key=key_of(row, layout, facts),
        digest=_digest(row.cells),
        original=apart.original,
        name=name,
        entry=entry,
        problems=apart.problems,
        private=apart.private,
    )


def _entry(cells: CellReader, name: str, reading: _Reading) -> HumanServiceEntry:
    layout = reading.layout
    for column in layout.personal:
        cells.personal(column)
    if cells.row.text("…"):
        cells.report("…", "cells_beyond_header")
    audience = [cells.remark(column) for column in ("参加条件", *layout.audience)]
    return HumanServiceEntry(
        name=name,
        kana=cells.kana("名称_カナ"),
        description=_description(cells, layout),
        organization_name=" ".join(cells.text("運営団体名").split())[:NAME_LENGTH],
        corporate_number=cells.corporate_number("法人番号"),
        url=cells.url("URL"),
        phone=cells.phone("電話番号1"),
        status=_status(cells, reading),
        categories=_categories(cells, name, layout),
        contact_modes=_contact_modes(cells),
        application_process=_joined(cells, ("予約方法", "予約特記事項")),
        fees_description=_fees(cells),
        capacity=cells.integer("定員", zero_is_blank=True),
        visibility=reading.visibility,
        eligibility=Eligibility(audience="、".join(text for text in audience if text)),
        schedule=_schedule(cells, layout),
        location=_location(cells, reading),
    )


def _location(cells: CellReader, reading: _Reading) -> Location:
    municipality = cells.municipality("全国地方公共団体コード")
    town = cells.text("市区町村名")
    address = cells.address("住所")
    if any(word in address for word in NOT_PUBLIC) or "住所は非公開" in cells.text("備考"):
        cells.report("住所", "address_not_public")
        return Location(name=town, municipality=municipality)
    position = cells.position()
    if position is not None and reading.facts.far:
        cells.report("緯度", "coordinates_out_of_town")
        cells.report("経度", "coordinates_out_of_town")
        position = None
    if position is not None and reading.facts.shared_point:
        cells.report("緯度", "coordinates_shared")
        cells.report("経度", "coordinates_shared")
        position = None
    rooms = cells.text("方書")
    if rooms and rooms not in NOT_PUBLIC:
        address = f"{address} {rooms}".strip()
    return Location(town, address, municipality, position)


def _schedule(cells: CellReader, layout: Layout) -> Schedule:
    frequency = cells.text("開催頻度")
    if frequency and unicodedata.normalize("NFKC", frequency) not in ("1", "2", "3", "4", "5"):
        cells.report("開催頻度", "code_unknown")
    texts = [cells.remark(column) for column in layout.hours]
    byday = cells.days("開催曜日")
    weeks: tuple[int, ...] = ()
    nth = nth_weekday(texts[0]) if texts else None
    if nth is not None and byday in ((), nth[0]):
        byday, weeks = nth
    return Schedule(
        byday=byday,
        weeks=weeks,
        opens_at=cells.clock("開催開始時間"),
        closes_at=cells.clock("開催終了時間"),
        description=" ".join(text for text in texts if text and text not in (*NOT_PUBLIC, "無し")),
    )


def _status(cells: CellReader, reading: _Reading) -> ServiceStatus:
    if unicodedata.normalize("NFKC", cells.text("備考")).isdigit():
        cells.report("備考", "remark_is_a_number")
    if "休止" in cells.text("備考"):
        cells.report("備考", "paused_by_remark")
        return ServiceStatus.TEMPORARILY_CLOSED
    if reading.layout.ends and reading.today is not None:
        last = _day(cells.text(reading.layout.ends))
        if last is None:
            cells.report(reading.layout.ends, "date_unreadable")
        elif last < reading.today:
            cells.report(reading.layout.ends, "event_over")
            return ServiceStatus.INACTIVE
    return ServiceStatus.ACTIVE


def _day(written: str) -> date | None:
    found = _DATE.match(unicodedata.normalize("NFKC", written))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _categories(cells: CellReader, name: str, layout: Layout) -> tuple[str, ...]:
    said = " ".join(cells.text(column) for column in layout.kind_columns)
    found = [code for word, code in layout.kinds.items() if word in said]
    if cells.text("フードパントリー実施") == "1":
        found.append("food_pantry")
    found.extend(kinds_in(said))
    if layout.code != CAFETERIAS:
        found.extend(kinds_in(name))
    return tuple(dict.fromkeys(code for code in (layout.kind, *found) if code))


def _contact_modes(cells: CellReader) -> tuple[ContactMode, ...]:
    text = unicodedata.normalize("NFKC", cells.text("予約方法")).upper()
    return tuple(dict.fromkeys(mode for word, mode in _MODES if word in text))


def _fees(cells: CellReader) -> str:
    parts = []
    for column in _FEES:
        text = unicodedata.normalize("NFKC", cells.text(column))
        if text:
            label = column.removeprefix("参加費_")
            parts.append(f"{label} {text}円" if text.isdigit() else f"{label} {text}")
    remark = cells.text("参加費特記事項")
    return "、".join(parts) + (f"（{remark}）" if parts and remark else remark)


def _description(cells: CellReader, layout: Layout) -> str:
    said = ((cells.row.written_column(column), cells.remark(column)) for column in layout.about)
    lines = [f"{column}：{text}" for column, text in said if text]
    lines += [f"{column}：あり" for column in layout.marks if cells.text(column) in _YES]
    return "\n".join(lines)


def _joined(cells: CellReader, columns: Sequence[str]) -> str:
    return "。".join(text for text in (cells.remark(column) for column in columns) if text)


def key_of(row: OpenDataRow, layout: Layout, facts: RowFacts) -> str:
    """What makes a row the same in the next file: the publisher's ID, else name and address."""
    code, *identifiers = identity_of(row, layout)
    town = code if layout.code == CAFETERIAS else f"{layout.code}:{code}"
    key = f"{town}/{'/'.join(identifiers)}"
    if all(identifiers) and facts.own_identity and len(key) <= KEY_LENGTH:
        return key
    words = "|".join((code, *identifiers, fold(row.text("名称")), fold(row.text("住所"))))
    if layout.code == CAFETERIAS:
        words = "|".join((code, fold(row.text("名称")), fold(row.text("住所"))))
    return f"{town}/=" + hashlib.sha256(words.encode()).hexdigest()[:32]


def _digest(cells: Mapping[str, str]) -> str:
    return hashlib.sha256(
        json.dumps(sorted(cells.items()), ensure_ascii=False).encode()
    ).hexdigest()
