"""A small disk in memory that can be full; only root may mount one, and not everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

LEFT_KILOBYTES = 64


class SmallDisk:
    """A disk of a size that is set while it is in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def set_size(self, size: str) -> None:
        """As ``mount`` takes it: ``64m``, ``800k``."""
        subprocess.run(
            ["mount", "-o", f"remount,size={size}", str(self.folder)],
            check=True,
            capture_output=True,
        )

    def fill(self) -> None:
        """Leaves a few pages free, so that nothing of any size can be written."""
        self.set_size(f"{shutil.disk_usage(self.folder).used // 1024 + LEFT_KILOBYTES}k")


@contextmanager
def small_disk(size: str) -> Iterator[SmallDisk | None]:
    """None where it cannot be had; taken away at the end with all that lies on it."""
    with TemporaryDirectory(prefix="kasane-disk-", ignore_cleanup_errors=True) as folder:
        mounted = os.geteuid() == 0 and not _failed(
            *("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder)
        )
        try:
            yield SmallDisk(Path(folder)) if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", folder], check=True)


def _failed(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode != 0
