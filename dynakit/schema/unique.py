"""Unique constraints: a value that only one item of an entity may have.

Each value in use is held by a *guard*: an item of its own under a private key, written in one transaction
with the item that owns it. Private keys begin with ``$``, which no rendered key can do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dynakit.errors import EncodeError
from dynakit.keys.encoding import encode_text
from dynakit.keys.limits import MAX_PARTITION_KEY_BYTES
from dynakit.keys.template import BoundTemplate
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Item

GUARD = "$UNIQUE"
OWNER = "_owner"
"""The attribute of a guard that holds the primary key of the item it belongs to."""


class Unique:
    """What ``unique(…)`` declares on an entity."""

    def __init__(self, attributes: Sequence[str], *, scope: Sequence[str], kept_when_deleted: bool) -> None:
        self.attributes = tuple(attributes)
        self.scope = tuple(scope)
        self.kept_when_deleted = kept_when_deleted
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        scope = f", scope={self.scope!r}" if self.scope else ""
        return f"unique({', '.join(map(repr, self.attributes))}{scope})"


def unique(*attributes: str, scope: str | Sequence[str] = (), kept_when_deleted: bool = True) -> Unique:
    """Let a value, or a combination of values, stand in one item of the entity only.

    ``email_once = unique("email:lower")``: the attribute's name, and a format as in key templates where
    several spellings are to count as one. With ``scope="tenant"`` once for each value of that attribute. An
    item where one of the values is ``None`` is not constrained. A softly deleted item keeps its value unless
    ``kept_when_deleted=False``. Each write of such an entity is a transaction, at twice the write units and
    those of the guard; put, upsert and batches of it are refused.
    """
    scopes = (scope,) if isinstance(scope, str) else tuple(scope)
    return Unique(attributes, scope=scopes, kept_when_deleted=kept_when_deleted)


@dataclass(frozen=True)
class Constraint:
    """A unique constraint of an entity, compiled: what its guards' keys are made of.

    ``entity`` is the type name of the class that declares it, so that subclasses share its guards.
    """

    name: str
    entity: str
    template: BoundTemplate
    kept_when_deleted: bool

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"

    @property
    def prefix(self) -> str:
        """What the partition keys of its guards begin with."""
        return f"{GUARD}#{encode_text(self.entity)}#{encode_text(self.name)}#"

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes it is about."""
        return tuple(placeholder.name for placeholder in self.template.placeholders)

    def guard(self, table: Table, values: Mapping[str, object]) -> Item | None:
        """The key of the guard of these values; ``None`` where one of them is absent.

        Raises :class:`EncodeError` for values that make too long a key.
        """
        if any(values.get(name) is None for name in self.names):
            return None
        rendered = self.template.render(values)
        text = f"{self.prefix}{rendered}"
        size = len(text.encode())
        if size > MAX_PARTITION_KEY_BYTES:
            raise EncodeError(
                f"{self}: the guard's key has {size:,} bytes; expected at most {MAX_PARTITION_KEY_BYTES:,}. "
                "Use shorter values.",
                entity=self.entity,
                path=self.names[0],
            )
        key: Item = {table.partition.name: {"S": text}}
        return key if table.sort is None else {**key, table.sort.name: {"S": GUARD}}
