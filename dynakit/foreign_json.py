"""JSON that others wrote."""

from __future__ import annotations

import json
from collections.abc import Callable


def json_value(
    text: str,
    *,
    number: Callable[[str], object] | None = None,
    constant: Callable[[str], object] | None = None,
) -> object:
    """The value of a JSON text; ``number`` makes numbers of their text, ``constant`` what is NaN or infinite.

    Raises :class:`ValueError` for what is no JSON, and for what is nested too deep to be read.
    """
    try:
        found: object = json.loads(text, parse_int=number, parse_float=number, parse_constant=constant)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return found
