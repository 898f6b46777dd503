"""No value of an item stands in an error, a statement's text, or a log."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from dynakit import (
    Attr,
    AttributeValue,
    Create,
    Delete,
    DynakitError,
    Entity,
    Environment,
    Item,
    Key,
    Put,
    Replace,
    Table,
    TransactWrite,
    Update,
    Upsert,
    attr,
    show_values,
)
from dynakit.client.sync import Statement
from tests.integration.backends import Database, Opener
from tests.integration.wire import Leave, Lose, reply_lost, server_fault, throttled
from tests.unit.support.scripted import Seen

CANARY = "canary7c1f"
NUMBER = 7310987654321
SECRETS = (CANARY, str(NUMBER))
vault = Table("vault", pk="PK", sk="SK")


class Secret(Entity, table=vault):
    primary = Key("OWNER#{owner}", "SECRET#{name}")
    owner: Attr[str]
    name: Attr[str]
    text: Attr[str] = attr(default=CANARY)
    count: Attr[int] = attr(default=NUMBER)
    words: Attr[set[str]] = attr(default={CANARY})
    mapped: Attr[dict[str, str]] = attr(default={CANARY: CANARY})
    blob: Attr[bytes] = attr(default=CANARY.encode())
    price: Attr[Decimal | None] = attr(default=None)


class Other(Entity, table=vault):
    primary = Key("OWNER#{owner}", "OTHER#{name}")
    owner: Attr[str]
    name: Attr[str]
    text: Attr[str] = attr(default=CANARY)


ONE = Secret(owner=CANARY, name=CANARY)
KEY = Secret.primary(owner=CANARY, name=CANARY)
WHOLE = Secret.primary(owner=CANARY)
AND = Secret.text == CANARY
STORED: Item = {"PK": {"S": f"OWNER#{CANARY}"}, "SK": {"S": f"SECRET#{CANARY}"}}


WRONG: dict[str, AttributeValue] = {
    "text": {"N": str(NUMBER)},
    "count": {"S": CANARY},
    "words": {"L": [{"S": CANARY}]},
    "mapped": {"M": {CANARY: {"N": str(NUMBER)}}},
    "blob": {"S": CANARY},
    "_type": {"S": "Other"},
}


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(vault, environment=Environment.simulated(11))


def texts(error: BaseException | None) -> Iterator[str]:
    """Every text of an error and of what caused it."""
    while error is not None:
        yield f"{error} {error!r} {error.args}"
        error = error.__cause__


def failing(db: Database) -> Iterator[tuple[str, Callable[[], object]]]:
    """Ways to fail, with values everywhere."""
    secrets: Any = db.repository(Secret)
    yield "not found", lambda: secrets.require(KEY)
    yield "replaced missing", lambda: secrets.replace(ONE, where=AND)
    yield "updated missing", lambda: secrets.update(KEY, Secret.text.set(CANARY), where=AND)
    yield "deleted missing", lambda: secrets.delete(KEY, where=AND)
    yield "none matches", lambda: secrets.one(WHOLE.filter(AND, Secret.mapped["key"] == CANARY))
    secrets.put(ONE)
    secrets.put(Secret(owner=CANARY, name=CANARY + "2"))
    yield "exists", lambda: secrets.create(ONE)
    yield "condition", lambda: secrets.put(ONE, where=Secret.count == NUMBER + 1)
    yield "many match", lambda: secrets.one(WHOLE)
    yield (
        "cancelled",
        lambda: db.client.execute(
            TransactWrite((Create(ONE), Delete(Other.primary(owner=CANARY, name=CANARY))))
        ),
    )
    yield "twice in a transaction", lambda: db.client.execute(TransactWrite((Create(ONE), Delete(KEY))))
    yield "twice in a batch", lambda: secrets.put_many([ONE, ONE])
    yield "a cursor", lambda: secrets.page(WHOLE, cursor=CANARY)
    yield "not one", lambda: secrets.get(WHOLE)
    yield "a primary key part", lambda: secrets.update(KEY, Secret.name.set(CANARY))
    yield "a wrong type", lambda: secrets.put(Secret.model_construct(owner=CANARY, name=CANARY, text=NUMBER))
    yield (
        "a wrong element",
        lambda: secrets.put(Secret.model_construct(owner=CANARY, name=CANARY, text="", words={NUMBER})),
    )
    yield (
        "a wrong map",
        lambda: secrets.put(
            Secret.model_construct(owner=CANARY, name=CANARY, text="", mapped={CANARY: NUMBER})
        ),
    )
    yield "a wrong operand", lambda: secrets.all(WHOLE.filter(Secret.count == CANARY))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    yield "a wrong key", lambda: secrets.all(Secret.primary(owner=NUMBER))
    yield "a wrong value", lambda: secrets.update(KEY, Secret.count.set(CANARY))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    yield (
        "too many digits",
        lambda: secrets.put(Secret(owner=CANARY, name="n", price=Decimal(str(NUMBER) * 4))),
    )
    yield "too large", lambda: secrets.put(Secret(owner=CANARY, name=CANARY, text=CANARY * 50_000))
    yield "too long a key", lambda: secrets.put(Secret(owner=CANARY * 300, name=CANARY))
    yield "a surrogate", lambda: secrets.put(Secret(owner=CANARY, name=CANARY + "\ud800"))
    yield "foreign", lambda: db.client.collect([Other], owner=CANARY, foreign="refuse")
    yield (
        "too long an expression",
        lambda: secrets.all(WHOLE.filter(*(Secret.mapped[f"key{n}"] == CANARY for n in range(900)))),
    )
    Lose(db.wire, applied=True, times=1000)
    statements: list[Statement[object]] = [
        Put(ONE),
        Replace(ONE, AND),
        Update(KEY, Secret.count.add(NUMBER), where=AND),
        Upsert(KEY, Secret.text.set(CANARY)),
        Delete(KEY, AND),
    ]
    for statement in statements:
        yield f"lost: {statement}", partial(db.client.execute, statement)
    for failure in (reply_lost, server_fault, throttled):
        Lose(db.wire, applied=False, failure=failure, times=1000)
        yield f"lost for ever: {failure.__name__}", lambda: secrets.get(KEY)
        yield f"lost batch: {failure.__name__}", lambda: secrets.put_many([ONE])
    db.wire.refused = None
    Leave(db.wire, lambda size: size)
    yield "unprocessed", lambda: secrets.delete_many([ONE])
    yield "unprocessed keys", lambda: secrets.get_many([ONE])
    db.wire.before = db.wire.after = None
    for attribute, wrong in WRONG.items():
        db.put_raw(vault, {**(db.stored(ONE) or STORED), "_type": {"S": "Secret"}, attribute: wrong})
        yield f"decode {attribute}", lambda: secrets.get(KEY)
        yield f"decode all {attribute}", lambda: secrets.all(WHOLE)
        yield (
            f"decode partly {attribute}",
            lambda: secrets.all(
                WHOLE.project(Secret.text, Secret.count, Secret.words, Secret.mapped, Secret.blob)
            ),
        )
        db.send_raw("DeleteItem", {"TableName": db.name(vault), "Key": STORED})


def test_no_value_stands_in_any_error_or_log(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Loggers of others, as botocore's, print what they send when they are told to."""
    caplog.set_level(logging.DEBUG, logger="dynakit")
    observer = Seen()
    db.client.observe(observer)
    seen: dict[str, list[str]] = {}
    for what, run in failing(db):
        try:
            run()
        except DynakitError as error:
            seen[what] = [*texts(error)]
    for what, said in seen.items():
        assert [secret for secret in SECRETS if secret in "".join(said)] == [], what
    assert not any(secret in caplog.text for secret in SECRETS)
    assert "Query on 'vault" in caplog.text
    assert observer.ended
    assert not any(secret in f"{observer} {db.client.capacity.by_statement}" for secret in SECRETS)
    assert set(seen) == {what for what, _ in failing(db)}


def test_statements_show_values_only_where_that_is_asked_for(db: Database) -> None:
    statements = [
        Put(ONE, AND),
        Create(ONE),
        Replace(ONE, AND),
        Update(KEY, Secret.text.set(CANARY), where=AND),
        Upsert(KEY, Secret.text.set(CANARY)),
        Delete(KEY, AND),
        WHOLE.filter(AND, Secret.words.contains(CANARY)),
    ]
    assert not any(CANARY in str(statement) for statement in statements)
    with show_values():
        assert all(CANARY in str(statement) for statement in statements[3:])
    assert CANARY not in repr(db.environment)
    assert not any(CANARY in str(statement) for statement in statements)
