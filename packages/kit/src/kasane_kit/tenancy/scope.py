"""Remembers for which municipality the present work is done; without one there is no session."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class MunicipalityRequired(RuntimeError):
    """Code asked for a database outside ``municipality_scope()``; nothing was opened."""


_current: ContextVar[str | None] = ContextVar("kasane_municipality", default=None)


@contextmanager
def municipality_scope(code: str) -> Iterator[None]:
    """Everything inside belongs to one municipality; raises MunicipalityRequired when another is open already."""
    open_code = _current.get()
    if open_code is not None and open_code != code:
        raise MunicipalityRequired(
            f"the scope of {open_code} is open; {code} was not entered; leave it first"
        )
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def current_municipality() -> str:
    """The code of the open scope; raises MunicipalityRequired when there is none."""
    code = _current.get()
    if code is None:
        raise MunicipalityRequired(
            "no municipality is open; nothing was read; enter municipality_scope() first"
        )
    return code
