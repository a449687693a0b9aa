"""The town's plugins: what is installed, one manager per town, and how they are asked."""

from kasane_kit.plugins.catalogue import GROUP, InstalledPlugin, catalogue
from kasane_kit.plugins.checking import misfit, words_of
from kasane_kit.plugins.defaults import DefaultTown, PlatformTown
from kasane_kit.plugins.documentation import hooks_markdown
from kasane_kit.plugins.examples import HookExample, examples, shown
from kasane_kit.plugins.manager import (
    Hooks,
    PluginHouse,
    ask_each,
    build_manager,
)
from kasane_kit.plugins.outcomes import (
    Answers,
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
from kasane_kit.plugins.template import WrongName, new_plugin
from kasane_kit.plugins.trying import Answered, answered_by, codes_of, parts_of

__all__ = [
    "GROUP",
    "Answered",
    "Answers",
    "DefaultTown",
    "HookExample",
    "Hooks",
    "InstalledPlugin",
    "MisconfiguredTown",
    "PlatformTown",
    "PluginAnswer",
    "PluginFailed",
    "PluginHouse",
    "Question",
    "WrongName",
    "answered_by",
    "ask_each",
    "build_manager",
    "catalogue",
    "codes_of",
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
