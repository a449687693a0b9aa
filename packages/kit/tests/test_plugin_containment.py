"""A plugin is a stranger in the house: what it does wrong stays with its town and that call."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from kasane_kit.plugins import (
    BreakerState,
    FailureKind,
    InstalledPlugin,
    Limits,
    MisconfiguredTown,
    PluginFailed,
    PluginHouse,
    ask_each,
    build_manager,
)
from kasane_kit.tenancy import Town, UnknownTown
from kasane_plugin_api import (
    ConsultationView,
    DataScope,
    Escalation,
    EscalationLevel,
    Office,
    PluginKind,
    PluginMetadata,
    PrefectureView,
    ProgrammeStart,
    ScreeningView,
    hookimpl,
)

TODAY = date(2026, 11, 2)
BEYOND = ConsultationView("desk", "window", screening=ScreeningView(False, False))
BAD, GOOD = "292095", "012319"


@dataclass(frozen=True)
class Prepared(InstalledPlugin):
    """An installed plugin whose class is at hand."""

    made: object = None

    def load(self) -> object:
        return self.made() if isinstance(self.made, Late) else self.made


class Late:
    """Something that happens while a plugin is loaded."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens = happens

    def __call__(self) -> object:
        return self.happens()


class Towns:
    """A directory of towns that a test may change."""

    def __init__(self, *towns: Town) -> None:
        self.by_code = {town.code: town for town in towns}

    def get(self, code: str) -> Town:
        if code not in self.by_code:
            raise UnknownTown(code)
        return self.by_code[code]

    def towns(self) -> tuple[Town, ...]:
        return tuple(self.by_code.values())

    def serves(self, code: str) -> bool:
        return code in self.by_code


class Seconds:
    """A clock for breakers that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def metadata(name: str, **facts: Any) -> PluginMetadata:
    facts = {"api_version": "0.2", "scopes": frozenset({DataScope.CONSULTATION}), **facts}
    return PluginMetadata(name, "試し", "Trial", facts.pop("kind", PluginKind.TOWN), **facts)


class Honest:
    """A town that answers what it should."""

    __module__ = "kasane_honest_plugin"
    metadata = metadata("honest")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.asked = 0

    @hookimpl
    def organization(self) -> Sequence[Office]:
        return (Office("a", "窓口"),)

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation:
        return Escalation(EscalationLevel.MULTI_AGENCY, "lead", "決まりです。")


class Bad(Honest):
    """Does what the test gives it, whenever it is asked."""

    metadata = metadata("bad")
    does: Callable[["Bad"], Any] = staticmethod(lambda plugin: None)

    @hookimpl
    def organization(self) -> Any:
        self.asked += 1
        return type(self).does(self)

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Any:
        self.asked += 1
        return type(self).does(self)


# What is counted as a plugin's is its package; the tests' own holds much more.
OF_ITS_OWN = {"__module__": "kasane_bad_plugin"}


def bad(does: Callable[[Any], Any], **facts: Any) -> type[Bad]:
    return type(
        "Doing",
        (Bad,),
        {**OF_ITS_OWN, "does": staticmethod(does), "metadata": metadata("bad", **facts)},
    )


def house_of(
    bad_class: object, limits: Limits | None = None, seconds: Callable[[], float] | None = None
) -> PluginHouse:
    installed = {
        name: Prepared(name, "kasane-x", "0.1.0", EntryPoint(name, "nowhere_on_disk:P", "x"), made)
        for name, made in (("bad", bad_class), ("honest", Honest))
    }
    towns = Towns(
        Town(BAD, "生駒市", "290009", ("bad",)), Town(GOOD, "恵庭市", "010006", ("honest",))
    )
    more = {"seconds": seconds} if seconds else {}
    return PluginHouse(towns, installed=lambda: installed, limits=limits, **more)


def neighbour_answers(house: PluginHouse) -> tuple[Any, Any]:
    hooks = house.hooks_for(GOOD)
    return hooks.escalation(consultation=BEYOND), hooks.organization(on=TODAY)


EXPECTED = (
    Escalation(EscalationLevel.MULTI_AGENCY, "lead", "決まりです。"),
    (Office("a", "窓口"),),
)


def failure_of(house: PluginHouse) -> PluginFailed:
    with pytest.raises(PluginFailed) as caught:
        house.hooks_for(BAD).escalation(consultation=BEYOND)
    return caught.value


def forever(_plugin: object) -> Any:
    while True:
        pass


def stubborn(_plugin: object) -> Any:
    """Catches what stops it, a few times."""
    for _ in range(3):
        try:
            while True:
                pass
        except BaseException:  # what a careless author may write
            continue
    return None


def leave(_plugin: object) -> Any:
    sys.exit(3)


def raising(_plugin: object) -> Any:
    raise ValueError("氏名らしき文字")


def too_deep(plugin: object) -> Any:
    return too_deep(plugin)


class Lazy(Sequence[Office]):
    """An answer that raises only when somebody reads it."""

    def __len__(self) -> int:
        return 1

    def __getitem__(self, at: Any) -> Any:
        raise RuntimeError


@pytest.mark.parametrize(
    ("does", "kind", "reason"),
    [
        (raising, FailureKind.RAISED, "ValueError"),
        (leave, FailureKind.RAISED, "SystemExit"),
        (too_deep, FailureKind.RAISED, "RecursionError"),
        (forever, FailureKind.COMPUTED_TOO_LONG, "計算が上限の100ミリ秒を超えました"),
        (stubborn, FailureKind.COMPUTED_TOO_LONG, "計算が上限の100ミリ秒を超えました"),
        (
            lambda plugin: "lead",
            FailureKind.WRONG_TYPE,
            "答えの型が違います。Escalation のはずが、str です（Escalation のはず）",
        ),
        (
            lambda plugin: Escalation(
                EscalationLevel.MULTI_AGENCY, "lead", "恵庭市（012319）につなぎます。"
            ),
            FailureKind.OTHER_TOWN,
            "別の市町村（012319）を名指ししています",
        ),
    ],
)
def test_what_goes_wrong_in_a_decision_stops_that_act_and_leaves_the_neighbour_alone(
    does: Callable[[Any], Any], kind: FailureKind, reason: str
) -> None:
    house = house_of(bad(does))
    before = neighbour_answers(house)

    failure = failure_of(house)

    assert (failure.plugin, failure.hook, failure.kind, failure.reason) == (
        "bad",
        "escalation",
        kind,
        reason,
    )
    assert "この操作は行われていません" in failure.sentence
    assert "氏名らしき文字" not in failure.sentence
    assert neighbour_answers(house) == before == EXPECTED
    assert house.meters.failures() == {(BAD, "bad", "escalation", kind.value): 1}


@pytest.mark.parametrize(
    ("does", "kind"),
    [
        (raising, FailureKind.RAISED),
        (forever, FailureKind.COMPUTED_TOO_LONG),
        (lambda plugin: [1], FailureKind.WRONG_TYPE),
        (lambda plugin: Lazy(), FailureKind.RAISED),
        (lambda plugin: [Office("012319-desk", "窓口")], FailureKind.OTHER_TOWN),
    ],
)
def test_a_contribution_is_left_out_with_a_notice(
    does: Callable[[Any], Any], kind: FailureKind
) -> None:
    house = house_of(bad(does))

    answers = ask_each(house.hooks_for(BAD), "organization", on=TODAY)

    assert answers.joined() == ()
    (failure,) = answers.failures
    assert failure.kind is kind
    assert failure.notice.endswith(
        "その分を除いて表示しています。市町村の管理者に知らせてください。"
    )
    assert neighbour_answers(house) == EXPECTED


def test_what_was_stopped_leaves_nothing_behind_in_the_thread() -> None:
    house = house_of(bad(forever))

    for _ in range(4):
        failure_of(house)
        total = sum(number for number in range(50_000))
        assert total == 1_249_975_000


def test_a_call_that_waits_is_told_when_it_comes_back_and_nobody_is_sent_after_it() -> None:
    gate = threading.Event()
    opened = threading.Event()
    house = house_of(bad(lambda plugin: gate.wait(60)), Limits(patience=0.2))
    standing = house.hooks_for(BAD).standing
    heard = standing._heard

    def told(change: Any) -> None:
        heard(change)  # type: ignore[misc]
        opened.set()

    standing._heard = told
    failures: list[PluginFailed] = []
    waiting = threading.Thread(target=lambda: failures.append(failure_of(house)))
    waiting.start()
    assert opened.wait(60)  # while the first call is still waiting

    second = failure_of(house)
    gate.set()
    waiting.join(60)

    assert second.kind is FailureKind.PAUSED
    assert second.reason == "0.2秒たっても答えませんでした。しばらく休止しています"
    assert [failure.kind for failure in failures] == [FailureKind.WAITED_TOO_LONG]
    assert house.hooks_for(BAD).manager.get_plugin("bad").asked == 1
    assert neighbour_answers(house) == EXPECTED


def test_what_is_known_to_hang_is_tried_again_in_a_thread_of_its_own() -> None:
    gate = threading.Event()
    threads: list[threading.Thread] = []

    def hang(_plugin: object) -> Any:
        threads.append(threading.current_thread())
        gate.wait(60)
        return None

    seconds = Seconds()
    house = house_of(bad(hang), Limits(patience=0.1, pause=30), seconds)
    releasing = threading.Timer(0.3, gate.set)
    releasing.start()
    failure_of(house)
    gate.clear()
    seconds.now += 31

    failure = failure_of(house)
    gate.set()
    releasing.join()

    assert failure.kind is FailureKind.WAITED_TOO_LONG
    assert threads[0] is threading.current_thread()
    assert threads[1] is not threading.current_thread()


def test_a_hook_is_left_alone_after_five_failures_and_tried_once_after_a_while() -> None:
    seconds = Seconds()
    answers: list[Any] = []

    def does(_plugin: object) -> Any:
        return answers.pop() if answers else 1 / 0

    house = house_of(bad(does), Limits(failures=5, pause=30), seconds)
    plugin = house.hooks_for(BAD).manager.get_plugin("bad")

    kinds = [failure_of(house).kind for _ in range(7)]
    asked = plugin.asked
    seconds.now += 29
    still = failure_of(house).kind
    seconds.now += 2
    tried = failure_of(house).kind
    seconds.now += 59
    paused_for_longer = failure_of(house).kind
    seconds.now += 2
    answers.append(EXPECTED[0])
    good = house.hooks_for(BAD).escalation(consultation=BEYOND)

    assert kinds == [FailureKind.RAISED] * 5 + [FailureKind.PAUSED] * 2
    assert asked == 5
    assert (still, tried, paused_for_longer) == (
        FailureKind.PAUSED,
        FailureKind.RAISED,
        FailureKind.PAUSED,
    )
    assert good == EXPECTED[0]
    assert [(one.hook, one.state) for one in house.changes(BAD)] == [
        ("escalation", BreakerState.OPEN),
        ("escalation", BreakerState.CLOSED),
    ]
    assert house.changes(BAD) == ()
    assert house.failing(BAD) == ()


def test_what_computes_too_long_is_left_alone_after_the_second_time() -> None:
    house = house_of(bad(forever))

    kinds = [failure_of(house).kind for _ in range(3)]

    assert kinds == [FailureKind.COMPUTED_TOO_LONG] * 2 + [FailureKind.PAUSED]


def test_a_good_answer_in_between_forgets_the_failures() -> None:
    turns = iter(([False] * 4 + [True]) * 3)

    def does(_plugin: object) -> Any:
        if next(turns):
            return EXPECTED[0]
        raise ValueError

    house = house_of(bad(does))
    kinds = []
    for _ in range(15):
        try:
            house.hooks_for(BAD).escalation(consultation=BEYOND)
        except PluginFailed as failure:
            kinds.append(failure.kind)

    assert kinds == [FailureKind.RAISED] * 12


def test_only_the_hook_that_fails_is_left_alone() -> None:
    def does(_plugin: object) -> Any:
        raise ValueError

    class Half(Bad):
        metadata = metadata("bad")

        @hookimpl
        def organization(self) -> Any:
            return (Office("a", "窓口"),)

    Half.does = staticmethod(does)
    house = house_of(Half)
    for _ in range(6):
        failure_of(house)

    assert house.hooks_for(BAD).organization(on=TODAY) == (Office("a", "窓口"),)
    (standing,) = house.failing(BAD)
    assert (standing.hook, standing.state, standing.reason) == (
        "escalation",
        BreakerState.OPEN,
        "ValueError",
    )
    assert house.failing(GOOD) == ()


def test_a_town_whose_set_changed_begins_anew() -> None:
    house = house_of(bad(raising))
    for _ in range(6):
        failure_of(house)
    towns: Any = house._directory
    towns.by_code[BAD] = Town(BAD, "生駒市", "290009", ("honest",), revision=2)

    assert house.hooks_for(BAD).escalation(consultation=BEYOND) == EXPECTED[0]
    assert house.failing(BAD) == ()


def test_a_plugin_that_grows_is_left_alone_and_made_anew() -> None:
    def grow(plugin: Any) -> Any:
        plugin.__dict__.setdefault("kept", []).append(bytes(1024 * 1024))
        return EXPECTED[0]

    seconds = Seconds()
    house = house_of(bad(grow), Limits(growth=4 * 1024 * 1024, longest_pause=600), seconds)
    hooks = house.hooks_for(BAD)
    for _ in range(3):
        hooks.escalation(consultation=BEYOND)
    small = house.look_at_growth(BAD)
    for _ in range(3):
        hooks.escalation(consultation=BEYOND)

    grown = house.look_at_growth(BAD)
    failure = failure_of(house)

    assert (small, grown) == ((), ("bad",))
    assert failure.kind is FailureKind.PAUSED
    assert failure.reason == "使うメモリーが上限の4MBを超えました。しばらく休止しています"
    assert house.hooks_for(BAD).manager.get_plugin("bad") is not hooks.manager.get_plugin("bad")
    assert neighbour_answers(house) == EXPECTED
    assert house.look_at_growth(GOOD) == ()
    seconds.now += 601
    assert house.hooks_for(BAD).escalation(consultation=BEYOND) == EXPECTED[0]


def test_growth_is_looked_at_beside_the_requests() -> None:
    done = threading.Event()
    house = house_of(bad(lambda plugin: EXPECTED[0]))
    looked: list[str] = []

    def look(municipality: str) -> tuple[str, ...]:
        looked.append(f"{municipality} {threading.current_thread().name}")
        done.set()
        return ()

    house.look_at_growth = look  # type: ignore[method-assign]
    hooks = house.hooks_for(BAD)
    for _ in range(64):
        hooks.escalation(consultation=BEYOND)

    assert done.wait(60)
    assert looked == [f"{BAD} kasane-watchdog"]


def test_a_plugin_may_allow_itself_less_time_than_the_question() -> None:
    failure = failure_of(house_of(bad(forever, budget_ms=20)))

    assert failure.reason == "計算が上限の20ミリ秒を超えました"


def test_a_plugin_of_a_prefecture_names_its_municipalities() -> None:
    class Prefecture(Honest):
        metadata = metadata("bad", kind=PluginKind.PREFECTURE)

        @hookimpl
        def prefecture_view(self, on: date) -> PrefectureView:
            return PrefectureView("課", "チーム", (), (ProgrammeStart(GOOD, "恵庭市"),))

    installed = {
        "bad": Prepared("bad", "x", "0", EntryPoint("bad", "nowhere_on_disk:P", "x"), Prefecture)
    }
    towns = Towns(Town("010006", "北海道", "010006", ("bad",)), Town(GOOD, "恵庭市", "010006"))
    house = PluginHouse(towns, installed=lambda: installed)

    view = house.hooks_for("010006").prefecture_view(on=TODAY)

    assert view.municipalities[0].code == GOOD


@pytest.mark.parametrize("module", ["kasane_kit.db", "kasane_cases", "importlib", "ctypes"])
def test_a_plugin_that_imports_the_platform_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    name = f"reaching_{module.replace('.', '_')}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("", "utf-8")
    (tmp_path / name / "plugin.py").write_text(
        f"def hook():\n    import {module}\n    return {module}\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("reaching", f"{name}.plugin:Plugin", "kasane.plugins")
    installed = {"reaching": InstalledPlugin("reaching", "x", "0", point)}

    with pytest.raises(MisconfiguredTown) as caught:
        build_manager(Town(BAD, "生駒市", "290009", ("reaching",)), installed)

    assert caught.value.sentence == (
        f"生駒市（292095）の設定に誤りがあります。プラグイン「reaching」の plugin.py 2行目の import {module} "
        "は使えません。プラグインが使えるのは標準ライブラリと kasane_plugin_api だけです。作った人に直してもらうか、"
        "plugins から消してください。"
    )
    assert f"{name}.plugin" not in sys.modules


@pytest.mark.parametrize("line", ["__import__('os')", "eval('1')", "sys.modules['x']"])
def test_ways_around_an_import_are_refused_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    name = f"around_{abs(hash(line))}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text(f"import sys\n\n\n{line}\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("around", f"{name}:Plugin", "kasane.plugins")

    with pytest.raises(MisconfiguredTown, match=r"__init__\.py 4行目の"):
        build_manager(
            Town(BAD, "生駒市", "290009", ("around",)),
            {"around": InstalledPlugin("around", "x", "0", point)},
        )


def test_a_plugin_that_hangs_while_it_is_made_stops_its_town_only() -> None:
    class Slow(Honest):
        metadata = metadata("bad")

        def __init__(self, settings: Mapping[str, Any]) -> None:
            forever(self)

    house = house_of(Slow, Limits(making=0.05))

    problems = house.misconfigured()

    assert [problem.code for problem in problems] == [BAD]
    assert "「bad」を用意できません（時間がかかりすぎたので止めました）。" in problems[0].sentence
    assert neighbour_answers(house) == EXPECTED


def test_a_town_is_built_while_another_towns_plugin_takes_its_time() -> None:
    gate, begun = threading.Event(), threading.Event()

    class Slow(Honest):
        metadata = metadata("bad")

        def __init__(self, settings: Mapping[str, Any]) -> None:
            begun.set()
            gate.wait(60)
            self.asked = 0

    house = house_of(Slow, Limits(making=60))
    building = threading.Thread(target=lambda: house.hooks_for(BAD))
    building.start()
    assert begun.wait(60)

    answers = neighbour_answers(house)
    gate.set()
    building.join(60)

    assert answers == EXPECTED


def test_a_hook_sees_only_what_its_plugin_declares() -> None:
    class Curious(Honest):
        metadata = metadata("bad", scopes=frozenset())

    (problem,) = house_of(Curious).misconfigured()

    assert problem.sentence == (
        "生駒市（292095）の設定に誤りがあります。プラグイン「bad」の「escalation」は consultation を受け取りますが、"
        "metadata.scopes に DataScope.CONSULTATION がありません。書き加えるか、引数を減らしてください。"
    )


def test_a_process_keeps_only_the_towns_that_were_asked_last() -> None:
    installed = {
        "honest": Prepared(
            "honest", "x", "0", EntryPoint("honest", "nowhere_on_disk:P", "x"), Honest
        )
    }
    codes = [f"{number:06}" for number in range(5)]
    towns = Towns(*(Town(code, "町", "000001", ("honest",)) for code in codes))
    house = PluginHouse(towns, installed=lambda: installed, limits=Limits(kept=2))

    first = house.hooks_for(codes[0])
    house.hooks_for(codes[1])
    again = house.hooks_for(codes[0])
    house.hooks_for(codes[2])
    kept = house.hooks_for(codes[0])
    for code in codes:
        house.hooks_for(code)
    anew = house.hooks_for(codes[0])

    assert again is kept is first
    assert anew is not first
    assert anew.escalation(consultation=BEYOND) == EXPECTED[0]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    for thread in threading.enumerate():
        if thread.name == "kasane-plugin-trial":
            thread.join(60)
            assert not thread.is_alive()
