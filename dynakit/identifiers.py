"""Identifiers that sort by the time they were made.

Each is a time and random bits. Within one process (and one environment) each is greater than the last of its
kind: the random bits are drawn anew when the time has moved on, else, also when the clock was set back, the
identifier is one more than the last. So they are unique and in order, and no secrets: the next can be guessed
from one.

========  ===========  ===========================  ================================
function  resolution   random bits                  length
========  ===========  ===========================  ================================
ulid      millisecond  80                           26 characters
ksuid     second       128                          27 characters
uuid7     millisecond  74                           36 characters as text, 16 bytes
========  ===========  ===========================  ================================
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from dynakit.environment import current
from dynakit.errors import EncodeError

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KSUID_EPOCH = datetime(2014, 5, 13, 16, 53, 20, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)


def ulid() -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, as 26 characters of Crockford's base 32.

    Clock and randomness are the :func:`~dynakit.environment.current` environment's.
    Raises :class:`~dynakit.errors.EncodeError` for a clock before 1970.
    https://github.com/ulid/spec
    """
    value = _next("ulid", _UNIX_EPOCH, _MILLISECOND, time_bits=48, random_bits=80)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def ksuid() -> str:
    """A KSUID: 32 bits of seconds since May 2014, 128 random bits, as 27 characters of base 62.

    Clock and randomness are the :func:`~dynakit.environment.current` environment's. Compare KSUIDs by bytes,
    as DynamoDB and Python do: capital letters are less than small ones.
    Raises :class:`~dynakit.errors.EncodeError` for a clock before 2014-05-13 or after 2150-06-19.
    https://github.com/segmentio/ksuid
    """
    value = _next("ksuid", _KSUID_EPOCH, _SECOND, time_bits=32, random_bits=128)
    characters: list[str] = []
    for _ in range(27):
        value, digit = divmod(value, 62)
        characters.append(_BASE62[digit])
    return "".join(reversed(characters))


def uuid7() -> UUID:
    """A UUID of version 7: 48 bits of milliseconds, 74 random bits; as text and as bytes it sorts by time.

    Clock and randomness are the :func:`~dynakit.environment.current` environment's.
    Raises :class:`~dynakit.errors.EncodeError` for a clock before 1970.
    https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
    """
    value = _next("uuid7", _UNIX_EPOCH, _MILLISECOND, time_bits=48, random_bits=74)
    milliseconds, rand_a, rand_b = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | rand_a << 64 | 2 << 62 | rand_b)


def _next(kind: str, epoch: datetime, unit: timedelta, *, time_bits: int, random_bits: int) -> int:
    """A number of the time in units since the epoch, then random bits; greater than the last of its kind."""
    environment = current()
    state = environment.identifiers
    with state.lock:
        time = (environment.now() - epoch) // unit
        last = state.last.get(kind)
        if last is not None and time <= last >> random_bits:
            value = last + 1
        else:
            drawn = int.from_bytes(environment.entropy((random_bits + 7) // 8))
            value = time << random_bits | drawn & (1 << random_bits) - 1
        if not 0 <= value >> random_bits < 1 << time_bits:
            raise EncodeError(
                f"{kind}: the clock shows {environment.now():%Y-%m-%d}; expected a time from "
                f"{epoch:%Y-%m-%d} that fits {time_bits} bits. Set the clock, or use "
                "another kind of identifier."
            )
        state.last[kind] = value
    return value
