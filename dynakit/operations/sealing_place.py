"""Where a sealed value stands, and the pointer to one that is kept elsewhere."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from dynakit.codec.number import canonical
from dynakit.codec.packed import as_base64
from dynakit.errors import DecodeError, ObjectGone, StatementError
from dynakit.schema.definition import Attribute, Definition
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.sealing_keys import KeyProvider
    from dynakit.operations.sealing_objects import ObjectStore

_POINTER = {"bucket", "key", "size", "sha256"}


@dataclass(frozen=True)
class Place:
    """An attribute of one item: what a sealed value is bound to.

    The table counts under its declared name, which a table restored from a backup has too.
    """

    definition: Definition[Any]
    attribute: Attribute
    key: Item

    def __str__(self) -> str:
        return f"{self.definition.name}.{self.attribute.name}"

    @property
    def identity(self) -> bytes:
        """Table, attribute and primary key as bytes, different for each place."""
        named = {name: _plain(self.key[name]) for name in self.definition.stored_in.key_names}
        bound = [self.definition.stored_in.name, self.attribute.stored, named]
        return json.dumps(bound, sort_keys=True, ensure_ascii=False).encode()

    @property
    def context(self) -> dict[str, str]:
        """What a key service is told of the place: the table."""
        return {"dynakit:table": self.definition.stored_in.name}

    def object_folder(self) -> str:
        """The part of an object's key that is this place's: a hash, as keys of items may be personal."""
        return hashlib.sha256(self.identity).hexdigest()[:40]

    def unreadable(self, error: DecodeError) -> DecodeError:
        """What is wrong with the stored value, told with its place."""
        kind = ObjectGone if isinstance(error, ObjectGone) else DecodeError
        return kind(
            f"{self}: {error}; expected what was stored here as {self.attribute.codec.opaque}.",
            entity=self.definition.name,
            path=self.attribute.name,
            key=self.key,
        )

    def keys(self, environment: Environment) -> KeyProvider:
        """The client's keys. Raises :class:`StatementError` where it has none."""
        if environment.keys is None:
            raise self._lacks("keys", "keys=LocalKeys(…) or keys=KmsKeys(…)")
        return environment.keys

    def objects(self, environment: Environment) -> ObjectStore:
        """The client's object store. Raises :class:`StatementError` where it has none."""
        if environment.objects is None:
            raise self._lacks("objects", "objects=S3Objects(bucket)")
        return environment.objects

    def _lacks(self, what: str, given_as: str) -> StatementError:
        return StatementError(
            f"{self}: it is {self.attribute.codec.opaque}, and the client has no {what}; expected them. "
            f"Connect with {given_as}."
        )


@dataclass(frozen=True, slots=True)
class Pointer:
    """What an item holds of an offloaded value: where its bytes are, how many, and their SHA-256 (base64)."""

    bucket: str
    key: str
    size: int
    sha256: str

    def stored(self) -> AttributeValue:
        """The pointer as it is stored: a map."""
        return {
            "M": {
                "bucket": {"S": self.bucket},
                "key": {"S": self.key},
                "size": {"N": str(self.size)},
                "sha256": {"B": self.sha256},
            }
        }


def pointer_in(value: AttributeValue) -> Pointer | None:
    """The pointer that a stored value is; ``None`` for any other."""
    parts = value.get("M", {})
    if parts.keys() != _POINTER:
        return None
    match parts:
        case {"bucket": {"S": bucket}, "key": {"S": key}, "size": {"N": size}, "sha256": {"B": sha256}}:
            return Pointer(bucket, key, int(size), sha256) if size.isdecimal() else None
        case _:
            return None


def checksum(data: bytes) -> str:
    """The SHA-256 of bytes as base64."""
    return as_base64(hashlib.sha256(data).digest())


def object_folder(place: Place, objects: ObjectStore, environment: Environment) -> str:
    """The beginning of the keys under which this environment stores values of a place."""
    return (
        f"{table_folder(environment.table_name(place.definition.stored_in), objects)}{place.object_folder()}/"
    )


def table_folder(table: str, objects: ObjectStore) -> str:
    """The beginning of the keys of all values of a table, by its real name, which no other table shares."""
    return f"{objects.prefix}{table}/"


def is_at(pointer: Pointer, place: Place, objects: ObjectStore) -> bool:
    """Whether a pointer is to an object of this place; one copied from another item is not."""
    folders = pointer.key.removeprefix(objects.prefix).split("/")
    ours = pointer.bucket == objects.bucket and pointer.key.startswith(objects.prefix)
    return ours and len(folders) == 3 and folders[1] == place.object_folder()


def _plain(value: AttributeValue) -> AttributeValue:
    # The service may write a number in another way than it was sent.
    return {"N": canonical(value["N"])} if "N" in value else value
