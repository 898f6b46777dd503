"""Authenticated encryption of one value: AES-256-GCM under a key of its own.

What is stored tells how to find the key: a version, the id of the key, the data key as wrapped by a key
service (nothing for a local key), a salt and a nonce, then ciphertext and tag. Each value has a key derived
from the data key by HKDF-SHA256 with its salt (RFC 5869), so that random nonces do not run out however many
values one data key encrypts (NIST SP 800-38D, 8.3). All that stands before the ciphertext, and the place
where the value is stored, is associated data: a value that is altered or moved does not open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING

from dynakit.errors import DecodeError, DynakitError
from dynakit.values import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
"""Bytes of a key: AES-256."""

_VERSION = 1
_SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key to encrypt values with: 32 bytes, never shown.

    ``key_id`` finds it again, at most 255 bytes as UTF-8; ``wrapped`` is what a key service needs to give the
    same secret again, and is stored with each value.
    """

    key_id: str
    secret: bytes = field(repr=False)
    wrapped: bytes = b""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An encrypted value, taken apart."""

    key_id: str
    wrapped: bytes
    salt: bytes
    nonce: bytes
    header: bytes
    sealed: bytes = field(repr=False)


def encrypt(key: DataKey, plain: bytes, place: bytes, entropy: Callable[[int], bytes]) -> bytes:
    """Encrypt for one place. ``entropy(n)`` gives n random bytes."""
    salt, nonce = entropy(_SALT_BYTES), entropy(_NONCE_BYTES)
    name = key.key_id.encode()
    parts = (
        bytes((_VERSION, len(name))),
        name,
        len(key.wrapped).to_bytes(2, "big"),
        key.wrapped,
        salt,
        nonce,
    )
    header = b"".join(parts)
    return header + _cipher(key.secret, salt).encrypt(nonce, plain, header + place)


def envelope(data: bytes) -> Envelope:
    """Take an encrypted value apart. Raises :class:`DecodeError` for what is none."""
    reader = _Reader(data)
    if reader.number(1) != _VERSION:
        raise DecodeError("is no encrypted value of a version known here")
    name = reader.take(reader.number(1))
    wrapped = reader.take(reader.number(2))
    salt, nonce = reader.take(_SALT_BYTES), reader.take(_NONCE_BYTES)
    sealed = data[reader.position :]
    if len(sealed) < _TAG_BYTES:
        raise _cut_off()
    try:
        key_id = name.decode()
    except UnicodeDecodeError:
        raise DecodeError("names no key") from None
    return Envelope(key_id, wrapped, salt, nonce, data[: reader.position], sealed)


def decrypt(found: Envelope, secret: bytes, place: bytes) -> bytes:
    """Decrypt. Raises :class:`DecodeError` when the value was altered, moved here, or has another key."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(secret, found.salt).decrypt(found.nonce, found.sealed, found.header + place)
    except InvalidTag:
        raise DecodeError(
            f"does not open with key {found.key_id!r}: it was altered, or encrypted for another item, "
            "attribute or table"
        ) from None


@dataclass(slots=True)
class _Reader:
    data: bytes
    position: int = 0

    def take(self, size: int) -> bytes:
        start, self.position = self.position, self.position + size
        if self.position > len(self.data):
            raise _cut_off()
        return self.data[start : self.position]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")


def _cut_off() -> DecodeError:
    return DecodeError("is an encrypted value that was cut off")


def _cipher(secret: bytes, salt: bytes) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    except ImportError as error:
        raise DynakitError(
            "Encrypted: cryptography is not installed; it was expected. Install it with: pip install "
            "'dynakit[values]'"
        ) from error
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"dynakit value").derive(secret)
    return AESGCM(derived)
