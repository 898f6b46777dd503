"""Values of secret attributes are never written, not even under ``show_values``."""

from __future__ import annotations

from dynakit import Attr, Entity, Key, Table, Update, attr, show_values


class Account(Entity, table=Table("accounts")):
    primary = Key("A#{name}")
    name: Attr[str]
    pin: Attr[str] = attr(secret=True)
    tags: Attr[set[str]] = attr(default_factory=set, secret=True)


def test_a_secret_is_hidden_in_statements_under_show_values() -> None:
    query = Account.primary(name="n").filter(Account.pin == "canary", Account.tags.contains("canary"))
    with show_values():
        assert str(query) == (
            "Account.primary where name = 'n', filtered by pin = <secret> AND contains(tags, <secret>)"
        )
        update = Update(Account.primary(name="n"), Account.pin.set("canary"))
        assert str(update) == "update Account.primary where name = 'n': SET pin = <secret>"


class Ticket(Entity, table=Table("tickets")):
    primary = Key("T#{code}")
    code: Attr[str] = attr(secret=True)
    open: Attr[bool] = attr(default=True)


def test_a_secret_key_is_hidden_where_an_entity_is_named() -> None:
    with show_values():
        assert str(Update(Ticket(code="canary"), Ticket.open.set(False))) == (
            "update Ticket(code=<secret>): SET open = False"
        )
