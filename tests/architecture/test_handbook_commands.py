"""Checks that every command that the handbook prints exists, with the options that it prints."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from kasane_runtime import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted((ROOT / "docs/operations").glob("*.md")),
    *sorted((ROOT / "docs/how-to").glob("*.md")),
    ROOT / "README.md",
]
INLINE = re.compile(r"`kasane ([^`\n]+)`")
# What stands for a value of the reader's own.
PLACEHOLDER = re.compile(r"<[^>]+>|…|\.\.\.")
NUMBER_FOR = {"<letter id>": "12"}


def words(command: str) -> list[str]:
    """The words of a printed command, its remarks and where its output goes left out."""
    for printed, value in NUMBER_FOR.items():
        command = command.replace(printed, value)
    command = re.split(r"\s#|\s>\s", PLACEHOLDER.sub("292095", command))[0]
    return shlex.split(command)


def lines(text: str) -> Iterator[str]:
    """The commands that stand on lines of their own: they are whole."""
    joined = re.sub(r"\\\n\s*", " ", text)
    for line in joined.splitlines():
        if found := re.match(r"^ {4}(?:[A-Z_]+=\S+ )*kasane (.+)", line):
            yield found[1]


def not_there(parser: argparse.ArgumentParser, said: list[str]) -> str:
    """The first word of a mention that is no command or option; empty when all of it exists."""
    for place, word in enumerate(said):
        deeper = next(
            (one for one in parser._actions if isinstance(one, argparse._SubParsersAction)), None
        )
        if deeper is not None and not word.startswith("-"):
            if word not in deeper.choices:
                return word
            parser = deeper.choices[word]
            continue
        for option in said[place:]:
            name = option.partition("=")[0]
            if name.startswith("--") and name not in parser._option_string_actions:
                return name
        return ""
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_on_a_line_of_its_own_is_understood(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for command in lines(page.read_text("utf-8")):
        try:
            cli._parser().parse_args(words(command))
        except SystemExit:
            wrong.append(f"kasane {command}: {capsys.readouterr().err.splitlines()[-1]}")

    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_within_a_sentence_exists_with_its_options(page: Path) -> None:
    wrong = [
        f"`kasane {command}`: {missing}"
        for command in INLINE.findall(page.read_text("utf-8"))
        if (missing := not_there(cli._parser(), words(command)))
    ]

    assert wrong == [], "\n".join(wrong)


def test_a_command_or_an_option_that_is_not_there_is_found() -> None:
    parser = cli._parser()

    assert not_there(parser, ["backup", "vanish"]) == "vanish"
    assert not_there(parser, ["backup", "restore", "292095", "--gently"]) == "--gently"
    assert not_there(parser, ["backup", "drill"]) == ""
    assert list(lines("x\n    kasane keys status   # a remark\n")) == ["keys status   # a remark"]
