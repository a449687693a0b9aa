"""Finds what no import linter can see: each rule is a function from a root folder to its findings."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

Rule = Callable[[Path], list[str]]

KINDS = ("packages", "services", "plugins")
IGNORED_FOLDERS = {
    ".git",
    ".venv",
    "var",
    "dist",
    "htmlcov",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
}


def sources(root: Path, *kinds: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours below ``src``, by its path from the root, parsed."""
    for kind in kinds or KINDS:
        for path in sorted((root / kind).glob("*/src/**/*.py")):
            if "__pycache__" not in path.parts:
                yield path.relative_to(root).as_posix(), _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, _changed: int) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(module: ast.Module) -> Iterator[str]:
    """The full name of everything a module imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dynamic_imports(root: Path) -> list[str]:
    """Modules that import by name or run text; the import linter cannot see what they reach."""
    allowed = {
        "packages/kit/src/kasane_kit/plugins/catalogue.py": {
            "importlib.metadata",
            "importlib.util",
        },
        "packages/contracts/src/kasane_contracts/registry.py": {"importlib"},
        "packages/runtime/src/kasane_runtime/compose.py": {"importlib.metadata"},
        "packages/kit/src/kasane_kit/testing/pytest_plugin.py": {"importlib.metadata"},
    }
    found = []
    for path, module in sources(root):
        for name in imported(module):
            first, _, rest = name.partition(".")
            base = f"importlib.{rest.partition('.')[0]}" if first == "importlib" and rest else first
            by_name = first in ("importlib", "pkgutil", "runpy") and base != "importlib.resources"
            if by_name and base not in allowed.get(path, set()):
                found.append(f"{path}: {name}")
        called = [ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)]
        found += [
            f"{path}: {name}()"
            for name in called
            if name in ("__import__", "exec", "eval", "compile")
        ]
    return found


def http_clients(root: Path) -> list[str]:
    """Services and plugins that could call somebody over the network."""
    forbidden = (
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
        "urllib.request",
        "http.client",
        "socket",
        "ftplib",
        "smtplib",
        "websocket",
        "websockets",
    )
    return [
        f"{path}: {name}"
        for path, module in sources(root, "services", "plugins")
        for name in imported(module)
        if any(name == each or name.startswith(f"{each}.") for each in forbidden)
    ]


def vague_names(root: Path) -> list[str]:
    """Modules with a name that says nothing."""
    vague = {"utils", "util", "common", "helpers", "helper", "misc", "base", "manager", "managers"}
    allowed = {"packages/kit/src/kasane_kit/plugins/manager.py"}
    return [
        path
        for path, _ in sources(root)
        if {part.removesuffix(".py") for part in path.split("/")[3:]} & vague
        and path not in allowed
    ]


def questions_about_the_mode(root: Path) -> list[str]:
    """Modules that ask whether the house is embedded or distributed."""
    allowed = {
        "packages/kit/src/kasane_kit/config.py",
        "packages/runtime/src/kasane_runtime/compose.py",
        "packages/runtime/src/kasane_runtime/cli.py",
    }
    found = []
    for path, module in sources(root):
        if path in allowed:
            continue
        found += [
            f"{path}: {name}" for name in imported(module) if name == "kasane_kit.config.Mode"
        ]
        for node in ast.walk(module):
            asked = (
                isinstance(node, ast.Attribute)
                and node.attr == "mode"
                and "settings" in ast.unparse(node.value)
            )
            read = isinstance(node, ast.Call | ast.Subscript) and "'KASANE_MODE'" in [
                ast.unparse(part)
                for part in (node.args if isinstance(node, ast.Call) else [node.slice])
            ]
            if asked or read:
                found.append(f"{path}: {ast.unparse(node)}")
    return found


def foreign_tables(root: Path) -> list[str]:
    """Tables without the name of their service, and services that name another service's table."""
    own: dict[str, dict[str, str]] = {}
    for path, module in sources(root, "services"):
        service = path.split("/")[1]
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "Table",
                "sa.Table",
                "op.create_table",
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    own.setdefault(service, {})[first.value] = path
    found = [
        f"{path}: {table}"
        for service, tables in sorted(own.items())
        for table, path in sorted(tables.items())
        if not table.startswith(f"{service}_")
    ]
    for path, module in sources(root, "services"):
        foreign = {table for name in own if name != path.split("/")[1] for table in own[name]}
        words = {
            word
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for word in re.findall(r"[a-z_]+", node.value)
        }
        found += [f"{path}: {table}" for table in sorted(words & foreign)]
    return found


def migrations_that_take_away(root: Path) -> list[str]:
    """Steps of a migration after which the release before cannot work, in a module without ``contract = "why"``.

    Such a step belongs into a migration of its own, one release after the one that stopped using what it takes.
    """
    taking = {
        "drop_table",
        "drop_column",
        "rename_table",
        "alter_column",
        "drop_constraint",
        "create_unique_constraint",
        "create_check_constraint",
        "create_foreign_key",
    }
    words = re.compile(r"\b(DROP (TABLE|COLUMN)|RENAME (TO|COLUMN)|ALTER COLUMN|SET NOT NULL)\b")
    found = []
    for path in sorted(root.glob("*/*/src/**/migrations/versions/*.py")):
        module = _parsed(path, path.stat().st_mtime_ns)
        names = {
            target.id
            for node in module.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and node.value.value
        }
        if "contract" in names:
            continue
        for node in ast.walk(module):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            called, text = node.func.attr, ast.unparse(node)
            demands = "nullable=False" in text and "server_default" not in text
            if (
                called in taking
                or (called == "add_column" and demands)
                or (called == "execute" and words.search(text.upper()))
            ):
                found.append(f"{path.relative_to(root).as_posix()}:{node.lineno}: {called}")
    return found


def guesses_at_what_is_there_already(root: Path) -> list[str]:
    """Modules that catch an IntegrityError themselves: it may be a town on its way, and not a row that is there.

    ``kasane_kit.db.unless_taken`` tells the two apart.
    """
    allowed = {"packages/kit/src/kasane_kit/db/taken.py"}
    return [
        f"{path}:{node.lineno}: {ast.unparse(node.type)}"
        for path, module in sources(root)
        for node in ast.walk(module)
        if path not in allowed
        and isinstance(node, ast.ExceptHandler)
        and node.type is not None
        and "IntegrityError" in ast.unparse(node.type)
    ]


def prints(root: Path) -> list[str]:
    """Modules that print; only the command line speaks to a person."""
    return [
        f"{path}:{node.lineno}"
        for path, module in sources(root)
        if not re.fullmatch(
            r"packages/runtime/src/kasane_runtime/(cli|commands|\w+_commands)\.py", path
        )
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write")
    ]


def long_modules(root: Path, most: int = 600, most_in_kit: int = 600) -> list[str]:
    """Modules longer than a person reads in one go."""
    found = []
    for path, _ in sources(root):
        lines = len((root / path).read_text("utf-8").splitlines())
        limit = most_in_kit if path.startswith("packages/kit/") else most
        if lines > limit:
            found.append(f"{path}: {lines} lines")
    return found


def unfinished_or_bound_to_one_place(root: Path) -> list[str]:
    """Files with a mark of unfinished work, or with the address of a package registry."""
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
    # The address of any registry, wherever it is: what names one, and then an address.
    addresses = re.compile(
        r"""(?i)(index-url|trusted-host|find-links|registry|"resolved")["']?\s*[:= ]\s*["']?https?://"""
    )
    found = []
    for path in _texts(root):
        for number, line in enumerate((root / path).read_text("utf-8", "ignore").splitlines(), 1):
            for pattern in (marks, addresses):
                if hit := pattern.search(line):
                    found.append(f"{path}:{number}: {hit.group()}")
    return found


def missing_docstrings(root: Path) -> list[str]:
    """Public modules, classes and functions of src that do not say what they are for."""
    found = []
    for path, module in sources(root):
        if "/migrations/" not in path and _says_nothing(module) and (root / path).stat().st_size:
            found.append(path)
        if "/migrations/" not in path:
            found += [f"{path}: {name}" for name in _silent(module.body, "")]
    return found


def domain_nouns_in_kit(root: Path) -> list[str]:
    """Identifiers of the kit that are words of the domain (design 6.2)."""
    # What the kit is about: towns, who acts in them, and technique.
    technical = {
        "municipality",
        "town",
        "home",
        "gap",
        "account",
        "session",
        "open_session",
        "role",
        "roles",
        "channel",
        "office",
        "plugin",
        "audit_entry",
        "dead_letter",
        "kept_draft",
        "shredding",
        "step",
        "position",
        "total",
        "cell",
        "phase",
        "match",
        "matching",
        "location",
        "schedule",
        "standing",
        "changed_meanwhile",
        "staff_account_changed",
        "audit_entry_recorded",
    }
    # They carry the names of hooks and their arguments, which are the plugin API's.
    exempt = (
        "plugins/defaults.py",
        "plugins/reach_defaults.py",
        "plugins/report_defaults.py",
        "plugins/questions.py",
        "plugins/documentation.py",
    )
    terms = _terms(root) - technical
    found = []
    for path, module in sources(root, "packages"):
        if not path.startswith("packages/kit/") or path.endswith(exempt) or "/testing/" in path:
            continue
        for name in sorted(_identifiers(module)):
            words = _words(name)
            said = {
                "_".join(words[i:j])
                for i in range(len(words))
                for j in range(i + 1, len(words) + 1)
            }
            found += [f"{path}: {name} ({term})" for term in sorted(said & terms)]
    return found


def _terms(root: Path) -> set[str]:
    path = root / "packages/contracts/src/kasane_contracts/glossary.toml"
    return {key for key in tomllib.loads(path.read_text("utf-8")) if "." not in key}


def _identifiers(module: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                names.add(node.name)
            case ast.arg():
                names.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Attribute(ctx=ast.Store()):
                names.add(node.attr)
    return names


def _words(name: str) -> list[str]:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return [word for word in snake.split("_") if word]


def _silent(body: list[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name != "Meta" and not node.name.startswith("_"):
            if _says_nothing(node):
                yield within + node.name
            yield from _silent(node.body, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            setter = any(ast.unparse(each).endswith(".setter") for each in node.decorator_list)
            if not node.name.startswith("_") and not setter and _says_nothing(node):
                yield within + node.name


def _says_nothing(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return not (ast.get_docstring(node) or "").strip()


def _texts(root: Path) -> Iterator[str]:
    suffixes = {
        "",
        ".py",
        ".toml",
        ".md",
        ".txt",
        ".in",
        ".html",
        ".css",
        ".js",
        ".json",
        ".yaml",
        ".yml",
        ".sh",
        ".cfg",
        ".conf",
        ".ini",
    }
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and path.suffix in suffixes and not IGNORED_FOLDERS & set(inside.parts):
            yield inside.as_posix()
