"""The entry point ``dynakit``: exit code 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import os
import sys

from dynakit.errors import DynakitError

EXTRAS = {
    "typer": "cli",
    "rich": "cli",
    "moto": "local",
    "yaml": "export",
    "jwt": "serverless",
}
"""The modules that commands use beyond the core, and the extras that install them."""


def main() -> None:
    """Run the command in ``sys.argv``, and leave the process.

    The current folder goes first on the module path, so that ``schemas.backend:users`` is found in
    a checkout. An error of dynakit is one line on standard error; any other is a bug, and its
    traceback is shown.
    """
    sys.path.insert(0, os.getcwd())
    try:
        from dynakit.cli.app import app

        app()
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        _fail(f"the module {error.name} is not installed: pip install 'dynakit[{EXTRAS[error.name]}]'")
    except DynakitError as error:
        _fail(str(error))


def _fail(message: str) -> None:
    sys.stderr.write(f"dynakit: {message}\n")
    raise SystemExit(1)
