"""Clock, randomness and sleep: the one place that reads them, and the names tables really have.

Everything that depends on the outside world takes an :class:`Environment`, so a whole client can be
run under virtual time and by seed.
"""

from __future__ import annotations

import base64
import os
import random
import re
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from dataclasses import field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.operations.sealing_keys import KeyProvider
    from dynakit.operations.sealing_objects import ObjectStore
    from dynakit.table import Table

_SIMULATED_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often one call is tried.

    ``deadline`` is the total time of a call in seconds, pauses included; no attempt starts after it.
    ``attempts`` is a safety bound on top. The pause before the n-th resend is drawn evenly from 0 to
    ``base * 2**(n-1)`` seconds, at most ``cap`` seconds (full jitter). ``quota`` is the capacity of the
    :class:`RetryQuota` that all calls of a client share; ``math.inf`` is none.
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    attempts: int = 10
    base: float = 0.05
    cap: float = 5.0
    deadline: float = 15.0
    quota: float = 500


class RetryQuota:
    """What the calls of one client may spend on being sent again, so that they do not feed an outage.

    A resend takes units, and is not made where too few are left; success gives back what the last resend
    took, or one unit where none was needed: the standard mode of the AWS SDKs. May be shared by threads.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """

    __slots__ = ("capacity", "spent")

    # One for all, as a forked child must have another: a thread of its parent may have held it.
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, capacity: float = 500) -> None:
        self.capacity = capacity
        self.spent = 0.0

    @property
    def available(self) -> float:
        """The units left, from 0 to ``capacity``."""
        return self.capacity - self.spent

    def take(self, units: float) -> bool:
        """Take units for a resend; take none and give ``False`` where there are fewer."""
        with self._lock:
            enough = self.spent + units <= self.capacity
            if enough:
                self.spent += units
            return enough

    def give_back(self, units: float) -> None:
        """Give units back after a success, up to the capacity. While ``spent`` is 0 there is no need to."""
        with self._lock:
            self.spent = max(0.0, self.spent - units)

    @classmethod
    def forked(cls) -> None:
        """Make a lock that nobody holds."""
        cls._lock = threading.Lock()


class IdentifierState:
    """The last identifier made of each kind, as a number, so that the next one sorts after it."""

    __slots__ = ("last", "lock")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the last identifiers; a forked child must not count on from its parent's."""
        self.last: dict[str, int] = {}
        self.lock = threading.Lock()


def _system_now() -> datetime:
    return datetime.now(UTC)


async def _system_asleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


# Two processes forked from one parent share the state of `random.random`, and would retry in step.
_system_uniform = random.SystemRandom().random
_system_identifiers = IdentifierState()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_system_identifiers.reset)
    os.register_at_fork(after_in_child=RetryQuota.forked)


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Environment:
    """Clock, randomness, sleep, retry policy and table names of a client.

    ``now`` is aware and in UTC, ``monotonic`` and ``sleep`` are in seconds, ``uniform`` is in [0, 1),
    ``entropy(n)`` gives n random bytes. ``tables`` maps declared table names to real ones;
    ``variables`` are the environment variables asked where it is silent. ``keys`` are what encrypted values
    are encrypted with, ``objects`` is where offloaded ones are kept. A client has a ``quota`` of its own.
    """

    now: Callable[[], datetime] = _system_now
    monotonic: Callable[[], float] = time.monotonic
    uniform: Callable[[], float] = _system_uniform
    entropy: Callable[[int], bytes] = os.urandom
    sleep: Callable[[float], None] = time.sleep
    asleep: Callable[[float], Awaitable[None]] = _system_asleep
    tables: Mapping[str, str] = field(default_factory=dict[str, str])
    # They hold secrets, and an environment may be printed.
    variables: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    identifiers: IdentifierState = field(default=_system_identifiers, repr=False)
    keys: KeyProvider | None = None
    objects: ObjectStore | None = None
    quota: RetryQuota = field(default_factory=RetryQuota, repr=False)

    @classmethod
    def simulated(
        cls,
        seed: int = 0,
        *,
        now: datetime = _SIMULATED_START,
        tables: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
    ) -> Environment:
        """An environment of virtual time and seeded randomness; a sleep returns at once.

        The clock stands at ``now`` (aware) and moves only by ``sleep`` and ``asleep``. No environment
        variable is seen. Equal seeds give equal random values in the order they are drawn.
        """
        clock, policy = _VirtualClock(now.astimezone(UTC)), retry or RetryPolicy()
        generator = random.Random(seed)  # noqa: S311 - repeatable, for tests
        return cls(
            now=clock.now,
            monotonic=clock.monotonic,
            uniform=generator.random,
            entropy=generator.randbytes,
            sleep=clock.sleep,
            asleep=clock.asleep,
            tables=tables or {},
            variables={},
            retry=policy,
            quota=RetryQuota(policy.quota),
            identifiers=IdentifierState(),
        )

    def use(self) -> AbstractContextManager[Environment]:
        """Make this the :func:`current` environment inside the block, for default factories."""
        return _Use(self)

    def table_name(self, table: Table) -> str:
        """The real name of a table: bound when connecting, else an environment variable, else as declared.

        The variable is the one the table declares, else ``DYNAKIT_TABLE_`` and the declared name in
        capitals, with ``_`` for all but letters and digits. An empty variable counts as absent.
        """
        bound = self.tables.get(table.name)
        if bound is not None:
            return bound
        variable = table.environment_variable or _variable(table.name)
        if self.variables is os.environ and not _is_set(variable):
            return table.name
        return self.variables.get(variable) or table.name

    def write_token(self) -> str:
        """A random token of 72 bits for one write, as 12 characters of base64url."""
        return base64.urlsafe_b64encode(self.entropy(9)).decode("ascii")

    def client_request_token(self) -> str:
        """A random UUID of version 4 as text: the idempotency token of one transaction."""
        return str(uuid.UUID(bytes=self.entropy(16), version=4))


@cache
def _variable(name: str) -> str:
    return "DYNAKIT_TABLE_" + re.sub("[^A-Z0-9]", "_", name.upper())


def _is_set(name: str) -> bool:
    """Whether this process has a variable. ``os.environ`` raises and catches two errors to say no."""
    environ: Any = os.environ
    try:
        return _raw_name(name) in environ._data
    except AttributeError:
        # A test has put a plain dictionary there.
        return name in environ


@cache
def _raw_name(name: str) -> object:
    encode: Any = getattr(os.environ, "encodekey", str)
    return encode(name)


class _Use:
    """What :meth:`Environment.use` gives: a class, as a generator would cost each call a microsecond more."""

    __slots__ = ("environment", "token")

    token: Token[Environment]

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def __enter__(self) -> Environment:
        self.token = _current.set(self.environment)
        return self.environment

    def __exit__(self, *_: object) -> None:
        _current.reset(self.token)


class _VirtualClock:
    def __init__(self, start: datetime) -> None:
        self._start = start
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
        await _system_asleep(0)


_system = Environment()
_current: ContextVar[Environment] = ContextVar("dynakit_environment", default=_system)


current: Callable[[], Environment] = _current.get
"""The environment in use: the one of the innermost :meth:`Environment.use`, else the system's."""

# What `with environment.use()` does, in two calls of built-in functions, for what is done at each call.
enter: Callable[[Environment], Token[Environment]] = _current.set
leave: Callable[[Token[Environment]], None] = _current.reset
