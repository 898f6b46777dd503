"""Objects of items that are written in transactions: the old ones go, whatever names the item."""

from __future__ import annotations

from typing import Annotated

from dynakit import Attr, Entity, Key, MemoryObjects, Offloading, Table, attr, unique
from tests.integration.backends import Opener
from tests.integration.sealed_models import an_environment

pages = Table("pages", pk="PK", sk="SK")


class Page(Entity, table=pages):
    primary = Key("PAGE#{number}", "PAGE")
    title_once = unique("title")

    number: Attr[str]
    title: Attr[str] = attr(default="")
    body: Attr[Annotated[str, Offloading(above=100)]] = attr(default="long " * 100)


def test_no_write_of_a_unique_item_leaves_an_old_object(open_db: Opener) -> None:
    objects = MemoryObjects()
    repository = open_db(pages, environment=an_environment(objects)).repository(Page)
    key = Page.primary(number="1")
    repository.create(Page(number="1", title="a"))
    repository.update(key, Page.title.set("b"), Page.body.set("other " * 100))
    assert len(objects.keys) == 1
    repository.replace(Page(number="1", title="c"))
    assert len(objects.keys) == 1
    moved = repository.move(key, Page.number.set("2"))
    assert len(objects.keys) == 1
    assert repository.require(Page.primary(number="2")).body == moved.body
    repository.delete(Page.primary(number="2"))
    assert not objects.keys
