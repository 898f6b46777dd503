"""Text whose byte order is the order of the values it stands for.

DynamoDB sorts keys of type S by their UTF-8 bytes, which is the order of their code points:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from dynakit.errors import DecodeError, EncodeError, shown

SEPARATOR = "#"
ESCAPE = "$"
_SHIFT = 0x30
_CODES = "0-T"

MAX_DIGITS = 38
MAX_EXPONENT = 126
MIN_EXPONENT = -129
_ORDERED = r"p([0-9]{3})_([0-9]{1,38})|n([0-9]{3})_([0-9]{1,38})~"
_NINES = str.maketrans("0123456789", "9876543210")


def encode_text(value: str, escaped: str = "") -> str:
    """Write each character up to ``$`` as ``$`` and a visible character; the rest stays as it is.

    The result holds no ``#``, so a key part can be ended with one, and sorts as the text does: ``#``
    is below ``$``, and ``$`` below every character that stays. ``escaped`` are further ASCII
    characters above ``$`` to escape, for a part that ends with another separator; that costs the order.
    Raises EncodeError for a lone surrogate, which UTF-8 cannot hold.
    """
    if not _special(escaped).search(value):
        return value
    return check_unicode(value).translate(_escapes(escaped))


def decode_text(text: str, escaped: str = "") -> str:
    """Read what :func:`encode_text` wrote with the same ``escaped``; anything else is a DecodeError."""
    if not _special(escaped).search(text):
        return text
    if not _encoded(escaped).fullmatch(text):
        raise DecodeError("the key part is not encoded text", value=text)
    return re.sub(r"\$(.)", lambda found: chr(ord(found[1]) - _SHIFT), text)


def check_unicode(value: str) -> str:
    """Return the text; EncodeError when it holds a lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise EncodeError(
            f"got {shown(value)} with a lone surrogate; expected Unicode text", value=value
        ) from None
    return value


@cache
def _special(escaped: str) -> re.Pattern[str]:
    return re.compile(f"[\x00-{ESCAPE}\ud800-\udfff{re.escape(escaped)}]")


@cache
def _escapes(escaped: str) -> dict[int, str]:
    codes = [*range(ord(ESCAPE) + 1), *map(ord, escaped)]
    return {code: ESCAPE + chr(_SHIFT + code) for code in codes}


@cache
def _encoded(escaped: str) -> re.Pattern[str]:
    codes = _CODES + re.escape(escape_codes(escaped))
    return re.compile(rf"(?:[^\x00-\$\ud800-\udfff{re.escape(escaped)}]|\$[{codes}])*")


@cache
def escape_codes(escaped: str) -> str:
    """Give the characters that stand after ``$`` for the further escaped ones, in the same order."""
    return "".join(chr(_SHIFT + ord(character)) for character in escaped)


def encode_ordered(value: int | Decimal) -> str:
    """Write a number so that text order is number order: 12.5 is ``p502_125``, 0 is ``o``, -1 is ``n498_8~``.

    With the number as ±0.d₁…dₖ·10^e without trailing zeros: ``p``, e+500, ``_``, the digits; a negative
    one is ``n``, 499-e, ``_``, the nines' complement of the digits, ``~``. Equal numbers (1, 1.0, 1E0; 0, -0)
    give equal text. Raises EncodeError for a bool, NaN, an infinity, more than 38 significant digits, or a
    magnitude outside 1E-130 to 9.99…E+125, the limits of DynamoDB's numbers:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    """
    number = exact_number(value)
    if not number:
        return "o"
    digits = _digits(number)
    exponent = number.adjusted() + 1
    if number.is_signed():
        return f"n{499 - exponent:03}_{digits.translate(_NINES)}~"
    return f"p{500 + exponent:03}_{digits}"


def decode_ordered(text: str) -> Decimal:
    """Read what :func:`encode_ordered` wrote; any other text, also another spelling, is a DecodeError.

    The result has no trailing zeros after the point and, up to 38 digits, no exponent.
    """
    number = _ordered_number(text)
    if number is None or encode_ordered(number) != text:
        raise DecodeError("the key part is not an ordered number", value=text)
    return number


def exact_number(value: int | Decimal) -> Decimal:
    """Return the number; EncodeError when DynamoDB cannot hold it exactly, see :func:`encode_ordered`."""
    number = Decimal(value)
    if isinstance(value, bool) or not number.is_finite():
        raise EncodeError(f"got {shown(value)}; expected a finite number", value=value)
    if number and not MIN_EXPONENT <= number.adjusted() + 1 <= MAX_EXPONENT:
        raise EncodeError("the number is out of range; expected 0 or 1E-130 to 9.99E+125", value=value)
    if len(_digits(number)) > MAX_DIGITS:
        raise EncodeError(f"the number has too many digits; expected at most {MAX_DIGITS}", value=value)
    return number


def _digits(number: Decimal) -> str:
    return "".join(map(str, number.as_tuple().digits)).rstrip("0")


def _ordered_number(text: str) -> Decimal | None:
    if text == "o":
        return Decimal(0)
    found = re.fullmatch(_ORDERED, text)
    if not found:
        return None
    if found[1]:
        return _number("", found[2], int(found[1]) - 500)
    return _number("-", found[4].translate(_NINES), 499 - int(found[3]))


def _number(sign: str, digits: str, exponent: int) -> Decimal | None:
    if not MIN_EXPONENT <= exponent <= MAX_EXPONENT:
        return None
    if exponent <= MAX_DIGITS:
        digits = digits.ljust(exponent, "0")
    return Decimal(f"{sign}{digits}E{exponent - len(digits)}")
