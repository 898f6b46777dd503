"""``Key``: how an entity declares a pattern; ``Pattern``: what it is on the class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from dynakit.errors import UnknownAttribute
from dynakit.expressions.condition import Compare, Condition
from dynakit.expressions.operand import AttributePath, Value
from dynakit.keys.given import KeyConditions
from dynakit.schema.query import Query
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")

KeyTemplate: TypeAlias = "str | Sequence[str]"
"""A template such as ``"ORDER#{placed_at}"``, or the names of native multi-attribute index keys."""


class KeyName(NamedTuple):
    """What messages call a key: its name on the class, and its declaration."""

    name: str
    text: str


class Key:
    """A pattern of an entity: its key templates on the table, or on an index.

    ``Key("CUSTOMER#{customer_id}", "ORDER#{placed_at}#{order_id}")`` is a primary key,
    ``Key("STATUS#{status}", "{placed_at}", index="GSI1")`` an index key, and
    ``Key(["tenant", "status"], ["placed_at"], index="by_status")`` native multi-attribute index keys.
    A template that is exactly ``{x}``, on a key attribute of that same name, is the attribute itself.
    On a local index ``pk`` is the table's own template.
    """

    def __init__(self, pk: KeyTemplate, sk: KeyTemplate | None = None, *, index: str | None = None) -> None:
        self.pk = pk
        self.sk = sk
        self.index = index
        self.name = ""
        self._patterns: dict[type, Pattern[Any]] = {}

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, obj: object, owner: type[E]) -> Pattern[E]:
        found: Pattern[E] | None = self._patterns.get(owner)
        if found is None:
            found = self._patterns[owner] = Pattern(owner, self.name)
        return found

    def __repr__(self) -> str:
        sort = "" if self.sk is None else f", {self.sk!r}"
        index = "" if self.index is None else f", index={self.index!r}"
        return f"Key({self.pk!r}{sort}{index})"


@dataclass(frozen=True)
class Pattern(Generic[E]):
    """A named key of an entity; calling it gives a query."""

    entity: type[E]
    name: str

    def __call__(self, *conditions: Condition[E], **equal: object) -> Query[E]:
        """Query this pattern: the whole partition key by equality, then the sort key from its left.

        Keyword arguments are equalities: ``Order.primary(customer_id="c1")`` means the same as
        ``Order.primary(Order.customer_id == "c1")``, which type checkers check more closely.

        Raises:
            StatementError: when the conditions do not make a key condition: a missing partition key
                attribute, a gap in the sort key, a condition on something that is no part of the key.
        """
        paths = self._paths
        for name in equal.keys() - paths.keys():
            paths[name] = AttributePath(self.entity, (name,))
        equalities: list[Condition[E]] = [
            Compare(paths[name], "=", Value(paths[name], value)) for name, value in equal.items()
        ]
        every = (*conditions, *equalities)
        if conditions:
            return self._blank().keyed_by(every)
        # Keywords are what sorting them would give: equalities of different attributes.
        return self._blank().keyed_by(every, KeyConditions(equal, None))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            if name.startswith("_"):
                raise AttributeError(name)
            where = f"{self.entity.__name__}.{self.name}"
            raise UnknownAttribute(
                f"{where}: it has no attribute {name!r}. A pattern is called to make a query: {where}(…)."
            )

    def _blank(self) -> Query[E]:
        """A query without conditions, which has looked up its key, once the entity is defined."""
        blank: Query[E] | None = vars(self).get("_query")
        if blank is None:
            blank = Query(self.entity, self.name)
            if "__dynakit__" in vars(self.entity):
                blank.key_names  # noqa: B018 - they, and the key, stay with the copies
                vars(self)["_query"] = blank
        return blank

    @cached_property
    def _paths(self) -> dict[str, AttributePath]:
        """Those that were asked for, by name."""
        return {}
