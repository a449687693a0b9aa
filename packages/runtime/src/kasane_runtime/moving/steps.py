"""Keeps in a file how far a move has come, so that one that was cut off goes on at the same step."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from kasane_kit.ids import new_id


class MoveRefused(RuntimeError):
    """The move did not go on; the message says why, how the town stands now, and what to do."""


class Step(StrEnum):
    """What a move does, in this order. Up to ``SEAL`` and ``VERIFY`` it can be taken back; ``LEAVE`` cannot."""

    PREPARE = "prepare"
    COPY = "copy"
    CLOSE = "close"
    DIFFERENCE = "difference"
    SEAL = "seal"
    REST = "rest"
    VERIFY = "verify"
    LEAVE = "leave"
    OPEN = "open"


@dataclass
class Journal:
    """One move: its name, which town goes where, which steps are done, and the moments of the clock."""

    id: str
    town: str
    address: str
    done: list[str] = field(default_factory=list)
    moments: dict[str, float] = field(default_factory=dict)
    rows: int = 0
    again: int = 0

    @classmethod
    def read(cls, path: Path, town: str, address: str) -> "Journal":
        """The journal of the file, or a new one; raises MoveRefused when the file tells of another move."""
        try:
            found = cls(**json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return cls(new_id(), town, address)
        except (ValueError, TypeError):
            raise MoveRefused(
                f"{path} を読めません。何も変えていません。"
                f"壊れているなら消して kasane towns abort {town} から始めてください。"
                f" / {path} is no journal of a move; nothing was changed; delete it and abort the move"
            ) from None
        if (found.town, found.address) != (town, address or found.address):
            raise MoveRefused(
                f"{path} は {found.town} を {found.address} へ移す途中です。何も変えていません。"
                "同じ町と住所で続けるか、その移動を abort してください。"
                f" / {path} tells of {found.town} on its way to {found.address}; nothing was changed;"
                " go on with it or abort it"
            )
        return found

    def write(self, path: Path) -> None:
        """Puts the journal on the disk, whole or not at all."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)


def not_held(town: str) -> MoveRefused:
    """The refusal of a step whose move was aborted or replaced meanwhile, or whose town has gone."""
    return MoveRefused(
        f"{town} の門は、もうこの移動のものではありません。この段は行っていません。"
        "どの移動が進んでいるか確かめ、要るなら kasane towns abort からやり直してください。"
        f" / the barrier of {town} is not held by this move; this step was not taken; see which move goes on, or abort"
    )


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keeps a second command away from the same journal; raises MoveRefused."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MoveRefused(
                "この町の移動は、もう一つのコマンドが進めています。何も変えていません。それが終わるのを待ってください。"
                " / another command is moving this town; nothing was changed; wait until it ends"
            ) from None
        yield
    finally:
        os.close(handle)
