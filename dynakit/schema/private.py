"""The keys of items that dynakit keeps for itself: sequences, leases, guards of unique constraints.

Their partition keys begin with ``$`` and a letter from ``U`` on. No key template renders such a key: literals
hold no ``$``, and in encoded values a character from ``0`` to ``T`` follows it.
"""

from __future__ import annotations

from dynakit.errors import StatementError
from dynakit.keys.limits import MAX_PARTITION_KEY_BYTES
from dynakit.table import Table
from dynakit.wire import Item

PREFIX = "$"


def private_key(where: str, table: Table, kind: str, name: str) -> Item:
    """The primary key of the item of this kind and name, ``where`` says what it is in messages.

    Raises :class:`StatementError` for a name that is empty or too long, and for a table whose key
    attributes are numbers or binary.
    """
    keys = [table.partition, *table.sort_of(None)]
    other = [key for key in keys if key.type != "S"]
    if other:
        raise StatementError(
            f"{where}: key attribute {other[0].name!r} of table {table.name!r} is of type {other[0].type}; "
            "it is kept under a key of text. Use a table whose key attributes are of type S."
        )
    partition = f"{PREFIX}{kind}#{name}"
    _check(where, name, partition)
    return {key.name: {"S": partition if key == table.partition else f"{PREFIX}{kind}"} for key in keys}


def _check(where: str, name: str, partition: str) -> None:
    try:
        size = len(partition.encode())
    except UnicodeEncodeError:
        raise StatementError(f"{where}: its name holds half a surrogate pair; expected text.") from None
    if not name or size > MAX_PARTITION_KEY_BYTES:
        raise StatementError(
            f"{where}: its name makes a key of {size:,} bytes; expected a name that is not empty and at most "
            f"{MAX_PARTITION_KEY_BYTES:,} bytes. Choose another."
        )


def is_private_key(table: Table, item: Item) -> bool:
    """Whether a partition key is one of dynakit's own: ``$`` and what no rendered key has behind it.

    A key that is an attribute itself may begin with anything: ask first whether the item has a type.
    """
    text = item.get(table.partition.name, {}).get("S", "")
    return text[:1] == "$" and not "0" <= text[1:2] <= "T"
