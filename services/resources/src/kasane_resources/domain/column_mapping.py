"""What the columns of a town's own table mean: said once by a person, kept for the next file with that header."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kasane_resources.domain.errors import MappingWrong
from kasane_resources.domain.layouts import Layout, fingerprint, plain_column
from kasane_resources.domain.open_data import HEADER_WITHIN
from kasane_resources.domain.taxonomy import taxonomy

NAME = "名称"
ABOUT, HOURS, PERSONAL = "説明", "日時の補足", "個人の連絡先"
MANY = (ABOUT, HOURS, PERSONAL)
"""What several columns may mean: a line of the description, words about hours, a personal contact to keep apart."""
TARGETS = (
    NAME,
    "名称_カナ",
    "ID",
    "運営団体名",
    "法人番号",
    "市区町村名",
    "全国地方公共団体コード",
    "住所",
    "方書",
    "緯度",
    "経度",
    "電話番号1",
    "URL",
    "開催曜日",
    "開催開始時間",
    "開催終了時間",
    "定員",
    "参加条件",
    "参加費特記事項",
    "予約方法",
    "備考",
)
"""Our names for columns, as the readers of rows know them."""


@dataclass(frozen=True)
class ColumnMapping:
    """The meaning of each column of one header, by its name in the file; ``kind`` is the kind of every entry."""

    fingerprint: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""

    @classmethod
    def of(
        cls, header: Sequence[str], name: str, columns: Mapping[str, str], kind: str = ""
    ) -> "ColumnMapping":
        """A mapping for a header. Raises MappingWrong without a name column or with two of one meaning."""
        meant = {
            column: target
            for column, target in columns.items()
            if column and column in header and target in (*TARGETS, *MANY)
        }
        single = [target for target in meant.values() if target not in MANY]
        twice = sorted({target for target in single if single.count(target) > 1})
        if NAME not in single or twice or (kind and kind not in taxonomy()):
            raise MappingWrong(columns="、".join(twice) or NAME)
        return cls(fingerprint(header), name.strip() or NAME, meant, kind)

    @property
    def layout(self) -> Layout:
        """The layout that reads files with this header."""
        single = {c: target for c, target in self.columns.items() if target not in MANY}
        found = set(single.values())
        return Layout(
            code=f"own-{self.fingerprint[:12]}",
            label=self.name,
            needed=tuple(target for target in TARGETS if target in found),
            names={plain_column(column): target for column, target in single.items()},
            key=("ID",) if "ID" in found else (NAME, "住所"),
            kind=self.kind,
            about=self._meaning(ABOUT),
            hours=self._meaning(HOURS),
            personal=self._meaning(PERSONAL),
        )

    def _meaning(self, target: str) -> tuple[str, ...]:
        return tuple(plain_column(c) for c, meant in self.columns.items() if meant == target)


def likely_header(lines: Sequence[Sequence[str]]) -> int:
    """The place of the line that looks most like a header: the first of the fullest lines near the top."""
    counts = [sum(bool(cell.strip()) for cell in line) for line in lines[:HEADER_WITHIN]]
    return counts.index(max(counts)) if counts else 0


def guesses(header: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What columns probably mean, by the words in their names; each meaning once."""
    taken: set[str] = set()
    for column in header:
        plain = plain_column(column)
        target = next((ours for word, ours in _WORDS if word in plain), "")
        if target and target not in taken:
            taken.add(target)
            yield column, target


_WORDS = (
    ("カナ", "名称_カナ"),
    ("ふりがな", "名称_カナ"),
    ("よみ", "名称_カナ"),
    ("法人番号", "法人番号"),
    ("団体", "運営団体名"),
    ("運営", "運営団体名"),
    ("主催", "運営団体名"),
    ("名称", NAME),
    ("施設名", NAME),
    ("事業名", NAME),
    ("名前", NAME),
    ("住所", "住所"),
    ("所在地", "住所"),
    ("場所", "住所"),
    ("どこ", "住所"),
    ("緯度", "緯度"),
    ("経度", "経度"),
    ("電話", "電話番号1"),
    ("TEL", "電話番号1"),
    ("ホームページ", "URL"),
    ("URL", "URL"),
    ("曜日", "開催曜日"),
    ("開始", "開催開始時間"),
    ("終了", "開催終了時間"),
    ("定員", "定員"),
    ("対象", "参加条件"),
    ("料金", "参加費特記事項"),
    ("費用", "参加費特記事項"),
    ("申込", "予約方法"),
    ("備考", "備考"),
)
