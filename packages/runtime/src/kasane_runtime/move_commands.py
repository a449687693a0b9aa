"""``kasane towns move`` and ``kasane towns abort``: what they are told, and how they find the other installation."""

import argparse
from dataclasses import replace
from pathlib import Path

from kasane_kit.config import Settings, SettingsError
from kasane_runtime.commands import compose_told
from kasane_runtime.moving import Move


def add_to(towns: argparse.ArgumentParser) -> None:
    """Adds the two verbs to ``kasane towns``."""
    verbs = towns.add_subparsers(metavar="command")
    move = verbs.add_parser("move", help="町を別の機械へ移す / move a town to another installation")
    abort = verbs.add_parser("abort", help="途中の移動をやめる / take a move back")
    for verb in (move, abort):
        verb.add_argument("municipality")
        verb.add_argument(
            "--to",
            type=Path,
            required=True,
            help="移し先の KASANE_… のファイル / file with the settings of the other installation",
        )
        verb.add_argument(
            "--journal",
            type=Path,
            help="既定 var/moves/<町>.json / where the move keeps its steps",
        )
    move.add_argument("--address", required=True, help="新しい住所 https://… / the new address")
    move.set_defaults(command=_move)
    abort.set_defaults(command=_abort)


def _move(options: argparse.Namespace) -> int:
    _the_move(options, options.address).run(_say)
    return 0


def _abort(options: argparse.Namespace) -> int:
    _the_move(options, "").abort(_say)
    return 0


def _the_move(options: argparse.Namespace, address: str) -> Move:
    # Both sides see every town of their files: a move is the operator's, not one of a limited process.
    here = replace(Settings.from_env(), served_towns=())
    there = replace(Settings.from_env(read_settings(options.to)), served_towns=())
    town = options.municipality
    journal = options.journal or here.var / "moves" / f"{town}.json"
    return Move(compose_told(here), compose_told(there), town, address, journal)


def _say(line: str) -> None:
    print(line, flush=True)


def read_settings(path: Path) -> dict[str, str]:
    """``NAME=value`` line by line, as systemd's EnvironmentFile; raises SettingsError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} was not read ({error}); nothing was moved") from None
    found = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().startswith("KASANE_"):
            raise SettingsError(
                f"{path} line {number} is no KASANE_NAME=value; nothing was moved; mend the line"
            )
        found[name.strip()] = value.strip().strip('"')
    return found
