"""What can be said of a row only once the whole file was seen, kept in little memory."""

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kasane_resources.domain.cell_values import CellReader
from kasane_resources.domain.folding import fold
from kasane_resources.domain.layouts import Layout
from kasane_resources.domain.location import Position, distance_km
from kasane_resources.domain.open_data import OpenDataRow

# So many different addresses at one and the same point are a town hall, not places.
SAME_POINT = 3
# A town whose places lie this far from the middle of its other places is not the town.
TOWN_KM = 60
FEWEST_FOR_A_MIDDLE = 5


@dataclass(frozen=True)
class RowFacts:
    """What the other rows say of one: whether its identity is its own, its point is shared or far from its town,
    and whether an earlier row was the same."""

    own_identity: bool = True
    shared_point: bool = False
    far: bool = False
    repeated: bool = False


class FileFacts:
    """Hears of every row of one file first (``note``), then says of each what the others mean for it (``of``).

    Keeps numbers of eight bytes in place of what is written: about 350 bytes for each row.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._once: set[int] = set()
        self._often: set[int] = set()
        self._points: dict[int, int] = {}
        self._shared: dict[int, tuple[int, frozenset[int]]] = {}
        self._towns: dict[str, tuple[array[float], array[float]]] = {}
        self._middles: dict[str, Position | None] = {}

    def note(self, row: OpenDataRow) -> None:
        """Hears of a row."""
        identity = _number(*identity_of(row, self._layout))
        if identity in self._once:
            self._often.add(identity)
        self._once.add(identity)
        self._note_point(row)
        position = CellReader(row).position()
        if position is not None and (town := _town(row)):
            up, along = self._towns.setdefault(town, (array("d"), array("d")))
            up.append(position.latitude)
            along.append(position.longitude)

    def of(self, row: OpenDataRow) -> RowFacts:
        """What all rows that were heard of mean for one of them."""
        position = CellReader(row).position()
        middle = self._middle(_town(row)) if position is not None else None
        return RowFacts(
            own_identity=_number(*identity_of(row, self._layout)) not in self._often,
            shared_point=self._is_shared(_point(row)),
            far=position is not None
            and middle is not None
            and distance_km(middle, position) > TOWN_KM,
        )

    def _note_point(self, row: OpenDataRow) -> None:
        point = _point(row)
        if not point:
            return
        address = fold(row.text("住所"))
        number = _number(address) if address else 0
        if point not in self._points:
            self._points[point] = number
            return
        rows, addresses = self._shared.get(point, (1, frozenset({self._points[point]})))
        if len(addresses) < SAME_POINT:
            addresses |= {number}
        self._shared[point] = (rows + 1, addresses)

    def _is_shared(self, point: int) -> bool:
        """Whether several rows with different addresses, or with none, have the point in common."""
        rows, addresses = self._shared.get(point, (1, frozenset()))
        return rows >= SAME_POINT and (len(addresses) >= SAME_POINT or addresses == {0})

    def _middle(self, town: str) -> Position | None:
        if town not in self._middles:
            up, along = self._towns.get(town, ((), ()))
            enough = len(up) >= FEWEST_FOR_A_MIDDLE
            self._middles[town] = Position(median(up), median(along)) if enough else None
        return self._middles[town]


def identity_of(row: OpenDataRow, layout: Layout) -> tuple[str, ...]:
    """The publisher's town code and what tells rows of the layout apart."""
    return (row.text("全国地方公共団体コード"), *(row.text(column) for column in layout.key))


def _town(row: OpenDataRow) -> str:
    return row.text("全国地方公共団体コード") or row.text("所在地市区町村")


def _point(row: OpenDataRow) -> int:
    up, along = row.text("緯度"), row.text("経度")
    return _number(up, along) if up and along else 0


def _number(*words: str) -> int:
    told = "\x1f".join(words).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()) or 1


def facts_of(rows: Sequence[OpenDataRow], layout: Layout) -> FileFacts:
    """The facts of a file that is at hand as a whole."""
    facts = FileFacts(layout)
    for row in rows:
        facts.note(row)
    return facts
