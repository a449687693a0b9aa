"""Starts a new plugin as a copy of the smallest real one, kasane-town-template."""

import re
from pathlib import Path

from kasane_kit.plugins.catalogue import InstalledPlugin, catalogue

TEMPLATE = "town-template"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Files beside the package travel inside it, under this folder and with this ending, so that an
# installed wheel has them too and no tool takes them for a project of its own.
_BESIDE = "template"
_ENDING = ".txt"


class WrongName(ValueError):
    """A plugin cannot be made under this name or here; the text is one Japanese sentence."""


def new_plugin(name: str, target_dir: Path) -> tuple[Path, ...]:
    """Writes ``target_dir/name`` and returns the files written, in order.

    The name is the entry point's: small letters, digits and hyphens. Raises WrongName, and writes
    nothing, when the name does not fit, is installed already or the folder exists.
    """
    if not _NAME.fullmatch(name):
        raise WrongName(
            f"「{name}」はプラグインの名前に使えません。英小文字で始め、英小文字・数字・ハイフンで書いてください。"
        )
    home = target_dir / name
    if home.exists():
        raise WrongName(f"{home} はもうあります。別の名前にするか、フォルダを移してください。")
    template = catalogue().get(TEMPLATE)
    if template is None:
        raise WrongName("ひな形が入っていません。kasane-town-template をインストールしてください。")
    if name in catalogue() and name != TEMPLATE:
        raise WrongName(f"プラグイン「{name}」はもう入っています。別の名前にしてください。")
    written = [
        (home / _renamed(place, name), _renamed(text, name)) for place, text in _files(template)
    ]
    for path, text in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tuple(path for path, _ in written)


def _files(template: InstalledPlugin) -> list[tuple[str, str]]:
    package = template.folder()
    found: list[tuple[str, str]] = []
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if not path.is_file() or "__pycache__" in inside.parts:
            continue
        if inside.parts[0] == _BESIDE:
            place = inside.relative_to(_BESIDE).as_posix().removesuffix(_ENDING)
        else:
            place = f"src/{package.name}/{inside.as_posix()}"
        found.append((place, path.read_text("utf-8")))
    return found


def _renamed(text: str, name: str) -> str:
    module = name.replace("-", "_")
    return text.replace("kasane_town_template", f"kasane_{module}").replace(TEMPLATE, name)
