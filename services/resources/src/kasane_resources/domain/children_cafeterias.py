"""The layout 子ども食堂一覧 (49 columns): turns its rows into entries of the directory."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kasane_resources.domain.cell_values import NOT_PUBLIC, CellReader
from kasane_resources.domain.eligibility import Eligibility
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanServiceEntry,
    Schedule,
    ServiceStatus,
    Visibility,
)
from kasane_resources.domain.location import Location
from kasane_resources.domain.open_data import OpenDataRow, RowProblem, formula_columns, read_table
from kasane_resources.domain.taxonomy import kinds_in

LAYOUT = "kodomo_shokudo"
NEEDED = ("全国地方公共団体コード", "ID", "市区町村名", "名称", "住所", "緯度", "経度", "開催曜日")
OTHER_NAMES = {"都道府県コード又は市区町村コード": "全国地方公共団体コード", "NO": "ID"}
KIND = "children_cafeteria"
NAME_LENGTH = 200
# May hold a volunteer's own telephone, mail or name: never shown, never part of an entry.
PERSONAL = (
    "電話番号1_連絡先備考",
    "電話番号2",
    "電話番号2_連絡先備考",
    "メールアドレス1",
    "メールアドレス1_連絡先備考",
    "メールアドレス2",
    "メールアドレス2_連絡先備考",
)
_ABOUT = ("設置目的", "実施支援の主な区分", "学区", "ネットワークの加入")
_FEES = ("参加費_幼児", "参加費_小学生", "参加費_中学生", "参加費_高校生", "参加費_大人")
_MODES = (
    ("電話", ContactMode.PHONE),
    ("メール", ContactMode.EMAIL),
    ("フォーム", ContactMode.WEB_FORM),
    ("LINE", ContactMode.MESSAGE),
    ("SMS", ContactMode.MESSAGE),
)
# So many different addresses at one and the same point are a town hall, not places.
SAME_POINT = 3


@dataclass(frozen=True)
class ReadRow:
    """One row of a file: its key, its entry (None when refused) and everything wrong with it."""

    number: int
    key: str
    digest: str
    original: Mapping[str, str]
    name: str
    entry: HumanServiceEntry | None
    problems: tuple[RowProblem, ...]


def read_file(content: bytes, visibility: Visibility) -> tuple[ReadRow, ...]:
    """Every row of a file in this layout. Raises FileRefused."""
    rows = read_table(content, NEEDED, OTHER_NAMES)
    ids = Counter(_identity(row) for row in rows)
    points = _suspicious_points(rows)
    seen: set[str] = set()
    found = []
    for row in rows:
        read = _read_row(row, visibility, points, unique_id=ids[_identity(row)] == 1)
        if read.entry is not None and read.key in seen:
            problem = RowProblem("名称", "row_repeated", row.text("名称"))
            read = ReadRow(**{**vars(read), "entry": None, "problems": (*read.problems, problem)})
        seen.add(read.key)
        found.append(read)
    return tuple(found)


def _read_row(
    row: OpenDataRow, visibility: Visibility, points: frozenset[tuple[str, str]], *, unique_id: bool
) -> ReadRow:
    cells = CellReader(row)
    name = " ".join(row.text("名称").split())
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
        entry = _entry(cells, name, visibility, points)
    return ReadRow(
        number=row.number,
        key=_key(row, unique_id),
        digest=_digest(row.cells),
        original=dict(row.cells),
        name=name,
        entry=entry,
        problems=tuple(cells.problems),
    )


def _entry(
    cells: CellReader, name: str, visibility: Visibility, points: frozenset[tuple[str, str]]
) -> HumanServiceEntry:
    for column in PERSONAL:
        cells.personal(column)
    if cells.row.text("…"):
        cells.report("…", "cells_beyond_header")
    return HumanServiceEntry(
        name=name,
        kana=cells.kana("名称_カナ"),
        description=_description(cells),
        organization_name=" ".join(cells.text("運営団体名").split())[:NAME_LENGTH],
        corporate_number=cells.corporate_number("法人番号"),
        url=cells.url("URL"),
        phone=cells.phone("電話番号1"),
        status=_status(cells),
        categories=_categories(cells),
        contact_modes=_contact_modes(cells),
        application_process=_joined(cells, ("予約方法", "予約特記事項")),
        fees_description=_fees(cells),
        capacity=cells.integer("定員", zero_is_blank=True),
        visibility=visibility,
        eligibility=Eligibility(audience=cells.text("参加条件")),
        schedule=_schedule(cells),
        location=_location(cells, points),
    )


def _location(cells: CellReader, points: frozenset[tuple[str, str]]) -> Location:
    municipality = cells.municipality("全国地方公共団体コード")
    town = cells.text("市区町村名")
    address = cells.text("住所")
    if any(word in address for word in NOT_PUBLIC) or "住所は非公開" in cells.text("備考"):
        cells.report("住所", "address_not_public")
        return Location(name=town, municipality=municipality)
    position = cells.position()
    if position is not None and (cells.text("緯度"), cells.text("経度")) in points:
        cells.report("緯度", "coordinates_shared")
        cells.report("経度", "coordinates_shared")
        position = None
    rooms = cells.text("方書")
    if rooms and rooms not in NOT_PUBLIC:
        address = f"{address} {rooms}".strip()
    return Location(town, address, municipality, position)


def _schedule(cells: CellReader) -> Schedule:
    frequency = cells.text("開催頻度")
    if frequency and unicodedata.normalize("NFKC", frequency) not in ("1", "2", "3", "4", "5"):
        cells.report("開催頻度", "code_unknown")
    texts = [cells.text(column) for column in ("開催日", "開催日時特記事項")]
    return Schedule(
        byday=cells.days("開催曜日"),
        opens_at=cells.clock("開催開始時間"),
        closes_at=cells.clock("開催終了時間"),
        description=" ".join(text for text in texts if text and text not in (*NOT_PUBLIC, "無し")),
    )


def _status(cells: CellReader) -> ServiceStatus:
    if "休止" in cells.text("備考"):
        cells.report("備考", "paused_by_remark")
        return ServiceStatus.TEMPORARILY_CLOSED
    return ServiceStatus.ACTIVE


def _categories(cells: CellReader) -> tuple[str, ...]:
    said = kinds_in(cells.text("実施支援の主な区分"))
    pantry = ("food_pantry",) if cells.text("フードパントリー実施") == "1" else ()
    return tuple(dict.fromkeys((KIND, *pantry, *said)))


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


def _description(cells: CellReader) -> str:
    lines = [f"{column}：{cells.text(column)}" for column in _ABOUT if cells.text(column)]
    if cells.text("テイクアウト実施") == "1":
        lines.append("テイクアウト実施：あり")
    return "\n".join(lines)


def _joined(cells: CellReader, columns: Sequence[str]) -> str:
    return "。".join(text for text in (cells.text(column) for column in columns) if text)


def _identity(row: OpenDataRow) -> tuple[str, str]:
    return row.text("全国地方公共団体コード"), row.text("ID")


def _key(row: OpenDataRow, unique_id: bool) -> str:
    """What makes a row the same in the next file: the publisher's ID, else name and address."""
    code, identifier = _identity(row)
    if identifier and unique_id:
        return f"{code}/{identifier}"
    words = "|".join((code, fold(row.text("名称")), fold(row.text("住所"))))
    return f"{code}/=" + hashlib.sha256(words.encode()).hexdigest()[:32]


def _digest(cells: Mapping[str, str]) -> str:
    return hashlib.sha256(
        json.dumps(sorted(cells.items()), ensure_ascii=False).encode()
    ).hexdigest()


def _suspicious_points(rows: Sequence[OpenDataRow]) -> frozenset[tuple[str, str]]:
    """Points that several rows with different addresses, or with none, have in common."""
    places: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.text("緯度") and row.text("経度"):
            places.setdefault((row.text("緯度"), row.text("経度")), []).append(
                fold(row.text("住所"))
            )
    return frozenset(
        point
        for point, addresses in places.items()
        if len(addresses) >= SAME_POINT
        and (len(set(addresses)) >= SAME_POINT or not any(addresses))
    )
