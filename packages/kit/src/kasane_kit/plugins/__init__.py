"""The town's plugins: what is installed, one manager per town, and how they are asked."""

from kasane_kit.plugins.catalogue import GROUP, InstalledPlugin, catalogue
from kasane_kit.plugins.checking import misfit, words_of
from kasane_kit.plugins.defaults import DefaultTown, PlatformTown
from kasane_kit.plugins.documentation import hooks_markdown
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
from kasane_kit.plugins.questions import Question, questions
from kasane_kit.plugins.template import WrongName, new_plugin

__all__ = [
    "GROUP",
    "Answers",
    "DefaultTown",
    "Hooks",
    "InstalledPlugin",
    "MisconfiguredTown",
    "PlatformTown",
    "PluginAnswer",
    "PluginFailed",
    "PluginHouse",
    "Question",
    "WrongName",
    "ask_each",
    "build_manager",
    "catalogue",
    "hooks_markdown",
    "misfit",
    "new_plugin",
    "questions",
    "words_of",
]
