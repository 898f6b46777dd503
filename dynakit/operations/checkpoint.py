"""Checkpoints of scans: how far each segment is, as text that can be stored.

A checkpoint is for the store of whoever runs the scan. It is not encrypted: it shows the keys of the items
read last, so it is nothing to hand out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from dynakit.errors import CheckpointError
from dynakit.operations.cursor import is_key_value
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.scan import Scan

VERSION = 1
_DONE: Final = "done"


@dataclass(frozen=True)
class Position:
    """How far a segment is: ``after`` the item of this key, at its start, or ``done``."""

    after: Item | None = None
    done: bool = False


def encode_checkpoint(bound: str, positions: Iterable[Position]) -> str:
    """The text of a checkpoint; ``bound`` is what the scan binds it to."""
    segments = [_DONE if position.done else position.after for position in positions]
    document = {"version": VERSION, "scan": _fingerprint(bound), "segments": segments}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def decode_checkpoint(scan: Scan[Any], environment: Environment, text: str) -> tuple[Position, ...]:
    """The positions in a checkpoint.

    Raises :class:`CheckpointError` for one of another scan (table, index, entities, filters, number of
    segments), or text that is none.
    """
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(scan, "it is no text of a checkpoint") from None
    if not isinstance(document, dict):
        raise _refused(scan, "it is no text of a checkpoint")
    members = cast("dict[str, object]", document)
    if members.get("version") != VERSION or members.get("scan") != _fingerprint(scan.bound(environment)):
        raise _refused(scan, "it is of another scan")
    segments = members.get("segments")
    if not isinstance(segments, list) or len(cast("list[object]", segments)) != scan.total_segments:
        raise _refused(scan, "its segments are damaged")
    return tuple(_position(scan, segment) for segment in cast("Sequence[object]", segments))


def _position(scan: Scan[Any], segment: object) -> Position:
    if segment is None or segment == _DONE:
        return Position(done=segment is not None)
    keys = (*scan.table.partition_of(scan.index), *scan.table.sort_of(scan.index))
    types = {key.name: key.type for key in keys}
    types |= {name: scan.table.key_attributes[name].type for name in scan.table.key_names}
    if not isinstance(segment, dict) or cast("Item", segment).keys() != types.keys():
        raise _refused(scan, "its keys are damaged")
    after = cast("Item", segment)
    if not all(is_key_value(after[name], type) for name, type in types.items()):
        raise _refused(scan, "its keys are damaged")
    return Position(after)


def _fingerprint(bound: str) -> str:
    return hashlib.sha256(bound.encode()).hexdigest()[:24]


def _refused(scan: Scan[Any], why: str) -> CheckpointError:
    return CheckpointError(
        f"{scan}: the checkpoint does not fit, {why}; expected one of this scan on this table. Resume with "
        "the statement it was made with, or start again without a checkpoint."
    )
