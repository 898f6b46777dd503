"""The printed conditions of "AnOnlineShop", word for word: key attributes as plain attributes.

Here one entity stands for every row, its key attributes are ordinary text, and all it does not declare is
kept. So each condition is sent exactly as printed, also those that find nothing.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from dynakit import Attr, Condition, Entity, Index, Key, Path, Put, Query, Repository, Table, attr
from tests.integration.workbench.models import Loaded, access_patterns, loaded
from tests.integration.workbench.online_shop import ONLINE_SHOP
from tests.integration.workbench.printed import Printed, Term, parse_row

plain_shop = Table(
    "OnlineShop",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1-PK", sk="GSI1-SK"), Index("GSI2", pk="GSI2-PK", sk="GSI2-SK")],
    type_attribute=None,
    token_attribute=None,
)


class Record(Entity, table=plain_shop):
    primary = Key("{pk}", "{sk}")
    gsi1 = Key("{gsi1_pk}", "{gsi1_sk}", index="GSI1")
    gsi2 = Key("{gsi2_pk}", "{gsi2_sk}", index="GSI2")

    pk: Attr[str] = attr(name="PK")
    sk: Attr[str] = attr(name="SK")
    gsi1_pk: Attr[str | None] = attr(name="GSI1-PK", default=None)
    gsi1_sk: Attr[str | None] = attr(name="GSI1-SK", default=None)
    gsi2_pk: Attr[str | None] = attr(name="GSI2-PK", default=None)
    gsi2_sk: Attr[str | None] = attr(name="GSI2-SK", default=None)
    entity_type: Attr[str | None] = attr(name="EntityType", default=None)


PATTERNS = {None: Record.primary, "GSI1": Record.gsi1, "GSI2": Record.gsi2}
PATHS: dict[str, Path[Record, str] | Path[Record, str | None]] = {
    "PK": Record.pk,
    "SK": Record.sk,
    "GSI1-PK": Record.gsi1_pk,
    "GSI1-SK": Record.gsi1_sk,
    "GSI2-PK": Record.gsi2_pk,
    "GSI2-SK": Record.gsi2_sk,
    "EntityType": Record.entity_type,
}


@pytest.fixture(scope="module")
def stored(dynamodb_local: str) -> Generator[Loaded]:
    with loaded(dynamodb_local, ONLINE_SHOP.file, plain_shop) as found:
        yield found


def condition(term: Term) -> Condition[Record]:
    path = PATHS[term.attribute]
    match term.operator:
        case "=":
            return path == term.first
        case "begins_with":
            return path.begins_with(term.first)
        case _:
            return path.between(term.first, term.second)


def query(printed: Printed) -> Query[Record]:
    return PATTERNS[printed.index](*map(condition, printed.key)).filter(*map(condition, printed.filters))


@pytest.mark.parametrize("position", range(19))
def test_a_printed_condition_gives_exactly_its_rows(stored: Loaded, position: int) -> None:
    """What comes back, put again, would be the row as it is, with all that the entity does not declare."""
    printed = parse_row(access_patterns(ONLINE_SHOP.readme)[position])
    found = Repository(stored.db, Record).all(query(printed))
    written = [Put(record).compile(stored.db.environment).payload["Item"] for record in found]
    assert written == printed.rows(stored.model.rows)


def test_five_of_the_nineteen_match_nothing(stored: Loaded) -> None:
    patterns = [parse_row(row) for row in access_patterns(ONLINE_SHOP.readme)]
    counts = [Repository(stored.db, Record).count(query(printed)) for printed in patterns]
    assert [position for position, count in enumerate(counts) if count == 0] == [14, 15, 16, 17, 18]


def test_an_unknown_attribute_of_another_type_than_text_is_kept(stored: Loaded) -> None:
    """The addresses, which are maps, survive an update and a put of an entity that knows nothing of them."""
    key = Record.primary(pk="w#12345", sk="w#12345")
    records = Repository(stored.db, Record)
    before, record = stored.raw.rows(), records.require(key)
    records.put(record)
    records.update(key, Record.entity_type.set(record.entity_type))
    assert stored.raw.rows() == before
