"""The search in a process of its own: it reads a problem, says each better plan, and ends with whoever began it.

    python -m kasane_outreach.repository.planning.process <seconds>

The problem comes first on standard input, its length on a line before it. When standard input closes, because the
parent stopped it or was killed, the process ends at once.
"""

import os
import sys
import threading
from base64 import b64encode

from kasane_outreach.domain.planning import VisitPlan
from kasane_outreach.repository.planning.codec import dump_plan, load_problem
from kasane_outreach.repository.planning.portfolio import Portfolio


def main() -> None:
    """Searches once."""
    source, heard = sys.stdin.buffer, sys.stdout.buffer
    problem = load_problem(source.read(int(source.readline())))

    def end_with_parent() -> None:
        source.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()

    def say(plan: VisitPlan, cost: float, _seconds: float) -> None:
        heard.write(repr(cost).encode() + b" " + b64encode(dump_plan(plan)) + b"\n")
        heard.flush()

    Portfolio(problem, say).solve(float(sys.argv[1]))
    os._exit(0)


if __name__ == "__main__":
    main()
