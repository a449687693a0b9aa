"""Says where a town's rule stands in words: the document's short title and the lines, its whole name behind them."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from kasane_kit.plugins import MisconfiguredTown
from kasane_kit.web.context import hooks, text

_PART = re.compile(r"(?P<tag>[A-Za-z0-9]+)(?::L(?P<first>\d+)(?:-L?(?P<last>\d+))?)?")
_INSIDE = re.compile(r"(?:[0-9]{3}:)?\bL(?P<first>\d+)(?:-L?(?P<last>\d+))?")
_TITLE = re.compile(r"「([^」]+)」")
_REST = re.compile(r"\s*(?:（|https?://).*", re.DOTALL)


def cited(source: str, documents: Mapping[str, str] | None = None) -> Markup:
    """``004:L135-138; P1`` as titles and lines, each with the document's full name to point at.

    ``documents`` are titles by tag, those of the open town's plugins when left out; a tag without a title stays.
    """
    known = _documents() if documents is None else documents
    parts = [
        Markup('<span class="k-source" title="{}">{}</span>').format(
            text("kit.cited_whole", tag=tag, title=known[tag]) if tag in known else tag, words
        )
        for tag, words in _words(source, known)
    ]
    return Markup(text("kit.list_separator")).join(parts)


def cited_words(source: str) -> str:
    """The same as plain words, for a sentence."""
    return text("kit.list_separator").join(words for _, words in _words(source, _documents()))


def cited_inside(words: str) -> str:
    """A sentence whose tags and lines, ``（004:L125）``, are said as lines: it stands beside the document's name."""
    return _INSIDE.sub(lambda found: _lines_in_words(found["first"], found["last"]), words)


def short_title(title: str) -> str:
    """What stands between the first 「 and 」 of a document's title, else the title without address and brackets."""
    quoted = _TITLE.search(title)
    return quoted[1] if quoted else _REST.sub("", title)


def _words(source: str, documents: Mapping[str, str]) -> list[tuple[str, str]]:
    lines: dict[str, list[str]] = {}
    for part in filter(None, (piece.strip() for piece in source.split(";"))):
        found = _PART.fullmatch(part)
        if found is None or found["tag"] not in documents:
            lines.setdefault(part, [])
            continue
        at = lines.setdefault(found["tag"], [])
        if found["first"]:
            at.append(_lines_in_words(found["first"], found["last"]))
    return [(tag, _sentence(documents.get(tag, tag), at)) for tag, at in lines.items()]


def _lines_in_words(first: str, last: str | None) -> str:
    if last:
        return text("kit.cited_lines", first=first, last=last)
    return text("kit.cited_line", line=first)


def _sentence(title: str, lines: list[str]) -> str:
    if not lines:
        return short_title(title)
    where = text("kit.cited_separator").join(lines)
    return text("kit.cited", title=short_title(title), lines=where)


def _documents() -> Mapping[str, str]:
    try:
        found: Mapping[str, str] = hooks().documents
    except MisconfiguredTown:
        return {}
    return found
