"""Plugins that do wrong, for tests and the bench: they raise, hang, grow, lie about the town and reach for the kit."""

import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any

from kasane_kit.plugins import InstalledPlugin, PluginHouse, catalogue
from kasane_kit.tenancy import Town, UnknownTown
from kasane_plugin_api import (
    ConsultationView,
    DataScope,
    Escalation,
    EscalationLevel,
    Office,
    PluginKind,
    PluginMetadata,
    Role,
    RoleFunction,
    hookimpl,
)

GOOD = "292095"
"""The honest town among them: 生駒市 with its shipped plugin."""


@dataclass(frozen=True)
class AtHand(InstalledPlugin):
    """An installed plugin whose class is at hand."""

    made: object = None

    def load(self) -> object:
        return self.made


class Stranger:
    """A town's plugin that does one thing, whatever it is asked."""

    metadata: PluginMetadata

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.kept: list[bytes] = []

    def does(self) -> Any:
        """What it does instead of answering."""
        return None

    @hookimpl
    def organization(self) -> Any:
        """The offices."""
        return self.does()

    @hookimpl
    def roles(self) -> Any:
        """The posts."""
        return self.does()

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Any:
        """Where a matter goes."""
        return self.does()


class Honest(Stranger):
    """Answers as it should."""

    def organization(self) -> Any:
        return (Office("desk", "窓口"),)

    def roles(self) -> Any:
        return (Role("lead", "主任", RoleFunction.COORDINATOR),)

    def escalation(self, consultation: ConsultationView) -> Any:
        return Escalation(EscalationLevel.MULTI_AGENCY, "lead", "決まりです。")

    organization, roles, escalation = map(hookimpl, (organization, roles, escalation))


class Raising(Stranger):
    def does(self) -> Any:
        raise ValueError("氏名らしき文字")


class Hanging(Stranger):
    def does(self) -> Any:
        while True:
            pass


class Growing(Stranger):
    def does(self) -> Any:
        self.kept.append(bytes(1024 * 1024))
        return None


class Lying(Stranger):
    """Speaks for another town."""

    def does(self) -> Any:
        return [Office(f"{GOOD}-desk", "生駒市の窓口")]

    @hookimpl
    def escalation(self, consultation: ConsultationView) -> Any:
        return Escalation(EscalationLevel.MULTI_AGENCY, "lead", f"{GOOD} に送ります。")


class Reaching(Stranger):
    """Gets hold of the platform while it is asked, past the reading of its source, and looks for a database."""

    def does(self) -> Any:
        kit = getattr(builtins, "__imp" + "ort__")("kasane_kit.tenancy")
        return kit.tenancy.current_municipality()


STRANGERS = (Raising, Hanging, Growing, Lying, Reaching)


def neighbours(
    classes: tuple[type[Stranger], ...] = STRANGERS, **more: Any
) -> tuple[PluginHouse, tuple[str, ...]]:
    """A house with 生駒市 and one town for each class; the codes of those towns."""
    installed: dict[str, InstalledPlugin] = {"ikoma": catalogue()["ikoma"]}
    towns = {GOOD: Town(GOOD, "生駒市", "290009", ("ikoma",))}
    for number, one in enumerate(classes, start=1):
        name = f"{one.__name__.lower()}-{number}"
        metadata = PluginMetadata(
            name,
            "試し",
            "Trial",
            PluginKind.TOWN,
            api_version="0.2",
            scopes=frozenset({DataScope.CONSULTATION}),
        )
        made = type(one.__name__, (one,), {"metadata": metadata, "__module__": __name__})
        point = EntryPoint(name, "not_on_disk:Plugin", "kasane.plugins")
        installed[name] = AtHand(name, "kasane-x", "0.1.0", point, made)
        towns[f"90000{number}"] = Town(f"90000{number}", f"町{number}", "290009", (name,))
    house = PluginHouse(_Towns(towns), installed=lambda: installed, **more)
    return house, tuple(code for code in towns if code != GOOD)


class _Towns:
    def __init__(self, towns: Mapping[str, Town]) -> None:
        self._towns = towns

    def get(self, code: str) -> Town:
        """The town; raises UnknownTown."""
        try:
            return self._towns[code]
        except KeyError:
            raise UnknownTown(code) from None

    def towns(self) -> tuple[Town, ...]:
        """All of them."""
        return tuple(self._towns.values())

    def serves(self, code: str) -> bool:
        """Whether there is such a town."""
        return code in self._towns


def quietly(work: Callable[[], object]) -> str:
    """The name of what is raised, or an empty text."""
    try:
        work()
    except Exception as error:
        return type(error).__name__
    return ""
