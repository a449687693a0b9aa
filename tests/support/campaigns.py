"""What tests of campaigns share: lists with their ground, forms sent as they were read, letters and replies."""

import re
from dataclasses import replace
from typing import Any

from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach.domain.area_survey import SurveyHousehold
from kasane_outreach.domain.survey import SurveyTarget
from kasane_outreach.repository.campaigns import AreaSurveys, SurveyTargets

LISTED = (
    "見本 一郎,みほん いちろう,生駒市東新町8番38号\n"
    "見本 二郎,みほん じろう,生駒市山崎町1番1号\n"
    "見本 三郎,みほん さぶろう,生駒市元町2番2号"
)
GROUND = {
    "source": "福祉政策課の相談記録（令和8年4月）",
    "legal_ground": "個人情報保護法69条2項2号：町の中で利用する場合",
    "keep_until": "2028-03-31",
}


def begun(visitor: Visitor, campaign: str) -> str:
    """A run that this visitor began."""
    answer = visitor.post("/campaigns/runs", {"campaign": campaign, "year": "2026"})
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[1])


def surveying(make_workbench: BenchMaker, ikoma: dict[str, Any]) -> Workbench:
    """生駒市 with the questionnaire that follows its plan, and what the city has set."""
    bench = make_workbench("outreach", {TOWN: ("postal-survey", "ikoma")})
    towns = bench.house.directory._towns  # type: ignore[attr-defined]
    settings = {"ikoma": ikoma}
    towns[TOWN] = replace(towns[TOWN], settings=settings, revision=towns[TOWN].revision + 1)
    return bench


def version_shown(page: str) -> str:
    """The version that a page sends with its forms."""
    return str(re.findall(r'name="version" value="(\d+)"', page)[0])


def press(visitor: Visitor, page: str, act: str = "", **typed: str) -> Any:
    """Opens a page and sends a form of it at once."""
    return visitor.post(f"{page}{act}", {**typed, "version": version_shown(visitor.get(page).text)})


def reply(bench: Workbench, code: str, **typed: str) -> int:
    """Somebody without an account answers their letter."""
    client = bench.app.test_client()
    page = client.get(f"/{TOWN}/kaitou").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    return client.post(
        f"/{TOWN}/kaitou", data={"code": code, "csrf_token": token, **typed}
    ).status_code


def targets(bench: Workbench, run_id: str) -> list[SurveyTarget]:
    """The list of a postal survey."""
    with bench.reading() as connection:
        return list(SurveyTargets(connection).of_run(run_id))


def households(bench: Workbench, run_id: str) -> dict[str, SurveyHousehold]:
    """The households of a survey from house to house."""
    with bench.reading() as connection:
        return {one.label: one for one in AreaSurveys(connection).households(run_id)}


def api(visitor: Visitor, method: str, path: str, body: object = None, **headers: str) -> Any:
    """A program asks the API of campaigns; ``If_Match`` is sent as If-Match."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.send_json(method, f"/api/v1/campaign-runs{path}", body, headers=sent)
