"""Work in a forked child, whose end is waited for."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 10
"""Seconds after which a child that hangs is ended, and a thread is not waited for any more."""


def outcome_of_child(work: Callable[[], bool]) -> int:
    """0 if the work of a forked child succeeds; negative if it had to be ended."""
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
