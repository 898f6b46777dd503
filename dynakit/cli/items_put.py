"""Entities from JSON, validated, and stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from dynakit.cli.printing import count_text, tell
from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError
from dynakit.foreign_json import json_value

if TYPE_CHECKING:
    from dynakit.client.sync import Client
    from dynakit.schema.entity import Entity

STANDARD = "-"
"""Names standard input in place of a file."""


def entities_in(file: str, entity: type[Entity]) -> list[tuple[str, Entity]]:
    """The entities in a file, each with where it stands: a JSON object, an array of them, or JSON lines.

    Raises:
        UsageError: when the file cannot be read.
        DynakitError: when it is no JSON, or an object is no such entity: which one, and in which attribute.
    """
    return [(where, _entity(where, document, entity)) for where, document in _documents(file)]


def put_all(db: Client, items: Sequence[tuple[str, Entity]]) -> None:
    """Store entities one by one, and say how many.

    Raises :class:`DynakitError` for the first that is refused: which one, and how many stood before it.
    """
    from dynakit.repositories.sync import Repository

    for stored, (where, item) in enumerate(items):
        try:
            Repository(db, type(item)).put(item)
        except DynakitError as error:
            told = str(error).rstrip(".")
            raise DynakitError(f"{where}: {told}. Stored before it: {count_text(stored)}.") from error
    tell(f"stored {count_text(len(items))}")


def _documents(file: str) -> Iterator[tuple[str, object]]:
    """Each JSON value with where it stands."""
    name = "standard input" if file == STANDARD else file
    text = _text(file)
    try:
        document = json_value(text)
    except ValueError:
        yield from _lines(name, text)
        return
    several = cast("list[object]", document) if isinstance(document, list) else [document]
    yield from ((f"{name}: item {number}", one) for number, one in enumerate(several, start=1))


def _lines(name: str, text: str) -> Iterator[tuple[str, object]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield f"{name}:{number}", json_value(line)
        except ValueError:
            raise DynakitError(
                f"{name}:{number}: it is no JSON; expected an object, an array of objects, or one object a "
                "line. Nothing was stored."
            ) from None


def _text(file: str) -> str:
    if file == STANDARD:
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{file}: it cannot be read: {reason}; expected a file of JSON.") from None


def _entity(where: str, document: object, entity: type[Entity]) -> Entity:
    try:
        return entity.model_validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        path = ".".join([entity.__name__, *map(str, first["loc"])])
        raise DynakitError(f"{where}: {path}: {first['msg']}. Nothing was stored.") from None
