"""Sets readings over difficult characters where a sentence is written as 相談《そうだん》."""

import re
from dataclasses import replace

from markupsafe import Markup, escape

from kasane_kit.web import text
from kasane_plugin_api import Choice, FieldSpec

_READ = re.compile(r"([一-龠々]+)《([ぁ-んー]+)》")


def with_readings(sentence: str) -> Markup:
    """The sentence as HTML with its readings above the characters."""
    return Markup(
        _READ.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", str(escape(sentence)))
    )


def without_readings(sentence: str) -> str:
    """The sentence as plain text."""
    return _READ.sub(r"\1", sentence)


def easy(key: str, **facts: object) -> Markup:
    """A sentence of this service with its readings."""
    return with_readings(text(key, **facts))


def plain(key: str, **facts: object) -> str:
    """A sentence of this service without its readings, for titles and attributes."""
    return without_readings(text(key, **facts))


def readable(spec: FieldSpec) -> FieldSpec:
    """A field whose words carry their readings; it checks nothing."""
    return replace(
        spec,
        label=with_readings(spec.label),
        hint=with_readings(spec.hint),
        choices=tuple(Choice(choice.value, with_readings(choice.label)) for choice in spec.choices),
    )


def checkable(spec: FieldSpec) -> FieldSpec:
    """The same field with plain words, for its problems."""
    return replace(
        spec,
        label=without_readings(spec.label),
        hint=without_readings(spec.hint),
        choices=tuple(
            Choice(choice.value, without_readings(choice.label)) for choice in spec.choices
        ),
    )
