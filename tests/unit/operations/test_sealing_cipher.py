"""The cipher: what it encrypts opens in its place, unaltered, and nowhere else."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import DataKey, DecodeError, DynakitError, LocalKeys
from dynakit.operations.sealing_cipher import decrypt, encrypt, envelope

KEY = DataKey("2026-05", b"k" * 32, b"wrapped")
PLACE = b'["orders","card",{"PK":{"S":"ORDER#1"}}]'


@given(st.binary(), st.binary(max_size=20), st.integers())
def test_a_value_opens_in_its_place(plain: bytes, place: bytes, seed: int) -> None:
    found = envelope(encrypt(KEY, plain, place, Random(seed).randbytes))
    assert (found.key_id, found.wrapped) == (KEY.key_id, KEY.wrapped)
    assert decrypt(found, KEY.secret, place) == plain


@given(st.data())
def test_an_altered_byte_is_noticed_wherever_it_is(data: st.DataObject) -> None:
    sealed = encrypt(KEY, b"the secret", PLACE, Random(1).randbytes)
    place = data.draw(st.integers(0, len(sealed) - 1))
    flipped = sealed[place] ^ data.draw(st.integers(1, 255))
    with pytest.raises(DecodeError):
        decrypt(envelope(sealed[:place] + bytes((flipped,)) + sealed[place + 1 :]), KEY.secret, PLACE)


@given(st.integers(0, 200))
def test_a_value_that_is_cut_off_is_noticed(size: int) -> None:
    sealed = encrypt(KEY, b"the secret", PLACE, Random(1).randbytes)
    with pytest.raises(DecodeError):
        decrypt(envelope(sealed[: min(size, len(sealed) - 1)]), KEY.secret, PLACE)


def test_another_place_and_another_key_do_not_open_it() -> None:
    found = envelope(encrypt(KEY, b"the secret", PLACE, Random(1).randbytes))
    for secret, place in ((KEY.secret, PLACE + b" "), (b"o" * 32, PLACE)):
        with pytest.raises(DecodeError, match="does not open with key '2026-05'"):
            decrypt(found, secret, place)


def test_equal_values_are_not_told_to_be_equal() -> None:
    entropy = Random(1).randbytes
    assert len({encrypt(KEY, b"the secret", PLACE, entropy) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("keys", "current", "message"),
    [
        ({"a": b"short"}, None, "key 'a' has 5 bytes; expected 32"),
        ({}, None, "none of the keys given"),
        ({"a": b"a" * 32}, "b", "'b' is none of the keys given"),
        ({"": b"a" * 32}, None, "under an id of 1 to 255 bytes"),
        ({"a" * 256: b"a" * 32}, None, "under an id of 1 to 255 bytes"),
    ],
)
def test_keys_that_are_none_are_refused(keys: dict[str, bytes], current: str | None, message: str) -> None:
    with pytest.raises(DynakitError, match=message):
        LocalKeys(keys, current=current)


def test_no_key_is_shown() -> None:
    shown = f"{KEY!r} {LocalKeys({'a': b'k' * 32})!r}"
    assert "kkk" not in shown
    assert "LocalKeys(a, current='a')" in shown
