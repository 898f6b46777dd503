"""``schemas.backend``: its tables are as they were planned, its use cases hold on a real DynamoDB API."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from dynakit import ItemAlreadyExists, TransactionCancelled, connect_async
from dynakit.deployment import deployment
from dynakit.management.comparison import creation
from schemas.backend import (
    AsyncPosts,
    CpfTaken,
    NoFreeSecond,
    Post,
    Posts,
    SignUp,
    User,
    Users,
    WritePost,
    WritePostAsync,
    cpf_digits,
    posts,
    users,
)
from tests.integration.backends import Opener, only

CPF = "52998224725"
NOW = datetime(2026, 5, 4, 12, 30, 15, 250_000, tzinfo=UTC)
SECOND = NOW.replace(microsecond=0)
PARALLEL = 20

on_both = only("embedded", "local")


def sign_up(directory: Users, username: str = "ana", cpf: str = "529.982.247-25") -> User:
    return SignUp(directory)(username=username, cpf=cpf, name="Ana", email="ana@example.com", at=NOW)


def test_the_users_table_is_exactly_the_one_planned() -> None:
    one = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    assert creation(deployment(users), users.name).changes[0].call.payload == {
        "TableName": "BackendUsersDev",
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "username", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "username", "AttributeType": "S"},
            {"AttributeName": "cpf", "AttributeType": "S"},
        ],
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": one,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "cpfTesteIndex",
                "KeySchema": [{"AttributeName": "cpf", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": one,
            }
        ],
    }


@on_both
def test_a_user_is_stored_under_plain_attributes(open_db: Opener) -> None:
    db = open_db(users)
    user = sign_up(Users(db.client))
    stored = db.stored(user)
    assert stored is not None
    assert stored.pop("_w", None) is not None
    assert stored == {
        "id": {"S": user.id},
        "username": {"S": "ana"},
        "cpf": {"S": CPF},
        "name": {"S": "Ana"},
        "email": {"S": "ana@example.com"},
        "signedUpAt": {"S": "2026-05-04T12:30:15.250000Z"},
    }


@on_both
def test_a_user_is_found_by_id_and_by_cpf(open_db: Opener) -> None:
    directory = Users(open_db(users).client)
    user = sign_up(directory)
    assert directory.with_id(user.id) == directory.with_cpf("529.982.247-25") == user
    assert directory.get(User.primary(id=user.id, username="ana")) == user
    assert directory.with_id("nobody") is None
    assert directory.with_cpf("111.444.777-35") is None


@on_both
def test_a_rename_moves_the_user(open_db: Opener) -> None:
    directory = Users(open_db(users).client)
    user = sign_up(directory)
    renamed = directory.rename(user, "ana.b")
    assert directory.all(User.primary(User.id == user.id)) == [renamed]
    assert renamed == user.model_copy(update={"username": "ana.b"})


@on_both
def test_a_rename_of_a_user_that_changed_in_between_is_refused(open_db: Opener) -> None:
    directory = Users(open_db(users).client)
    user = sign_up(directory)
    changed = directory.update(user, User.email.set("new@example.com"))
    with pytest.raises(TransactionCancelled):
        directory.rename(user, "ana.b")
    assert directory.all(User.primary(User.id == user.id)) == [changed]


class Directory:
    """The double of the users: those known by CPF, and those that were created."""

    def __init__(self, *known: User) -> None:
        self.known = {user.cpf: user for user in known}
        self.created: list[User] = []

    def with_cpf(self, cpf: str) -> User | None:
        return self.known.get(cpf)

    def create(self, item: User) -> User:
        self.created.append(item)
        return item


def test_signing_up_with_a_cpf_that_is_taken_is_refused() -> None:
    known = User(username="bea", cpf=CPF, name="Bea", email="bea@example.com", signed_up_at=NOW)
    directory = Directory(known)
    with pytest.raises(CpfTaken):
        SignUp(directory)(username="ana", cpf="529.982.247-25", name="Ana", email="ana@example.com", at=NOW)
    assert directory.created == []


@pytest.mark.parametrize(
    "wrong", [{"cpf": "529.982.247-26"}, {"username": "A"}, {"email": "ana"}, {"name": ""}]
)
def test_signing_up_with_bad_input_stores_nothing(wrong: dict[str, str]) -> None:
    directory = Directory()
    good = {"username": "ana", "cpf": CPF, "name": "Ana", "email": "ana@example.com"}
    with pytest.raises(ValidationError):
        SignUp(directory)(**(good | wrong), at=NOW)
    assert directory.created == []


@pytest.mark.parametrize("text", ["529.982.247-25", "52998224725", "111.444.777-35"])
def test_a_cpf_is_kept_as_its_digits(text: str) -> None:
    assert cpf_digits(text) == "".join(filter(str.isdigit, text))


@pytest.mark.parametrize("text", ["", "5299822472", "529982247250", "52998224735", "11111111111", "abc"])
def test_what_is_no_cpf_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a CPF"):
        cpf_digits(text)


def test_a_cpf_is_not_shown() -> None:
    user = User(username="ana", cpf=CPF, name="Ana", email="ana@example.com", signed_up_at=NOW)
    assert CPF not in repr(user)


@on_both
def test_posts_of_some_days_come_newest_first_and_in_pages(open_db: Opener) -> None:
    book = Posts(open_db(posts).client)
    written = [
        book.create(
            Post(user_id="u1", created_at=SECOND + timedelta(days=day, seconds=day), text=f"day {day}")
        )
        for day in range(-3, 4)
    ]
    book.create(Post(user_id="u2", created_at=SECOND, text="somebody else's"))
    first, last = date(2026, 5, 2), date(2026, 5, 6)
    found, cursor, pages = list[Post](), None, 0
    while True:
        page = book.between("u1", first, last, size=2, cursor=cursor)
        assert len(page.items) <= 2
        found, cursor, pages = [*found, *page.items], page.cursor, pages + 1
        if cursor is None:
            break
    expected = [post for post in written if first <= post.created_at.date() <= last]
    assert found == expected[::-1]
    assert len(expected) == 5
    assert pages >= 3


@on_both
def test_a_second_post_in_one_second_takes_the_next(open_db: Opener) -> None:
    db = open_db(posts)
    book = Posts(db.client)
    first, second = (WritePost(book)("u1", text, NOW) for text in ("one", "two"))
    assert (first.created_at, second.created_at) == (SECOND, SECOND + timedelta(seconds=1))
    stored = db.stored(second)
    assert stored is not None
    assert stored["creationDate"] == {"N": str(int(SECOND.timestamp()) + 1)}
    with pytest.raises(ItemAlreadyExists):
        book.create(first)


@on_both
def test_posts_written_by_threads_at_once_are_all_kept(open_db: Opener) -> None:
    book = Posts(open_db(posts).client)

    def write(number: int) -> Post:
        return WritePost(book)("u1", f"post {number}", NOW)

    with ThreadPoolExecutor(PARALLEL) as threads:
        written = list(threads.map(write, range(PARALLEL)))
    check_all_kept(written, book.all(Post.primary(Post.user_id == "u1")))


@on_both
def test_posts_written_by_tasks_at_once_are_all_kept(open_db: Opener) -> None:
    db = open_db(posts)

    async def write_all() -> list[Post]:
        async with connect_async(open_db.endpoint, environment=db.environment) as client:
            write = WritePostAsync(AsyncPosts(client))
            tasks = [write("u1", f"post {number}", NOW) for number in range(PARALLEL)]
            return list(await asyncio.gather(*tasks))

    check_all_kept(asyncio.run(write_all()), Posts(db.client).all(Post.primary(Post.user_id == "u1")))


def check_all_kept(written: list[Post], stored: list[Post]) -> None:
    """Each post has a second of its own, the next after another, and nothing was overwritten."""
    assert sorted(written, key=lambda post: post.created_at) == stored
    assert {post.text for post in stored} == {f"post {number}" for number in range(PARALLEL)}
    assert [post.created_at for post in stored] == [
        SECOND + timedelta(seconds=later) for later in range(PARALLEL)
    ]


class FullBook:
    """The double of posts of which every second is taken."""

    def create(self, item: Post) -> Post:
        raise ItemAlreadyExists("taken")


def test_a_post_is_given_up_when_no_second_is_free() -> None:
    with pytest.raises(NoFreeSecond):
        WritePost(FullBook())("u1", "one more", NOW)
