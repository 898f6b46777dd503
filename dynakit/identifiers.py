"""Identifiers that sort by the time they were made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dynakit.environment import current

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ulid() -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, as 26 characters of Crockford's base 32.

    Clock and randomness are the :func:`~dynakit.environment.current` environment's. Within one process
    and millisecond each is one greater than the last, so they sort in the order they were made.
    https://github.com/ulid/spec
    """
    environment = current()
    state = environment.identifiers
    with state.lock:
        milliseconds = (environment.now() - _EPOCH) // timedelta(milliseconds=1)
        if state.last >> 80 == milliseconds:
            state.last += 1
        else:
            state.last = milliseconds << 80 | int.from_bytes(environment.entropy(10))
        value = state.last
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
