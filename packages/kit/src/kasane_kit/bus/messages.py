"""Writes and reads messages of a transport: envelopes together, what is none with the reason, what is forged."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kasane_contracts.envelope import Envelope, MalformedEnvelope
from kasane_kit.keys import KeyRing

CODE_HEADER = "kasane-code"
FRAME_EVENTS = 100
FRAME_BYTES = 128 * 1024
LARGEST_MESSAGE_BYTES = 1024 * 1024
"""Above what the house sends: a frame, or one event of the largest size."""


@dataclass(frozen=True)
class Message:
    """What a transport brings: the body, and the code that its sender put beside it."""

    body: bytes
    code: str = ""


class Placed(Protocol):
    """A numbered event as a transport sees it: an envelope, or the text of one with what it is addressed by."""

    @property
    def municipality(self) -> str:
        """Where it was said."""
        ...

    @property
    def source(self) -> str:
        """Who said it."""
        ...

    @property
    def id(self) -> str:
        """The event's id."""
        ...

    @property
    def type(self) -> str:
        """The event's type."""
        ...

    def to_json(self) -> str:
        """The whole envelope as text."""
        ...


class MessageCodes:
    """Authenticates messages: HMAC-SHA256 of the body under the key of the municipality it speaks of.

    Whoever can write to the broker but has no key of the town can say nothing in its name.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def code(self, municipality: str, body: bytes) -> str:
        """The code of a body, 64 hexadecimal digits; raises KeyMissing."""
        key = self._keys.derived(municipality, "bus")
        return hmac.new(key, body, hashlib.sha256).hexdigest()

    def fits(self, municipality: str, message: Message) -> bool:
        """Whether the message was sent by a holder of the municipality's key; raises KeyMissing."""
        return hmac.compare_digest(self.code(municipality, message.body), message.code)


Event = TypeVar("Event", bound=Placed)


def frames(envelopes: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Cuts events into messages of one stream and of bounded size; one event alone is a message of one."""
    frame: list[Event] = []
    size = 0
    for envelope in envelopes:
        length = len(envelope.to_json().encode())
        if frame and (
            len(frame) == FRAME_EVENTS
            or size + length > FRAME_BYTES
            or _stream(frame[0]) != _stream(envelope)
        ):
            yield frame
            frame, size = [], 0
        frame.append(envelope)
        size += length
    if frame:
        yield frame


def _stream(envelope: Placed) -> tuple[str, str]:
    return envelope.municipality, envelope.source


def write_message(frame: Sequence[Placed], codes: MessageCodes) -> Message:
    """Events of one municipality as they travel: a JSON list, and its code; raises KeyMissing."""
    body = f"[{','.join(envelope.to_json() for envelope in frame)}]".encode()
    return Message(body, codes.code(frame[0].municipality, body))


def read_message(text: str | bytes) -> tuple[list[Envelope], list[tuple[str, str]]]:
    """The envelopes of a message, and what in it is none: its text and what is wrong with it."""
    shown = text if isinstance(text, str) else text.decode("utf-8", "backslashreplace")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return [], [(shown, "the message is not JSON")]
    good, bad = [], []
    suspicious = _may_be_no_text(text)
    for part in raw if isinstance(raw, list) else [raw]:
        try:
            envelope = Envelope.from_dict(part)
            if suspicious:
                _check_characters(part)
        except MalformedEnvelope as error:
            bad.append((json.dumps(part), str(dict(error.problems))))
        else:
            good.append(envelope)
    return good, bad


def _may_be_no_text(text: str | bytes) -> bool:
    """Whether a character that is none may be in a message; what is written out in UTF-8 is text."""
    try:
        written = text.encode() if isinstance(text, str) else text.decode().encode()
    except UnicodeError:
        return True
    return b"\x00" in written or any(mark in written for mark in (b"\\u0000", b"\\ud", b"\\uD"))


def _check_characters(part: Any) -> None:
    """Half a surrogate pair and the character 0 are JSON, but no text that a database can keep."""
    whole = json.dumps(part, ensure_ascii=False)
    if "\\u0000" in whole or any("\ud800" <= character <= "\udfff" for character in whole):
        raise MalformedEnvelope({"envelope": ["has characters that are not text"]})
