"""What the verbs that both clients share ask of a client: to drive a flow in its environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.flow import Flow

T = TypeVar("T")


class Executes(Protocol):
    """Drives a flow to its end."""

    environment: Environment

    def run(self, flow: Flow[T]) -> T:
        """Drive it."""
        ...


class Awaits(Protocol):
    """The same, awaited."""

    environment: Environment

    async def run(self, flow: Flow[T]) -> T:
        """Drive it."""
        ...
