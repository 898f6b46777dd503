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
