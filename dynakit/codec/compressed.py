"""``Compressed[T]``: zstd frames under ``B``, of bounded size in both directions.

A value that would not get smaller is stored packed, which no zstd frame can be taken for: a frame begins
with its magic number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.codec.codec import Codec
from dynakit.codec.fault import refused, unreadable, wrong_wire
from dynakit.codec.packed import as_base64, packed, unpacked
from dynakit.codec.scalars import parse_bytes
from dynakit.codec.sealed import Compression, opaque_codec
from dynakit.errors import DynakitError
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from types import ModuleType

_MAGIC = b"\x28\xb5\x2f\xfd"


def compressed_codec(inner: Codec, compression: Compression) -> Codec:
    """Build the codec that stores what ``inner`` writes compressed."""

    def write(value: object) -> AttributeValue | None:
        plain = inner.write(value)
        return None if plain is None else {"B": as_base64(compress(packed(plain), compression))}

    def read(value: AttributeValue) -> object:
        if "B" not in value:
            if inner.optional and "NULL" in value:
                return None
            raise wrong_wire("a compressed value", value)
        try:
            data = parse_bytes(value["B"])
        except ValueError:
            raise unreadable("is no base64 text", None) from None
        return inner.read(unpacked(decompress(data, compression)))

    return opaque_codec(inner, "Compressed", write=write, read=read)


def compress(data: bytes, compression: Compression) -> bytes:
    """Compress, where that makes it smaller. Raises :class:`EncodeError` above the largest size."""
    if len(data) > compression.max_size:
        raise refused(
            f"has {len(data):,} bytes before compression; Compressed takes {compression.max_size:,}. "
            "Split the value, or use Compression(max_size=…)",
            None,
        )
    frame: bytes = _zstandard().ZstdCompressor(level=compression.level).compress(data)
    return frame if len(frame) < len(data) else data


def decompress(data: bytes, compression: Compression) -> bytes:
    """Decompress, never to more than the largest size: a small frame may claim to hold gigabytes.

    Raises :class:`DecodeError` for a frame that is larger, altered or cut off.
    """
    if not data.startswith(_MAGIC):
        return data
    zstandard = _zstandard()
    try:
        size: int = zstandard.get_frame_parameters(data).content_size
        if size > compression.max_size:
            raise unreadable(
                f"decompresses to more than {compression.max_size:,} bytes, or does not tell its size; "
                "use Compression(max_size=…)",
                None,
            )
        plain: bytes = zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError:
        raise unreadable("is no complete zstd frame", None) from None
    return plain


def _zstandard() -> ModuleType:
    try:
        import zstandard
    except ImportError as error:
        raise DynakitError(
            "Compressed: zstandard is not installed; it was expected. Install it with: pip install "
            "'dynakit[values]'"
        ) from error
    return zstandard
