"""What the page in a telephone does, without a browser: a day begun, a round opened, things sealed and sent."""

import base64
import json
import uuid
from typing import Any

from kasane_kit.auth import Actor
from kasane_kit.keys import seal, unseal
from kasane_kit.testing.workbench import TOWN, Workbench


class SealedTelephone:
    """What the page in a telephone does, without a browser."""

    def __init__(self, bench: Workbench, actor: Actor) -> None:
        self.bench = bench
        self.visitor = bench.visit_as(actor)
        self.account_id = actor.account_id
        self.id = str(uuid.uuid4())
        self.key = b""
        self.day = ""

    def begin(self) -> Any:
        answer = self.visitor.send_json("POST", "/api/v1/door/devices", {"device_id": self.id})
        if answer.status_code == 200:
            self.key = base64.b64decode(answer.json["key"])
            self.day = answer.json["day"]
        return answer

    def round(self) -> dict[str, Any]:
        answer = self.visitor.send_json("POST", f"/api/v1/door/devices/{self.id}/round")
        assert answer.status_code == 200, answer.text
        place = f"door-round|{TOWN}|{self.id}|{self.day}"
        return dict(json.loads(unseal(self.key, base64.b64decode(answer.json["sealed"]), place)))

    def wire(self, kind: str, visit_id: str, content: Any, **more: Any) -> dict[str, Any]:
        item_id = str(uuid.uuid4())
        body = {
            "visit_id": visit_id,
            "kind": kind,
            "made_at": "2026-11-24T00:10:00.000Z",
            "clock_moved": False,
            "replaces": [],
            "settles": "",
            "content": content,
            **more,
        }
        sealed = seal(
            self.key, json.dumps(body).encode(), f"door|{TOWN}|{self.id}|{self.day}|{item_id}"
        )
        return {
            "id": item_id,
            "device_id": self.id,
            "day": self.day,
            "sealed": base64.b64encode(sealed).decode(),
        }

    def send(self, wire: dict[str, Any]) -> Any:
        """Without any session, as the service worker does."""
        client = self.bench.app.test_client()
        sender = {"X-Door-Account": self.account_id}
        return client.post(f"/{TOWN}/api/v1/door/items", json=wire, headers=sender)

    def write(self, kind: str, visit_id: str, content: Any, **more: Any) -> dict[str, Any]:
        answer = self.send(self.wire(kind, visit_id, content, **more))
        assert answer.status_code == 200, answer.text
        return answer.json
