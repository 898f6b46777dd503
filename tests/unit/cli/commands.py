"""Runs the command in this process: what it leaves with, and what it writes."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from dynakit.cli.main import main


@dataclass(frozen=True)
class Left:
    """The exit code, standard output and standard error of a command."""

    code: object
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The output as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def dynakit(*arguments: str, text: str = "") -> Left:
    """Run ``dynakit`` with these arguments and this standard input, which is no terminal."""
    out, err, path = io.StringIO(), io.StringIO(), sys.path[:]
    streams = patch.multiple(sys, argv=["dynakit", *arguments], stdin=io.StringIO(text))
    try:
        with streams, redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as left:
        return Left(left.code, out.getvalue(), err.getvalue())
    finally:
        sys.path[:] = path
