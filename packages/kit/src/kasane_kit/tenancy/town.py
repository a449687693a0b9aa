"""One town as its file describes it, and what a local government code is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kasane_kit.tenancy.provider_part import SignInProvider


@dataclass(frozen=True)
class Town:
    """One town: six-digit code, name, the code of its prefecture, its plugins in asking order and their settings.

    ``installed`` are the plugins of the town's file where the town chose a set of its own, else None; ``allowed`` are
    the programme plugins it may choose beside them, None for every installed one. ``provider`` is where its
    staff may prove who they are. ``file`` and ``lines`` say where
    in which file a key stands, for sentences about mistakes.
    """

    code: str
    name: str
    prefecture: str
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    revision: int = 1
    installed: tuple[str, ...] | None = None
    allowed: tuple[str, ...] | None = None
    provider: SignInProvider | None = None
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def place(self, key: str) -> str:
        """Where a key stands, as ``292095-ikoma.toml 7行目：``; empty for a town without a file.

        The key is ``plugins``, the name of a plugin, ``settings.<plugin>`` or ``settings.<plugin>.<key>``.
        """
        if not self.file:
            return ""
        line = self.lines.get(key) or self.lines.get(key.rpartition(".")[0])
        return f"{self.file} {line or self.lines.get('plugins', 1)}行目："


def valid_code(code: str) -> bool:
    """Whether a text is a local government code with a right check digit (全国地方公共団体コード)."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True)
    )
    return int(code[5]) == (11 - total % 11) % 10
