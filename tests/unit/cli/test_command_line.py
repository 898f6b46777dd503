"""What the command line answers before any command does its work."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import dynakit
from dynakit.cli.main import main
from dynakit.errors import DefinitionError


@pytest.fixture(autouse=True)
def own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])


def leave(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Run ``dynakit`` with these arguments; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["dynakit", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code


def put_demo(monkeypatch: pytest.MonkeyPatch, run: Callable[[], None]) -> None:
    """Let ``dynakit demo`` run this function."""
    module = ModuleType("dynakit.cli.demo")
    module.__dict__["run"] = run
    monkeypatch.setitem(sys.modules, "dynakit.cli.demo", module)


def test_the_version_is_that_of_the_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert leave(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"dynakit {dynakit.__version__}\n"


@pytest.mark.parametrize("arguments", [["--bogus"], ["no-such-command"], ["demo", "surplus"], []])
def test_wrong_usage_leaves_with_two(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert leave(monkeypatch, *arguments) == 2


def test_a_command_that_is_done_leaves_with_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    put_demo(monkeypatch, lambda: None)
    assert leave(monkeypatch, "demo") == 0


def test_an_error_of_dynakit_is_one_line_and_leaves_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        raise DefinitionError("Order.total: it has no type; one was expected. Annotate it.")

    put_demo(monkeypatch, run)
    assert leave(monkeypatch, "demo") == 1
    told = capsys.readouterr()
    assert told.err == "dynakit: Order.total: it has no type; one was expected. Annotate it.\n"
    assert told.out == ""


def test_without_typer_one_line_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "dynakit.cli.app", raising=False)
    monkeypatch.setitem(sys.modules, "typer", None)
    assert leave(monkeypatch, "--version") == 1
    assert capsys.readouterr().err == (
        "dynakit: the module typer is not installed: pip install 'dynakit[cli]'\n"
    )


def test_ctrl_c_while_commands_are_loaded_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupting(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "dynakit.cli.app", Interrupting("dynakit.cli.app"))
    assert leave(monkeypatch, "--version") == 130
    assert capsys.readouterr().err == "dynakit: interrupted by Ctrl-C\n"


def test_another_missing_module_is_a_bug_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dynakit.cli.demo", None)
    monkeypatch.setattr(sys, "argv", ["dynakit", "demo"])
    with pytest.raises(ModuleNotFoundError):
        main()


def test_modules_of_the_current_folder_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "module_in_the_current_folder.py").write_text("")
    monkeypatch.chdir(tmp_path)

    def run() -> None:
        __import__("module_in_the_current_folder")

    put_demo(monkeypatch, run)
    assert leave(monkeypatch, "demo") == 0
