"""The programs DynamoDB Local needs on this machine: ``java``, and ``npm`` to fetch it once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

JAVA_MINIMUM = 17


def java() -> str | None:
    """Return the Java to run: the one under ``JAVA_HOME`` where that is set, else the one on the ``PATH``."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=os.path.join(home, "bin")) if home else shutil.which("java")


def npm() -> str | None:
    """Return the ``npm`` on the ``PATH``."""
    return shutil.which("npm")


def java_missing() -> str | None:
    """Say in one line why Java cannot run DynamoDB Local here; ``None`` when it can."""
    command = java()
    wanted = f"DynamoDB Local needs Java {JAVA_MINIMUM} or newer: "
    advice = " Install it and put it on the PATH, or name it by JAVA_HOME."
    if command is None:
        return f"{wanted}`java` was not found.{advice}"
    version = major_version(_version_text(command))
    if version is None:
        return f"{wanted}{command} did not tell its version.{advice}"
    return None if version >= JAVA_MINIMUM else f"{wanted}{command} is Java {version}.{advice}"


def npm_missing() -> str | None:
    """Say in one line that DynamoDB Local cannot be fetched here; ``None`` when it can."""
    if npm() is not None:
        return None
    return "DynamoDB Local is fetched with npm: `npm` was not found. Install Node.js with npm, and try again."


def major_version(text: str) -> int | None:
    """Read the major version out of what ``java -version`` prints: 17 of ``17.0.15``, 8 of ``1.8.0_392``."""
    found = re.search(r'version "(?:1\.)?(\d+)', text)
    return int(found.group(1)) if found else None


def _version_text(command: str) -> str:
    try:
        told = subprocess.run(
            [command, "-version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout
