"""Lets somebody else act in the instant between a look and what follows from it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Meanwhile = Callable[[type, str, Callable[[], object]], list[threading.Thread]]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Meanwhile]:
    """A function that lets another act in a thread, for a second, behind the first call of a method."""
    others: list[threading.Thread] = []

    def arrange(owner: type, name: str, act: Callable[[], object]) -> list[threading.Thread]:
        plain = getattr(owner, name)

        def then_another(self: Any, *arguments: Any, **named: Any) -> object:
            found = plain(self, *arguments, **named)
            if not others:
                others.append(threading.Thread(target=act))
                others[0].start()
                others[0].join(timeout=1)
            return found

        monkeypatch.setattr(owner, name, then_another)
        return others

    yield arrange
    for one in others:
        one.join()
