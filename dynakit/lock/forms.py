"""Whether one stored form reads all that another wrote, and where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from dynakit.lock.form import Form, form_text
from dynakit.lock.limits import allows_all_of

Loss: TypeAlias = tuple[str, str]
"""A place in a value, such as ``.lines[].sku``, and what is not read there any more."""

_WIDER = {
    ("an integer", "a number"),
    ("a UUID", "a string"),
    ("a datetime with an offset", "a string"),
    ("a date", "a string"),
    ("a time", "a string"),
}
"""What was written as the first is read as the second."""


def reads_all_of(now: Form, was: Form) -> bool:
    """Whether the present form reads whatever the earlier one wrote; a doubt counts as no."""
    return next(losses(now, was), None) is None


def losses(now: Form, was: Form, place: str = "") -> Iterator[Loss]:
    """What the present form may not read of that which the earlier one wrote."""
    if now == was:
        return
    if was.get("null") and not now.get("null"):
        yield place, "it may have been None, and may no longer"
    if "members" in now or "members" in was:
        if not all(any(_reads(one, other) for one in _members(now)) for other in _members(was)):
            yield place, _told(now, was)
    elif now["as"] != "a value" and not _alike(now, was):
        yield place, _told(now, was)
    elif not allows_all_of(now.get("limits", {}), was.get("limits", {})):
        yield place, f"{_told(now, was)}, which is less"
    yield from _inside(now, was, place)


def _reads(now: Form, was: Form) -> bool:
    # Whether None may stand for a union is told by the union.
    return reads_all_of({**now, "null": True}, was)


def _told(now: Form, was: Form) -> str:
    return f"it was {form_text(was)}, is {form_text(now)}"


def _members(form: Form) -> Iterator[Form]:
    yield from form.get("members", [form])


def _alike(now: Form, was: Form) -> bool:
    """Whether values of the earlier form are of the present one, whatever is inside of them."""
    if now.get("type") != was.get("type") or now.get("opaque") != was.get("opaque"):
        return False
    if "inside" in now:
        return True
    if "choices" in now:
        return "choices" in was and set(now["choices"]) >= set(was["choices"])
    if "fields" in now:
        return "fields" in was
    if now["as"] == was["as"]:
        # A float reads the number nearest to a Decimal, which is another one.
        same = now.get("of") in (was.get("of"), ["Decimal"])
        return same and ("element" in now) == ("element" in was)
    return (was["as"], now["as"]) in _WIDER or ("choices" in was and _plain(now))


def _inside(now: Form, was: Form, place: str) -> Iterator[Loss]:
    if "inside" in now and "inside" in was:
        yield from losses(now["inside"], was["inside"], place)
    if "element" in now and "element" in was:
        yield from losses(now["element"], was["element"], f"{place}[]")
    if "key" in now and "key" in was:
        yield from losses(now["key"], was["key"], f"{place}{{}}")
    for index, (item, earlier) in enumerate(zip(now.get("items", ()), was.get("items", ()), strict=False)):
        yield from losses(item, earlier, f"{place}[{index}]")
    if "fields" in now and "fields" in was:
        yield from _fields(now, was, place)


def _fields(now: Form, was: Form, place: str) -> Iterator[Loss]:
    fields, earlier = now.get("fields", {}), was.get("fields", {})
    needed = set(now.get("needed", ())).difference(was.get("needed", ()))
    if now.get("closed") and (not was.get("closed") or earlier.keys() - fields.keys()):
        yield place, "it refuses fields that it does not know, and may have been stored with some"
    for name, form in fields.items():
        if name in needed:
            lost = "it had a default and has none" if name in earlier else "it is new and has no default"
            yield f"{place}.{name}", lost
        if name in earlier:
            yield from losses(form, earlier[name], f"{place}.{name}")


def _plain(form: Form) -> bool:
    """Whether any text or number is read, as where a Literal became a ``str``."""
    return form["as"] in ("a string", "an integer", "a number")
