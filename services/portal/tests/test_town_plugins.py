"""The town's page tells its administrators how the plugins are doing, and the trail remembers it."""

from collections.abc import Callable
from typing import Any

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.testing.workbench import Workbench

TOWN = "292095"


@pytest.fixture
def bench(make_workbench: Callable[..., Workbench]) -> Workbench:
    """生駒市 with its plugin."""
    return make_workbench("portal", {TOWN: ("ikoma",)})


def break_hook(bench: Workbench, monkeypatch: pytest.MonkeyPatch, hook: str) -> None:
    """Makes one hook of 生駒市's plugin raise."""
    hooks = bench.house.plugins.hooks_for(TOWN)
    (found,) = (
        one
        for one in getattr(hooks.manager.hook, hook).get_hookimpls()
        if one.plugin_name == "ikoma"
    )

    def raising(*_given: Any) -> Any:
        raise RuntimeError("氏名らしき文字")

    monkeypatch.setattr(found, "function", raising)


def page_of(bench: Workbench, role: str = "town_administrator") -> str:
    text: str = bench.visit_as(bench.staff(role)).get("/town").text
    return text


def test_an_administrator_reads_what_plugins_are_shown_and_that_all_is_well(
    bench: Workbench,
) -> None:
    page = page_of(bench)

    assert "拡張機能の様子" in page
    assert "相談（氏名・自由記述なし）" in page
    assert "答えられなかった質問はありません。" in page
    assert "拡張機能の様子" not in page_of(bench, "receiver")


def test_a_question_that_keeps_failing_is_shown_left_alone_and_stands_in_the_trail(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_hook(bench, monkeypatch, "resource_sources")

    pages = [page_of(bench) for _ in range(6)]
    recorded = [event for event in bench.said(AuditEntryRecorded) if event.object_kind == "plugin"]

    assert "町の社会資源の一覧は何から作られますか。" in pages[-1]
    assert "休止中" in pages[-1]
    assert "およそ1分後に試します" in pages[-1]
    assert "RuntimeError" in pages[-1]
    assert "氏名らしき文字" not in pages[-1]
    assert "いこまる主任推進員" in pages[-1]
    assert [(one.action, one.object_id, one.basis) for one in recorded] == [
        ("plugin.left_alone", "ikoma resource_sources", "RuntimeError")
    ]


def test_a_page_opens_also_where_the_town_cannot_name_the_roles_of_its_reader(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = bench.visit_as(bench.staff("town_administrator", roles=("town_administrator",)))
    named = reader.get("/town")
    break_hook(bench, monkeypatch, "roles")
    unnamed = reader.get("/town")

    assert (named.status_code, unnamed.status_code) == (200, 200)
    assert "k-signed-in__roles" in named.text
    assert "k-signed-in__roles" not in unnamed.text
    assert "職員 一郎" in unnamed.text


def test_what_other_services_left_alone_is_on_the_page_too(bench: Workbench) -> None:
    bench.hear(
        AuditEntryRecorded(
            entry_id="e1",
            service="intake",
            position=1,
            at="2026-11-21T00:00:00+00:00",
            actor="platform:intake",
            actor_name="intake",
            action="plugin.left_alone",
            object_kind="plugin",
            object_id="ikoma escalation",
            basis="計算が上限の100ミリ秒を超えました",
        ),
        producer="intake",
    )

    page = page_of(bench)

    assert "拡張機能を休止した" in page
    assert "ikoma escalation" in page
    assert "計算が上限の100ミリ秒を超えました" in page
