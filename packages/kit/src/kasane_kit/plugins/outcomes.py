"""What came of asking plugins: answers in the town's order, and failures that name plugin and hook."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class MisconfiguredTown(Exception):
    """A town's plugins cannot be used; ``sentence`` is what to show, the other towns go on."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class FailureKind(StrEnum):
    """In which way a plugin did not answer; ``paused`` was not asked, because it failed too often before."""

    RAISED = "raised"
    COMPUTED_TOO_LONG = "computed_too_long"
    WAITED_TOO_LONG = "waited_too_long"
    WRONG_TYPE = "wrong_type"
    OTHER_TOWN = "other_town"
    GREW = "grew"
    PAUSED = "paused"


class PluginFailed(Exception):
    """A plugin raised, hung or answered the wrong thing; names plugin and hook, and nothing was decided.

    ``sentence`` is for a page whose act was stopped, ``notice`` for one that went on without the
    plugin's part. Neither repeats the text of the plugin's own exception.
    """

    def __init__(
        self, plugin: str, hook: str, reason: str, kind: FailureKind = FailureKind.RAISED
    ) -> None:
        super().__init__(f"plugin {plugin}, hook {hook}: {reason}")
        self.plugin = plugin
        self.hook = hook
        self.reason = reason
        self.kind = kind

    @property
    def sentence(self) -> str:
        """What to show when the act was stopped."""
        return (
            f"プラグイン「{self.plugin}」が質問「{self.hook}」に答えられませんでした"
            f"（{self.reason}）。この操作は行われていません。市町村の管理者に知らせてください。"
        )

    @property
    def notice(self) -> str:
        """What to show when the page goes on without this plugin's part."""
        return (
            f"プラグイン「{self.plugin}」が質問「{self.hook}」に答えられなかったため"
            f"（{self.reason}）、その分を除いて表示しています。市町村の管理者に知らせてください。"
        )


@dataclass(frozen=True)
class PluginAnswer:
    """What one plugin answered."""

    plugin: str
    answer: Any


@dataclass(frozen=True)
class Answers:
    """What the plugins of a town answered, in the town's order, and which of them failed."""

    given: tuple[PluginAnswer, ...]
    failures: tuple[PluginFailed, ...] = ()

    def joined(self) -> tuple[Any, ...]:
        """All items of all answers; of two with one code the later plugin's stands."""
        items: dict[object, Any] = {}
        for given in self.given:
            for number, item in enumerate(given.answer):
                code = getattr(item, "code", None)
                items[(given.plugin, number) if code is None else code] = item
        return tuple(items.values())

    def merged(self) -> dict[str, Any]:
        """All entries of all answers; of two with one key the later plugin's stands."""
        entries: dict[str, Any] = {}
        for given in self.given:
            entries |= given.answer
        return entries
