"""Reads one cell of an open-data file as what it should be, and says what is wrong with it."""

import re
import unicodedata
from dataclasses import dataclass, field

from kasane_resources.domain.location import Position, municipality_code_holds
from kasane_resources.domain.open_data import OpenDataRow, RowProblem
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.schedule import DAYS

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－ｰ"), "-")
_SCIENTIFIC = re.compile(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$", re.IGNORECASE)
_DEGREES = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
_BOTH = re.compile(r"^(-?[0-9]+\.[0-9]+)\s*,\s*(-?[0-9]+\.[0-9]+)$")
_CLOCK = re.compile(r"^([01]?[0-9]|2[0-3]):([0-5][0-9])$")
_KANA = re.compile(r"^[ァ-ヺー・=\s()「」゛゜゙゚]+$")
_PHONE = re.compile(r"^0\d{1,4}-\d{1,4}-\d{3,4}$|^0\d{9,10}$")
_MOBILE = re.compile(r"^0[789]0")
_JAPANESE_DAYS = dict(zip("月火水木金土日", DAYS, strict=True))
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+(\.[\w-]+)+|(?<![0-9.])\(?0[789]0\)?[- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])",
    re.ASCII,
)
# Full-width letters and digits, half-width kana, and radicals that only look like characters.
_WIDTHS = re.compile("[０-９Ａ-Ｚａ-ｚ]+|[ｦ-ﾟ]+|[⺀-⿕]+")
_DASH_IN_NUMBER = re.compile(r"(?<=[0-9])[‐‑‒–—―−ー－ｰ-](?=[0-9])")
_KANJI = "一二三四五六七八九十"
_CHOME = re.compile(r"(?<![一二三四五六七八九十])([一二三四五六七八九十])丁目")
_TWICE = re.compile(r"([^\s0-9]{1,8}[市区町村])\1")
_NTH = re.compile(r"^毎月\s*第([一二三四五1-5・、,と]+)週?の?([月火水木金土日])曜日?$")
NOT_PUBLIC = ("非公開", "公開不可")


@dataclass
class CellReader:
    """Reads the cells of one row and collects its problems."""

    row: OpenDataRow
    problems: list[RowProblem] = field(default_factory=list)

    def report(self, column: str, code: str, used: str = "") -> None:
        """Notes a problem with the cell as it was written."""
        self.problems.append(RowProblem(column, code, self.row.cells.get(column, ""), used))

    def text(self, column: str) -> str:
        """The cell as text."""
        return self.row.text(column)

    def remark(self, column: str) -> str:
        """Free text; left out whole, and not even repeated, when it holds somebody's own contact."""
        written = self.text(column)
        if _holds_contact(written):
            self._keep_back(column)
            return ""
        return written

    def keep_back_contacts(self) -> None:
        """Notes every cell nobody read that holds a contact, so that no screen repeats it."""
        named = {problem.column for problem in self.problems}
        for column in self.row.cells:
            if column not in named and _holds_contact(self.text(column)):
                self._keep_back(column)

    def _keep_back(self, column: str) -> None:
        if RowProblem(column, "kept_back", "") not in self.problems:
            self.personal(column)

    def integer(self, column: str, *, zero_is_blank: bool = False) -> int | None:
        """A whole number, or None with the reason noted."""
        written = self.text(column)
        if not written:
            return None
        plain = _narrow(written).replace(",", "")
        if _SCIENTIFIC.match(plain):
            self.report(column, "excel_damaged")
            return None
        if not plain.isdigit() or len(plain) > 9:
            self.report(column, "not_a_number")
            return None
        if zero_is_blank and int(plain) == 0:
            self.report(column, "zero_means_blank")
            return None
        return int(self._accepted(column, written, plain))

    def position(self) -> Position | None:
        """The point of 緯度 and 経度; zero, swapped, foreign or half points are none."""
        columns = ("緯度", "経度")
        written = [self.text(column) for column in columns]
        if not any(written):
            return None
        both = _BOTH.match(_narrow(written[0]))
        if both and not written[1]:
            written = [both[1], both[2]]
            self.report(columns[0], "rewritten", f"{both[1]} / {both[2]}")
        if not all(written):
            self.report(columns[0] if written[0] else columns[1], "coordinate_alone")
            return None
        wrong = [place for place, text in enumerate(written) if not _DEGREES.match(_narrow(text))]
        for place in wrong:
            self.report(columns[place], "not_a_number")
        if wrong:
            return None
        latitude, longitude = (float(_narrow(text)) for text in written)
        if latitude == 0 or longitude == 0:
            self._no_position("coordinates_zero")
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            swapped = abs(longitude) <= 90 and Position(longitude, latitude).in_japan
            self._no_position("coordinates_swapped" if swapped else "coordinates_impossible")
            return None
        point = Position(latitude, longitude)
        if not point.in_japan:
            self._no_position("coordinates_outside_japan")
            return None
        for column, text in zip(columns, written, strict=True):
            self._accepted(column, text, _narrow(text))
        return point

    def _no_position(self, code: str) -> None:
        self.report("緯度", code)
        self.report("経度", code)

    def clock(self, column: str) -> str:
        """A time as HH:MM, or empty with the reason noted."""
        written = self.text(column)
        if not written or written in NOT_PUBLIC:
            return ""
        plain = _narrow(written)
        found = _CLOCK.match(plain)
        if found is None:
            self.report(column, "time_unreadable")
            return ""
        self._accepted(column, written, plain)
        return f"{int(found[1]):02d}:{found[2]}"

    def days(self, column: str) -> tuple[str, ...]:
        """Days of the week as HSDS writes them, Monday first."""
        written = unicodedata.normalize("NFKC", self.text(column))
        if not written:
            return ()
        plain = written.replace("平日", "月火水木金").replace("毎日", "月火水木金土日")
        plain = re.sub(r"曜日?|祝日?|[\s,;、・/]", "", plain)
        if not plain or set(plain) - set(_JAPANESE_DAYS):
            self.report(column, "days_unreadable")
            return ()
        found = {_JAPANESE_DAYS[sign] for sign in plain}
        return tuple(day for day in DAYS if day in found)

    def kana(self, column: str) -> str:
        """A reading in katakana, or empty with the reason noted."""
        written = unicodedata.normalize("NFKC", self.text(column))
        if not written:
            return ""
        if not _KANA.match(written):
            self.report(column, "kana_unreadable")
            return ""
        return written

    def name(self, column: str) -> str:
        """A name with single spaces, its letters, digits and kana in plain width; noted when it was not.

        Full-width signs such as （） are how Japanese is written, so they stay.
        """
        written = self.row.cells.get(column, "").strip(" \t\r\n")
        plain = " ".join(_WIDTHS.sub(_plain_width, self.text(column)).split())
        return self._accepted(column, written, plain) if written else ""

    def address(self, column: str) -> str:
        """An address with plain digits and dashes; a town that stands there twice is noted and said once."""
        written = self.text(column)
        plain = _DASH_IN_NUMBER.sub("-", _WIDTHS.sub(_plain_width, written))
        plain = _CHOME.sub(lambda found: f"{_KANJI.index(found[1]) + 1}丁目", plain)
        twice = _TWICE.search(plain)
        if twice:
            self.report(column, "address_town_repeated", plain.replace(twice[0], twice[1], 1))
            return plain.replace(twice[0], twice[1], 1)
        return self._accepted(column, written, plain)

    def url(self, column: str) -> str:
        """An address on the web with its scheme, or empty with the reason noted."""
        written = self.text(column)
        if not written:
            return ""
        if "@" in written:
            self.report(column, "email_in_url")
        elif not written.startswith(("http://", "https://")):
            self.report(column, "url_without_scheme")
        elif re.search(r"\s", written):
            self.report(column, "url_with_spaces")
        else:
            return written
        return ""

    def phone(self, column: str) -> str:
        """A telephone number; a mobile number may be a volunteer's own and is left out."""
        written = self.text(column)
        if not written:
            return ""
        plain = unicodedata.normalize("NFKC", written).translate(_DASHES).strip()
        plain = re.sub(r"^\((0\d+)\)-?", r"\1-", plain).rstrip("( ")
        plain = re.sub(r"^(0\d+)\((\d+)\)-?(\d+)$", r"\1-\2-\3", plain)
        if not _PHONE.match(plain):
            self.report(column, "phone_unreadable")
            return ""
        if _MOBILE.match(plain):
            self.report(column, "phone_personal")
            return ""
        if "-" not in plain:
            self.report(column, "phone_without_hyphens", plain)
            return plain
        return self._accepted(column, written, plain)

    def corporate_number(self, column: str) -> str:
        """A 法人番号 with the right check digit, or empty with the reason noted."""
        written = self.text(column)
        if not written:
            return ""
        plain = _narrow(written)
        if _SCIENTIFIC.match(plain):
            self.report(column, "excel_damaged")
            return ""
        if not corporate_number_holds(plain):
            self.report(column, "corporate_number_wrong")
            return ""
        return self._accepted(column, written, plain)

    def municipality(self, column: str) -> str:
        """A 全国地方公共団体コード with the right check digit, or empty with the reason noted."""
        written = self.text(column)
        if not written:
            return ""
        plain = _narrow(written)
        if municipality_code_holds(plain):
            return self._accepted(column, written, plain)
        if _SCIENTIFIC.match(plain) or (
            plain.isdigit() and municipality_code_holds(plain.zfill(6))
        ):
            self.report(column, "excel_damaged")
        else:
            self.report(column, "municipality_code_wrong")
        return ""

    def personal(self, column: str) -> None:
        """Notes that a cell may hold a person's own contact and is therefore left out."""
        if self.text(column):
            self.problems.append(RowProblem(column, "kept_back", ""))

    def _accepted(self, column: str, written: str, plain: str) -> str:
        """The plain form of a cell; noted when it is not what was written."""
        if plain != written:
            self.report(column, "rewritten", plain)
        return plain


def nth_weekday(written: str) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """The day and the weeks of 毎月第三水曜日 or 毎月第2・4金曜日; None for anything that says more."""
    found = _NTH.match(unicodedata.normalize("NFKC", written).strip())
    if found is None:
        return None
    weeks = {_KANJI.find(sign) + 1 or int(sign) for sign in re.sub("[・、,と]", "", found[1])}
    return (_JAPANESE_DAYS[found[2]],), tuple(sorted(weeks))


def _plain_width(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0])


def _holds_contact(written: str) -> bool:
    plain = unicodedata.normalize("NFKC", written).translate(_DASHES)
    return _CONTACT.search(plain) is not None


def _narrow(written: str) -> str:
    return unicodedata.normalize("NFKC", written).strip()
