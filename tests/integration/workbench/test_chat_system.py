"""The access patterns of "ChatSystem": rooms, memberships and comments, asked for and written."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta

import pytest

from dynakit import ConditionFailed, ItemAlreadyExists, NotFound, Repository
from tests.integration.workbench.chat_system import CHAT_SYSTEM, Comment, Join, Room, chat
from tests.integration.workbench.models import Loaded, access_patterns, canonical, loaded
from tests.integration.workbench.printed import Printed, Term

INDEX = "RoomID_Comment_IDX"
ROOM = "Music"


@pytest.fixture
def stored(dynamodb_local: str) -> Generator[Loaded]:
    with loaded(dynamodb_local, CHAT_SYSTEM.file, chat) as found:
        yield found


def comments_of(stored: Loaded, room_id: str, low: str = "", high: str = "~") -> list[Comment]:
    """The comments of a room out of the raw rows, oldest first, within these bounds (both included)."""
    terms = (Term("RoomID", "=", room_id), Term("CreatedAt", "between", low, high))
    rows = sorted(Printed(None, terms).rows(stored.model.rows), key=lambda row: row["CreatedAt"]["S"])
    return [entity for entity in CHAT_SYSTEM.entities(rows) if isinstance(entity, Comment)]


def times_of(stored: Loaded, room_id: str) -> list[str]:
    """The times of a room's comments, as they are stored."""
    return sorted(row["CreatedAt"]["S"] for row in stored.model.rows if row.get("RoomID") == {"S": room_id})


def test_the_patterns_are_those_answered_here() -> None:
    assert [row["Access pattern"] for row in access_patterns(CHAT_SYSTEM.readme)] == [
        "createChatRoom",
        "deleteChatRoom",
        "joinChatRoom",
        "leaveChatRoom",
        "addComments",
        "getAllComments",
        "getLatestComments",
        "getFromLatestToSpecifiedPositionComments",
        "getFromPositionToPositionComments",
    ]


def test_create_chat_room_writes_what_the_table_holds_and_never_twice(stored: Loaded) -> None:
    rooms, room = Repository(stored.db, Room), Room(room_id="Books", created_by="UserB")
    rooms.create(room)
    row = {"PK": {"S": "Room:Books"}, "SK": {"S": "meta"}, "CreatedBy": {"S": "UserB"}}
    assert stored.raw.rows() == canonical([*stored.model.rows, row])
    with pytest.raises(ItemAlreadyExists) as refused:
        rooms.create(Room(room_id="Books", created_by="UserC"))
    assert refused.value.item == row
    with pytest.raises(ItemAlreadyExists):
        rooms.create(Room(room_id=ROOM, created_by="UserC"))
    assert stored.raw.rows() == canonical([*stored.model.rows, row])


def test_delete_chat_room_is_for_the_one_who_made_it(stored: Loaded) -> None:
    rooms, key = Repository(stored.db, Room), Room.primary(room_id=ROOM)
    owner = rooms.require(key).created_by
    with pytest.raises(ConditionFailed):
        rooms.delete(key, where=Room.created_by == f"not {owner}")
    assert stored.raw.rows() == canonical(stored.model.rows)
    rooms.delete(key, where=Room.created_by == owner)
    left = [row for row in stored.model.rows if row["PK"] != {"S": f"Room:{ROOM}"}]
    assert len(left) == len(stored.model.rows) - 1
    assert stored.raw.rows() == canonical(left)
    with pytest.raises(NotFound):
        rooms.delete(key, where=Room.created_by == owner)


def test_join_and_leave_chat_room(stored: Loaded) -> None:
    joins, join = Repository(stored.db, Join), Join(user_id="UserA", room_id=ROOM)
    joins.put(join)
    row = {"PK": {"S": "User:UserA"}, "SK": {"S": f"Join:{ROOM}"}}
    assert stored.raw.rows() == canonical([*stored.model.rows, row])
    assert joins.all(Join.primary(user_id="UserA")) == [join]
    joins.delete(join)
    assert stored.raw.rows() == canonical(stored.model.rows)
    with pytest.raises(NotFound):
        joins.delete(join)
    joins.delete(join, missing_ok=True)


def test_add_comments_writes_both_times(stored: Loaded) -> None:
    latest = comments_of(stored, ROOM)[-1]
    moment = latest.created_at + timedelta(milliseconds=1)
    comment = Comment(user_id="UserZ", posted_at=moment, room_id=ROOM, created_at=moment, comment="And jazz.")
    Repository(stored.db, Comment).put(comment)
    time = moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    row = {
        "PK": {"S": "User:UserZ"},
        "SK": {"S": time},
        "RoomID": {"S": ROOM},
        "CreatedAt": {"S": time},
        "Comment": {"S": "And jazz."},
    }
    assert stored.raw.rows() == canonical([*stored.model.rows, row])
    assert Repository(stored.db, Comment).all(Comment.by_room(room_id=ROOM))[-1] == comment


def test_get_all_comments_also_page_by_page(stored: Loaded) -> None:
    comments, query = Repository(stored.db, Comment), Comment.by_room(room_id=ROOM)
    wanted = comments_of(stored, ROOM)
    assert len(wanted) == 2
    assert comments.all(query) == wanted
    paged: list[Comment] = []
    cursor: str | None = None
    while True:
        page = comments.page(query.limit(1), cursor=cursor)
        assert len(page.items) <= 1
        paged += page.items
        cursor = page.cursor
        if cursor is None:
            break
    assert paged == wanted


def test_every_comment_is_in_one_room(stored: Loaded) -> None:
    rooms = {entity.room_id for entity in CHAT_SYSTEM.entities(stored.model.rows) if isinstance(entity, Room)}
    found = [Repository(stored.db, Comment).count(Comment.by_room(room_id=room)) for room in rooms]
    assert sum(found) == len(stored.raw.rows(INDEX)) == 5


def test_get_latest_comments(stored: Loaded) -> None:
    comments = Repository(stored.db, Comment)
    add_many(comments, 12)
    found = comments.all(Comment.by_room(room_id=ROOM).newest_first().limit(10))
    assert [comment.comment for comment in found] == [f"comment {number}" for number in range(11, 1, -1)]


def test_get_from_latest_to_a_position(stored: Loaded) -> None:
    """The position itself is left out, as printed: ``SK > <FromPosition>``."""
    first, *_ = (comment.created_at for comment in comments_of(stored, ROOM))
    found = Repository(stored.db, Comment).all(
        Comment.by_room(Comment.room_id == ROOM, Comment.created_at > first).newest_first()
    )
    wanted = comments_of(stored, ROOM)[1:]
    assert len(wanted) == 1
    assert found == wanted[::-1]


@pytest.mark.parametrize(("low", "high", "count"), [(0, 0, 1), (0, 1, 2), (1, 1, 1), (1, 0, 0)])
def test_get_from_a_position_to_a_position(stored: Loaded, low: int, high: int, count: int) -> None:
    """Both positions are included; the wrong way round nothing is between them."""
    times = times_of(stored, ROOM)
    moments = [comment.created_at for comment in comments_of(stored, ROOM)]
    found = Repository(stored.db, Comment).all(
        Comment.by_room(Comment.room_id == ROOM, Comment.created_at.between(moments[low], moments[high]))
    )
    assert len(found) == count
    assert found == comments_of(stored, ROOM, times[low], times[high])


def test_comments_and_memberships_of_a_user_are_told_apart(stored: Loaded) -> None:
    """They share a partition and there is no type attribute: their sort keys tell."""
    joins = [Join(user_id="UserA", room_id=room) for room in ("Art", ROOM)]
    Repository(stored.db, Join).put_many(joins)
    comments = Repository(stored.db, Comment)
    found = comments.all(Comment.primary(user_id="UserA"))
    assert len(found) == 3
    assert comments.count(Comment.primary(user_id="UserA").limit(2)) == 2
    assert comments.all(Comment.primary(user_id="UserA").newest_first().limit(2)) == found[:0:-1]
    collected = stored.db.collect([Comment, Join], user_id="UserA", foreign="refuse")
    assert collected[Join] == joins
    assert collected[Comment] == found


def add_many(comments: Repository[Comment], count: int) -> None:
    latest = comments.all(Comment.by_room(room_id=ROOM))[-1].created_at
    comments.put_many(
        Comment(
            user_id="UserZ",
            posted_at=latest + timedelta(seconds=number),
            room_id=ROOM,
            created_at=latest + timedelta(seconds=number),
            comment=f"comment {number - 1}",
        )
        for number in range(1, count + 1)
    )
