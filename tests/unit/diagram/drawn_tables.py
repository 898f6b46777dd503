"""Tables to be drawn: those of the example domains, an odd one, and one with many entities."""

from __future__ import annotations

from typing import Any, Literal

from dynakit import KEYS_ONLY, Attr, Entity, Index, Key, Table, Vector, VectorIndex, attr
from schemas.backend import posts, users
from schemas.online_shop import shop
from schemas.task_manager import work

TABLES = (shop, users, posts, work)

small = Table(
    "small", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("spare", pk="x")]
)


class Customer(Entity, table=small):
    primary = Key("CUSTOMER#{customer_id}", "CUSTOMER")
    customer_id: Attr[str]


class Order(Entity, table=small):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{number:05d}")
    by_state = Key("STATE#{state}", "{number:05d}", index="GSI1")
    customer_id: Attr[str]
    number: Attr[int]
    state: Attr[str]


odd = Table(
    "Odd.things-under_a_rather_long_name.production",
    pk="PK",
    indexes=[
        Index("an_index_with_several_attributes_in_its_keys", ["tenant", "state"], ["placed_at", "number"]),
        Index("keys_only", "state", projection=KEYS_ONLY),
    ],
    vector_indexes=[VectorIndex("by_meaning", "meaning", 3, partition="tenant", filters=["state"])],
)


class Thing(Entity, table=odd):
    primary = Key(f"THING#{{tenant}}#{'ALITERALTHATCANNOTBEBROKEN' * 4}#{{number}}")
    by_tenant = Key(
        ["tenant", "state"], ["placed_at", "number"], index="an_index_with_several_attributes_in_its_keys"
    )
    tenant: Attr[str]
    state: Attr[str]
    placed_at: Attr[str]
    number: Attr[str]
    content: Attr[Vector[Literal[3]]] = attr(name="meaning")


def crowd(count: int) -> Table:
    """A table with so many entities, whose names and templates are long."""
    table = Table(
        "crowd", pk="PK", sk="SK", indexes=[Index(f"GSI{n}", pk=f"GSI{n}PK", sk=f"GSI{n}SK") for n in (1, 2)]
    )
    make: Any = type(Entity)
    for number in range(count):
        name = f"AnEntityWithARatherLongName{number}"
        body = {
            "__annotations__": {"the_identifier_of_the_owner": Attr[str], "a_second_identifier": Attr[str]},
            "__module__": __name__,
            "primary": Key(f"KIND{number}#{{the_identifier_of_the_owner}}", "AND#{a_second_identifier}"),
            "by_other": Key(
                f"K{number}#{{a_second_identifier}}", "{the_identifier_of_the_owner}", index="GSI1"
            ),
        }
        make(name, (Entity,), body, table=table)
    return table
