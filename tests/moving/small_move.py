"""Moves a town of the small house between two installations, and is killed on the way.

    python -m tests.moving.small_move <town> <source.env> <target.env> <journal> <kills at random>

A child is killed with SIGKILL at random moments, then between the work of every step and its line in the
journal (with more than two random kills also before every step); each time another child goes on, until one
has come to the end.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from kasane_runtime.move_commands import read_settings
from kasane_runtime.moving import Move, Step
from tests.faults.small_house import small_house

ADDRESS = "https://new.example"
FEW = 2


def the_move(town: str, source: str, target: str, journal: str) -> Move:
    """A move between the two installations that the files describe."""
    here, there = (small_house(read_settings(Path(path))) for path in (source, target))
    return Move(here, there, town, ADDRESS, Path(journal))


def tell(line: str) -> None:
    """Into the log, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def die() -> None:
    """SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_until(step: Step | None, after: bool, seconds: float, arguments: list[str]) -> None:
    """Goes on with the move, and is killed at a step or after some seconds, or comes to its end."""
    move = the_move(*arguments)
    take = move._take

    def take_or_die(this: Step, journal: object) -> None:
        if this is step and not after:
            die()
        take(this, journal)  # type: ignore[arg-type]
        if this is step:
            die()

    move._take = take_or_die  # type: ignore[method-assign,assignment]
    if seconds:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    move.run(tell)


def main(arguments: list[str]) -> int:
    """Returns 0 when the last child has moved the town."""
    *about, kills = arguments
    draw = random.Random(os.environ.get("KASANE_SEED", "7"))
    places = (False, True) if int(kills) > FEW else (True,)
    steps: list[tuple[Step | None, bool, float]] = [
        (step, after, 0.0) for step in Step for after in places
    ]
    plan = [(None, False, draw.uniform(0.005, 0.4)) for _ in range(int(kills))] + steps
    for step, after, seconds in [*plan, (None, False, 0.0)]:
        child = os.fork()
        if child == 0:
            try:
                run_until(step, after, seconds, about)
            except BaseException as error:
                tell(f"{step} {type(error).__name__}: {error}")
                os._exit(1)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        tell(f"{step} {after} {seconds:.3f}: {status}")
        killed = os.WIFSIGNALED(status)
        if not killed and os.waitstatus_to_exitcode(status) != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
