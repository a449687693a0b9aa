"""Signs where a trail ends, so that another machine can keep what this one can no longer deny."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, select

from kasane_kit import clock
from kasane_kit.audit import tables
from kasane_kit.audit.chain import Break


class WrongHead(ValueError):
    """What was given is not a head signed by this town; nothing of it may be kept as a proof."""


@dataclass(frozen=True)
class SignedHead:
    """At a moment the trail of one service in one town ended here: a position and its digest, signed (Ed25519).

    It says nothing about a person. ``digest`` is empty at position 0, before the first entry.
    """

    municipality: str
    service: str
    position: int
    digest: str
    at: str
    signature: str

    @classmethod
    def of(cls, line: str | bytes) -> Self:
        """Reads what ``as_line`` wrote; raises WrongHead."""
        try:
            content = json.loads(line)
            head = cls(**content)
        except (TypeError, ValueError) as error:
            raise WrongHead("末尾の控えの行として読めません。 / This is not a head.") from error
        texts = (head.municipality, head.service, head.digest, head.at, head.signature)
        if type(head.position) is not int or not all(isinstance(text, str) for text in texts):
            raise WrongHead("末尾の控えの行として読めません。 / This is not a head.")
        return head

    def as_line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def check(self, public_key: bytes) -> None:
        """Raises WrongHead unless the town with this key signed exactly this."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(
                bytes.fromhex(self.signature), _signed(self)
            )
        except (InvalidSignature, ValueError) as error:
            raise WrongHead(
                f"{self.municipality} {self.service} の末尾の控えは、この町の署名ではありません。"
                " / This head was not signed by its town."
            ) from error


def sign_head(
    connection: Connection, key: bytes, municipality: str, service: str
) -> SignedHead | None:
    """Where the trail of this database ends now; None when its head is gone."""
    head = connection.execute(select(tables.audit_head)).one_or_none()
    if head is None:
        return None
    unsigned = SignedHead(
        municipality, service, head.position, head.digest, clock.now().isoformat(), ""
    )
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(_signed(unsigned))
    return SignedHead(**{**asdict(unsigned), "signature": signature.hex()})


def public_key(key: bytes) -> bytes:
    """The 32 bytes by which others check what this key signs."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def find_denial(connection: Connection, heads: Iterable[SignedHead]) -> Break | None:
    """The first kept head that the trail no longer bears out: it is shorter now, or it was written anew."""
    positions = {head.position: head for head in heads if head.position}
    if not positions:
        return None
    digests = _digests(connection, sorted(positions))
    for position, head in sorted(positions.items()):
        if position not in digests:
            return Break(
                position,
                f"{head.at} に {position} 番目まであった記録が、いまはありません"
                "（末尾が消されたか、古い控えに戻されています）。",
            )
        if digests[position] != head.digest:
            return Break(
                position,
                f"{position} 番目までの記録は、{head.at} に控えたものと違います（書き直されています）。",
            )
    return None


def newer_than(kept: SignedHead | None, head: SignedHead) -> bool:
    """Whether a head says more than the last kept one; raises WrongHead where it takes something back."""
    if kept is None:
        return True
    if head.position < kept.position:
        raise WrongHead(
            f"{head.municipality} {head.service} の監査記録が {kept.position} 番目から {head.position} 番目に"
            "縮みました。控えは前のまま残しました。記録を消さずに kasane audit verify --heads で調べてください。"
            " / The trail became shorter; the kept head stays."
        )
    if head.position == kept.position and head.digest != kept.digest:
        raise WrongHead(
            f"{head.municipality} {head.service} の {head.position} 番目の監査記録が、控えたものと違います。"
            "控えは前のまま残しました。記録を消さずに kasane audit verify --heads で調べてください。"
            " / The trail was written anew; the kept head stays."
        )
    return head.position > kept.position


def _digests(connection: Connection, positions: list[int]) -> Mapping[int, str]:
    e = tables.audit_entry.c
    found: dict[int, str] = {}
    for start in range(0, len(positions), 500):
        some = positions[start : start + 500]
        rows = connection.execute(select(e.position, e.digest).where(e.position.in_(some)))
        found.update((row.position, row.digest) for row in rows)
    return found


def _signed(head: SignedHead) -> bytes:
    content: dict[str, Any] = asdict(head)
    del content["signature"]
    return (
        b"kasane-audit-head\n"
        + json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )
