"""Tables and indexes: what they are, and what is refused when they are declared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import KEYS_ONLY, DefinitionError, Index, KeyAttribute, Projection, Provisioned, Table, include
from dynakit.table import ON_DEMAND, VectorIndex

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a table's name": (lambda: Table("a b"), "table 'a b': expected a name of 1 to 255"),
    "an index's name": (lambda: Index("ab", pk="x"), "index 'ab': expected a name of 3 to 255"),
    "an empty key attribute": (lambda: Table("shop", pk=""), "key attribute '': its name has 0 bytes"),
    "a long key attribute": (lambda: KeyAttribute("ä" * 128), "has 256 bytes; expected 1 to 255"),
    "a type": (lambda: KeyAttribute("a", "X"), "'a': got type 'X'; expected S, N or B"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    "no units": (lambda: Provisioned(0, 1), "got 0; expected a whole number of at least 1"),
    "one attribute twice": (lambda: Table("shop", pk="a", sk="a"), "'a' stands twice in its key"),
    "one attribute twice in an index": (lambda: Index("one", pk="a", sk="a"), "'a' stands twice"),
    "a local index on the partition key": (
        lambda: Table("shop", pk="a", sk="b", indexes=[Index("one", sk="a", local=True)]),
        "index 'one': 'a' stands twice",
    ),
    "a local index with a partition key": (
        lambda: Index("one", pk="a", sk="b", local=True),
        "a local index has the table's partition key and one sort attribute",
    ),
    "a local index without a sort key": (lambda: Index("one", local=True), "and one sort attribute"),
    "a local index on a table without a sort key": (
        lambda: Table("shop", pk="a", indexes=[Index("one", sk="b", local=True)]),
        "local index 'one' needs a sort key on the table",
    ),
    "six local indexes": (
        lambda: Table("shop", sk="b", indexes=[Index(f"one{n}", sk=f"s{n}", local=True) for n in range(6)]),
        "got 6 local indexes; DynamoDB allows 5",
    ),
    "a local index with capacity": (
        lambda: Index("one", sk="b", local=True, capacity=Provisioned(1, 1)),
        "a local index has no capacity of its own",
    ),
    "an index with capacity on demand": (
        lambda: Table("shop", indexes=[Index("one", pk="a", capacity=Provisioned(1, 1))]),
        "index 'one' has provisioned capacity, but the table is on demand",
    ),
    "a global index without a partition key": (lambda: Index("one", sk="a"), "needs a partition key"),
    "five native parts": (lambda: Index("one", pk=list("abcde")), "at most 4 partition and 4 sort"),
    "a stream of no known view": (
        lambda: Table("shop", stream="ALL"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        "got stream 'ALL'; expected one of KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES",
    ),
    "a vector index's name": (lambda: VectorIndex("ab", "v", 3), "vector index 'ab': expected a name of 3"),
    "a vector attribute without a name": (lambda: VectorIndex("near", "", 3), "no name of 1 to 255 bytes"),
    "no dimensions": (lambda: VectorIndex("near", "v", 0), "got 0 dimensions; DynamoDB allows 1 to 4096"),
    "too many dimensions": (lambda: VectorIndex("near", "v", 4097), "got 4097 dimensions"),
    "an unknown distance": (
        lambda: VectorIndex("near", "v", 3, distance="HAMMING"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        "got distance 'HAMMING'; expected COSINE, EUCLIDEAN, DOT_PRODUCT",
    ),
    "a vector narrowed by itself": (lambda: VectorIndex("near", "v", 3, partition="v"), "'v' stands twice"),
    "a vector narrowed twice by one": (
        lambda: VectorIndex("near", "v", 3, partition="a", filters=["a"]),
        "'a' stands twice",
    ),
    "a vector index of a provisioned table": (
        lambda: Table("shop", vector_indexes=[VectorIndex("near", "v", 3)], capacity=Provisioned(1, 1)),
        "table 'shop': it has a vector index, which only tables on demand can have",
    ),
    "six vector indexes": (
        lambda: Table("shop", vector_indexes=[VectorIndex(f"near{n}", "v", 3) for n in range(6)]),
        "got 6 vector indexes; DynamoDB allows 5",
    ),
    "one vector of two sizes": (
        lambda: Table("shop", vector_indexes=[VectorIndex("near", "v", 3), VectorIndex("far", "v", 4)]),
        "attribute 'v' has 3 dimensions in 'near' and 4 in 'far'",
    ),
    "a vector index named as another": (
        lambda: Table("shop", indexes=[Index("near", pk="a")], vector_indexes=[VectorIndex("near", "v", 3)]),
        "two indexes are named 'near'",
    ),
    "a filter of another type than a key": (
        lambda: Table(
            "shop", "a", vector_indexes=[VectorIndex("near", "v", 3, filters=[KeyAttribute("a", "N")])]
        ),
        "key attribute 'a' is declared as S and as N",
    ),
    "two indexes of one name": (
        lambda: Table("shop", indexes=[Index("one", pk="a"), Index("one", pk="b")]),
        "two indexes are named 'one'",
    ),
    "one attribute of two types": (
        lambda: Table("shop", indexes=[Index("one", pk="a"), Index("two", pk=KeyAttribute("a", "N"))]),
        "key attribute 'a' is declared as S and as N",
    ),
    "a key attribute as type attribute": (
        lambda: Table("shop", pk="_type"),
        "'_type' is a key attribute and cannot be",
    ),
    "one attribute as type and token": (
        lambda: Table("shop", type_attribute="t", token_attribute="t"),
        "'t' is both the type and the token attribute",
    ),
    "an empty type attribute": (lambda: Table("shop", type_attribute=""), "has an empty name"),
    "a table key of two attributes": (
        lambda: Table("shop", pk=["a", "b"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        "key ['a', 'b']: expected one attribute, by its name or as KeyAttribute(…). Only global",
    ),
    "a local index of two sort attributes": (
        lambda: Index("one", sk=["a", "b"], local=True),
        "a local index has the table's partition key and one sort attribute",
    ),
    "sort attributes alone": (lambda: Index("one", [], ["a", "b"]), "a global index needs a partition key"),
    "five native sort parts": (lambda: Index("one", "x", list("abcde")), "got 1 and 5"),
    "a partition attribute that sorts, too": (lambda: Index("one", ["a", "b"], ["b"]), "'b' stands twice"),
    "indexes of two kinds of one name": (
        lambda: Table("shop", sk="b", indexes=[Index("one", pk="a"), Index("one", sk="c", local=True)]),
        "two indexes are named 'one'",
    ),
    "a long table name": (lambda: Table("t" * 256), "expected a name of 1 to 255"),
    "a long index name": (lambda: Index("i" * 256, pk="a"), "expected a name of 3 to 255"),
    "an index name's characters": (lambda: Index("by status", pk="a"), "letters, digits, '_', '.' and '-'"),
    "a time-to-live attribute without a name": (
        lambda: Table("shop", time_to_live=""),
        "the time-to-live attribute has an empty name",
    ),
    "a long time-to-live attribute": (
        lambda: Table("shop", time_to_live="ä" * 128),
        "the name of its time-to-live attribute has 256 bytes; expected 1 to 255",
    ),
    "an unknown projection": (
        lambda: Projection("SOME"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        "projection SOME: expected one of ALL, KEYS_ONLY, INCLUDE",
    ),
    "an attribute included twice": (lambda: include("a", "b", "a"), "projection INCLUDE: 'a' stands twice"),
    "an included attribute without a name": (lambda: include("a", ""), "attribute '': its name has 0 bytes"),
    "a key of the table included": (
        lambda: Table("shop", "a", "b", indexes=[Index("one", "c", projection=include("d", "b"))]),
        "table 'shop': index 'one' includes 'b', a key attribute, which it holds anyway. Leave it out.",
    ),
    "its own key included": (
        lambda: Table("shop", "a", "b", indexes=[Index("one", sk="c", local=True, projection=include("c"))]),
        "index 'one' includes 'c', a key attribute",
    ),
    "nothing to include": (lambda: include(), "projection INCLUDE: got 0 attributes"),  # noqa: PLW0108
    "attributes beside all": (lambda: Projection("ALL", ("a",)), "projection ALL: got 1 attributes"),
}


@pytest.mark.parametrize(("declare", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_table_or_index_is_refused(declare: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        declare()
    assert message in str(caught.value)


def test_a_bare_name_is_a_text_attribute() -> None:
    shop = Table("shop", pk="a", sk=KeyAttribute("b", "N"))
    assert (shop.partition, shop.sort) == (KeyAttribute("a", "S"), KeyAttribute("b", "N"))
    assert shop.key_names == ("a", "b")
    assert Table("shop", pk="a").key_names == ("a",)


def test_a_table_tells_the_keys_of_its_indexes() -> None:
    local, plain = Index("local", sk="l", local=True), Index("global", pk="g")
    shop = Table("shop", pk="a", sk="b", indexes=(local, plain))
    assert (shop.partition_of(local), shop.sort_of(local)) == ((KeyAttribute("a"),), (KeyAttribute("l"),))
    assert (shop.partition_of(plain), shop.sort_of(plain)) == ((KeyAttribute("g"),), ())
    assert (shop.partition_of(None), shop.sort_of(None)) == ((KeyAttribute("a"),), (KeyAttribute("b"),))
    assert list(shop.key_attributes) == ["a", "b", "l", "g"]


def test_a_key_of_another_index_can_be_included() -> None:
    one, two = Index("one", "c", projection=include("d")), Index("two", "d")
    assert Table("shop", indexes=[one, two]).held_by(one) == frozenset({"PK", "c", "d"})


def test_an_index_is_found_by_name_and_a_typo_is_helped() -> None:
    shop = Table("shop", indexes=[Index("by_status", pk="s", projection=KEYS_ONLY)])
    assert shop.index("by_status").projection == KEYS_ONLY
    with pytest.raises(DefinitionError, match="no index 'by_state'; did you mean 'by_status'"):
        shop.index("by_state")


def test_tables_are_the_same_only_if_they_are_one_object_and_indexes_if_they_are_equal() -> None:
    assert Table("shop") != Table("shop")
    assert Index("one", pk="a") == Index("one", pk="a")
    assert Table("shop").capacity == ON_DEMAND
