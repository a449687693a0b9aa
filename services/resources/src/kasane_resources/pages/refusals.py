"""Shows a refusal above the page that is shown again, in words instead of codes."""

from collections.abc import Callable
from typing import Any

from flask import g, redirect
from werkzeug.wrappers import Response

from kasane_kit.web import text
from kasane_resources.domain.errors import ResourcesRefusal

WORDS = {"status": "participation_status", "what": "identifies"}


def or_again(
    run: Callable[[], Any], again: Callable[[], str], done: str
) -> Response | tuple[str, int]:
    """Runs it and goes on to ``done``; a refusal is shown above ``again``, and nothing was changed."""
    try:
        run()
    except ResourcesRefusal as refusal:
        if refusal.status == 404:
            raise
        facts = {
            name: text(f"{WORDS[name]}.{fact}") if name in WORDS else fact
            for name, fact in refusal.facts.items()
        }
        parts = (
            text(f"refusal.{refusal.code}.{part}", **facts) for part in ("why", "not_done", "next")
        )
        g.notices = [*g.get("notices", []), {"tone": "danger", "text": " ".join(parts)}]
        return again(), refusal.status
    return redirect(done, 303)
