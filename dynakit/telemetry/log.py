"""The log of calls, on the logger ``dynakit``: each call at DEBUG, throttling and faults at WARNING.

No line holds a value of an item. What botocore and urllib3 log is theirs: at DEBUG botocore prints
whole requests.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

from dynakit.operations.reply import Failure, is_ambiguous, is_throttle, is_transient, throttling_reasons

if TYPE_CHECKING:
    from logging import Logger

    from dynakit.telemetry.events import CallEnd
    from dynakit.wire import Call

_DEBUG = 10
"""``logging.DEBUG``, by its documented value."""


@cache
def logger() -> Logger:
    """The logger ``dynakit``, which is silent until it is given a handler."""
    import logging

    made = logging.getLogger("dynakit")
    made.addHandler(logging.NullHandler())
    return made


def tells_calls() -> bool:
    """Whether each call is to be logged: not by a program that never loaded ``logging``."""
    return "logging" in sys.modules and logger().isEnabledFor(_DEBUG)


def tell(call: CallEnd) -> None:
    """Log a call; the whole event is on the record as ``dynakit_call``."""
    used = [(call.read_units, "read units"), (call.write_units, "write units"), (call.items, "items")]
    counted = [f"{number:g} {what}" for number, what in used if number]
    failed = [call.code or call.error or ""] if call.error else []
    logger().debug(
        "%s (%s), attempt %d: %s",
        place(call.action, call.tables, call.index),
        call.statement,
        call.attempt,
        ", ".join([*failed, *counted, f"{call.seconds * 1000:.1f} ms"]),
        extra={"dynakit_call": call},
    )


def warn(call: Call, failure: Failure) -> None:
    """Log an attempt that failed in a way that sending again may mend."""
    if not (is_transient(failure) or is_ambiguous(failure)):
        return
    from dynakit.telemetry.facts import index_named, tables_named
    from dynakit.telemetry.names import name_of

    reasons = ", ".join(sorted({one.reason for one in throttling_reasons(failure)}))
    logger().warning(
        "%s (%s), attempt %d: %s: %s%s",
        place(call.action, tables_named(call), index_named(call)),
        name_of(call),
        call.attempt,
        "throttled" if is_throttle(failure) else "failed",
        failure.args[0],
        f" ({reasons})" if reasons else "",
    )


def place(action: str, tables: tuple[str, ...], index: str | None) -> str:
    """What a line begins with: the action, and what it is on."""
    on = f" on {', '.join(map(repr, tables))}" if tables else ""
    return f"{action}{on}{f' index {index!r}' if index else ''}"
