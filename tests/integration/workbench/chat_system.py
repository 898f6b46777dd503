"""Entities for the model "ChatSystem": one table with rooms, memberships and comments, one index.

A comment's sort key is the bare time of posting. As a template that could be any text, so that it could not
be told from ``Join:…``; as the key attribute itself, with its stored form, it can.
"""

from __future__ import annotations

from datetime import datetime

from dynakit import Attr, Entity, Index, Key, Table, attr, iso_milliseconds
from tests.integration.workbench.readings import Domain, Readings, Row, moment, text

chat = Table(
    "Chat",
    pk="PK",
    sk="SK",
    indexes=[Index("RoomID_Comment_IDX", pk="RoomID", sk="CreatedAt")],
    type_attribute=None,
    token_attribute=None,
)


class Room(Entity, table=chat):
    primary = Key("Room:{room_id:raw}", "meta")

    room_id: Attr[str] = attr(key_only=True)
    created_by: Attr[str] = attr(name="CreatedBy")


class Join(Entity, table=chat):
    primary = Key("User:{user_id:raw}", "Join:{room_id:raw}")

    user_id: Attr[str] = attr(key_only=True)
    room_id: Attr[str] = attr(key_only=True)


class Comment(Entity, table=chat):
    primary = Key("User:{user_id:raw}", "{posted_at}")
    by_room = Key("{room_id}", "{created_at}", index="RoomID_Comment_IDX")

    user_id: Attr[str] = attr(key_only=True)
    posted_at: Attr[datetime] = attr(name="SK", stored_as=iso_milliseconds)
    room_id: Attr[str] = attr(name="RoomID")
    created_at: Attr[datetime] = attr(name="CreatedAt", stored_as=iso_milliseconds)
    comment: Attr[str] = attr(name="Comment")


READINGS: Readings = {
    Room: {"room_id": text("PK", "Room:"), "created_by": text("CreatedBy")},
    Join: {"user_id": text("PK", "User:"), "room_id": text("SK", "Join:")},
    Comment: {
        "user_id": text("PK", "User:"),
        "posted_at": moment("SK"),
        "room_id": text("RoomID"),
        "created_at": moment("CreatedAt"),
        "comment": text("Comment"),
    },
}


def kind(row: Row) -> type[Entity]:
    """Tell by the sort key."""
    sort_key = row["SK"]["S"]
    if sort_key == "meta":
        return Room
    return Join if sort_key.startswith("Join:") else Comment


CHAT_SYSTEM = Domain(
    "aws-dynamodb-examples/schema_design/SchemaExamples/ChatSystem/ChatSystemSchema.json",
    "aws-dynamodb-examples/schema_design/SchemaExamples/ChatSystem/README.md",
    chat,
    READINGS,
    kind,
)
