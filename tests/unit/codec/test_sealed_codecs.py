"""Compressed, Encrypted and Offloaded: what the codec writes, reads and refuses."""

from __future__ import annotations

import json
from typing import Annotated, TypeAlias

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from dynakit import (
    AttributeValue,
    Compressed,
    Compression,
    DecodeError,
    DefinitionError,
    EncodeError,
    Encrypted,
    Offloaded,
    Offloading,
)
from dynakit.codec.build import codec_for
from dynakit.codec.packed import as_base64, packed, unpacked
from dynakit.codec.sealed import with_inside

Perhaps: TypeAlias = Encrypted[str] | None
Inside: TypeAlias = Encrypted[str | None]
Squeezed: TypeAlias = Compressed[str | None]
Either: TypeAlias = Encrypted[str] | int

VALUES = st.recursive(
    st.one_of(
        st.text().map(lambda text: {"S": text}),
        st.binary().map(lambda data: {"B": as_base64(data)}),
        st.integers().map(lambda number: {"N": str(number)}),
        st.booleans().map(lambda flag: {"BOOL": flag}),
    ),
    lambda inner: (
        st.lists(inner).map(lambda items: {"L": items})
        | st.dictionaries(st.text(), inner).map(lambda entries: {"M": entries})
    ),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_packed_is_unpacked(value: AttributeValue) -> None:
    assert unpacked(packed(value)) == value


@pytest.mark.parametrize("data", [b"", b"X", b"S\xff", b"J{}", b'J{"X":1}', b'J{"S":"a","N":"1"}', b"J["])
def test_bytes_that_are_no_packed_value_are_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        unpacked(data)


@given(st.one_of(st.text(), st.text(max_size=2).map(lambda text: text * 2000)))
def test_compressed_text_reads_back_and_never_grows_by_more_than_a_byte(text: str) -> None:
    codec = codec_for(Compressed[str])
    stored = codec.encode(text, "notes")
    assert stored is not None
    assert codec.decode(stored, "notes") == text
    assert len(stored.get("B", "")) <= len(as_base64(b"S" + text.encode()))


def frame(size: int, *, tells_size: bool = True) -> AttributeValue:
    compressor = zstandard.ZstdCompressor(write_content_size=tells_size)
    return {"B": as_base64(compressor.compress(b"S" + b"a" * size))}


WHOLE = frame(100)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (frame(1000), "decompresses to more than 500 bytes"),
        (frame(1 << 28), "decompresses to more than 500 bytes"),
        (frame(100, tells_size=False), "or does not tell its size"),
        ({"B": WHOLE.get("B", "")[:12]}, "is no complete zstd frame"),
        ({"B": as_base64(b"\x28\xb5\x2f\xfd")}, "is no complete zstd frame"),
        ({"B": "!"}, "is no base64 text"),
        ({"S": "plain"}, "expected a compressed value, got the string type S"),
    ],
)
def test_a_compressed_value_that_is_too_large_or_broken_is_refused(
    stored: AttributeValue, message: str
) -> None:
    with pytest.raises(DecodeError, match=message):
        codec_for(Annotated[str, Compression(max_size=500)]).decode(stored, "notes")


def test_what_could_not_be_read_back_is_not_compressed() -> None:
    with pytest.raises(EncodeError, match=r"notes: has 501 bytes before compression; Compressed takes 500"):
        codec_for(Annotated[str, Compression(max_size=500)]).encode("a" * 500, "notes")


@pytest.mark.parametrize(
    "annotation", [Encrypted[str], Offloaded[str], Offloaded[Encrypted[Compressed[str]]]]
)
def test_a_value_that_is_not_sealed_cannot_be_sent_or_shown(annotation: object) -> None:
    codec = codec_for(annotation)
    marked = codec.encode("the secret", "card")
    with pytest.raises(TypeError):
        json.dumps(marked)
    assert "the secret" not in repr(marked)
    assert marked is not None
    assert codec.decode(marked, "card") == "the secret"


@pytest.mark.parametrize("stored", [{"S": "x"}, {"B": "eA=="}, {"M": {}}, {"L": [{"S": "x"}]}])
def test_a_stored_value_that_was_not_opened_cannot_be_read(stored: AttributeValue) -> None:
    for annotation in (Encrypted[str], Offloaded[str]):
        with pytest.raises(DecodeError, match="and was not opened"):
            codec_for(annotation).decode(stored, "card")


def test_what_was_opened_stays_what_is_stored_for_all_others() -> None:
    stored: AttributeValue = {"B": "eA=="}
    found = with_inside(stored, {"S": "the secret"})
    assert json.loads(json.dumps(found)) == stored == found
    assert codec_for(Encrypted[str]).decode(found, "card") == "the secret"


@pytest.mark.parametrize("annotation", [Perhaps, Inside, Squeezed])
def test_none_is_absent(annotation: object) -> None:
    codec = codec_for(annotation)
    assert codec.encode(None, "card") is None
    assert codec.decode({"NULL": True}, "card") is None


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (Compressed[Encrypted[str]], r"Compressed\[Encrypted\[…\]\]: a value is compressed, then encrypted"),
        (Encrypted[Offloaded[str]], "then offloaded"),
        (Encrypted[Encrypted[str]], "once each"),
        (list[Encrypted[str]], "stands inside another value"),
        (Either, "stands inside another value"),
        (dict[str, Offloaded[str]], "stands inside another value"),
    ],
)
def test_layers_that_do_not_work_are_refused(annotation: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        codec_for(annotation)


def test_layers_take_only_what_they_can_do() -> None:
    with pytest.raises(DefinitionError, match="level is 23; expected 1 to 22"):
        Compression(level=23)
    with pytest.raises(DefinitionError, match="above is -1; expected 0 bytes or more"):
        Offloading(above=-1)
