"""``Spy``: clients without a store, for the unit tests of use cases and repositories.

Statements are compiled, checked and decoded as ever; only the replies come from a list.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeAlias

from dynakit.client.aio import AsyncClient
from dynakit.client.sync import Client
from dynakit.environment import Environment
from dynakit.operations.sealing_keys import LocalKeys
from dynakit.operations.sealing_objects import MemoryObjects
from dynakit.schema.entity import Entity
from dynakit.telemetry.names import name_of
from dynakit.testing.answers import reply_with
from dynakit.values import dataclass
from dynakit.wire import Call, Payload

Answer: TypeAlias = Entity | Sequence[Entity | None] | int | Payload | Exception | None
"""What one call is answered with; see :class:`Spy`."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that was made, and the statement it belongs to; ``name`` is that statement's stable name."""

    name: str
    statement: object
    call: Call


class Spy:
    """Answers the calls of its clients from a list, in order, and remembers them.

    An answer is

    - an entity: the item found, or the item as an update leaves it;
    - a list of entities: what a query, a scan or a batch finds (``None`` for one that a transaction misses);
    - a number: what a count finds;
    - ``None``: nothing found; for a write, that it succeeded;
    - an exception: an error such as :class:`~dynakit.errors.ConditionFailed` reaches the caller as it is, a
      :class:`~dynakit.operations.reply.Failure` is one attempt's, and is treated as from the service;
    - a dict: the reply as on the wire.

    A call without an answer is an ``AssertionError``, and so are answers left over at the end of
    ``with Spy([…]) as spy``. ``client`` and ``async_client`` share one list. Time is virtual: nothing waits.
    """

    def __init__(self, answers: Iterable[Answer] = (), *, environment: Environment | None = None) -> None:
        self.environment = environment or _simulated()
        self.sent: list[Sent] = []
        self._answers = list(answers)
        self._lock = threading.Lock()
        self.client = Client(_Transport(self._answer), self.environment)
        self.async_client = AsyncClient(_AsyncTransport(self._answer), self.environment)

    @property
    def calls(self) -> list[Call]:
        """Every call, in order: its action and its whole payload."""
        return [one.call for one in self.sent]

    @property
    def statements(self) -> list[object]:
        """What was carried out, in order; a statement of several calls stands once.

        A write, a transaction, a query; for a read of one item the key that was given. Statements compare by
        value.
        """
        found: list[object] = []
        for one in self.sent:
            if not found or found[-1] is not one.statement:
                found.append(one.statement)
        return found

    @property
    def names(self) -> list[str]:
        """The stable name of each call's statement, in order, such as ``"create Order"``."""
        return [one.name for one in self.sent]

    def answer_with(self, *answers: Answer) -> None:
        """Add answers to the list."""
        self._answers += answers

    def assert_all_used(self) -> None:
        """Raise ``AssertionError`` if answers are left over."""
        if self._answers:
            kinds = ", ".join(type(one).__name__ for one in self._answers)
            raise AssertionError(f"{len(self._answers)} answers were not asked for: {kinds}")

    def _answer(self, call: Call) -> Payload:
        with self._lock:
            self.sent.append(Sent(name_of(call), call.statement, call))
            if not self._answers:
                raise AssertionError(f"no answer is left for {name_of(call)} ({call.action})")
            answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            return answer
        return reply_with(answer, call, self.environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.assert_all_used()


def _simulated() -> Environment:
    """An environment in which encrypted and offloaded values can be written and read."""
    keys, objects = LocalKeys({"spy": bytes(32)}), MemoryObjects()
    return replace(Environment.simulated(), keys=keys, objects=objects)


class _Transport:
    def __init__(self, answer: Callable[[Call], Payload]) -> None:
        self._answer = answer

    def send(self, call: Call) -> Payload:
        return self._answer(call)

    def close(self) -> None:
        """Nothing is open."""


class _AsyncTransport:
    def __init__(self, answer: Callable[[Call], Payload]) -> None:
        self._answer = answer

    async def send(self, call: Call) -> Payload:
        return self._answer(call)

    async def close(self) -> None:
        """Nothing is open."""
