"""How soon today's round is on the screen: from the telephone itself without a network, and over the network.

Run by `make bench-door`. The last line is one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.doorstep.browser import BrowserTelephone
from tests.doorstep.line import Line
from tests.doorstep.office import open_office
from tests.support.chromium import open_chromium
from tests.support.missing import find_chromium

TIMES = 15
VISITS = 12
FROM_ITSELF = "performance.getEntriesByName('door-shown')[0].startTime"


def main() -> int:
    """Measures and prints; 1 where there is no browser."""
    program = find_chromium()
    if program is None:
        sys.stderr.write("Chromium is not installed; nothing was measured\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, open_chromium(program) as browser:
        office = open_office(Path(folder))
        line = Line(office.bench.app)
        office.new_visits(VISITS)
        telephone = BrowserTelephone(browser, office, line, background=False)
        without, over = [], []
        for _ in range(TIMES):
            telephone.cut()
            telephone.page.reload(wait_until="commit")
            telephone.page.locator(".d-visit").nth(VISITS - 1).wait_for()
            without.append(telephone.page.evaluate(FROM_ITSELF))
            telephone.mend_quietly()
            telephone.settle()
            page = telephone.context.new_page()
            page.goto(f"{line.address}/292095/visits")
            over.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            page.close()
        telephone.context.close()
        line.close()
        office.bench.house.databases.dispose()
    figures = {
        "visits": VISITS,
        "first_show_ms_p50": round(statistics.median(without)),
        "first_show_ms_max": round(max(without)),
        "list_over_network_ms_p50": round(statistics.median(over)),
        "ratio": round(statistics.median(without) / statistics.median(over), 2),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
