"""Says in words what differs between two entries, field by field."""

from collections.abc import Iterator, Sequence
from typing import Any

from kasane_kit.web import text
from kasane_plugin_api import FieldSpec
from kasane_resources.domain.human_service import HumanServiceEntry
from kasane_resources.pages import forms


def changes(before: HumanServiceEntry, after: HumanServiceEntry) -> Iterator[tuple[str, str, str]]:
    """The label of each field that differs, with the old and the new words."""
    old, new = forms.typed_from(before), forms.typed_from(after)
    for specs in forms.entry_fields().values():
        for spec in specs:
            if old[spec.name] != new[spec.name] and spec.name != "last_confirmed_on":
                yield spec.label, _shown(spec, old[spec.name]), _shown(spec, new[spec.name])
    if before.further != after.further:
        yield text("page.further"), _openings(before), _openings(after)


def _openings(entry: HumanServiceEntry) -> str:
    """Every other time and place in one line, field by field."""
    said = []
    for one in entry.further:
        typed = forms.typed_opening(one)
        shown = (
            _shown(spec, typed[spec.name])
            for spec in forms.further_fields()
            if typed[spec.name] not in ("", None, [])
        )
        said.append(" ".join(shown))
    return "；".join(said) or text("text.nothing_written")


def _shown(spec: FieldSpec, value: Any) -> str:
    if value in (None, "", []):
        return text("text.nothing_written")
    labels = {choice.value: choice.label for choice in spec.choices}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(labels.get(str(one), str(one)) for one in value)
    return labels.get(str(value), str(value))
