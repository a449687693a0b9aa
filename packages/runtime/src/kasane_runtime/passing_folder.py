"""Folders for what lies plain for the time being: gone at the end, and after a kill at the next command of the kind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HELD = "held"
_NEW = ".kasane-new-"


@contextmanager
def passing_folder(prefix: str, within: Path | None = None) -> Iterator[Path]:
    """A folder of this process alone, below ``within`` or where temporary files are kept; gone afterwards.

    What a killed command left under the same ``prefix`` is taken away first; that of one which still works stays.
    """
    where = within or Path(tempfile.gettempdir())
    for left in where.glob(f"{prefix}*"):
        _take_away(left)
    # It has its name only when it is held, so that nobody ever takes it for one that was left.
    made = Path(tempfile.mkdtemp(prefix=_NEW, dir=where))
    folder = made
    try:
        with (made / HELD).open("w") as held:
            with suppress(OSError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            folder = made.rename(where / f"{prefix}{made.name.removeprefix(_NEW)}")
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_away(left: Path) -> None:
    """Takes a folder away whose process has gone; does nothing where it works, or where that cannot be known."""
    with suppress(OSError):
        handle = os.open(left / HELD, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left)
        finally:
            os.close(handle)
