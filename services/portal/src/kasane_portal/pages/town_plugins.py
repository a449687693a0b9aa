"""How the town's plugins are doing, for its administrators: what each may see, and what was left alone and why."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from kasane_kit.plugins import WHOLE, BreakerState, Hooks, HookStanding, questions
from kasane_kit.plugins.documentation import sections_of
from kasane_kit.web import reading, text, this_house
from kasane_portal.queries import AuditFilter, AuditLine, find_audit_lines

_LINES = 20


@dataclass(frozen=True)
class SeenByPlugin:
    """What a plugin is shown beside days and codes, in words, and the milliseconds a call may compute."""

    label: str
    scopes: tuple[str, ...]
    budget_ms: int


@dataclass(frozen=True)
class Trouble:
    """A question that a plugin did not answer lately; ``state`` is a breaker's, ``minutes`` until it is tried."""

    plugin: str
    question: str
    state: str
    reason: str
    failed_at: datetime | None
    minutes: int


@dataclass(frozen=True)
class PluginsToday:
    """The state in this process, and what the trail says of all processes, the newest first."""

    seen: tuple[SeenByPlugin, ...]
    troubles: tuple[Trouble, ...]
    deprecations: tuple[str, ...]
    lines: tuple[AuditLine, ...]


def plugins_today(hooks: Hooks) -> PluginsToday:
    """How the plugins of the open town are doing."""
    town = hooks.town
    with reading() as connection:
        lines = find_audit_lines(connection, AuditFilter(object_kind="plugin"), _LINES)
    return PluginsToday(
        seen=tuple(_seen(hooks, name) for name in town.plugins),
        troubles=tuple(
            _trouble(hooks, standing) for standing in this_house().plugins.failing(town.code)
        ),
        deprecations=hooks.deprecations,
        lines=tuple(lines),
    )


def _seen(hooks: Hooks, name: str) -> SeenByPlugin:
    metadata = hooks.metadata(name)
    most = max(question.budget_ms for question in questions().values())
    return SeenByPlugin(
        metadata.label,
        tuple(text(f"data_scope.{scope}") for scope in sorted(metadata.scopes)),
        most if metadata.budget_ms is None else metadata.budget_ms,
    )


def _trouble(hooks: Hooks, standing: HookStanding) -> Trouble:
    whole = standing.hook == WHOLE
    asked = text("town_plugins.whole") if whole else sections_of(questions()[standing.hook])["ja"]
    state = standing.state
    return Trouble(
        hooks.metadata(standing.plugin).label,
        asked,
        state,
        standing.reason,
        standing.failed_at,
        ceil(standing.tried_again_in / 60) if state is BreakerState.OPEN else 0,
    )
