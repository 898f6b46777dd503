"""Keys of the library's own items: what no template renders, and only on keys of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import KeyAttribute, StatementError, Table
from dynakit.keys.encoding import encode_text
from dynakit.schema.private import private_key

PLAIN, SORTED = Table("plain", pk="PK"), Table("sorted", pk="PK", sk="SK")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (PLAIN, {"PK": {"S": "$sequence#invoice"}}),
        (SORTED, {"PK": {"S": "$sequence#invoice"}, "SK": {"S": "$sequence"}}),
    ],
)
def test_the_key_has_what_the_table_asks_for(table: Table, key: object) -> None:
    assert private_key("x", table, "sequence", "invoice") == key


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_no_value_is_encoded_to_the_beginning_of_one(value: str) -> None:
    assert not encode_text(value).startswith(("$s", "$l"))


WRONG = {
    "a number": (Table("t", pk=KeyAttribute("id", "N")), "n", "key attribute 'id' of table 't' is of type N"),
    "binary": (Table("t", sk=KeyAttribute("raw", "B")), "n", "key attribute 'raw' of table 't' is of type B"),
    "empty": (PLAIN, "", "expected a name that is not empty"),
    "too long": (PLAIN, "x" * 2039, "makes a key of 2,049 bytes"),
    "no text": (PLAIN, "\ud800", "half a surrogate pair"),
}


@pytest.mark.parametrize(("table", "name", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_a_key_is_refused_by_name(table: Table, name: str, message: str) -> None:
    with pytest.raises(StatementError) as caught:
        private_key("sequence", table, "sequence", name)
    assert message in str(caught.value)


def test_the_longest_name_fits() -> None:
    assert private_key("x", PLAIN, "sequence", "x" * 2038)
