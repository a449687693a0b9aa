"""Checks that one manager per town is built and asked as docs/hooks.md promises."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from kasane_kit.plugins import (
    Hooks,
    InstalledPlugin,
    MisconfiguredTown,
    PluginAnswer,
    PluginFailed,
    PluginHouse,
    answered_by,
    ask_each,
    build_manager,
    catalogue,
    misfit,
    questions,
    words_of,
)
from kasane_kit.plugins.soundness import check_of
from kasane_kit.tenancy import Town, UnknownTown
from kasane_plugin_api import (
    ConsultationView,
    Escalation,
    EscalationLevel,
    LegalKind,
    MeetingBody,
    Office,
    PluginKind,
    PluginMetadata,
    Role,
    RoleFunction,
    ScreeningView,
    SettingSpec,
    hookimpl,
)
from kasane_plugin_api.samples import sample_arguments

TODAY = date(2026, 11, 2)
BEYOND = ConsultationView("desk", "window", screening=ScreeningView(False, False))


@dataclass(frozen=True)
class Prepared(InstalledPlugin):
    """An installed plugin whose class is at hand."""

    made: object = None

    def load(self) -> object:
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


def _prepared(*classes: Any) -> dict[str, InstalledPlugin]:
    names = [made.metadata.name for made in classes]
    return {
        name: Prepared(name, "kasane-x", "0.1.0", EntryPoint(name, "x:Plugin", "x"), made)
        for name, made in zip(names, classes, strict=True)
    }


def _metadata(name: str, **facts: Any) -> PluginMetadata:
    return PluginMetadata(name, "試し", "Trial", facts.pop("kind", PluginKind.PROGRAMME), **facts)


def _town(*plugins: str, revision: int = 1, **settings: Mapping[str, Any]) -> Town:
    return Town("292095", "生駒市", "290009", plugins, settings, revision)


def _hooks(*classes: Any, trace: bool = False, **settings: Mapping[str, Any]) -> Hooks:
    available = _prepared(*classes)
    town = _town(*available, **settings)
    return Hooks(town, build_manager(town, available), trace=trace)


def _sentence(town: Town, available: Mapping[str, InstalledPlugin]) -> str:
    with pytest.raises(MisconfiguredTown) as caught:
        build_manager(town, available)
    assert caught.value.code == town.code
    return caught.value.sentence


class Plain:
    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings


class First(Plain):
    metadata = _metadata("first")

    @hookimpl
    def organization(self) -> Sequence[Office]:
        return (Office("a", "窓口A"), Office("shared", "はじめの窓口"))

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation:
        return Escalation(EscalationLevel.MULTI_AGENCY, "first", "…")

    @hookimpl
    def town_terms(self) -> Mapping[str, str]:
        return {"office": "はじめ", "contact": "係"}


class Second(Plain):
    metadata = _metadata("second")

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        return (Office("shared", "あとの窓口"), Office("b", "窓口B"))

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation:
        return Escalation(EscalationLevel.MULTI_AGENCY, "second", "…")

    @hookimpl
    def town_terms(self, on: date) -> Mapping[str, str]:
        return {"office": "あと"}


class Broken(Plain):
    metadata = _metadata("broken")

    @hookimpl
    def organization(self, on: date) -> Sequence[Office]:
        raise RuntimeError("氏名らしき文字")

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Escalation:
        raise RuntimeError("氏名らしき文字")


class Wrong(Plain):
    metadata = _metadata("wrong")

    @hookimpl
    def organization(self, on: date) -> Any:
        return ["窓口"]

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Any:
        return "coordinator"


class Silent(Plain):
    metadata = _metadata("silent", kind=PluginKind.TOWN)


class Set(Plain):
    metadata = _metadata(
        "set",
        settings={
            "days": SettingSpec(int, "日数", default=2),
            "names": SettingSpec(list, "名前", default=[], item_type=str),
            "since": SettingSpec(date, "始めた日", required=True),
        },
    )


def test_without_plugins_the_national_defaults_answer() -> None:
    hooks = _hooks()

    bodies = hooks.meeting_bodies(on=TODAY)
    escalation = hooks.escalation(consultation=BEYOND)

    assert [(body.label, body.legal_kinds) for body in bodies] == [
        ("支援会議", (LegalKind.SUPPORT_CONFERENCE,)),
        ("重層的支援会議", (LegalKind.MULTI_AGENCY_CONFERENCE,)),
    ]
    assert (escalation.target_role, escalation.level) == (
        "coordinator",
        EscalationLevel.MULTI_AGENCY,
    )


def test_a_plugin_later_in_the_list_decides() -> None:
    assert _hooks(First, Second).escalation(consultation=BEYOND).target_role == "second"
    assert _hooks(Second, First).escalation(consultation=BEYOND).target_role == "first"


def test_a_plugin_that_puts_itself_last_is_still_asked_before_the_default() -> None:
    class Last(Plain):
        metadata = _metadata("last")

        @hookimpl(trylast=True)
        def escalation(self, consultation: ConsultationView) -> Escalation:
            return Escalation(EscalationLevel.SINGLE_AGENCY, "last", "…")

    assert _hooks(Last).escalation(consultation=BEYOND).target_role == "last"


def test_contributions_are_joined_in_the_towns_order_and_a_later_code_stands() -> None:
    offices = _hooks(First, Second).organization(on=TODAY)

    assert [(office.code, office.label) for office in offices] == [
        ("a", "窓口A"),
        ("shared", "あとの窓口"),
        ("b", "窓口B"),
    ]


def test_of_two_words_the_later_plugins_stands() -> None:
    terms = _hooks(First, Second).town_terms(on=TODAY)

    assert terms == {"office": "あと", "contact": "係"}


def test_the_platforms_posts_are_there_beside_the_towns_own() -> None:
    class Posts(Plain):
        metadata = _metadata("posts")

        @hookimpl
        def roles(self, on: date) -> Sequence[Role]:
            return (Role("chief", "主任", RoleFunction.COORDINATOR),)

    assert [role.code for role in _hooks(Posts).roles(on=TODAY)] == [
        "town_administrator",
        "prefecture_operator",
        "chief",
    ]
    assert [role.code for role in _hooks(Silent).roles(on=TODAY)] == [
        "receiver",
        "contact",
        "coordinator",
        "town_administrator",
        "prefecture_operator",
    ]


def test_the_default_stands_in_only_when_no_plugin_answers() -> None:
    class Bodies(Plain):
        metadata = _metadata("bodies")

        @hookimpl
        def meeting_bodies(self, on: date) -> Sequence[MeetingBody]:
            return (MeetingBody("one", "包括的支援会議", (LegalKind.SUPPORT_CONFERENCE,)),)

    assert [body.code for body in _hooks(Bodies).meeting_bodies(on=TODAY)] == ["one"]
    assert len(_hooks(Silent).meeting_bodies(on=TODAY)) == 2


def test_ask_each_keeps_the_good_answers_and_reports_the_failures() -> None:
    heard: list[PluginFailed] = []

    answers = ask_each(
        _hooks(First, Broken, Second), "organization", on_failure=heard.append, on=TODAY
    )

    assert [answer.plugin for answer in answers.given] == ["first", "second"]
    assert [office.code for office in answers.joined()] == ["a", "shared", "b"]
    assert [(failure.plugin, failure.hook) for failure in heard] == [("broken", "organization")]
    assert answers.failures == tuple(heard)


def test_ask_each_gives_each_plugins_answer_by_name() -> None:
    answers = ask_each(_hooks(First, Second), "town_terms", on=TODAY)

    assert answers.given == (
        PluginAnswer("first", {"office": "はじめ", "contact": "係"}),
        PluginAnswer("second", {"office": "あと"}),
    )


def test_the_default_stands_in_for_a_plugin_that_failed() -> None:
    class Categories(Plain):
        metadata = _metadata("categories")

        @hookimpl
        def consultation_categories(self) -> Any:
            raise RuntimeError

    answers = ask_each(_hooks(Categories), "consultation_categories")

    assert [answer.plugin for answer in answers.given] == ["default"]
    assert len(answers.joined()) == 16
    assert len(answers.failures) == 1


def test_a_decision_fails_closed_and_names_plugin_and_hook() -> None:
    with pytest.raises(PluginFailed) as caught:
        _hooks(First, Broken).escalation(consultation=BEYOND)

    assert (caught.value.plugin, caught.value.hook) == ("broken", "escalation")
    assert caught.value.sentence == (
        "プラグイン「broken」が質問「escalation」に答えられませんでした（RuntimeError）。"
        "この操作は行われていません。市町村の管理者に知らせてください。"
    )
    assert "氏名らしき文字" not in caught.value.sentence + caught.value.notice


def test_a_contribution_asked_without_ask_each_fails_closed() -> None:
    with pytest.raises(PluginFailed) as caught:
        _hooks(First, Broken).organization(on=TODAY)

    assert caught.value.plugin == "broken"


def test_a_wrong_type_of_answer_is_a_failure_naming_the_expected_type() -> None:
    with pytest.raises(PluginFailed) as decision:
        _hooks(Wrong).escalation(consultation=BEYOND)
    contribution = ask_each(_hooks(Wrong), "organization", on=TODAY)

    assert decision.value.reason == (
        "答えの型が違います。Escalation のはずが、str です（Escalation のはず）"
    )
    assert contribution.failures[0].reason == (
        "答えの型が違います。Sequence[Office] のはずが、[0] が str です（Office のはず）"
    )


def test_a_question_with_other_arguments_is_refused_before_any_plugin_is_asked() -> None:
    with pytest.raises(TypeError, match="hook escalation takes consultation; given: on"):
        _hooks(Broken).escalation(on=TODAY)
    with pytest.raises(TypeError, match="hook organization takes on; given: nothing"):
        ask_each(_hooks(Broken), "organization")


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(AttributeError, match="there is no hook escalate"):
        _hooks().escalate(consultation=BEYOND)


def test_calls_are_traced_when_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="kasane.hooks"):
        _hooks(First).town_terms(on=TODAY)
        _hooks(First, trace=True).town_terms(on=TODAY)

    assert [record.getMessage() for record in caplog.records] == [
        "292095 default town_terms {'on': datetime.date(2026, 11, 2)} -> {}",
        "292095 first town_terms {'on': datetime.date(2026, 11, 2)}"
        " -> {'office': 'はじめ', 'contact': '係'}",
    ]


class Counting(Plain):
    """Counts how often it is asked."""

    metadata = _metadata("counting")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.asked: list[object] = []

    @hookimpl
    def roles(self, on: date) -> Sequence[Role]:
        self.asked.append(on)
        return [Role("reader", "読む人", RoleFunction.CONTACT)]

    @hookimpl
    def handoff_form_fields(self) -> Sequence[Any]:
        self.asked.append("fields")
        raise ValueError


def test_for_one_piece_of_work_the_same_question_is_asked_once() -> None:
    hooks = _hooks(Counting)
    counting = hooks.manager.get_plugin("counting")
    remembering = hooks.remembering()
    answers = [remembering.roles(on=TODAY) for _ in range(3)]
    remembering.roles(on=date(2025, 4, 1))
    asked = list(counting.asked)
    hooks.roles(on=TODAY)

    assert answers[0] == answers[1] == answers[2]
    assert "reader" in {role.code for role in answers[0]}
    assert asked == [TODAY, date(2025, 4, 1)]
    assert counting.asked == [TODAY, date(2025, 4, 1), TODAY]


def test_a_failure_is_not_remembered() -> None:
    remembering = _hooks(Counting).remembering()
    for _ in range(2):
        with pytest.raises(PluginFailed):
            remembering.handoff_form_fields()

    assert remembering.manager.get_plugin("counting").asked == ["fields", "fields"]


def test_settings_are_given_with_their_defaults() -> None:
    hooks = _hooks(Set, set={"since": TODAY, "names": ["x"]})

    plugin = hooks.manager.get_plugin("set")

    assert isinstance(plugin, Set)
    assert dict(plugin.settings) == {"days": 2, "names": ["x"], "since": TODAY}


def test_no_two_towns_share_a_default() -> None:
    first, second = _hooks(Set, set={"since": TODAY}), _hooks(Set, set={"since": TODAY})
    plugin, neighbour = first.manager.get_plugin("set"), second.manager.get_plugin("set")
    assert isinstance(plugin, Set)
    assert isinstance(neighbour, Set)

    plugin.settings["names"].append("x")

    assert neighbour.settings["names"] == []


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({}, "[settings.set] に設定「since」（始めた日）がありません。"),
        (
            {"since": TODAY, "dais": 3},
            "[settings.set] に知らない設定「dais」があります。使える設定はdays、names、sinceです。",
        ),
        (
            {"since": TODAY, "days": "3"},
            "[settings.set] の設定「days」（日数）は整数で書いてください。",
        ),
        (
            {"since": TODAY, "days": True},
            "[settings.set] の設定「days」（日数）は整数で書いてください。",
        ),
        (
            {"since": TODAY, "names": ["a", 1]},
            "[settings.set] の設定「names」の中の 1 は文字列で書いてください。",
        ),
    ],
)
def test_wrong_settings_name_the_key(settings: Mapping[str, Any], what: str) -> None:
    sentence = _sentence(_town("set", set=settings), _prepared(Set))

    assert sentence.startswith(f"生駒市（292095）の設定に誤りがあります。{what}")


def _needing(name: str, *needs: str) -> type[Plain]:
    return type(name.title(), (Plain,), {"metadata": _metadata(name, needs=needs)})


@pytest.mark.parametrize(
    ("order", "needs", "what"),
    [
        (
            ("sheet",),
            {"sheet": ("survey",)},
            "プラグイン「sheet」には「survey」が要ります。plugins の「sheet」より前に「survey」を書いてください。",
        ),
        (
            ("sheet", "survey"),
            {"sheet": ("survey",), "survey": ()},
            "プラグイン「sheet」には「survey」が要ります。plugins の「sheet」より前に「survey」を書いてください。",
        ),
        (
            ("one", "two", "three"),
            {"one": ("three",), "two": ("one",), "three": ("two",)},
            "プラグインが互いを必要としています（one → three → two → one）。どの順にも並べられないので、"
            "どれかを plugins から消すか、作った人に needs を直してもらってください。",
        ),
    ],
    ids=["not there", "after it", "cycle"],
)
def test_what_a_plugin_needs_stands_before_it(
    order: tuple[str, ...], needs: Mapping[str, tuple[str, ...]], what: str
) -> None:
    available = _prepared(*(_needing(name, *needs[name]) for name in needs))

    assert _sentence(_town(*order), available) == f"生駒市（292095）の設定に誤りがあります。{what}"


def test_a_plugin_whose_needs_stand_before_it_is_built() -> None:
    available = _prepared(_needing("sheet", "survey"), _needing("survey"))

    manager = build_manager(_town("survey", "sheet"), available)

    assert [manager.has_plugin(name) for name in ("survey", "sheet")] == [True, True]


def test_a_plugin_that_is_not_installed_is_named() -> None:
    sentence = _sentence(_town("ikomma"), _prepared(First, Second))

    assert sentence == (
        "生駒市（292095）の設定に誤りがあります。プラグイン「ikomma」は入っていません。"
        "入っているのはfirst、secondです。名前を直すか、インストールしてください。"
    )


def test_settings_of_a_plugin_that_is_not_enabled_are_named() -> None:
    sentence = _sentence(_town("first", second={"x": 1}), _prepared(First, Second))

    assert "[settings.second] がありますが、プラグイン「second」は有効ではありません。" in sentence


def test_an_unknown_hook_is_named() -> None:
    class Misspelt(Plain):
        metadata = _metadata("misspelt")

        @hookimpl
        def escalations(self) -> None:
            return None

    sentence = _sentence(_town("misspelt"), _prepared(Misspelt))

    assert "プラグイン「misspelt」の「escalations」という質問はありません。" in sentence


def test_an_unknown_argument_is_named() -> None:
    class Greedy(Plain):
        metadata = _metadata("greedy")

        @hookimpl
        def organization(self, on: date, session: object) -> None:
            return None

    sentence = _sentence(_town("greedy"), _prepared(Greedy))

    assert "「organization」に知らない引数「session」があります。使える引数はonです。" in sentence


def test_a_wrapper_is_refused() -> None:
    class Wrapping(Plain):
        metadata = _metadata("wrapping")

        @hookimpl(wrapper=True)
        def organization(self, on: date) -> Any:
            return (yield)

    sentence = _sentence(_town("wrapping"), _prepared(Wrapping))

    assert "「organization」は包む形です" in sentence


def test_a_plugin_that_cannot_be_imported_or_made_is_named() -> None:
    class Failing:
        metadata = _metadata("failing")

        def __init__(self, settings: Mapping[str, Any]) -> None:
            raise ValueError("圏域が足りません")

    point = EntryPoint("gone", "gone:Plugin", "x")
    gone = {"gone": Prepared("gone", "kasane-gone", "0.1.0", point, ImportError("no gone"))}

    assert "「gone」を読み込めません（ImportError: no gone）" in _sentence(_town("gone"), gone)
    assert "「failing」を用意できません（ValueError: 圏域が足りません）" in _sentence(
        _town("failing"), _prepared(Failing)
    )


def test_a_plugin_for_a_newer_api_is_refused() -> None:
    class Newer(Plain):
        metadata = _metadata("newer", api_version="0.3")

    sentence = _sentence(_town("newer"), _prepared(Newer))

    assert "プラグイン「newer」は plugin-api 0.3 用です。この基盤は 0.2 です。" in sentence


def test_a_town_has_one_town_plugin() -> None:
    class Other(Plain):
        metadata = _metadata("other", kind=PluginKind.TOWN)

    sentence = _sentence(_town("silent", "other"), _prepared(Silent, Other))

    assert "自治体プラグインは1つまでですが、「silent」と「other」があります。" in sentence


def test_a_plugin_of_a_prefecture_is_refused_in_a_town() -> None:
    sentence = _sentence(_town("tottori"), catalogue())

    assert "「tottori」は都道府県のもので、市町村では使えません" in sentence


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


def test_a_towns_hooks_are_built_once_per_revision() -> None:
    directory = Towns(_town("first"))
    house = PluginHouse(directory, installed=lambda: _prepared(First, Second))

    before = house.hooks_for("292095")
    again = house.hooks_for("292095")
    directory.by_code["292095"] = _town("first", "second", revision=2)
    after = house.hooks_for("292095")

    assert again is before
    assert after is not before
    assert after.escalation(consultation=BEYOND).target_role == "second"
    assert before.escalation(consultation=BEYOND).target_role == "first"


def test_one_misconfigured_town_leaves_the_others_alone() -> None:
    good = Town("012319", "恵庭市", "010006", ("first",))
    house = PluginHouse(Towns(_town("ikomma"), good), installed=lambda: _prepared(First))

    problems = house.misconfigured()

    assert [problem.code for problem in problems] == ["292095"]
    assert house.hooks_for("012319").town.name == "恵庭市"
    with pytest.raises(MisconfiguredTown):
        house.hooks_for("292095")


def test_an_unknown_town_is_the_directorys_matter() -> None:
    with pytest.raises(UnknownTown):
        PluginHouse(Towns()).hooks_for("292095")


def test_the_catalogue_is_read_once_and_knows_the_shipped_plugins() -> None:
    found = catalogue()

    assert catalogue() is found
    assert {"ikoma", "eniwa", "town-template"} <= set(found)
    assert found["ikoma"].distribution == "kasane-ikoma"
    assert (found["ikoma"].folder() / "structure.toml").is_file()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([Office("a", "窓口")], ""),
        ((), ""),
        ("窓口", "str です（Sequence[Office] のはず）"),
        ([Office("a", "窓口"), None], "[1] が NoneType です（Office のはず）"),
        ([Office("a", 1)], "[0].label が int です（str のはず）"),  # type: ignore[arg-type]
        ([Office("a", "窓口", valid_from=TODAY)], ""),
        (
            [Office("a", "窓口", kind="municipal")],  # type: ignore[arg-type]
            "[0].kind が str です（OfficeKind のはず）",
        ),
    ],
)
def test_the_check_of_an_answer_goes_to_the_bottom(value: object, problem: str) -> None:
    assert misfit(value, questions()["organization"].answer) == problem


def test_types_are_written_as_an_author_writes_them() -> None:
    assert words_of(questions()["organization"].answer) == "Sequence[Office]"
    assert words_of(questions()["town_terms"].answer) == "Mapping[str, str]"
    assert words_of(date | None) == "date | None"


@pytest.mark.parametrize("hook", sorted(questions()))
def test_the_fast_check_says_what_the_explaining_one_says(hook: str) -> None:
    answer = questions()[hook].answer
    values: list[Any] = [None, 1, True, "text", (), [], {}, {"a": "b"}, {"a": 1}, (None,)]
    for plugin in catalogue().values():
        manager = build_manager(
            Town("000000", "町", "000000", (plugin.name,)), {plugin.name: plugin}
        )
        for one in answered_by(manager, plugin.name):
            sample = next(iter(sample_arguments(one.arguments, ())))
            values.append(one.function(**sample))

    differing = [
        value
        for value in values
        if check_of(answer)(value, []) is not (misfit(value, answer) == "")
    ]

    assert differing == []
