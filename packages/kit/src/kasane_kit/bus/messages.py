"""Reads what a transport brings: envelopes, and what is none with the reason."""

import json
from typing import Any

from kasane_contracts.envelope import Envelope, MalformedEnvelope


def read_message(text: str | bytes) -> tuple[list[Envelope], list[tuple[str, str]]]:
    """The envelopes of a message, and what in it is none: its text and what is wrong with it."""
    shown = text if isinstance(text, str) else text.decode("utf-8", "backslashreplace")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return [], [(shown, "the message is not JSON")]
    good, bad = [], []
    for part in raw if isinstance(raw, list) else [raw]:
        try:
            envelope = Envelope.from_dict(part)
            _check_characters(part)
        except MalformedEnvelope as error:
            bad.append((json.dumps(part), str(dict(error.problems))))
        else:
            good.append(envelope)
    return good, bad


def _check_characters(part: Any) -> None:
    """Half a surrogate pair and the character 0 are JSON, but no text that a database can keep."""
    whole = json.dumps(part, ensure_ascii=False)
    if "\\u0000" in whole or any("\ud800" <= character <= "\udfff" for character in whole):
        raise MalformedEnvelope({"envelope": ["has characters that are not text"]})
