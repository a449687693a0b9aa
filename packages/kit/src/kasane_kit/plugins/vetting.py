"""Reads a plugin's source before it is loaded: what it may not import, and how it may not reach around that.

It keeps honest code apart from the platform and finds what a reviewer should see. It is no wall against code that
means harm: that runs in the same process, as docs/decisions/0012 says.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

OURS = "kasane_"
ALLOWED_OF_OURS = "kasane_plugin_api"

_REACHING = {"__import__", "exec", "eval", "compile"}


@cache
def forbidden_in(folder: Path) -> str:
    """The first thing in a package that a plugin may not do, as ``plugin.py 12行目の import kasane_kit``; or empty."""
    for path in sorted(folder.rglob("*.py")):
        try:
            module = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue  # told when it is loaded
        for line, what in _found(module, folder.name):
            return f"{path.relative_to(folder).as_posix()} {line}行目の {what}"
    return ""


def _found(module: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if _forbidden(alias.name, package):
                        yield node.lineno, f"import {alias.name}"
            case ast.ImportFrom(module=name, names=names, level=0):
                for alias in names:
                    full = f"{name}.{alias.name}"
                    if _forbidden(full, package):
                        yield node.lineno, f"from {name} import {alias.name}"
            case ast.Call(func=ast.Name(id=called)) if called in _REACHING:
                yield node.lineno, f"{called}()"
            case ast.Attribute(attr="modules", value=ast.Name(id="sys")):
                yield node.lineno, "sys.modules"


def _forbidden(name: str, package: str) -> bool:
    first = name.partition(".")[0]
    if first in {"runpy", "pkgutil", "ctypes", "imp"}:
        return True
    if first == "importlib":
        return not name.startswith(("importlib.resources", "importlib.metadata"))
    return first.startswith(OURS) and first not in {ALLOWED_OF_OURS, package}
