"""Entities with attributes that dynakit keeps: versions, timestamps, expiry, soft deletion."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dynakit import (
    Attr,
    Entity,
    Environment,
    Index,
    Key,
    Table,
    attr,
    created,
    deleted,
    expires,
    updated,
    version,
)

START = datetime(2026, 1, 1, tzinfo=UTC)

kept = Table(
    "kept",
    pk="PK",
    sk="SK",
    time_to_live="ttl",
    indexes=[
        Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
        Index("GSI2", pk="GSI2PK", sk="GSI2SK"),
    ],
)


def virtual_time() -> Environment:
    """A clock that stands at ``START``; tokens differ from run to run, as a server remembers them."""
    return replace(Environment.simulated(now=START), entropy=os.urandom)


class Document(Entity, table=kept):
    """A versioned document, in two indexes: one by status and owner, one by when it was changed."""

    primary = Key("DOCUMENT#{document_id}", "DOCUMENT")
    by_status = Key("STATUS#{status}", "{owner}#{priority:ordered}", index="GSI1")
    by_change = Key("CHANGES", "{updated_at}", index="GSI2")

    document_id: Attr[str]
    status: Attr[str | None] = attr(default="draft")
    owner: Attr[str | None] = attr(default=None)
    priority: Attr[int] = attr(default=1)
    text: Attr[str] = attr(default="")
    version: Attr[int] = version()
    created_at: Attr[datetime] = created()
    updated_at: Attr[datetime] = updated()


class Ticket(Entity, table=kept):
    """Without a version, in an index that needs two attributes."""

    primary = Key("TICKET#{ticket_id}", "TICKET")
    by_owner = Key("OWNER#{owner}", "{status}#{priority:ordered}", index="GSI1")

    ticket_id: Attr[str]
    owner: Attr[str]
    status: Attr[str] = attr(default="open")
    priority: Attr[int | None] = attr(default=1)
    note: Attr[str] = attr(default="")


class Session(Entity, table=kept):
    """Expires an hour after it was made, unless another moment is set."""

    primary = Key("USER#{user}", "SESSION#{session_id}")

    user: Attr[str]
    session_id: Attr[str]
    until: Attr[datetime] = expires(after=timedelta(hours=1))
    seen: Attr[int] = attr(default=0)


class Post(Entity, table=kept):
    """Deleted softly."""

    primary = Key("BLOG#{blog}", "POST#{post_id}")

    blog: Attr[str]
    post_id: Attr[str]
    title: Attr[str] = attr(default="")
    deleted_at: Attr[datetime | None] = deleted()
    version: Attr[int] = version()
