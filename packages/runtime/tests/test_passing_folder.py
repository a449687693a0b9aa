"""Plain files of a command that was killed are gone after the next; those of one that works stay."""

import subprocess
import sys
from pathlib import Path

from kasane_runtime.passing_folder import passing_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from kasane_runtime.passing_folder import passing_folder
with passing_folder(".unfinished-", Path(sys.argv[1])) as folder:
    (folder / "cases.sqlite").write_text("plain")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_command_left_is_taken_away_by_the_next(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    (left,) = tmp_path.iterdir()
    assert (done.returncode, (left / "cases.sqlite").read_text()) == (-9, "plain")

    with passing_folder(".unfinished-", tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]

    assert list(tmp_path.iterdir()) == []


def test_what_another_command_works_with_stays(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-by-hand").mkdir()
    with passing_folder(".unfinished-", tmp_path) as one:
        (one / "cases.sqlite").write_text("plain")
        with passing_folder(".unfinished-", tmp_path) as other:
            assert other != one
        assert (one / "cases.sqlite").read_text() == "plain"

    assert [path.name for path in tmp_path.iterdir()] == [".unfinished-by-hand"]
