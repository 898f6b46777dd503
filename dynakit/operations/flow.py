"""A flow: the pure generator that carries a statement out.

A flow yields steps and is sent the answer to each: the reply to a :class:`Call`, an empty payload after
a :class:`Sleep`. What goes wrong with a call is raised into it (:mod:`dynakit.operations.reply`). It
reads no clock and does no I/O; a driver does (:mod:`dynakit.client.driver`). A driver that is given up
closes the flow, so a flow must not yield while it is being closed.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from dynakit.wire import Call, Payload

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sleep:
    """Ask the driver to wait this many seconds."""

    seconds: float


Step: TypeAlias = Call | Sleep
"""What a flow may ask of its driver."""

Flow: TypeAlias = Generator[Step, Payload, T]
"""A generator of steps that returns a ``T``."""
