"""Keeps the hooks honest: documented, answered by default, asked, answered by a plugin, tested."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from kasane_kit.plugins import DefaultTown, catalogue, examples, hooks_markdown, questions

ROOT = Path(__file__).resolve().parents[2]
HOOKS = sorted(questions())


def test_the_hooks_page_is_as_the_specifications_say() -> None:
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")

    assert page == hooks_markdown(examples(catalogue(), ROOT))


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_exact_arguments(hook: str) -> None:
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")

    arguments = ", ".join(questions()[hook].arguments)

    assert f"\n## {hook}({arguments})\n" in page


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_says_in_fixed_sections_what_it_is(hook: str) -> None:
    document = questions()[hook].document

    first, second, third = document.split("\n")[:3]
    sections = re.findall(r"^([A-Z][a-z ]+):$", document, re.MULTILINE)

    assert first.endswith("?")
    assert second == ""
    assert re.search("[ぁ-ん]", third)
    assert sections == ["Asked by", "Arguments", "Answer", "Order"]


def test_every_hook_has_an_example_taken_from_a_shipped_plugin() -> None:
    found = examples(catalogue(), ROOT)

    # No document of ours says how many years records are kept, and no number is invented for an example.
    without = sorted(set(HOOKS) - set(found) - {"retention_period"})
    elsewhere = [one.hook for one in found.values() if not (ROOT / one.path).is_file()]

    assert without == []
    assert elsewhere == []


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_default_answer(hook: str) -> None:
    assert callable(getattr(DefaultTown, hook, None))


def test_every_hook_is_asked_somewhere() -> None:
    asking = [
        *ROOT.glob("services/*/src/**/*.py"),
        *(
            path
            for path in ROOT.glob("packages/kit/src/**/*.py")
            if not {"plugins", "testing"} & set(path.parts)
        ),
    ]

    not_asked = _not_named_in(asking)

    assert not_asked == []


def test_every_hook_is_answered_by_a_shipped_plugin() -> None:
    answered = {
        hook
        for plugin in catalogue().values()
        for hook in HOOKS
        if hasattr(getattr(plugin.load(), hook, None), "kasane_impl")
    }

    assert sorted(set(HOOKS) - answered) == []


def test_every_hook_has_a_test_naming_it() -> None:
    tests = [
        *ROOT.glob("packages/*/tests/**/test_*.py"),
        *ROOT.glob("services/*/tests/**/test_*.py"),
        *ROOT.glob("plugins/*/tests/**/test_*.py"),
        *(path for path in ROOT.glob("tests/**/test_*.py") if path != Path(__file__)),
    ]

    assert _not_named_in(tests) == []


def _not_named_in(files: Iterable[Path]) -> list[str]:
    """The hooks that no file calls (``hooks.roles(``) or names as a text (``"roles"``)."""
    text = "\n".join(path.read_text("utf-8") for path in files)
    return [hook for hook in HOOKS if not re.search(rf"\.{hook}\(|[\"']{hook}[\"']", text)]
