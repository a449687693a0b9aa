"""Builds one plugin manager per town and asks its plugins, checking every answer."""

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from inspect import signature
from threading import Lock
from typing import Any

import pluggy

from kasane_kit.plugins.catalogue import InstalledPlugin, catalogue
from kasane_kit.plugins.checking import (
    WrongSetting,
    checked_settings,
    misfit,
    problem_of_metadata,
    words_of,
)
from kasane_kit.plugins.defaults import DEFAULT, PLATFORM, DefaultTown, PlatformTown
from kasane_kit.plugins.outcomes import Answers, MisconfiguredTown, PluginAnswer, PluginFailed
from kasane_kit.plugins.questions import Question, questions
from kasane_kit.tenancy import Town, TownDirectory
from kasane_plugin_api import NAME, PluginKind, PluginMetadata, hookspecs

_trace = logging.getLogger("kasane.hooks")


class Hooks:
    """The questions of one town: ``hooks.escalation(…)`` is asked with the hook's own arguments.

    A decision gives the first answer or None, a contribution all answers joined. Both raise
    PluginFailed when a plugin fails; ``ask_each`` is for pages that must open all the same.
    """

    def __init__(
        self,
        town: Town,
        manager: pluggy.PluginManager,
        *,
        trace: bool = False,
        remembered: dict[Hashable, Any] | None = None,
    ) -> None:
        self.town = town
        self.manager = manager
        self.trace = trace
        self._remembered = remembered

    def remembering(self) -> "Hooks":
        """The same questions for one piece of work: what was answered once is not asked again."""
        return Hooks(self.town, self.manager, trace=self.trace, remembered={})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        question = questions().get(name)
        if question is None:
            raise AttributeError(f"there is no hook {name}; docs/hooks.md lists them")

        def ask(**arguments: Any) -> Any:
            return self._ask(question, arguments)

        return ask

    def _ask(self, question: Question, arguments: Mapping[str, Any]) -> Any:
        _same_arguments(question, arguments)
        if question.decision:
            for implementation in reversed(self._implementations(question)):
                answer = self._call(implementation, question, arguments)
                if answer is not None:
                    return answer
            return None
        answers = ask_each(self, question.name, **arguments)
        if answers.failures:
            raise answers.failures[0]
        return answers.merged() if question.merges else answers.joined()

    def _implementations(self, question: Question) -> Sequence[pluggy.HookImpl]:
        found = getattr(self.manager.hook, question.name).get_hookimpls()
        return sorted(found, key=lambda one: one.plugin_name not in (DEFAULT, PLATFORM))

    def _call(
        self, implementation: pluggy.HookImpl, question: Question, arguments: Mapping[str, Any]
    ) -> Any:
        given = tuple(arguments[name] for name in implementation.argnames)
        if self._remembered is None or not _hashable(given):
            return self._checked_answer(implementation, question, arguments, given)
        key = (implementation.plugin_name, question.name, given)
        if key not in self._remembered:
            self._remembered[key] = self._checked_answer(implementation, question, arguments, given)
        return self._remembered[key]

    def _checked_answer(
        self,
        implementation: pluggy.HookImpl,
        question: Question,
        arguments: Mapping[str, Any],
        given: tuple[Any, ...],
    ) -> Any:
        plugin = implementation.plugin_name
        try:
            answer = implementation.function(*given)
        except Exception as error:
            raise PluginFailed(plugin, question.name, type(error).__name__) from error
        if self.trace:
            _trace.info(
                "%s %s %s %r -> %r", self.town.code, plugin, question.name, arguments, answer
            )
        if answer is None:
            return None
        problem = misfit(answer, question.answer)
        if problem:
            reason = f"答えの型が違います。{words_of(question.answer)} のはずが、{problem}"
            raise PluginFailed(plugin, question.name, reason)
        return answer


def ask_each(
    hooks: Hooks,
    name: str,
    /,
    *,
    on_failure: Callable[[PluginFailed], None] | None = None,
    **arguments: Any,
) -> Answers:
    """Asks plugin by plugin in the town's order and keeps the good answers.

    Each failure goes to ``on_failure`` and into the result; the others are asked all the same. The
    national default stands in only when no plugin of the town gave an answer.
    """
    question = questions()[name]
    _same_arguments(question, arguments)
    given: list[PluginAnswer] = []
    failures: list[PluginFailed] = []
    standing_in: list[PluginAnswer] = []
    for implementation in hooks._implementations(question):
        try:
            answer = hooks._call(implementation, question, arguments)
        except PluginFailed as failure:
            failures.append(failure)
            if on_failure is not None:
                on_failure(failure)
            continue
        if answer is not None:
            found = PluginAnswer(implementation.plugin_name, answer)
            (standing_in if found.plugin == DEFAULT else given).append(found)
    if all(answer.plugin == PLATFORM for answer in given):
        given = [*standing_in, *given]
    return Answers(tuple(given), tuple(failures))


class PluginHouse:
    """The hooks of every town, each town's built on first use and again when its revision moves."""

    def __init__(
        self,
        directory: TownDirectory,
        *,
        installed: Callable[[], Mapping[str, InstalledPlugin]] = catalogue,
        trace: bool = False,
    ) -> None:
        self._directory = directory
        self._installed = installed
        self._trace = trace
        self._lock = Lock()
        self._built: dict[str, tuple[int, Hooks | MisconfiguredTown]] = {}

    def hooks_for(self, municipality: str) -> Hooks:
        """The town's hooks; raises MisconfiguredTown, and UnknownTown as the directory does."""
        town = self._directory.get(municipality)
        with self._lock:
            revision, built = self._built.get(town.code, (-1, None))
            if built is None or revision != town.revision:
                built = self._build(town)
                self._built[town.code] = (town.revision, built)
        if isinstance(built, MisconfiguredTown):
            raise MisconfiguredTown(built.code, built.sentence) from built
        return built

    def places(self) -> tuple[Town, ...]:
        """Every place whose plugins can be asked, ordered by code."""
        return self._directory.towns()

    def misconfigured(self) -> tuple[MisconfiguredTown, ...]:
        """Every town whose plugins cannot be used, with the sentence to show."""
        found: list[MisconfiguredTown] = []
        for town in self._directory.towns():
            try:
                self.hooks_for(town.code)
            except MisconfiguredTown as problem:
                found.append(problem)
        return tuple(found)

    def _build(self, town: Town) -> Hooks | MisconfiguredTown:
        try:
            manager = build_manager(town, self._installed())
        except MisconfiguredTown as problem:
            return problem
        return Hooks(town, manager, trace=self._trace)


def build_manager(
    town: Town, installed: Mapping[str, InstalledPlugin] | None = None
) -> pluggy.PluginManager:
    """A manager with the defaults and a new instance of each plugin the town enables.

    Raises MisconfiguredTown with one sentence saying what is wrong and what to do.
    """
    available = catalogue() if installed is None else installed
    _check_names(town, available)
    manager = pluggy.PluginManager(NAME)
    for subject in hookspecs.SUBJECTS:
        manager.add_hookspecs(subject)
    manager.register(DefaultTown(), DEFAULT)
    manager.register(PlatformTown(), PLATFORM)
    of_towns: list[str] = []
    for name in town.plugins:
        plugin, metadata = _instance(town, available[name])
        problem = _problem_of_hooks(manager, plugin, name)
        if problem:
            raise _misconfigured(town, problem)
        if metadata.kind is PluginKind.PREFECTURE and town.code != town.prefecture:
            raise _misconfigured(
                town,
                f"プラグイン「{name}」は都道府県のもので、市町村では使えません。plugins から消し、"
                "prefectures フォルダーの都道府県のファイルに書いてください。",
            )
        if metadata.kind is PluginKind.TOWN:
            of_towns.append(name)
        manager.register(plugin, name)
    if len(of_towns) > 1:
        both = "」と「".join(of_towns)
        raise _misconfigured(
            town, f"自治体プラグインは1つまでですが、「{both}」があります。1つにしてください。"
        )
    manager.check_pending()
    return manager


def _hashable(values: tuple[Any, ...]) -> bool:
    try:
        hash(values)
    except TypeError:
        return False
    return True


def _same_arguments(question: Question, arguments: Iterable[str]) -> None:
    if set(arguments) != set(question.arguments):
        raise TypeError(
            f"hook {question.name} takes {', '.join(question.arguments) or 'nothing'}; "
            f"given: {', '.join(arguments) or 'nothing'}; no plugin was asked"
        )


def _check_names(town: Town, available: Mapping[str, InstalledPlugin]) -> None:
    for name in town.plugins:
        if town.plugins.count(name) > 1:
            raise _misconfigured(
                town, f"プラグイン「{name}」が二度あります。片方を消してください。"
            )
        if name not in available:
            installed = "、".join(sorted(available)) or "なし"
            raise _misconfigured(
                town,
                f"プラグイン「{name}」は入っていません。入っているのは{installed}です。"
                "名前を直すか、インストールしてください。",
            )
    for name in town.settings:
        if name not in town.plugins:
            raise _misconfigured(
                town,
                f"[settings.{name}] がありますが、プラグイン「{name}」は有効ではありません。"
                "plugins に加えるか、設定を消してください。",
            )


def _instance(town: Town, installed: InstalledPlugin) -> tuple[object, PluginMetadata]:
    name = installed.name
    try:
        found = installed.load()
    except Exception as error:
        raise _misconfigured(
            town, f"プラグイン「{name}」を読み込めません（{type(error).__name__}: {error}）。"
        ) from error
    metadata = getattr(found, "metadata", None)
    problem = problem_of_metadata(metadata, name)
    if problem:
        raise _misconfigured(town, problem)
    assert isinstance(metadata, PluginMetadata)
    if not isinstance(found, type):
        raise _misconfigured(
            town, f"プラグイン「{name}」のエントリポイントがクラスではありません。"
        )
    try:
        settings = checked_settings(metadata, town.settings.get(name, {}), f"[settings.{name}]")
    except WrongSetting as error:
        raise _misconfigured(town, str(error)) from error
    try:
        return found(settings), metadata
    except Exception as error:
        raise _misconfigured(
            town, f"プラグイン「{name}」を用意できません（{type(error).__name__}: {error}）。"
        ) from error


def _problem_of_hooks(manager: pluggy.PluginManager, plugin: object, name: str) -> str:
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            continue
        hook = options.get("specname") or attribute
        question = questions().get(hook)
        if question is None:
            return (
                f"プラグイン「{name}」の「{hook}」という質問はありません。"
                "docs/hooks.md の名前に直してください。"
            )
        if options.get("wrapper") or options.get("hookwrapper"):
            return f"プラグイン「{name}」の「{hook}」は包む形です。答える形にしてください。"
        wrong = sorted(
            set(signature(getattr(plugin, attribute)).parameters) - set(question.arguments)
        )
        if wrong:
            takes = "、".join(question.arguments) or "なし"
            return (
                f"プラグイン「{name}」の「{hook}」に知らない引数「{wrong[0]}」があります。"
                f"使える引数は{takes}です。"
            )
    return ""


def _misconfigured(town: Town, what: str) -> MisconfiguredTown:
    return MisconfiguredTown(town.code, f"{town.name}（{town.code}）の設定に誤りがあります。{what}")
