"""Builds one plugin manager per town, after checking the town's list, its settings and each plugin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from weakref import WeakKeyDictionary

import pluggy

from kasane_kit.plugins.catalogue import InstalledPlugin, catalogue
from kasane_kit.plugins.checking import WrongSetting, checked_settings, problem_of_metadata
from kasane_kit.plugins.defaults import DEFAULT, PLATFORM, DefaultTown, PlatformTown
from kasane_kit.plugins.hooks import in_making
from kasane_kit.plugins.limits import Limits
from kasane_kit.plugins.outcomes import MisconfiguredTown
from kasane_kit.plugins.questions import later_than, questions
from kasane_kit.plugins.vetting import forbidden_in
from kasane_kit.plugins.watchdog import OverBudget
from kasane_kit.tenancy import Town
from kasane_plugin_api import (
    API_VERSION,
    NAME,
    PluginKind,
    PluginMetadata,
    WrongStructure,
    hookspecs,
)

_SCOPES_SINCE = "0.2"


@dataclass(frozen=True)
class MadePlugin:
    """A plugin made for one town, with that town's settings."""

    name: str
    plugin: object
    metadata: PluginMetadata


@dataclass(frozen=True)
class _Shape:
    """What the hooks of a class look like: the first mistake, and what it should leave behind."""

    problem: str
    deprecations: tuple[str, ...] = ()


def build_manager(
    town: Town,
    installed: Mapping[str, InstalledPlugin] | None = None,
    limits: Limits | None = None,
) -> pluggy.PluginManager:
    """A manager with the defaults and a new instance of each plugin the town enables.

    Raises MisconfiguredTown with one sentence saying what is wrong and what to do.
    """
    made = made_plugins(town, catalogue() if installed is None else installed, limits or Limits())
    manager = pluggy.PluginManager(NAME)
    for subject in hookspecs.SUBJECTS:
        manager.add_hookspecs(subject)
    manager.register(DefaultTown(), DEFAULT)
    manager.register(PlatformTown(), PLATFORM)
    for one in made:
        manager.register(one.plugin, one.name)
    manager.check_pending()
    return manager


def made_plugins(
    town: Town, available: Mapping[str, InstalledPlugin], limits: Limits
) -> tuple[MadePlugin, ...]:
    """A new instance of each plugin of the town, in its order; raises MisconfiguredTown as build_manager."""
    _check_names(town, available)
    made = tuple(_made(town, available[name], limits) for name in town.plugins)
    _check_needs(town, made)
    of_towns: list[str] = []
    for one in made:
        if one.metadata.kind is PluginKind.PREFECTURE and town.code != town.prefecture:
            raise _misconfigured(
                town,
                f"プラグイン「{one.name}」は都道府県のもので、市町村では使えません。plugins から消し、"
                "prefectures フォルダーの都道府県のファイルに書いてください。",
            )
        if one.metadata.kind is PluginKind.TOWN:
            of_towns.append(one.name)
        _check_allowed(town, one)
    if len(of_towns) > 1:
        both = "」と「".join(of_towns)
        raise _misconfigured(
            town, f"自治体プラグインは1つまでですが、「{both}」があります。1つにしてください。"
        )
    return made


def deprecations_of(manager: pluggy.PluginManager, names: tuple[str, ...]) -> tuple[str, ...]:
    """What the town's plugins should leave behind, one Japanese sentence each; they work all the same."""
    found: list[str] = []
    for name in names:
        found += _shape(manager.get_plugin(name), name).deprecations
    return tuple(found)


def _check_allowed(town: Town, made: MadePlugin) -> None:
    """What a town chose for itself stays within its file: the operator says what is there."""
    if town.installed is None or made.name in town.installed:
        return
    if made.metadata.kind is not PluginKind.PROGRAMME:
        raise _misconfigured(
            town,
            f"自治体プラグイン「{made.name}」は、この町のものではありません。"
            "選べるのは町のファイルにあるものと、制度プラグインです。",
        )
    if town.allowed is not None and made.name not in town.allowed:
        raise _misconfigured(
            town,
            f"プラグイン「{made.name}」は、この町には許されていません。"
            "外すか、基盤の運用者に町のファイルの allowed に加えてもらってください。",
        )


def _check_names(town: Town, available: Mapping[str, InstalledPlugin]) -> None:
    for name in town.plugins:
        if town.plugins.count(name) > 1:
            raise _misconfigured(
                town, f"プラグイン「{name}」が二度あります。片方を消してください。", name
            )
        if name not in available:
            installed = "、".join(sorted(available)) or "なし"
            raise _misconfigured(
                town,
                f"プラグイン「{name}」は入っていません。入っているのは{installed}です。"
                "名前を直すか、インストールしてください。",
                name,
            )
    for name in town.settings:
        if name not in town.plugins:
            raise _misconfigured(
                town,
                f"[settings.{name}] がありますが、プラグイン「{name}」は有効ではありません。"
                "plugins に加えるか、設定を消してください。",
                f"settings.{name}",
            )


def _check_needs(town: Town, made: tuple[MadePlugin, ...]) -> None:
    needs = {one.name: one.metadata.needs for one in made}
    for name in needs:
        ring = _ring(needs, (name,))
        if ring:
            raise _misconfigured(
                town,
                f"プラグインが互いを必要としています（{' → '.join(ring)}）。どの順にも並べられないので、"
                "どれかを plugins から消すか、作った人に needs を直してもらってください。",
                ring[0],
            )
    before: set[str] = set()
    for one in made:
        for needed in one.metadata.needs:
            if needed not in before:
                raise _misconfigured(
                    town,
                    f"プラグイン「{one.name}」には「{needed}」が要ります。"
                    f"plugins の「{one.name}」より前に「{needed}」を書いてください。",
                    one.name,
                )
        before.add(one.name)


def _ring(needs: Mapping[str, tuple[str, ...]], path: tuple[str, ...]) -> tuple[str, ...]:
    for needed in needs.get(path[-1], ()):
        if needed == path[0]:
            return (*path, needed)
        if needed not in path:
            found = _ring(needs, (*path, needed))
            if found:
                return found
    return ()


def _made(town: Town, installed: InstalledPlugin, limits: Limits) -> MadePlugin:
    name = installed.name
    forbidden = _forbidden(installed)
    if forbidden:
        raise _misconfigured(
            town,
            f"プラグイン「{name}」の {forbidden} は使えません。プラグインが使えるのは標準ライブラリと "
            "kasane_plugin_api だけです。作った人に直してもらうか、plugins から消してください。",
            name,
        )
    try:
        found = in_making(installed.load, limits)
    except (Exception, SystemExit, OverBudget) as error:
        raise _misconfigured(
            town, f"プラグイン「{name}」を読み込めません（{_said(error)}）。", name
        ) from error
    metadata = getattr(found, "metadata", None)
    problem = problem_of_metadata(metadata, name)
    if problem:
        raise _misconfigured(town, problem, name)
    assert isinstance(metadata, PluginMetadata)
    if not isinstance(found, type):
        raise _misconfigured(
            town, f"プラグイン「{name}」のエントリポイントがクラスではありません。", name
        )
    try:
        settings = checked_settings(metadata, town.settings.get(name, {}), f"[settings.{name}]")
    except WrongSetting as error:
        key = f"settings.{name}.{error.key}" if error.key else f"settings.{name}"
        raise _misconfigured(town, str(error), key) from error
    try:
        plugin = in_making(lambda: found(settings), limits)
    except (Exception, SystemExit, OverBudget) as error:
        raise _misconfigured(
            town,
            f"プラグイン「{name}」を用意できません（{_said(error)}）。",
            f"settings.{name}",
        ) from error
    problem = _shape(plugin, name).problem
    if problem:
        raise _misconfigured(town, problem, name)
    return MadePlugin(name, plugin, metadata)


def _said(error: BaseException) -> str:
    if isinstance(error, OverBudget):
        return "時間がかかりすぎたので止めました"
    if isinstance(error, WrongStructure):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _forbidden(installed: InstalledPlugin) -> str:
    try:
        folder = installed.folder()
    except (LookupError, ImportError, ValueError):
        return ""  # not on disk: what is wrong is told when it is loaded
    return forbidden_in(folder)


_shapes: WeakKeyDictionary[type, _Shape] = WeakKeyDictionary()


def _shape(plugin: object, name: str) -> _Shape:
    """The shape of a plugin's class, read once."""
    found = _shapes.get(type(plugin))
    if found is None:
        problems = _problems_of_hooks(plugin, name)
        problem = next(problems, "")
        found = _Shape(problem, () if problem else tuple(_left_behind(plugin, name)))
        _shapes[type(plugin)] = found
    return found


def _hooks_of(plugin: object) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Every hook of a plugin: its name, the arguments it takes and whether it wraps others."""
    reader = pluggy.PluginManager(NAME)
    for attribute in dir(plugin):
        options = reader.parse_hookimpl_opts(plugin, attribute)
        if options is not None:
            wraps = bool(options.get("wrapper") or options.get("hookwrapper"))
            takes = tuple(signature(getattr(plugin, attribute)).parameters)
            yield options.get("specname") or attribute, takes, wraps


def _problems_of_hooks(plugin: object, name: str) -> Iterator[str]:
    metadata: PluginMetadata = plugin.metadata  # type: ignore[attr-defined]
    for hook, takes, wraps in _hooks_of(plugin):
        question = questions().get(hook)
        if question is None:
            yield (
                f"プラグイン「{name}」の「{hook}」という質問はありません。"
                "docs/hooks.md の名前に直してください。"
            )
            return
        if wraps:
            yield f"プラグイン「{name}」の「{hook}」は包む形です。答える形にしてください。"
        wrong = sorted(set(takes) - set(question.arguments))
        if wrong:
            usable = "、".join(question.arguments) or "なし"
            yield (
                f"プラグイン「{name}」の「{hook}」に知らない引数「{wrong[0]}」があります。"
                f"使える引数は{usable}です。"
            )
        if later_than(_SCOPES_SINCE, metadata.api_version):
            continue
        for argument in takes:
            scope = question.scopes.get(argument)
            if scope is not None and scope not in metadata.scopes:
                yield (
                    f"プラグイン「{name}」の「{hook}」は {argument} を受け取りますが、metadata.scopes に "
                    f"DataScope.{scope.name} がありません。書き加えるか、引数を減らしてください。"
                )


def _left_behind(plugin: object, name: str) -> Iterator[str]:
    metadata: PluginMetadata = plugin.metadata  # type: ignore[attr-defined]
    made_for = metadata.api_version
    if later_than(_SCOPES_SINCE, made_for):
        yield (
            f"プラグイン「{name}」は plugin-api {made_for} 用です。{API_VERSION} に合わせ、"
            "見るものを metadata.scopes に書いてください。"
        )
    for hook, takes, _ in _hooks_of(plugin):
        declared = questions()[hook].declared
        if later_than(declared.since, made_for):
            yield (
                f"プラグイン「{name}」は plugin-api {made_for} 用ですが、「{hook}」は "
                f"{declared.since} からです。metadata.api_version を直してください。"
            )
        if declared.deprecated:
            yield f"プラグイン「{name}」の「{hook}」はやめる予定の質問です。{declared.deprecated}"
        for argument in takes:
            instead = declared.deprecated_arguments.get(argument)
            if instead:
                yield (
                    f"プラグイン「{name}」の「{hook}」の引数「{argument}」はやめる予定です。{instead}"
                )


def _misconfigured(town: Town, what: str, key: str = "plugins") -> MisconfiguredTown:
    place = town.place(key)
    return MisconfiguredTown(
        town.code, f"{place}{town.name}（{town.code}）の設定に誤りがあります。{what}"
    )
