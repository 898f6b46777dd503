"""What pydantic refuses, told without what it was given."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

# The texts of these hold limits and sizes. Others may hold input: a validator's own text, a tag, a key.
_TOLD = frozenset(
    {
        "decimal_max_digits",
        "decimal_max_places",
        "decimal_whole_digits",
        "enum",
        "greater_than",
        "greater_than_equal",
        "less_than",
        "less_than_equal",
        "literal_error",
        "missing",
        "multiple_of",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "too_long",
        "too_short",
    }
)


def first_refusal(error: ValidationError) -> tuple[str | None, str]:
    """The attribute refused, ``None`` for the whole of the model, and why."""
    details = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = details["loc"][0] if details["loc"] else None
    return None if place is None else str(place), _reason(details)


def _reason(details: ErrorDetails) -> str:
    kind = details["type"]
    return f"{kind}: {details['msg']}" if kind in _TOLD else kind
