"""Compressed bodies of replies, taken apart within bounds.

https://www.rfc-editor.org/rfc/rfc9110#name-content-encoding
"""

from __future__ import annotations

from dynakit.operations.reply import ReplyLost
from dynakit.transport.http_reply import LARGEST_BODY


def decoded(coding: str, body: bytes) -> bytes:
    """The body without its ``Content-Encoding``: ``gzip``, ``deflate`` or ``identity``.

    Raises ``ReplyLost`` for another one, for a body that is not whole, and for one that would grow beyond
    :data:`LARGEST_BODY`, of which no more than that is unpacked.
    """
    import zlib

    name = coding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip", "deflate"):
        raise ReplyLost("the reply is encoded in a way that was not asked for")
    # Some senders of deflate leave out the header of zlib, whose low four bits are 8.
    bare = name == "deflate" and body[:1] != b"" and body[0] & 15 != 8
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS if bare else 32 + zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(body, LARGEST_BODY)
    except zlib.error:
        raise ReplyLost("the reply is compressed and damaged") from None
    if unpacker.unconsumed_tail:
        raise ReplyLost(f"the reply is larger than {LARGEST_BODY} bytes unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise ReplyLost("the reply is compressed and not whole")
    return text
