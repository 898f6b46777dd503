"""The next and the previous value of a key attribute that is not encoded.

DynamoDB takes one condition on a sort key. A range that is open on a side (``a > 1``) and bounded on the
other becomes one ``BETWEEN`` by stepping to the next value there is.
"""

from __future__ import annotations

import base64
from decimal import Context, Decimal

from dynakit.keys.limits import MAX_SORT_KEY_BYTES, greatest_below
from dynakit.keys.term import key_bytes
from dynakit.wire import AttributeValue

_NUMBERS = Context(prec=38, Emin=-130, Emax=125)
_SMALLEST = Decimal("1E-130")


def next_above(value: AttributeValue) -> AttributeValue | None:
    """The smallest value above this one; ``None`` when there is none within the key's size."""
    if "N" in value:
        return _number(_step(Decimal(value["N"]), up=True))
    if "S" in value:
        longer = value["S"] + "\x00"
        return {"S": longer} if len(longer.encode()) <= MAX_SORT_KEY_BYTES else None
    raw = key_bytes(value) + b"\x00"
    return {"B": base64.b64encode(raw).decode()} if len(raw) <= MAX_SORT_KEY_BYTES else None


def next_below(value: AttributeValue) -> AttributeValue | None:
    """The greatest value below this one; ``None`` when there is none."""
    if "N" in value:
        return _number(_step(Decimal(value["N"]), up=False))
    if "S" in value:
        below = greatest_below(value["S"])
        return {"S": below} if below else None
    return _bytes_below(key_bytes(value))


def _step(number: Decimal, *, up: bool) -> Decimal:
    """The next of DynamoDB's numbers: 38 digits, magnitudes from 1E-130."""
    stepped = _NUMBERS.next_plus(number) if up else _NUMBERS.next_minus(number)
    # abs() would round to the precision of the thread's own context.
    if stepped.copy_abs() >= _SMALLEST or stepped == 0:
        return stepped
    outward = (stepped > 0) == up
    return (_SMALLEST if up else -_SMALLEST) if outward else Decimal(0)


def _number(number: Decimal) -> AttributeValue | None:
    if not number.is_finite():
        return None
    return {"N": str(number.normalize(_NUMBERS)) if number else "0"}


def _bytes_below(raw: bytes) -> AttributeValue | None:
    if not raw:
        return None
    below, last = raw[:-1], raw[-1]
    if last:
        below = (below + bytes([last - 1])).ljust(MAX_SORT_KEY_BYTES, b"\xff")
    return {"B": base64.b64encode(below).decode()} if below else None
