"""What mypy strict and pyright strict say of the user-like files beside this one.

Each planted mistake carries both checkers' ignore comments, so the project's own lint passes over it, and
fails where a checker has nothing to ignore. Here the comments are taken away: both checkers must report
exactly the planted lines, and nothing elsewhere.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FILES = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("test_"))
PLANTED = re.compile(r"  # type: ignore\[[\w, -]+\]  # pyright: ignore\[\w+\]$")

SETTINGS = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "reportUnusedExpression": False,
    "reportUnusedCoroutine": False,
    "extraPaths": [str(ROOT)],
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files without their ignore comments, in a package of their own."""
    folder = tmp_path_factory.mktemp("checked") / "planted"
    folder.mkdir()
    for path in FILES:
        lines = [PLANTED.sub("", line) for line in path.read_text().splitlines()]
        (folder / path.name).write_text("\n".join(lines) + "\n")
    (folder.parent / "pyrightconfig.json").write_text(json.dumps(SETTINGS))
    return folder


def planted_lines() -> set[tuple[str, int]]:
    return {
        (path.name, number)
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if PLANTED.search(line)
    }


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_mypy_reports_exactly_the_planted_mistakes(planted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = ["--strict", "--explicit-package-bases", "--no-error-summary", "--hide-error-context"]
    said = run(planted, "mypy", *options, f"--cache-dir={planted.parent / 'cache'}", "planted")
    reported = set(re.findall(r"^planted/(\w+\.py):(\d+): error:", said, re.MULTILINE))
    assert {(name, int(line)) for name, line in reported} == planted_lines(), said


def test_pyright_reports_exactly_the_planted_mistakes(planted: Path) -> None:
    said = run(planted, "pyright", "--outputjson", "--pythonpath", sys.executable, "planted")
    errors = [one for one in json.loads(said)["generalDiagnostics"] if one["severity"] == "error"]
    reported = {(Path(one["file"]).name, one["range"]["start"]["line"] + 1) for one in errors}
    assert reported == planted_lines(), said


def test_the_models_run() -> None:
    """The models of the checked files are real ones."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import tests.typing.models"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
