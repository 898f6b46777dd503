"""A table whose items expire or are softly deleted, with indexes that hold all, some and none of that."""

from __future__ import annotations

from datetime import UTC, datetime

from dynakit import KEYS_ONLY, Attr, Entity, Index, Key, Table, attr, deleted, expires, include

lasting = Table(
    "lasting",
    pk="PK",
    sk="SK",
    time_to_live="ttl",
    indexes=[
        Index("all", pk="GSI1PK", sk="GSI1SK"),
        Index("keys", pk="GSI2PK", projection=KEYS_ONLY),
        Index("some", pk="GSI3PK", projection=include("_type", "title", "ttl", "gone")),
    ],
)


class Folder(Entity, table=lasting):
    primary = Key("FOLDER#{folder}", "FOLDER")

    folder: Attr[str]
    open: Attr[bool] = attr(default=True)


class Paper(Entity, table=lasting):
    primary = Key("FOLDER#{folder}", "PAPER#{number:04d}")
    by_title = Key("TITLE#{title}", "{number:04d}", index="all")
    by_author = Key("AUTHOR#{author}", index="keys")
    by_topic = Key("TOPIC#{topic}", index="some")

    folder: Attr[str]
    number: Attr[int]
    title: Attr[str] = attr(default="t")
    author: Attr[str] = attr(default="a")
    topic: Attr[str] = attr(default="x")
    pages: Attr[int] = attr(default=1)
    until: Attr[datetime | None] = expires()
    gone: Attr[datetime | None] = deleted()


class Remark(Entity, table=lasting):
    primary = Key("FOLDER#{folder}", "PAPER#{number:04d}#REMARK#{line:02d}")

    folder: Attr[str]
    number: Attr[int]
    line: Attr[int]
    text: Attr[str] = attr(default="")


PAST = datetime(2001, 1, 1, tzinfo=UTC)
FUTURE = datetime(2101, 1, 1, tzinfo=UTC)
