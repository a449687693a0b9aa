"""Starts the search of a plan beside the process that asks for it, hears what it finds, and ends it."""

import subprocess
import sys
import threading
from base64 import b64decode
from collections import deque
from typing import Protocol

from kasane_outreach.domain.planning import PlanProblem, VisitPlan
from kasane_outreach.repository.planning.codec import dump_problem, load_plan

MODULE = "kasane_outreach.repository.planning.process"


class Search(Protocol):
    """A search that goes on beside the caller."""

    @property
    def process(self) -> int:
        """The number of the process that searches."""
        ...

    @property
    def over(self) -> bool:
        """Whether the search has ended and all of it was heard."""
        ...

    def heard(self) -> tuple[tuple[VisitPlan, float], ...]:
        """The plans and their costs that were found since the last time."""
        ...

    def wait(self, seconds: float) -> None:
        """Waits for the end, at most so long."""
        ...

    def end(self) -> None:
        """Ends the search and gives back what it held."""
        ...


class SearchProcess:
    """One running search. Everything it said before it ended is heard, whoever ends it."""

    def __init__(self, problem: PlanProblem, seconds: float) -> None:
        self._found: deque[tuple[VisitPlan, float]] = deque()
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        data = dump_problem(problem)
        if self._process.stdin is not None:
            self._process.stdin.write(f"{len(data)}\n".encode() + data)
            self._process.stdin.flush()

    def heard(self) -> tuple[tuple[VisitPlan, float], ...]:
        """The plans and their costs that were found since the last time."""
        found = []
        while self._found:
            found.append(self._found.popleft())
        return tuple(found)

    @property
    def process(self) -> int:
        """The number of the child process."""
        return self._process.pid

    @property
    def over(self) -> bool:
        """Whether the search has ended and all of it was heard."""
        return self._process.poll() is not None and not self._listener.is_alive()

    def end(self) -> None:
        """Ends the search and gives back what it held; to be called also when it is over."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def wait(self, seconds: float) -> None:
        """Waits for the end, at most so long."""
        self._listener.join(seconds)
        if not self._listener.is_alive():
            self._process.wait()

    def _listen(self) -> None:
        if self._process.stdout is None:
            return
        for line in self._process.stdout:
            cost, _space, plan = line.partition(b" ")
            self._found.append((load_plan(b64decode(plan)), float(cost)))
