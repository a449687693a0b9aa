"""The town's plugins: what is installed, one manager per town, and how they are asked."""

from kasane_kit.plugins.breaker import Breaker, BreakerChange, BreakerState
from kasane_kit.plugins.catalogue import GROUP, InstalledPlugin, catalogue
from kasane_kit.plugins.checking import misfit, words_of
from kasane_kit.plugins.defaults import DefaultTown, PlatformTown
from kasane_kit.plugins.documentation import hooks_markdown
from kasane_kit.plugins.examples import HookExample, examples, shown
from kasane_kit.plugins.hooks import Hooks, ask_each
from kasane_kit.plugins.house import PluginHouse
from kasane_kit.plugins.limits import Limits
from kasane_kit.plugins.manager import build_manager, deprecations_of
from kasane_kit.plugins.outcomes import (
    Answers,
    FailureKind,
    MisconfiguredTown,
    PluginAnswer,
    PluginFailed,
)
from kasane_kit.plugins.questions import (
    Question,
    later_than,
    previous_minor,
    questions,
    questions_at,
    version_of,
)
from kasane_kit.plugins.standing import WHOLE, HookStanding, Standing
from kasane_kit.plugins.template import WrongName, new_plugin
from kasane_kit.plugins.trying import Answered, answered_by, codes_of, parts_of

__all__ = [
    "GROUP",
    "WHOLE",
    "Answered",
    "Answers",
    "Breaker",
    "BreakerChange",
    "BreakerState",
    "DefaultTown",
    "FailureKind",
    "HookExample",
    "HookStanding",
    "Hooks",
    "InstalledPlugin",
    "Limits",
    "MisconfiguredTown",
    "PlatformTown",
    "PluginAnswer",
    "PluginFailed",
    "PluginHouse",
    "Question",
    "Standing",
    "WrongName",
    "answered_by",
    "ask_each",
    "build_manager",
    "catalogue",
    "codes_of",
    "deprecations_of",
    "examples",
    "hooks_markdown",
    "later_than",
    "misfit",
    "new_plugin",
    "parts_of",
    "previous_minor",
    "questions",
    "questions_at",
    "shown",
    "version_of",
    "words_of",
]
