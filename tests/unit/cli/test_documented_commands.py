"""Every command has an example in its help, and its line in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from dynakit.cli.app import app
from dynakit.cli.main import FAILED, INTERRUPTED, WRONG_USAGE
from tests.unit.cli.commands import dynakit

PAGE = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text(encoding="utf-8")


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each command that does something."""
    members: dict[str, Any] = getattr(command, "commands", {})
    if not members:
        yield path
    for name, member in members.items():
        yield from commands(member, (*path, name))


ALL = sorted(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_its_help_ends_with_an_example_of_itself(path: tuple[str, ...]) -> None:
    left = dynakit(*path, "--help")
    assert left.code == 0
    assert f"Example: dynakit {' '.join(path)}" in " ".join(left.out.split())


@pytest.mark.parametrize("group", sorted({path[:-1] for path in ALL}), ids=" ".join)
def test_the_list_of_commands_says_each_in_one_line_that_is_not_cut(
    group: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = dynakit(*group, "--help").out.partition("Commands:")[2].splitlines()
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_it_is_named_in_the_documentation(path: tuple[str, ...]) -> None:
    assert f"| `dynakit {' '.join(path)}` |" in PAGE


def test_the_documentation_names_no_other_command() -> None:
    named = re.findall(r"^\| `dynakit ([a-z ]+)` \|", PAGE, re.MULTILINE)
    assert sorted(tuple(name.split()) for name in named) == ALL


def test_the_documented_exit_codes_are_those_there_are() -> None:
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert codes == [0, FAILED, WRONG_USAGE, INTERRUPTED]
