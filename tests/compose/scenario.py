"""What people of two towns do through the proxy: a consultation becomes a case, a suggestion and a recorded visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kasane_kit import clock
from tests.journeys.workers import ApiWorker, eventually


@dataclass(frozen=True)
class Place:
    """Where the house answers; what a worker of the journeys needs of it."""

    address: str


@dataclass(frozen=True)
class Town:
    """A town of the trial: its accounts begin with ``prefix``; ``desk`` receives, ``agency`` visits.

    ``staff``: the rest of the account's name, the person, the role, the office.
    """

    code: str
    name: str
    prefix: str
    desk: str
    agency: str
    staff: tuple[tuple[str, str, str, str], ...]


IKOMA = Town(
    *("292095", "生駒市", "ikoma", "tax_window", "outreach_worker"),
    (
        ("desk", "窓口 はるか", "receiver", "tax_window"),
        ("coordinator", "調整 さくら", "coordinator", "welfare_policy"),
        ("outreach", "訪問 だいち", "outreach_worker", "welfare_policy"),
        ("admin", "管理 しずか", "town_administrator", "welfare_policy"),
    ),
)
ENIWA = Town(
    *("012319", "恵庭市", "eniwa", "community_support_center_1", "community_support_center_1"),
    (
        ("desk", "窓口 ゆき", "receiver", "community_support_center_1"),
        ("coordinator", "調整 ひろし", "coordinator", "welfare"),
        ("outreach", "訪問 あかり", "outreach_worker", "community_support_center_1"),
        ("admin", "管理 のぞみ", "town_administrator", "welfare"),
    ),
)
TOWNS = (IKOMA, ENIWA)


@dataclass(frozen=True)
class Story:
    """What was played in a town, to be found again later."""

    town: Town
    consultation: str
    case: str


def worker(place: Place, town: Town, role: str) -> ApiWorker:
    """Somebody of a town who has just signed in."""
    return ApiWorker(place, town.code, f"{town.prefix}-{role}")


def play(place: Place, town: Town) -> Story:
    """One household from the desk to the door; each step waits for what other services must hear of it."""
    desk, coordinator = worker(place, town, "desk"), worker(place, town, "coordinator")
    coordinator.post(
        "resources",
        "human-services",
        {
            "name": "すずらん子ども食堂",
            "description": "学校に行きにくい子どもの居場所。夕食と宿題の見守り。",
            "categories": ["children_cafeteria"],
            "service_area": {"kind": "towns", "words": [town.name]},
        },
    )
    consultation = desk.post(
        "intake",
        "consultations",
        {
            "desk": town.desk,
            "channel": "window",
            "story": "住民税が払えない。子どもが学校に行けていない。",
            "categories": ["taxes_utilities", "child_rearing"],
            "main_category": "taxes_utilities",
            "persons": [
                {
                    "name": "谷口 ふみ",
                    "birth_date": "1985-04-02",
                    "relation": "母",
                    "given_consent": True,
                },
                {"name": "谷口 実", "birth_date": "2014-09-01", "relation": "長男"},
            ],
            "screening": {"single_agency_enough": False, "ordinary_cooperation_enough": False},
        },
    )
    waiting = _first(coordinator, "cases", "waiting", "number", consultation["number"])
    mother = next(p["person_id"] for p in consultation["persons"] if p["given_consent"])
    case = coordinator.post(
        "cases",
        "cases",
        {
            "consultation_id": waiting["id"],
            "consent_confirmed": [mother],
            "support_decided": True,
            "support_reason": "世帯として支える",
        },
    )
    eventually(
        lambda: desk.get("intake", f"consultations/{consultation['id']}")["case_id"] == case["id"],
        "the case at the consultation",
    )
    person = next(one for one in case["persons"] if one["name"] == "谷口 ふみ")
    suggested(coordinator, case["id"], person["id"], "夕食と子どもの居場所")
    visited(place, town, coordinator, case["id"], person["id"])
    return Story(town, consultation["id"], case["id"])


def suggested(coordinator: ApiWorker, case: str, person: str, words: str) -> None:
    """A need is written at the case, and the directory's suggestion for it comes back."""
    coordinator.post(
        "cases",
        f"cases/{case}/needs",
        {"person_id": person, "category": "child_rearing", "description": words},
    )
    eventually(
        lambda: [
            need
            for need in coordinator.get("cases", f"cases/{case}")["needs"]
            if need["description"] == words and need["suggestions"]
        ],
        "a suggestion",
    )


def visited(place: Place, town: Town, coordinator: ApiWorker, case: str, person: str) -> None:
    """A visit is asked for, scheduled, recorded, and stands in the case."""
    coordinator.post(
        "cases",
        f"cases/{case}/outreach-requests",
        {"person_id": person, "purpose": "関係づくり", "agency": town.agency},
    )
    household = _first(coordinator, "outreach", "households", "case_id", case)
    administrator, visitor = worker(place, town, "admin"), worker(place, town, "outreach")
    accounts = administrator.get("portal", "accounts?limit=100")["items"]
    account = next(one for one in accounts if one["login_name"] == f"{town.prefix}-outreach")
    visit = coordinator.post(
        "outreach",
        "visits",
        {
            "request_id": household["id"],
            "on": clock.today().isoformat(),
            "starts_at": "14:00",
            "minutes": 45,
            "workers": [account["id"]],
        },
    )
    recorded = visitor.call(
        "POST",
        "outreach",
        f"visits/{visit['id']}/record",
        {"result": "met", "note": "記録", "consent_heard": False},
        visit["version"],
    )
    assert recorded.status in (200, 201), recorded
    eventually(
        lambda: (
            "visit_completed"
            in [entry["kind"] for entry in coordinator.get("cases", f"cases/{case}")["timeline"]]
        ),
        "the visit in the case",
    )


def found_again(place: Place, story: Story) -> None:
    """Everything of a story is still there, and a new need still finds its suggestion."""
    coordinator = worker(place, story.town, "coordinator")
    case: dict[str, Any] = coordinator.get("cases", f"cases/{story.case}")
    assert "visit_completed" in [entry["kind"] for entry in case["timeline"]], case
    desk = worker(place, story.town, "desk")
    kept = desk.get("intake", f"consultations/{story.consultation}")
    assert kept["case_id"] == story.case, kept
    words = f"もう一度 {len(case['needs'])}"
    suggested(coordinator, story.case, case["persons"][0]["id"], words)


def _first(who: ApiWorker, service: str, path: str, name: str, value: str) -> dict[str, Any]:
    """The entry of a list whose field has the value, as soon as it is there."""
    return eventually(
        lambda: next((one for one in who.get(service, path)["items"] if one[name] == value), None),
        f"{value} in {service}/{path}",
    )
