"""Checks that every word of the code is in the glossary, and every word of the glossary is in use."""

import ast
import re
from pathlib import Path

from kasane_contracts.glossary import glossary
from kasane_contracts.navigation import NAVIGATION
from kasane_contracts.registry import all_events
from kasane_kit.plugins import questions
from kasane_runtime.compose import load_services

ROOT = Path(__file__).resolve().parents[2]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _domain_classes() -> dict[str, ast.ClassDef]:
    found = {}
    for path in ROOT.glob("services/*/src/*/domain/**/*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[f"{path.relative_to(ROOT / 'services').parts[0]}: {node.name}"] = node
    return found


def _members() -> dict[str, str]:
    """The glossary ids of enum members, each with where it is from."""
    return {
        f"{_snake(node.name)}.{target.id.lower()}": origin
        for origin, node in _domain_classes().items()
        if any("Enum" in ast.unparse(base) for base in node.bases)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def test_every_public_class_of_a_domain_is_a_term() -> None:
    missing = sorted(
        f"[{_snake(node.name)}] {origin}"
        for origin, node in _domain_classes().items()
        if _snake(node.name) not in glossary()
    )

    assert missing == [], "\n".join(missing)


def test_every_member_of_an_enum_of_a_domain_is_a_term() -> None:
    missing = sorted(
        f'["{term}"] {origin}' for term, origin in _members().items() if term not in glossary()
    )

    assert missing == [], "\n".join(missing)


def test_every_event_is_a_term() -> None:
    missing = sorted(
        f'["{entry.name}"] or [{_snake(entry.event_class.__name__)}]'
        for entry in all_events()
        if not {entry.name, _snake(entry.event_class.__name__)} & set(glossary())
    )

    assert missing == [], "\n".join(missing)


def test_every_permission_is_a_term() -> None:
    missing = sorted(
        f'["{permission.name}"]'
        for service in load_services().values()
        for permission in service.permissions
        if permission.name not in glossary()
    )

    assert missing == [], "\n".join(missing)


def test_every_hook_is_a_term() -> None:
    missing = sorted(f"[{hook}]" for hook in questions() if hook not in glossary())

    assert missing == [], "\n".join(missing)


def test_every_entry_of_the_navigation_is_a_term() -> None:
    assert [entry.term for entry in NAVIGATION if entry.term not in glossary()] == []


def test_every_term_is_in_use() -> None:
    known = {_snake(node.name) for node in _domain_classes().values()} | set(_members())
    known |= {entry.name for entry in all_events()} | set(questions())
    known |= {_snake(entry.event_class.__name__) for entry in all_events()}
    known |= {entry.term for entry in NAVIGATION}
    texts = [
        path.read_text("utf-8")
        for pattern in (
            "*/*/src/**/*.py",
            "*/*/src/**/*.html",
            "*/*/src/**/*.toml",
            "*/*/src/**/*.js",
        )
        for path in ROOT.glob(pattern)
        if path.name != "glossary.toml"
    ]
    words = set(re.findall(r"[a-z0-9_.]+", _snake("\n".join(texts))))
    # The last word of an audit action may be chosen at run time: f"portal.task.{done}".
    known |= words | {part for word in words for part in word.split(".")}
    known |= {
        f"{word}{part}"
        for word in words
        if word.count(".") == 2 and word.endswith(".")
        for part in words
    }

    unused = sorted(term for term in glossary() if term not in known)

    assert unused == [], "\n".join(unused)
