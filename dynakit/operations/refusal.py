"""What a failed condition means, told from the item that was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dynakit.errors import (
    ConditionFailed,
    DynakitError,
    ItemAlreadyExists,
    NotFound,
    OutcomeUnknown,
    VersionConflict,
)
from dynakit.expressions.text import condition_text
from dynakit.operations.operation import Kind, Operation
from dynakit.operations.retry import Refused
from dynakit.wire import Item

_WHERE_MISSING: dict[Kind, str] = {
    "Put": "Use put, or create it first.",
    "Update": "Use upsert, or create it first.",
    "Delete": "Pass missing_ok=True where that is fine.",
}


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


def is_own(operation: Operation, found: Item | None) -> bool:
    """Whether the item found carries this very write's token: it was applied by an earlier attempt."""
    attribute = operation.definition.stored_in.token_attribute
    if operation.token is None or attribute is None or found is None:
        return False
    return found.get(attribute, {}).get("S") == operation.token


def refusal(statement: object, operation: Operation, failed: Failed, found: Item | None) -> DynakitError:
    """The error of a write that was refused over the item found.

    In this order: what an earlier attempt may have done, whether the item is there, whether it is as it was
    read, what the user demanded.
    """
    if failed.ambiguous_before:
        return OutcomeUnknown(
            f"{statement}: the reply to an earlier attempt was lost and the condition now fails, so whether "
            "it was applied cannot be known. Read the item to find out.",
            code=failed.code,
            statement=statement,
            **failed.details,
        )
    if operation.presence == "present" and (found is None or operation.hides(found)):
        hint = _WHERE_MISSING.get(operation.kind, "Create it first.")
        return NotFound(f"{statement}: there is no such item. {hint}", statement=statement)
    if operation.presence == "absent":
        return ItemAlreadyExists(
            f"{statement}: an item is already there; it is on .item. Use put to overwrite it.",
            item=found,
            statement=statement,
            **failed.details,
        )
    if operation.broken(found):
        return VersionConflict(
            f"{statement}: the item was written since it was read; nothing was written. The item found is on "
            ".item. Read it again, and repeat the change.",
            item=found,
            statement=statement,
            **failed.details,
        )
    where = "" if operation.where is None else f" `{condition_text(operation.where)}`"
    return ConditionFailed(
        f"{statement}: the condition{where} was false; nothing was written. The item found is on .item.",
        item=found,
        statement=statement,
        **failed.details,
    )
