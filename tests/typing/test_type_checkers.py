"""What a user writes, under mypy strict and pyright strict: both refuse the lines marked ``# E``, no others.

The files in ``usage/`` are a user's; ``assert_type`` in them says what is inferred.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "usage").glob("*.py"))

MARK = re.compile(r"# E: \w")
MYPY_ERROR = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+): error: (?P<text>.*)$")

MYPY = [
    *(sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--no-error-summary", "--hide-error-context"),
    *("--cache-dir", os.path.join(tempfile.gettempdir(), f"dynakit-mypy-{os.getuid()}")),
]
PYRIGHT = [
    *(sys.executable, "-m", "pyright", "--outputjson", "--project", str(FOLDER)),
    *("--pythonpath", sys.executable),
]

Places = dict[tuple[str, int], str]
"""File and line to what is said of it."""


def marked() -> Places:
    """The lines that must be refused."""
    return {
        (path.name, number): line.strip()
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MARK.search(line)
    }


def refused_by_mypy(output: str) -> Places:
    found: Places = {}
    for line in output.splitlines():
        error = MYPY_ERROR.match(line)
        if error:
            found[Path(error["path"]).name, int(error["line"])] = error["text"]
    return found


def refused_by_pyright(output: str) -> Places:
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1): one["message"]
        for one in json.loads(output)["generalDiagnostics"]
    }


def differences(expected: Places, found: Places) -> list[str]:
    missed = [
        f"{name}:{line} is not refused: {expected[name, line]}" for name, line in expected.keys() - found
    ]
    false = [f"{name}:{line} is refused: {found[name, line]}" for name, line in found.keys() - expected]
    return sorted([*missed, *false])


def test_both_type_checkers_refuse_exactly_the_marked_lines() -> None:
    """One run of each, side by side."""
    absent = [name for name in ("mypy", "pyright") if find_spec(name) is None]
    if absent and os.environ.get("CI") != "true":
        pytest.skip(f"{' and '.join(absent)} not installed: pip install -e '.[dev]'")
    commands = ([*MYPY, *map(str, FILES)], PYRIGHT)
    runs = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for command in commands]
    mypy, pyright = (run.communicate()[0] for run in runs)
    expected = marked()
    assert len(expected) > 100
    assert differences(expected, refused_by_mypy(mypy)) == []
    assert differences(expected, refused_by_pyright(pyright)) == []


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_the_files_run(name: str) -> None:
    """What the checkers accept is also declared correctly."""
    assert import_module(f"tests.typing.usage.{name}").__doc__
