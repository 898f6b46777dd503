"""Scans: what they give is of their entities; a scan of another entity is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from dynakit import (
    AsyncClient,
    Attr,
    Client,
    Entity,
    Key,
    Repository,
    Scan,
    ScanPage,
    Table,
)

field = Table("field", pk="PK", sk="SK")


class Tree(Entity, table=field):
    primary = Key("FIELD#{name}", "TREE#{number}")
    name: Attr[str]
    number: Attr[str]
    height: Attr[int]


class Stone(Entity, table=field):
    primary = Key("FIELD#{name}", "STONE#{number}")
    name: Attr[str]
    number: Attr[str]


def read(db: Client, trees: Repository[Tree]) -> None:
    scan = Scan(Tree).segments(8, at_once=4).filter(Tree.height > 3).read_units_per_second(5)
    assert_type(scan, Scan[Tree])
    assert_type(Scan(Tree, Stone, index="GSI1"), Scan[Tree | Stone])
    assert_type(db.scan(Scan(Tree, Stone).filter(Tree.height > 3)), Iterator[Tree | Stone])
    assert_type(trees.scan_pages(scan), Iterator[ScanPage[Tree]])
    for page in trees.scan_pages(scan):
        assert_type(page.items, list[Tree])
        assert_type(page.checkpoint, str)
    assert_type(trees.count_scan(scan), int)
    assert_type(trees.scan(scan.trusted()), Iterator[Tree])
    assert_type(db.scan(scan.as_dicts()), Iterator[dict[str, object]])
    assert_type(trees.delete_all(Tree.primary(name="f")), int)


async def read_awaited(db: AsyncClient) -> None:
    assert_type(db.scan(Scan(Tree)), AsyncIterator[Tree])
    assert_type(await db.count_scan(Scan(Tree, Stone)), int)


def wrong(db: Client, trees: Repository[Tree]) -> None:
    trees.scan(Scan(Stone))  # E: a scan of another entity
    trees.delete_all(Stone.primary(name="f"))  # E: a query of another entity
    db.scan(Tree)  # E: an entity is no scan
    db.scan(Tree.primary(name="f"))  # E: a query is no scan
    trees.put_many([], write_units_per_second="5")  # E: a rate is a number
