"""How values are stored: what of a codec the readers of old items depend on."""

from __future__ import annotations

import json
import re
from typing import Required, cast

from typing_extensions import TypedDict

from dynakit.codec.codec import Codec

Limit = int | float | str
"""The value of a constraint: a number, or the text of anything else."""

Form = TypedDict(
    "Form",
    {
        "type": str | None,
        "as": Required[str],
        "of": list[str],
        "opaque": str,
        "inside": "Form",
        "choices": list[str],
        "element": "Form",
        "key": "Form",
        "items": "list[Form]",
        "fields": "dict[str, Form]",
        "needed": list[str],
        "closed": bool,
        "members": "list[Form]",
        "limits": dict[str, Limit],
        "null": bool,
        "again": bool,
    },
    total=False,
)
"""A stored form. What a value does not have is left out.

``type`` is the attribute type, ``as`` names the values, ``of`` their classes where that does not tell them;
``inside`` is what was encrypted or compressed; ``key`` that of a dictionary,
``items`` those of a tuple; ``fields`` are by stored name, ``needed`` those that must be there, and a
``closed`` model refuses others. ``null`` says that ``NULL`` may stand for it, ``again`` that it holds itself.
"""

_UNTOLD = ("a value stored as ", "a number")


def form_of(codec: Codec, seen: tuple[object, ...] = (), *, null: bool | None = None) -> Form:
    """The stored form of a codec's values; ``null`` where that is known better than by the codec."""
    if codec.children is not None and any(codec.children is one for one in seen):
        return {"as": codec.expected, "again": True}
    form: Form = {"type": codec.attribute_type, "as": codec.expected}
    if codec.expected.startswith(_UNTOLD) and codec.python_types:
        form["of"] = sorted(kind.__name__ for kind in codec.python_types)
    if codec.optional if null is None else null:
        form["null"] = True
    if codec.constraints and codec.inside is None:
        form["limits"] = {name: _limit(value) for name, value in codec.constraints.items()}
    if codec.choices:
        form["choices"] = sorted(_choice(codec, choice) for choice in codec.choices)
    _add_inside(form, codec, (*seen, codec.children))
    return form


def _add_inside(form: Form, codec: Codec, seen: tuple[object, ...]) -> None:
    if codec.opaque is not None and codec.inside is not None:
        form["opaque"], form["inside"] = codec.opaque, form_of(codec.inside, seen, null=False)
    if codec.element is not None:
        form["element"] = form_of(codec.element, seen)
    if codec.key is not None:
        form["key"] = form_of(codec.key, seen)
    if codec.items:
        form["items"] = [form_of(one, seen) for one in codec.items]
    if codec.children:
        form["fields"] = {stored: form_of(one, seen) for stored, one in codec.children.values()}
        form["needed"] = sorted(codec.needed)
        form["closed"] = codec.closed
    elif codec.members and not codec.choices:
        form["members"] = sorted((form_of(one, seen) for one in codec.members), key=str)


def form_text(form: Form) -> str:
    """A form in words, for people: ``a number with ge=0``, ``a list of a string``."""
    within = form.get("inside", form)
    text = within["as"]
    if "element" in within:
        text += f" of {form_text(within['element'])}"
    if "members" in within:
        text = " or ".join(form_text(one) for one in within["members"])
    if "choices" in within:
        text += f" ({', '.join(map(_choice_text, within['choices']))})"
    if "of" in within:
        text += f" ({', '.join(within['of'])})"
    limits = " and ".join(f"{name}={value}" for name, value in sorted(within.get("limits", {}).items()))
    opaque = f", {form['opaque']}" if "opaque" in form else ""
    return f"{text}{f' with {limits}' if limits else ''}{opaque}"


def _limit(value: object) -> Limit:
    if isinstance(value, int | float):
        return value
    return cast("re.Pattern[str]", value).pattern if isinstance(value, re.Pattern) else str(value)


def _choice_text(choice: str) -> str:
    (value,) = json.loads(choice).values()
    return str(value)


def _choice(codec: Codec, choice: object) -> str:
    return json.dumps(codec.encode(choice, "choice"), sort_keys=True)
