"""Opening what is encrypted or offloaded in the images of a record, before they are decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dynakit.errors import DecodeError, ObjectGone
from dynakit.operations.flow import Flow
from dynakit.operations.sealing_open import opened_found
from dynakit.schema.definition import definition_of
from dynakit.streams.change import ImageName
from dynakit.streams.decode import error_at, owner
from dynakit.streams.record import StreamRecord
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity


def opened_record(
    record: StreamRecord, entities: Sequence[type[Entity]], environment: Environment
) -> Flow[StreamRecord]:
    """Open the images that are of these entities. One whose object is gone stays closed, and is named.

    Raises :class:`DecodeError` that names the record's number, for a value that was altered or moved, or
    whose key is unknown; :class:`StatementError` where the client has no keys or objects;
    :class:`RequestError`.
    """
    images: list[tuple[ImageName, Item | None]] = [("old", record.old), ("new", record.new)]
    for which, image in images:
        try:
            record = yield from _opened(record, which, image, entities, environment)
        except ObjectGone:
            record = replace(record, gone=record.gone | {which})
        except DecodeError as error:
            raise error_at(record, error) from error
    return record


def _opened(
    record: StreamRecord,
    which: ImageName,
    image: Item | None,
    entities: Sequence[type[Entity]],
    environment: Environment,
) -> Flow[StreamRecord]:
    definition = owner([definition_of(entity) for entity in entities], image, record.keys)
    if definition is None or image is None:
        return record
    found = yield from opened_found(definition, image, environment)
    return replace(record, old=found) if which == "old" else replace(record, new=found)
