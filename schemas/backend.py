"""The backend of a site where people sign up and write posts: two tables with one entity each.

The tables keep their own attribute names, and items say nothing of their type (``type_attribute=None``).

=================================  ==========================================================
access pattern                     answered by
=================================  ==========================================================
a user, by id and username         ``Users.get(User.primary(id=…, username=…))``
a user, by id alone                :meth:`Users.with_id`
a user, by CPF                     :meth:`Users.with_cpf`, on index ``cpfTesteIndex``
a user's posts between two days    :meth:`Posts.between`, a page at a time
=================================  ==========================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Protocol

from pydantic import AfterValidator

from dynakit import (
    AsyncRepository,
    Attr,
    Entity,
    Index,
    ItemAlreadyExists,
    Key,
    KeyAttribute,
    Page,
    Provisioned,
    Repository,
    Table,
    attr,
    epoch_seconds,
    ulid,
)

users = Table(
    "BackendUsersDev",
    pk="id",
    sk="username",
    indexes=[Index("cpfTesteIndex", pk="cpf", capacity=Provisioned(1, 1))],
    capacity=Provisioned(1, 1),
    type_attribute=None,
)

posts = Table("BackendPostsDev", pk="userId", sk=KeyAttribute("creationDate", "N"), type_attribute=None)


def cpf_digits(text: str) -> str:
    """Return the eleven digits of a CPF, Brazil's number of a taxpayer, written with or without dots.

    Raises :class:`ValueError` when the two check digits, each a weighted sum modulo 11, do not fit.
    """
    digits = [int(character) for character in text if character.isdecimal()]
    if len(digits) != 11 or len(set(digits)) == 1 or digits[9:] != _check_digits(digits[:9]):
        raise ValueError("not a CPF: eleven digits were expected, of which the last two check the others")
    return "".join(map(str, digits))


def _check_digits(digits: list[int]) -> list[int]:
    for _ in range(2):
        weighted = sum(weight * digit for weight, digit in enumerate(reversed(digits), start=2))
        digits = [*digits, weighted * 10 % 11 % 10]
    return digits[9:]


Cpf = Annotated[str, AfterValidator(cpf_digits)]


class User(Entity, table=users):
    """A person who signed up. The username is in the key, so a new one moves the item."""

    primary = Key("{id}", "{username}")
    by_cpf = Key("{cpf}", index="cpfTesteIndex")

    id: Attr[str] = attr(default_factory=ulid)
    username: Attr[str] = attr(pattern=r"^[a-z][a-z0-9_.]{2,29}$")
    cpf: Attr[Cpf] = attr(secret=True)
    name: Attr[str] = attr(min_length=1, max_length=200)
    email: Attr[str] = attr(pattern=r"^[^@\s]+@[^@\s]+$")
    signed_up_at: Attr[datetime] = attr(name="signedUpAt")


class Post(Entity, table=posts):
    """What a user wrote. A user has at most one post a second: the second is the post's sort key."""

    primary = Key("{user_id}", "{created_at}")

    user_id: Attr[str] = attr(name="userId")
    created_at: Attr[datetime] = attr(name="creationDate", stored_as=epoch_seconds)
    text: Attr[str] = attr(min_length=1, max_length=10_000)


class Users(Repository[User]):
    """The users table."""

    def with_id(self, user_id: str) -> User | None:
        """The user of an id, whatever the username."""
        return self.first(User.primary(User.id == user_id))

    def with_cpf(self, cpf: str) -> User | None:
        """The user of a CPF, as far as the index already knows: it follows the table by some milliseconds."""
        return self.first(User.by_cpf(User.cpf == cpf_digits(cpf)))

    def rename(self, user: User, username: str) -> User:
        """Move a user to another username, in one transaction.

        Raises :class:`~dynakit.TransactionCancelled` when the user was changed or renamed in between.
        """
        renamed = User.model_validate({**user.model_dump(), "username": username})
        unchanged = (User.name == user.name) & (User.email == user.email) & (User.cpf == user.cpf)
        with self.client.transaction() as transaction:
            transaction.delete(user, where=unchanged)
            transaction.create(renamed)
        return renamed


class Posts(Repository[Post]):
    """The posts table."""

    def between(
        self, user_id: str, first: date, last: date, *, size: int = 20, cursor: str | None = None
    ) -> Page[Post]:
        """A page of a user's posts of these days (in UTC, both included), the newest first."""
        since, until = midnight(first), midnight(last + timedelta(days=1))
        written = Post.primary(Post.user_id == user_id, Post.created_at >= since, Post.created_at < until)
        return self.page(written.newest_first().limit(size), cursor=cursor)


class AsyncPosts(AsyncRepository[Post]):
    """The posts table, for asyncio."""


class CpfTaken(Exception):
    """Somebody signed up with this CPF already."""


class NoFreeSecond(Exception):
    """The user wrote a post in every second tried."""


class UserDirectory(Protocol):
    """What signing up asks of the users."""

    def with_cpf(self, cpf: str) -> User | None: ...
    def create(self, item: User) -> User: ...


class PostBook(Protocol):
    """What writing a post asks of the posts."""

    def create(self, item: Post) -> Post: ...


class AsyncPostBook(Protocol):
    """The same, awaited."""

    async def create(self, item: Post) -> Post: ...


@dataclass(frozen=True)
class SignUp:
    """A person signs up: one user for one CPF.

    Two people who sign up with one CPF within the milliseconds by which the index follows the table
    are both let in; an index cannot rule that out.
    """

    users: UserDirectory

    def __call__(self, *, username: str, cpf: str, name: str, email: str, at: datetime) -> User:
        """Store the new user. Raises :class:`CpfTaken`, and pydantic's ``ValidationError`` for bad input."""
        user = User(username=username, cpf=cpf, name=name, email=email, signed_up_at=at)
        if self.users.with_cpf(user.cpf) is not None:
            raise CpfTaken
        return self.users.create(user)


MOST_SECONDS = 60
"""How many seconds a post may be moved before it is given up."""


@dataclass(frozen=True)
class WritePost:
    """A user writes a post, in the first second from ``at`` that is free.

    ``create`` refuses a second that is taken, so parallel posts never overwrite one another.
    """

    posts: PostBook

    def __call__(self, user_id: str, text: str, at: datetime) -> Post:
        """Store the post. Raises :class:`NoFreeSecond`."""
        for post in candidates(user_id, text, at):
            try:
                return self.posts.create(post)
            except ItemAlreadyExists:
                continue
        raise NoFreeSecond


@dataclass(frozen=True)
class WritePostAsync:
    """The same, awaited."""

    posts: AsyncPostBook

    async def __call__(self, user_id: str, text: str, at: datetime) -> Post:
        """Store the post. Raises :class:`NoFreeSecond`."""
        for post in candidates(user_id, text, at):
            try:
                return await self.posts.create(post)
            except ItemAlreadyExists:
                continue
        raise NoFreeSecond


def candidates(user_id: str, text: str, at: datetime) -> Iterator[Post]:
    """The post as it would stand in each second from ``at``."""
    second = at.replace(microsecond=0)
    for later in range(MOST_SECONDS):
        yield Post(user_id=user_id, created_at=second + timedelta(seconds=later), text=text)


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC."""
    return datetime.combine(day, time(), UTC)
