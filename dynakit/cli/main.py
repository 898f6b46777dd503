"""The entry point ``dynakit``: exit code 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any, NoReturn, cast

from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError

EXTRAS = {
    "typer": "cli",
    "rich": "cli",
    "moto": "local",
    "yaml": "export",
    "jwt": "serverless",
}
"""The modules that commands use beyond the core, and the extras that install them."""

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130
"""What shells give for a command that was ended by Ctrl-C."""

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main() -> NoReturn:
    """Run the command in ``sys.argv``, and leave the process.

    The current folder goes first on the module path, so that ``schemas.backend:users`` is found in
    a checkout. An error of dynakit is one line on standard error; any other is a bug, and its
    traceback is shown.
    """
    sys.path.insert(0, os.getcwd())
    try:
        _run_or_break_off()
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        _fail(f"the module {error.name} is not installed: pip install 'dynakit[{EXTRAS[error.name]}]'")
    except UsageError as error:
        _fail(str(error), WRONG_USAGE)
    except DynakitError as error:
        _fail(str(error))


def _run_or_break_off() -> NoReturn:
    """Run the command; what breaks it off from outside is at most one line."""
    try:
        _run()
    except BrokenPipeError:
        # Whoever read has what it wanted.
        _drop_output()
        raise SystemExit(FAILED) from None
    except OSError as error:
        if error.errno not in _DISK_FULL:
            raise
        _drop_output()
        _fail(f"the output cannot be written: {error.strerror}. Make room, or write it elsewhere.")
    except KeyboardInterrupt:
        _fail("interrupted by Ctrl-C", INTERRUPTED)


def _drop_output() -> None:
    """What is still buffered must not be written at the end, as that fails again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _run() -> NoReturn:
    from dynakit.cli.app import app, is_usage_error

    try:
        code: object = cast("Any", app)(standalone_mode=False, prog_name="dynakit")
    except Exception as error:
        if not is_usage_error(error):
            raise
        _explain(error)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    sys.stdout.flush()
    raise SystemExit(code if isinstance(code, int) else 0)


def _explain(error: Any) -> NoReturn:
    """One line for what typer does not understand; the help where nothing was asked for."""
    if not sys.argv[1:] or type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        raise SystemExit(WRONG_USAGE) from None
    path = error.ctx.command_path if error.ctx is not None else "dynakit"
    # pydantic puts its own words in front of typer's.
    message = " ".join(error.format_message().replace("Value error, ", "").split()).rstrip(".")
    _fail(f"{message}. See: {path} --help", WRONG_USAGE)


def _fail(message: str, code: int = FAILED) -> NoReturn:
    sys.stderr.write(f"dynakit: {message}\n")
    raise SystemExit(code)
