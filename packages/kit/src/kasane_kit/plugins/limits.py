"""How much of the process a town's plugins may use, and how often they may fail, before they are left out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The platform's own figures; a question's budget of computing stands with the question.

    ``patience`` are the seconds that one call may last on the wall clock, ``making`` those that a plugin may
    compute while it is loaded and made. After ``failures`` in a row a hook is left alone for ``pause`` seconds, then
    tried once; each further failure doubles the pause up to ``longest_pause``. ``growth`` are the bytes that a plugin
    may hold for one town; ``kept`` is how many towns' plugins a process keeps ready.
    """

    patience: float = 3.0
    making: float = 5.0
    failures: int = 5
    pause: float = 30.0
    longest_pause: float = 600.0
    growth: int = 32 * 1024 * 1024
    kept: int = 64
