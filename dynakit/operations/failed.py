"""How a call went whose condition was false."""

from __future__ import annotations

from typing import Any

from dynakit.operations.retry import Refused
from dynakit.values import dataclass


@dataclass(frozen=True)
class Failed:
    """A call whose condition was false: the action, and how it went."""

    action: str
    attempts: int
    ambiguous_before: bool
    code: str
    request_id: str | None

    @classmethod
    def of(cls, refused: Refused, action: str) -> Failed:
        """Of a refusal by the service."""
        error = refused.error
        return cls(action, refused.attempts, refused.ambiguous_before, error.code, error.request_id)

    @property
    def details(self) -> dict[str, Any]:
        """What the errors carry."""
        return {"action": self.action, "attempts": self.attempts, "request_id": self.request_id}
