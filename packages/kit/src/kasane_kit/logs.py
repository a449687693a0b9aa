"""Writes down what an operator must know and nothing that a person told: no name, no story, no value out of a row.

An error's own words often hold what somebody typed (``invalid input syntax for type date: "…"``, ``Key (name)=(…)``).
So what an error says is written with everything in quotes, everything in brackets after ``=``, every long number and
every word that is not ASCII taken out, and without the lines after the first; where it happened is written whole.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from sqlalchemy.exc import DBAPIError

LONGEST_SAID = 300
MOST_FRAMES = 12
Context = Callable[[], Mapping[str, str]]

_MARK = "\x00"
_TAKEN_OUT = (
    re.compile(r"\?\S*"),
    re.compile(r"""(?s)(["'`])(?:(?!\1).)*\1"""),
    re.compile(r"=\s*\([^)]*\)?"),
    re.compile(r"[\w.+-]+@[\w.-]+"),
    re.compile(r"\d[\d-]{6,}"),
    re.compile(r"\S*[^\x00-\x7f]\S*"),
)


def said(error: BaseException) -> str:
    """What an error says in one line without anything that a person may have told."""
    lines = str(error).strip().splitlines()
    words = lines[0].replace(_MARK, " ") if lines else ""
    for pattern in _TAKEN_OUT:
        words = pattern.sub(_MARK, words)
    words = " ".join(words.replace(_MARK, "…").split())[:LONGEST_SAID]
    if isinstance(error, DBAPIError):
        diagnosis = getattr(error.orig, "diag", None)
        state = getattr(error.orig, "sqlstate", None)
        rule = getattr(diagnosis, "constraint_name", None)
        words = " ".join(word for word in (state, words, rule and f"[{rule}]") if word)
    return words


class LogLine(logging.Formatter):
    """One line for each record: for people, or as JSON with the same keys every time."""

    def __init__(self, context: Context, *, as_json: bool) -> None:
        super().__init__()
        self._context = context
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line; it never raises, because what is told here often is a fault already."""
        error = record.exc_info[1] if record.exc_info else None
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **self._context(),
        }
        if error is not None:
            facts["errors"] = list(_told(error))
        if self._as_json:
            return json.dumps(facts, ensure_ascii=True)
        errors = facts.pop("errors", [])
        first = " ".join(str(value) for value in facts.values() if value)
        return "\n".join([first, *(_lines(one) for one in errors)])


def install_logs(context: Context, *, as_json: bool, stream: TextIO | None = None) -> None:
    """Lets every logger of this process write through LogLine; what Flask or gunicorn brought along is taken away."""
    handler = _Stderr() if stream is None else logging.StreamHandler(stream)
    handler.setFormatter(LogLine(context, as_json=as_json))
    root = logging.getLogger()
    for other in root.handlers:
        if type(other) in (logging.StreamHandler, _Stderr):
            root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("gunicorn.error", "gunicorn.access", "werkzeug"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the moment, not to what it was when the process began."""

    def emit(self, record: logging.LogRecord) -> None:
        """One record, one line."""
        self.stream = sys.stderr
        super().emit(record)


def _message(record: logging.LogRecord) -> str:
    """The sentence of the code with its arguments; an error among them says only what it may."""
    arguments = record.args
    if isinstance(arguments, Mapping):
        arguments = {key: _argument(value) for key, value in arguments.items()}
    elif arguments:
        arguments = tuple(_argument(value) for value in arguments)
    try:
        message = str(record.msg) % arguments if arguments else str(record.msg)
    except (TypeError, ValueError):
        message = str(record.msg)
    if isinstance(record.msg, BaseException):
        message = said(record.msg)
    return re.sub(r"\?\S*", "?…", message) if record.name.startswith("gunicorn") else message


def _argument(value: Any) -> Any:
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {said(value)}"
    return value


def _told(error: BaseException) -> Iterator[dict[str, Any]]:
    """An error and what led to it, the last one first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        frames = traceback.extract_tb(one.__traceback__)[-MOST_FRAMES:]
        yield {
            "type": f"{type(one).__module__}.{type(one).__qualname__}",
            "said": said(one),
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _lines(told: Mapping[str, Any]) -> str:
    return "\n".join([f"  {told['type']}: {told['said']}", *(f"    {at}" for at in told["at"])])
