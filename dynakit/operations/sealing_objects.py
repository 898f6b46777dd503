"""Where offloaded values are kept: Amazon S3, or this process.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from dynakit.errors import RequestError
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.values import dataclass
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

_MISSING = ("NoSuchKey", "NotFound", "404")
_MOST_DELETED = 1000


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a store lists it: its key, its size in bytes, when it was written (aware)."""

    key: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """Some objects, and where the next page starts; ``None`` at the end."""

    objects: tuple[StoredObject, ...]
    next: str | None


class ObjectStore(Protocol):
    """Keeps the bodies of offloaded values. All but the names are flows (:mod:`dynakit.operations.flow`).

    ``bucket`` tells stores apart, and ``prefix`` begins every key. A key is written once.
    """

    @property
    def bucket(self) -> str: ...

    @property
    def prefix(self) -> str: ...

    def put(self, key: str, body: bytes, environment: Environment) -> Flow[None]:
        """Store an object; it can be read as soon as this returns."""
        ...

    def get(self, key: str, size: int, environment: Environment) -> Flow[bytes | None]:
        """At most ``size + 1`` bytes of an object; ``None`` where there is none."""
        ...

    def delete(self, keys: Sequence[str], environment: Environment) -> Flow[None]:
        """Delete objects, whether they are there or not. Raises :class:`RequestError` when some are left."""
        ...

    def page(self, prefix: str, start: str | None, environment: Environment) -> Flow[ObjectPage]:
        """Some of the objects whose keys begin with the prefix, from where the page before ended."""
        ...


class S3Objects:
    """A bucket of Amazon S3, and the prefix under which values are kept in it.

    Encryption at rest is the bucket's; a life cycle rule must not expire what items point to. The role needs
    s3:PutObject, s3:GetObject and s3:DeleteObject under the prefix, and s3:ListBucket to tell a missing
    object from a forbidden one and to sweep. Give each environment a bucket or a prefix of its own.
    """

    def __init__(self, bucket: str, prefix: str = "dynakit/") -> None:
        self.bucket = bucket
        self.prefix = _folder(prefix)

    def __repr__(self) -> str:
        return f"S3Objects({self.bucket!r}, {self.prefix!r})"

    def put(self, key: str, body: bytes, environment: Environment) -> Flow[None]:
        yield from self._request("PutObject", {"Key": key, "Body": body}, environment)

    def get(self, key: str, size: int, environment: Environment) -> Flow[bytes | None]:
        payload = {"Key": key, "Range": f"bytes=0-{size}"}
        try:
            reply = yield from self._request("GetObject", payload, environment)
        except Refused:
            return None
        body: bytes = reply["Body"]
        return body

    def delete(self, keys: Sequence[str], environment: Environment) -> Flow[None]:
        for first in range(0, len(keys), _MOST_DELETED):
            named = [{"Key": key} for key in keys[first : first + _MOST_DELETED]]
            payload = {"Delete": {"Objects": named, "Quiet": True}}
            reply = yield from self._request("DeleteObjects", payload, environment)
            left: list[Payload] = reply.get("Errors") or []
            if left:
                raise RequestError(
                    f"{self!r}: {len(left)} of {len(named)} objects could not be deleted "
                    f"({left[0].get('Code')}); expected none. Allow s3:DeleteObject under the prefix.",
                    action="DeleteObjects",
                    code=left[0].get("Code"),
                )

    def page(self, prefix: str, start: str | None, environment: Environment) -> Flow[ObjectPage]:
        payload = {"Prefix": prefix, **({} if start is None else {"ContinuationToken": start})}
        reply = yield from self._request("ListObjectsV2", payload, environment)
        return ObjectPage(tuple(_listed(reply)), reply.get("NextContinuationToken"))

    def _request(self, action: str, payload: Payload, environment: Environment) -> Flow[Payload]:
        call = Call(action, {"Bucket": self.bucket, **payload}, "s3")
        interprets = _MISSING if action == "GetObject" else ()
        reply = yield from request(call, environment, interprets=interprets, statement="Offloaded")
        return reply.payload


def _listed(reply: Payload) -> Iterator[StoredObject]:
    listed: list[Payload] = reply.get("Contents") or []
    for one in listed:
        yield StoredObject(one["Key"], one["Size"], one["LastModified"])


class MemoryObjects:
    """Objects in this process, for tests and ``connect("memory://")``; gone with it."""

    def __init__(self, prefix: str = "dynakit/") -> None:
        self.bucket = "memory"
        self.prefix = _folder(prefix)
        self._objects: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"MemoryObjects({len(self._objects)} objects)"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all objects, sorted."""
        with self._lock:
            return tuple(sorted(self._objects))

    def put(self, key: str, body: bytes, environment: Environment) -> Flow[None]:
        yield from ()
        with self._lock:
            self._objects[key] = (body, environment.now())

    def get(self, key: str, size: int, environment: Environment) -> Flow[bytes | None]:
        yield from ()
        with self._lock:
            found = self._objects.get(key)
        return None if found is None else found[0][: size + 1]

    def delete(self, keys: Sequence[str], environment: Environment) -> Flow[None]:
        yield from ()
        with self._lock:
            for key in keys:
                self._objects.pop(key, None)

    def page(self, prefix: str, start: str | None, environment: Environment) -> Flow[ObjectPage]:
        yield from ()
        with self._lock:
            found = sorted(item for item in self._objects.items() if item[0].startswith(prefix))
        return ObjectPage(tuple(StoredObject(key, len(body), when) for key, (body, when) in found), None)


def _folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
