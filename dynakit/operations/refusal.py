"""What a failed condition means, told from the item that was found."""

from __future__ import annotations

from dynakit.errors import (
    ConditionFailed,
    DynakitError,
    ItemAlreadyExists,
    NotFound,
    OutcomeUnknown,
    VersionConflict,
)
from dynakit.expressions.text import condition_text
from dynakit.operations.failed import Failed
from dynakit.operations.operation import Kind, Operation
from dynakit.schema.lifecycle import is_deleted
from dynakit.wire import Item

_WHERE_MISSING: dict[Kind, str] = {
    "Put": "Use put, or create it first.",
    "Update": "Use upsert, or create it first.",
    "Delete": "Pass missing_ok=True where that is fine.",
}


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
        return NotFound(
            f"{statement}: there is no such item. {_where_missing(operation)}", statement=statement
        )
    if operation.kind == "Update" and found is not None and operation.finds_hidden(found):
        return NotFound(
            f"{statement}: an item that is expired or deleted is there, and hidden. Restore it, or delete it "
            "permanently.",
            statement=statement,
        )
    if operation.presence == "absent":
        return ItemAlreadyExists(
            f"{statement}: an item is already there; it is on .item.{_where_there(operation, found)}",
            item=found,
            statement=statement,
            **failed.details,
        )
    if operation.broken(found):
        return VersionConflict(
            f"{statement}: the item was written since it was read; nothing was written. The item found is on "
            f".item. Read it again{_if_deleted(operation, found)}, and repeat the change.",
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


def _where_missing(operation: Operation) -> str:
    """What to do about an item that is not there."""
    if operation.deleted:
        return "Only what is softly deleted is restored."
    if operation.definition.constraints and operation.kind != "Delete":
        return "Create it first."
    return _WHERE_MISSING.get(operation.kind, "Create it first.")


def _where_there(operation: Operation, found: Item | None) -> str:
    """What to do about an item that is in the way."""
    if found is not None and is_deleted(operation.definition.lifecycle, found):
        return " It is deleted softly: restore it, or delete it permanently."
    refuses_put = operation.definition.constraints or operation.companions
    return " Use another key, or delete it first." if refuses_put else " Use put to overwrite it."


def _if_deleted(operation: Operation, found: Item | None) -> str:
    deleted = found is not None and is_deleted(operation.definition.lifecycle, found)
    return " with deleted=True" if deleted else ""
