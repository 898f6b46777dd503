"""Whether one stored form reads all that another wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

Form: TypeAlias = dict[str, Any]

_WIDER = {
    ("an integer", "a number"),
    ("a number", "a number"),
    ("a UUID", "a string"),
    ("a datetime with an offset", "a string"),
    ("a date", "a string"),
    ("a time", "a string"),
}
"""What was written as the first is read as the second."""


def reads_all_of(now: Form, was: Form) -> bool:
    """Whether the present form reads whatever the earlier one wrote; a doubt counts as no."""
    if now == was or now["as"] == "a value":
        return True
    if "members" in now or "members" in was:
        return all(any(reads_all_of(one, other) for one in _members(now)) for other in _members(was))
    if now["type"] != was["type"] or now.get("opaque") != was.get("opaque"):
        return False
    if "choices" in now:
        return "choices" in was and set(now["choices"]) >= set(was["choices"])
    if "element" in now:
        return "element" in was and now["as"] == was["as"] and reads_all_of(now["element"], was["element"])
    if "fields" in now:
        return "fields" in was and _fields(now["fields"], was["fields"])
    return now["as"] == was["as"] or (was["as"], now["as"]) in _WIDER or ("choices" in was and _plain(now))


def _members(form: Form) -> Iterator[Form]:
    yield from form.get("members", [form])


def _fields(now: Form, was: Form) -> bool:
    """A field that is gone is dropped or refused, one that is new may be required: both are doubts."""
    return now.keys() == was.keys() and all(reads_all_of(now[name], was[name]) for name in now)


def _plain(form: Form) -> bool:
    """Whether any text or number is read, as where a Literal became a ``str``."""
    return form["as"] in ("a string", "an integer", "a number")
