"""Links audit entries by keyed digests, so that a change, deletion, insertion or swap shows."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LINKED_FIELDS = (
    "position",
    "entry_id",
    "at",
    "actor",
    "actor_name",
    "action",
    "object_kind",
    "object_id",
    "basis",
    "correlation_id",
    "causation_id",
)


@dataclass(frozen=True)
class Break:
    """The first place where the trail is not as it was written, with a sentence."""

    position: int
    sentence: str


def link(key: bytes, previous: str, entry: Mapping[str, Any]) -> str:
    """The digest of an entry behind the previous one: HMAC-SHA256 over canonical JSON, as hexadecimal."""
    content = json.dumps(
        [entry[name] for name in LINKED_FIELDS],
        ensure_ascii=False,
        separators=(",", ":"),
        default=repr,
    )
    return hmac.digest(key, f"{previous}\n{content}".encode(), hashlib.sha256).hex()


def seal(key: bytes, position: int, digest: str) -> str:
    """The keyed proof that the trail ended here."""
    return hmac.digest(key, f"head|{position}|{digest}".encode(), hashlib.sha256).hex()


def find_break(
    key: bytes, entries: Iterable[Mapping[str, Any]], head: Mapping[str, Any] | None
) -> Break | None:
    """Walks the whole trail in the order of positions; None when it is as it was written."""
    previous, expected = "", 1
    for entry in entries:
        position = entry["position"]
        if position != expected:
            return Break(
                expected, f"{expected} 番目の記録がありません（次にあるのは {position} 番目です）。"
            )
        digest = link(key, previous, entry)
        if digest != entry["digest"]:
            return Break(
                position, f"{position} 番目の記録は、書かれたときと違う内容か、別の場所の記録です。"
            )
        previous, expected = digest, position + 1
    if head is None:
        return Break(expected, "監査記録の末尾の印がありません。")
    if head["position"] != expected - 1:
        return Break(
            expected,
            f"末尾の印は {head['position']} 番目を指しますが、記録は {expected - 1} 番目で終わっています。",
        )
    if head["digest"] != previous or head["seal"] != (
        seal(key, expected - 1, previous) if previous else ""
    ):
        return Break(expected - 1, "末尾の印が、この鍵で押されたものではありません。")
    return None
