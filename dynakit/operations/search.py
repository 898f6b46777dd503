"""Searches in vector indexes: the nearest items, with their scores.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders
from dynakit.expressions.condition import Condition
from dynakit.expressions.near import Near
from dynakit.expressions.operand import AttributePath, Step
from dynakit.operations.flow import Flow
from dynakit.operations.narrowing import narrowed
from dynakit.operations.retry import request
from dynakit.operations.sealing_open import opened
from dynakit.schema.definition import Attribute, Definition, definition_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.partial import Partial, decode_partial
from dynakit.schema.registry import family_of
from dynakit.schema.resolver import EntityResolver
from dynakit.table import VectorIndex
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

MAX_RESULTS = 100
"""Items that one search can give."""

O = TypeVar("O")  # noqa: E741 - the entity searched for
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True)
class Scored(Generic[R_co]):
    """One result of a search. ``score`` is that of the index's distance function.

    COSINE: 0 (the same direction) to 2 (the opposite one); EUCLIDEAN: the distance, 0 and up; of both the
    smallest come first. DOT_PRODUCT: the greatest come first.
    """

    item: R_co
    score: float


def search(
    near: Near[O, R], environment: Environment, *, top: int = 10, where: Condition[O] | None = None
) -> Flow[list[Scored[R]]]:
    """Find the ``top`` nearest items, 1 to 100, the nearest first.

    Items of other entities, and those that have expired or are deleted, are left out of what was found, so
    that fewer may come. A search reads what the index holds just then: writes of the last moments may be
    missing. ``where`` narrows the items before they are ranked.

    Raises:
        StatementError: for an attribute without a vector index, a condition other than equality of the
            attributes the index is narrowed by, an index that does not hold what is asked for.
        EncodeError: for a vector of another length, or with numbers that are not finite.
        RequestError: when the service refuses the search.
    """
    statement = _Search(near)
    call = statement.call(top, where, environment)
    reply = yield from request(call, environment, statement=near)
    found: list[Payload] = reply.payload.get("SearchResults", [])
    now = environment.now()
    shown = [
        row
        for row in found
        if is_of(statement.definition, row["Item"])
        and not is_hidden(statement.definition.lifecycle, row["Item"], now)
    ]
    items = yield from opened(statement.definition, [row["Item"] for row in shown], environment)
    return [
        Scored(cast("R", statement.decode(item)), float(row["Score"]))
        for row, item in zip(shown, items, strict=True)
    ]


class _Search:
    """A search, with what its entity and its index are."""

    def __init__(self, near: Near[Any, Any]) -> None:
        self.near = near
        self.definition: Definition[Any] = definition_of(near.path.entity)
        self.table = self.definition.stored_in
        self.attribute = self._vector_attribute()
        self.index = self._index()
        self.held = self.table.held_by(self.index)
        self.resolver = EntityResolver(self.definition)

    def call(self, top: int, where: Condition[Any] | None, environment: Environment) -> Call:
        """The request."""
        if not 1 <= top <= MAX_RESULTS:
            raise StatementError(f"{self.near}: got top={top}; a search gives 1 to {MAX_RESULTS} items.")
        placeholders = Placeholders()
        payload: Payload = {
            "TableName": environment.table_name(self.table),
            "IndexName": self.index.name,
            "SearchVector": self._vector(),
            "TopK": top,
        }
        equal = narrowed(self.near, self.definition, self.index, where)
        if equal:
            payload["SearchConditionExpression"] = " AND ".join(
                f"{placeholders.name(name)} = {placeholders.value(value)}" for name, value in equal.items()
            )
        # Without a projection the service leaves the vector itself out.
        payload["ProjectionExpression"] = ", ".join(map(placeholders.path, self._projection()))
        placeholders.add_to(payload)
        return Call("SearchVectors", payload, "search")

    def decode(self, row: Item) -> object:
        """One item, or what was projected of it."""
        if not self.near.projected:
            # Attributes that the entity does not know were not asked for.
            return decode_item(self.definition, row, whole=False)
        definition = self.definition
        partial = decode_partial(definition, row, self.near.projected, definition.primary_key)
        told = definition.primary_key.read(row) or {}
        in_key = {path: told.get(path.name) for path in self.near.projected if self._is_in_key(path)}
        return Partial(definition.entity, {**partial.values, **in_key})

    def _vector_attribute(self) -> Attribute:
        near = self.near
        attribute = self.definition.owned(near.path)
        if len(near.path.steps) > 1 or attribute.codec.dimensions is None:
            raise StatementError(
                f"{near}: {near.path} is no vector of the item itself; expected an attribute declared as "
                "Attr[Vector[Literal[n]]]."
            )
        return attribute

    def _index(self) -> VectorIndex:
        near, attribute = self.near, self.attribute
        on_it = [one for one in self.table.vector_indexes if one.attribute == attribute.stored]
        fitting = [one for one in on_it if near.index in (None, one.name)]
        if len(fitting) == 1:
            return fitting[0]
        names = ", ".join(repr(one.name) for one in on_it) or "none"
        if not fitting:
            wanted = "vector index" if near.index is None else f"vector index {near.index!r}"
            raise StatementError(
                f"{near}: table {self.table.name!r} has no {wanted} of {attribute.stored!r}; it has {names}. "
                "Declare it on the table with vector_indexes=…."
            )
        raise StatementError(
            f"{near}: several vector indexes hold it ({names}); expected the name of one. "
            f"Use .near(…, index=…)."
        )

    def _vector(self) -> list[AttributeValue]:
        encoded = self.resolver.encode(self.near.path, self.near.vector)
        return [] if encoded is None else encoded.get("L", [])

    def _projection(self) -> list[tuple[Step, ...]]:
        """What is asked for, and what it takes to know the item; paths that overlap are refused."""
        definition = self.definition
        hides = [one.stored for one in definition.lifecycle.hides]
        needed = [*self.table.key_names, *hides, *self._needed()]
        self._check_held(needed, "Project what it holds with .project(…), or let the index project them.")
        added = [name for name in (self.table.type_attribute, self.table.token_attribute) if name is not None]
        held = [name for name in added if self.held is None or name in self.held]
        wanted: dict[tuple[Step, ...], None] = dict.fromkeys((name,) for name in [*needed, *held])
        asked = [path for path in self.near.projected if not self._is_in_key(path)]
        wanted |= dict.fromkeys(map(self.resolver.stored, asked))
        return [steps for steps in wanted if not any(steps[:end] in wanted for end in range(1, len(steps)))]

    def _needed(self) -> list[str]:
        """The stored attributes of the items, or those that the projected paths begin with."""
        projected = self.near.projected
        if projected:
            names = [path.name for path in projected]
            stored = [
                self.definition.attribute(path.name).stored for path in projected if not self._is_in_key(path)
            ]
        else:
            names = list(self.definition.key_only)
            stored = [name for member in family_of(self.definition) for name in member.by_stored]
        keys = self.definition.telling_keys(names)
        return [*stored, *(part.attribute for key in keys for part in key.parts)]

    def _is_in_key(self, path: AttributePath) -> bool:
        """Whether an attribute is told by the primary key alone: nothing else of the row holds it."""
        attribute = self.definition.owned(path)
        unheld = self.held is not None and attribute.stored not in self.held
        return (attribute.key_only or unheld) and attribute.name in self.definition.primary_key.told

    def _check_held(self, names: list[str], advice: str) -> None:
        missing = (
            [] if self.held is None else [name for name in dict.fromkeys(names) if name not in self.held]
        )
        if missing:
            raise StatementError(
                f"{self.near}: vector index {self.index.name!r} does not hold {', '.join(missing)}. {advice}"
            )
