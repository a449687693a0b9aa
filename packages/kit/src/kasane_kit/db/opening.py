"""Reads sealed columns: each cell that comes back is opened with the seals of the town that it belongs to."""

from binascii import a2b_base64
from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from kasane_kit.keys import NONCE_BYTES, SealBroken

PREFIX = "sealed1:"
ID_LENGTH = 36
_ID_AT = len(PREFIX)
_ID_ENDS = _ID_AT + ID_LENGTH
NOTHING = ("", "[]", "{}", "null")
"""What a cell holds in which nothing is written, as text."""
PART = "\x1f"
"""Between what is read together of a cell: wrapped key, key of the row, cell."""
ONLY = "only"
"""Stands for the wrapped key of a plain cell in a column in which everything is sealed."""


class PlainRefused(SealBroken):
    """A plain text lies in a column in which everything is sealed; nothing of it was read."""


class Kind(Protocol):
    """How values of a sealed column are spelled as text."""

    def value(self, text: str) -> Any:
        """The value that a sealed text stood for."""
        ...

    def unsealed(self, stored: str) -> Any:
        """What a cell holds that is not sealed."""
        ...


class Opener(Protocol):
    """The seals of one town, as far as reading needs them."""

    @property
    def municipality(self) -> str:
        """Whose they are."""
        ...

    def opener(self, key_id: str, wrapped: str) -> AESGCM:
        """What opens the cells of a record; raises SealBroken and KeyMissing."""
        ...

    def is_noted(self, column: str) -> bool:
        """Whether everything in a column is sealed, as noted beside the town's key."""
        ...


_openers: WeakKeyDictionary[Dialect, Callable[[], Opener]] = WeakKeyDictionary()


def opens_for(dialect: Dialect, whoever_opens: Callable[[], Opener]) -> None:
    """Lets what comes back through a dialect be opened; who opens is asked for each cell, for towns may share it."""
    _openers[dialect] = whoever_opens


class Read(TypeDecorator[Any]):
    """What ``column_expression`` reads of one column: wrapped key, key of the row, cell."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Kind, column: str, length: int) -> None:
        super().__init__()
        self.kind, self.column, self.length = kind, column, length

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Opens the cells of the column, one after the other; made once for a dialect, whoever shares it."""
        seals = _openers.get(dialect)
        if seals is not None:
            return reader(self.kind, self.column, self.length, seals)

        def process(value: Any) -> Any:
            if value is None:
                return None
            stored = value.split(PART, self.length + 1)[-1]
            if stored.startswith(PREFIX):
                raise SealBroken(
                    f"{self.column}: this connection opens no seals; nothing of it was read"
                )
            return self.kind.unsealed(stored)

        return process


def reader(
    kind: Kind, column: str, length: int, whoever_opens: Callable[[], Opener]
) -> Callable[[Any], Any]:
    """What opens the cells of one column, each read as ``column_expression`` says.

    It raises SealBroken and KeyMissing. A page has hundreds of cells, so it does nothing twice.
    """

    def read(value: Any) -> Any:
        if value is None:
            return None
        seals = whoever_opens()
        wrapped, *row, stored = value.split(PART, length + 1)
        if not stored.startswith(PREFIX):
            if stored not in NOTHING and (wrapped == ONLY or seals.is_noted(column)):
                raise PlainRefused(
                    f"{'|'.join((seals.municipality, column, *row))}: a plain text lies where everything is sealed; "
                    "nothing of it was read; it was planted or comes from an old backup: look with `kasane keys "
                    "status`, and take it over with `kasane keys seal <town> --take-plain` only when you know whose "
                    "it is"
                )
            return kind.unsealed(stored)
        key_id = stored[_ID_AT:_ID_ENDS]
        place = "|".join((seals.municipality, column, *row, key_id, "1"))
        if wrapped in ("", ONLY):
            raise SealBroken(
                f"{place}: the key of this record is not there; nothing of it was read"
            )
        try:
            raw = a2b_base64(stored[_ID_ENDS + 1 :], strict_mode=True)
            opener = seals.opener(key_id, wrapped)
            text = opener.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
            return kind.value(text.decode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{place}: the seal does not open; nothing of it was read") from error

    return read
