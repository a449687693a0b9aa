"""Says where the trails of a house end, and keeps what other houses say: the proof that lies elsewhere."""

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kasane_kit.audit import SignedHead, WrongHead, public_key, sign_head
from kasane_kit.audit.heads import newer_than
from kasane_kit.db import RestoreCutOff
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import UnknownTown, municipality_scope
from kasane_runtime.compose import Composition
from kasane_runtime.meter_server import HEADS_PATH, Watched

PURPOSE = "audit-heads"
"""What the signing key is derived for; its public half is all that a keeper needs."""

_NAME = re.compile(r"[a-z0-9]+")
_ANSWER_SECONDS = 20
_LARGEST_ANSWER = 8 * 2**20


class NotKept(RuntimeError):
    """Heads could not be kept; the sentence says which and that the kept ones stay as they were."""


def heads(composition: Composition, services: Collection[str] = ()) -> Iterator[SignedHead]:
    """The signed head of every trail that can be read; a town that cannot be read holds up no other."""
    for municipality in composition.municipalities():
        try:
            key = composition.house.keys.derived(municipality, PURPOSE)
            with municipality_scope(municipality):
                for service in services or composition.services:
                    with composition.house.databases.reading(service) as connection:
                        head = sign_head(connection, key, municipality, service)
                    if head is not None:
                        yield head
        except (KeyMissing, UnknownTown, DBAPIError, RestoreCutOff):
            continue


def heads_page(composition: Composition, services: Collection[str]) -> Watched:
    """What a keeper reads from a worker: one head a line."""
    return Watched(
        "application/x-ndjson; charset=utf-8",
        lambda: "".join(f"{head.as_line()}\n" for head in heads(composition, services)).encode(),
    )


def public_keys(composition: Composition) -> Mapping[str, str]:
    """By town the key, as hexadecimal, with which its heads are checked."""
    keys = composition.house.keys
    return {
        municipality: public_key(keys.derived(municipality, PURPOSE)).hex()
        for municipality in composition.municipalities()
    }


def read_public_keys(path: Path) -> Mapping[str, bytes]:
    """What ``kasane audit public-keys`` printed; raises NotKept."""
    try:
        content = json.loads(path.read_text())
        return {town: bytes.fromhex(key) for town, key in content.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise NotKept(
            f"{path} を公開鍵の一覧として読めません（{type(error).__name__}）。何も控えていません。"
            "町のサーバーで kasane audit public-keys を実行し、その出力を置いてください。"
            " / Not a list of public keys; nothing was kept."
        ) from error


def asked(address: str, token: str) -> list[SignedHead]:
    """What a worker at ``http://host:port`` says; raises NotKept."""
    if not address.startswith(("http://", "https://")):
        raise NotKept(f"{address} は http か https の番地ではありません。その分は控えていません。")
    request = urllib.request.Request(
        address.rstrip("/") + HEADS_PATH, headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:
            text = answer.read(_LARGEST_ANSWER + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise NotKept(
            f"{address} に尋ねられませんでした（{error}）。その分は控えていません。"
            "番地と KASANE_METRICS_TOKEN を確かめてください。 / The worker could not be asked; nothing was kept of it."
        ) from error
    if len(text) > _LARGEST_ANSWER:
        raise NotKept(f"{address} の答えが大きすぎます。その分は控えていません。")
    try:
        return [SignedHead.of(line) for line in text.splitlines()]
    except WrongHead as error:
        raise NotKept(f"{address}: {error}") from error


@dataclass(frozen=True)
class Keeper:
    """A folder with one file for each town and service, to which lines are only added."""

    folder: Path

    def kept(self, municipality: str, service: str) -> list[SignedHead]:
        """Every head that was kept, oldest first; raises NotKept for a file that cannot be read as such."""
        path = self._path(municipality, service)
        try:
            return [SignedHead.of(line) for line in path.read_bytes().splitlines()]
        except FileNotFoundError:
            return []
        except (OSError, WrongHead) as error:
            raise NotKept(f"{path}: {error}") from error

    def keep(self, head: SignedHead, keys: Mapping[str, bytes]) -> bool:
        """Adds a head that says more than the last one; False when it says the same. Raises NotKept.

        A head that is not signed by its town, that shortens the trail or contradicts it is refused.
        """
        path = self._path(head.municipality, head.service)
        key = keys.get(head.municipality)
        if key is None:
            raise NotKept(
                f"{head.municipality} の公開鍵がありません。この町の末尾は控えていません。"
                "kasane audit public-keys の出力を新しくしてください。 / No public key of this town."
            )
        kept = self.kept(head.municipality, head.service)
        try:
            head.check(key)
            if not newer_than(kept[-1] if kept else None, head):
                return False
        except WrongHead as error:
            raise NotKept(str(error)) from error
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            with os.fdopen(descriptor, "wb") as file:
                file.write(f"{head.as_line()}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NotKept(f"{path} に書けません（{error}）。この末尾は控えていません。") from error
        return True

    def _path(self, municipality: str, service: str) -> Path:
        # Both are names of folders here, and whoever answers chooses them.
        if not (_NAME.fullmatch(municipality) and _NAME.fullmatch(service)):
            raise NotKept(
                "町かサービスの名前が正しくない末尾が届きました。控えていません。 / A head with a wrong name."
            )
        return self.folder / municipality / f"{service}.jsonl"
