"""Checks the AsyncAPI document: every reference resolves, every payload is a schema, real envelopes fit it."""

from datetime import date
from typing import Any

from jsonschema import Draft202012Validator

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_contracts.intake import ConsultationReceived, PersonConcerned
from kasane_kit.bus import Sealer
from kasane_kit.keys import KeyRing
from kasane_runtime.compose import load_services
from kasane_runtime.documents import asyncapi

DOCUMENT = asyncapi(load_services())


def references(node: Any) -> list[str]:
    """Every $ref below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in references(value)]
    return []


def resolves(reference: str) -> bool:
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        if step not in node:
            return False
        node = node[step]
    return True


def test_every_reference_resolves() -> None:
    assert [ref for ref in references(DOCUMENT) if not resolves(ref)] == []


def test_every_event_has_a_channel_and_a_sayer() -> None:
    types = {entry.type.replace(".", "_") for entry in registry.all_events()}
    said = {
        operation["channel"]["$ref"].rsplit("/", 1)[1]
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "send"
    }

    assert set(DOCUMENT["channels"]) == types
    assert said == types


def test_every_payload_is_a_json_schema() -> None:
    for message in DOCUMENT["components"]["messages"].values():
        Draft202012Validator.check_schema(message["payload"])


def test_a_real_envelope_fits_its_description(tmp_path: Any) -> None:
    keys = KeyRing(tmp_path)
    keys.ensure("292095")
    event = ConsultationReceived(
        "c-1",
        "2026-000001",
        "window",
        "tax_window",
        date(2026, 11, 21),
        ("income",),
        persons=(PersonConcerned("p-1", name="山川 花子"),),
    )
    entry = registry.type_of(event)
    envelope = Envelope(
        id="e-1",
        source="intake",
        type=entry.type,
        subject="c-1",
        time="2026-11-21T00:00:00+00:00",
        municipality="292095",
        actor="a-1",
        correlationid="r-1",
        epoch="1",
        sequence=1,
        data=Sealer(keys).seal("292095", entry.type, "e-1", registry.dump(event)),
    )
    payload = DOCUMENT["components"]["messages"]["intake_consultation_received_v1"]["payload"]

    Draft202012Validator(payload).validate(envelope.to_dict())

    assert "山川" not in envelope.to_json()
