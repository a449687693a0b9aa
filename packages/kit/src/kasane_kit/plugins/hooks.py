"""Asks the plugins of one town: every call within its budget, every answer checked, every failure kept to itself."""

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Any

import pluggy

from kasane_kit.meters import Meters
from kasane_kit.plugins.checking import misfit, other_town_in, words_of
from kasane_kit.plugins.defaults import DEFAULT, PLATFORM
from kasane_kit.plugins.limits import Limits
from kasane_kit.plugins.outcomes import Answers, FailureKind, PluginAnswer, PluginFailed
from kasane_kit.plugins.questions import Question, questions
from kasane_kit.plugins.soundness import check_of
from kasane_kit.plugins.standing import WHOLE, Standing
from kasane_kit.plugins.watchdog import WAITING, OverBudget, Watchdog, in_its_own_thread
from kasane_kit.tenancy import Town
from kasane_plugin_api import PluginKind, PluginMetadata

_trace = logging.getLogger("kasane.hooks")
_watchdog = Watchdog()

_REMEMBERED = 2048
_OURS = (DEFAULT, PLATFORM)


class Hooks:
    """The questions of one town: ``hooks.escalation(…)`` is asked with the hook's own arguments.

    A decision gives the first answer or None, a contribution all answers joined. Both raise
    PluginFailed when a plugin fails; ``ask_each`` is for pages that must open all the same.
    ``deprecations`` are sentences about what the town's plugins should leave behind.
    """

    def __init__(
        self,
        town: Town,
        manager: pluggy.PluginManager,
        *,
        trace: bool = False,
        standing: Standing | None = None,
        is_other_town: Callable[[str], bool] = lambda code: False,
        counted: Callable[[], object] | None = None,
        deprecations: tuple[str, ...] = (),
    ) -> None:
        self.town = town
        self.manager = manager
        self.trace = trace
        self.standing = standing or Standing(town.code, Limits(), Meters())
        self.deprecations = deprecations
        self._is_other_town = is_other_town
        self._counted = counted
        self._calls: dict[str, int] = {}
        self._order: dict[str, tuple[pluggy.HookImpl, ...]] = {}
        self._checked: dict[tuple[str, int], object] = {}
        self._remembered: dict[Hashable, Any] | None = None

    def remembering(self) -> "Hooks":
        """The same questions for one piece of work: what was answered once is not asked again."""
        found = object.__new__(Hooks)
        found.__dict__.update(self.__dict__)
        found._remembered = {}
        return found

    def __getattr__(self, name: str) -> Callable[..., Any]:
        question = questions().get(name)
        if question is None:
            raise AttributeError(f"there is no hook {name}; docs/hooks.md lists them")

        def ask(**arguments: Any) -> Any:
            return self._ask(question, arguments)

        return ask

    def metadata(self, plugin: str) -> PluginMetadata:
        """What a registered plugin says of itself."""
        found: PluginMetadata = self.manager.get_plugin(plugin).metadata  # type: ignore[union-attr]
        return found

    @property
    def documents(self) -> Mapping[str, str]:
        """The titles of the documents that the town's plugins cite, by their tag."""
        return {
            tag: title
            for plugin in self.town.plugins
            for tag, title in self.metadata(plugin).documents.items()
        }

    def budget(self, plugin: str, question: Question) -> int:
        """The milliseconds of computing that one call of a plugin may take."""
        own = self.metadata(plugin).budget_ms
        return question.budget_ms if own is None else min(own, question.budget_ms)

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
        found = self._order.get(question.name)
        if found is None:
            registered = getattr(self.manager.hook, question.name).get_hookimpls()
            found = tuple(sorted(registered, key=lambda one: one.plugin_name not in _OURS))
            self._order[question.name] = found
        return found

    def _call(
        self, implementation: pluggy.HookImpl, question: Question, arguments: Mapping[str, Any]
    ) -> Any:
        given = tuple(arguments[name] for name in implementation.argnames)
        if self._remembered is None or not _hashable(given):
            return self._answer(implementation, question, arguments, given)
        key = (implementation.plugin_name, question.name, given)
        if key not in self._remembered:
            self._remembered[key] = self._answer(implementation, question, arguments, given)
        return self._remembered[key]

    def _answer(
        self,
        implementation: pluggy.HookImpl,
        question: Question,
        arguments: Mapping[str, Any],
        given: tuple[Any, ...],
    ) -> Any:
        plugin = implementation.plugin_name
        ours = plugin in _OURS
        answer = (
            implementation.function(*given)
            if ours
            else self._guarded(implementation, question, given)
        )
        if self.trace:
            _trace.info(
                "%s %s %s %r -> %r", self.town.code, plugin, question.name, arguments, answer
            )
        return answer

    def _guarded(
        self, implementation: pluggy.HookImpl, question: Question, given: tuple[Any, ...]
    ) -> Any:
        plugin, hook = implementation.plugin_name, question.name
        hangs = self._let_through(plugin, hook)
        told: list[FailureKind] = []
        began = perf_counter()
        try:
            answer = self._in_time(implementation, question, given, hangs, told)
            self._check(answer, question, plugin)
        except PluginFailed as failure:
            self._took(plugin, hook, perf_counter() - began)
            if not told:
                self.standing.failed(plugin, hook, failure.reason, failure.kind, at_once=hangs)
            raise
        self._took(plugin, hook, perf_counter() - began)
        self.standing.succeeded(plugin, hook)
        self._count(plugin)
        return answer

    def _took(self, plugin: str, hook: str, seconds: float) -> None:
        self.standing.meters.hook_seconds.labels(plugin, hook).observe(seconds)
        self.standing.traces.answered("hook", seconds, plugin=plugin, hook=hook)

    def _let_through(self, plugin: str, hook: str) -> bool:
        """Raises PluginFailed while the plugin or its hook is left alone; whether it is known to hang."""
        hangs = False
        for part in (WHOLE, hook):
            breaker = self.standing.breaker(plugin, part)
            if breaker is None:
                continue
            if not breaker.lets_through():
                self.standing.count_failure(plugin, hook, FailureKind.PAUSED)
                reason = f"{breaker.reason}。しばらく休止しています"
                raise PluginFailed(plugin, hook, reason, FailureKind.PAUSED)
            if part == WHOLE:
                self.standing.succeeded(plugin, WHOLE)
            else:
                hangs = breaker.hangs
        return hangs

    def _in_time(
        self,
        implementation: pluggy.HookImpl,
        question: Question,
        given: tuple[Any, ...],
        hangs: bool,
        told: list[FailureKind],
    ) -> Any:
        plugin, hook, function = implementation.plugin_name, question.name, implementation.function
        budget = self.budget(plugin, question)
        patience = self.standing.limits.patience

        def late(how: str) -> None:
            if how == WAITING:  # the thread may be lost: nobody else is sent after it
                reason, kind = _late(how, budget, patience)
                told.append(kind)
                self.standing.failed(plugin, hook, reason, kind, at_once=True)

        def work() -> Any:
            answer = function(*given)
            if answer is None or question.decision:
                return answer
            # A copy of our own: nothing of the plugin runs once its time is over.
            if question.merges:
                return dict(answer) if isinstance(answer, Mapping) else answer
            if isinstance(answer, Sequence) and not isinstance(answer, str | bytes):
                return tuple(answer)
            return answer

        def watched() -> Any:
            return _watchdog.run(work, budget=budget / 1000, patience=patience, late=late)

        try:
            return in_its_own_thread(watched, patience) if hangs else watched()
        except OverBudget as over:
            reason, kind = _late(over.how, budget, patience)
            raise PluginFailed(plugin, hook, reason, kind) from None
        except (Exception, SystemExit, GeneratorExit) as error:
            raise PluginFailed(plugin, hook, type(error).__name__) from error

    def _check(self, answer: Any, question: Question, plugin: str) -> None:
        if answer is None:
            return
        parts = (answer,) if question.decision else answer if isinstance(answer, tuple) else None
        name = question.name
        if parts is not None and all(self._checked.get((name, id(part))) is part for part in parts):
            return
        texts: list[str] = []
        if not check_of(question.answer)(answer, texts):
            problem = misfit(answer, question.answer)
            reason = f"答えの型が違います。{words_of(question.answer)} のはずが、{problem}"
            raise PluginFailed(plugin, name, reason, FailureKind.WRONG_TYPE)
        if texts and self.metadata(plugin).kind is not PluginKind.PREFECTURE:
            code = other_town_in(texts, self._is_other_town)
            if code:
                reason = f"別の市町村（{code}）を名指ししています"
                raise PluginFailed(plugin, name, reason, FailureKind.OTHER_TOWN)
        if parts is not None:
            if len(self._checked) > _REMEMBERED:
                self._checked.clear()
            self._checked.update({(name, id(part)): part for part in parts})

    def _count(self, plugin: str) -> None:
        calls = self._calls[plugin] = self._calls.get(plugin, 0) + 1
        if self._counted is not None and (calls % 512 == 0 or calls in (64, 128, 256)):
            self._counted()


def in_making(work: Callable[[], Any], limits: Limits) -> Any:
    """What ``work`` returns: a plugin is loaded or made, within ``limits.making`` seconds; raises OverBudget."""
    return _watchdog.run(work, budget=limits.making, patience=limits.making * 4)


def do_later(chore: Callable[[], object]) -> None:
    """Does something small beside the requests."""
    _watchdog.do_later(chore)


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


def _late(how: str, budget: int, patience: float) -> tuple[str, FailureKind]:
    if how == WAITING:
        return f"{patience:g}秒たっても答えませんでした", FailureKind.WAITED_TOO_LONG
    return f"計算が上限の{budget}ミリ秒を超えました", FailureKind.COMPUTED_TOO_LONG


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
