"""Knows the towns of the installation and which plugins each has enabled."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kasane_kit import clock
from kasane_kit.tenancy.town import Town
from kasane_kit.tenancy.town_file import DatedTown, WrongTownFile, read_town_file, same_days

HOST = "host"


class UnknownTown(LookupError):
    """No such town on this installation, or this process does not serve it."""


@dataclass(frozen=True)
class MisconfiguredTownFile:
    """A town file that could not be used, with one sentence naming file, mistake and remedy."""

    path: str
    sentence: str


class TownDirectory(Protocol):
    """Where services learn which towns there are."""

    def get(self, code: str) -> Town:
        """The town with this code; raises UnknownTown."""
        ...

    def towns(self) -> tuple[Town, ...]:
        """All towns, ordered by code."""
        ...

    def serves(self, code: str) -> bool:
        """Whether there is such a town."""
        ...


class FileTownDirectory:
    """Reads ``*.toml`` files of a folder once; a wrong file is named and the other towns go on.

    A town may have several files whose terms (``valid_from``, ``valid_to``) follow one another: the next year's set
    lies ready and takes over on its first day; until another begins, the last one stands. A town that is to be served
    and has no file is named as well, and so is a folder without any.
    """

    def __init__(self, folder: Path, served: tuple[str, ...] = ()) -> None:
        found: dict[str, list[DatedTown]] = {}
        problems: list[MisconfiguredTownFile] = []
        files = sorted(folder.glob("*.toml"))
        for path in files:
            try:
                dated = read_town_file(path)
                for other in found.get(dated.town.code, []):
                    same_days(dated, other)
            except WrongTownFile as error:
                problems.append(MisconfiguredTownFile(path.name, f"{path.name} {error}"))
                continue
            except OSError as error:
                problems.append(
                    MisconfiguredTownFile(
                        path.name,
                        f"{path.name} を読めません（{error.strerror}）。読めるようにしてください。",
                    )
                )
                continue
            if not served or dated.town.code in served:
                found.setdefault(dated.town.code, []).append(dated)
        if not files and set(served) != {HOST}:
            problems.append(
                MisconfiguredTownFile(
                    str(folder),
                    f"{folder} に町のファイルがありません。どの町も受け持っていません。"
                    "KASANE_TOWN_FILES を確かめてください。",
                )
            )
        problems += [
            MisconfiguredTownFile(
                code,
                f"KASANE_TOWNS にある「{code}」の、使える町のファイルが {folder} にありません。"
                "この町は受け持っていません。コードか、町のファイルを直してください。",
            )
            for code in served
            if files and code != HOST and code not in found
        ]
        self._towns = {
            code: sorted(terms, key=lambda one: one.first_day) for code, terms in found.items()
        }
        self._codes = tuple(sorted(self._towns))
        self.problems = tuple(problems)

    def get(self, code: str) -> Town:
        """The town with this code, as its file says for today; raises UnknownTown."""
        try:
            files = self._towns[code]
        except KeyError:
            raise UnknownTown(code) from None
        on = clock.today()
        begun = [one for one in files if one.first_day <= on]
        return (begun or files[:1])[-1].town

    def towns(self) -> tuple[Town, ...]:
        """All towns served by this process, ordered by code."""
        return tuple(self.get(code) for code in self._codes)

    def serves(self, code: str) -> bool:
        """Whether this process serves a town with this code."""
        return code in self._towns


class NoTowns:
    """A directory of nothing: an installation without a prefecture's own file."""

    def get(self, code: str) -> Town:
        """Raises UnknownTown."""
        raise UnknownTown(code)

    def towns(self) -> tuple[Town, ...]:
        """None."""
        return ()

    def serves(self, code: str) -> bool:
        """Never."""
        return False
