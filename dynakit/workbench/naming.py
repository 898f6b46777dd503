"""Python names made of a model's names."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Container

from pydantic import BaseModel

from dynakit.workbench.plan import IMPORTED

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_RESERVED = frozenset(dir(BaseModel)) | frozenset(dir(type(BaseModel))) | IMPORTED


def words(text: str) -> list[str]:
    """The words of a name, lower-case: of ``GSI1-PK`` they are ``gsi1`` and ``pk``."""
    found: list[str] = []
    for match in _WORD.finditer(text.encode("ascii", "ignore").decode()):
        word = match.group().lower()
        if word.isdigit() and found and match.start() and text[match.start() - 1].isalnum():
            found[-1] += word
        else:
            found.append(word)
    return found


def attribute_name(text: str, taken: Container[str] = ()) -> str:
    """A name for an attribute that neither Python, pydantic nor another attribute has."""
    name = "_".join(words(text)) or "attribute"
    name = f"n{name}" if name[0].isdigit() else name
    if name in _RESERVED or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        name += "_"
    return untaken(name, taken)


def class_name(text: str, taken: Container[str] = ()) -> str:
    """A name for a class that no other class of the file has."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text)) or "Item"
    name = f"N{name}" if name[0].isdigit() else name
    if name in IMPORTED or name in {"None", "True", "False"}:
        name += "Item"
    return untaken(name, taken, joint="")


def singular(name: str) -> str:
    """What each of several things is called that this names: ``Payment`` of ``Payments``."""
    for ending, one in ((r"ies$", "y"), (r"(ss|x|ch|sh)es$", r"\1"), (r"(?<=[^isu])s$", "")):
        if re.search(ending, name):
            return re.sub(ending, one, name)
    return name


def variable_name(text: str, taken: Container[str] = ()) -> str:
    """A name for a table that no other name of the file is."""
    name = attribute_name(text)
    return untaken(f"{name}_table" if hasattr(builtins, name) else name, taken)


def untaken(name: str, taken: Container[str], *, joint: str = "_") -> str:
    """A name, with a number behind it where it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}{joint}{number}", number + 1
    return free
