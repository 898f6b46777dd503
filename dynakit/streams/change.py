"""What happened to an item, with its images as entities: ``Inserted``, ``Modified``, ``Removed``.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
"""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.path import Path
from dynakit.schema.definition import definition_of
from dynakit.schema.key import Pattern
from dynakit.schema.query import Query
from dynakit.table import StreamView
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
E_co = TypeVar("E_co", bound="Entity", covariant=True)
Image = TypeVar("Image")

ImageName: TypeAlias = Literal["old", "new"]
"""One of the two images of a change."""


@dataclass(frozen=True, kw_only=True)
class Recorded(Generic[E_co]):
    """What every change tells.

    ``entity`` is the class of the item, ``keys`` its primary key as stored. ``sequence_number`` is decimal
    text that grows within a shard; ``shard`` is known to a consumer, and to Lambda in a tumbling window.
    ``table`` is the table's real name, ``approximate_creation_time`` aware, in UTC, rounded down to seconds.
    Which images there are is up to the ``view`` of the stream. ``gone`` names those that the stream holds but
    that are ``None``, because the object of an offloaded value was overwritten or deleted since.
    """

    entity: type[E_co]
    keys: Item = field(repr=False)
    sequence_number: str
    view: StreamView
    table: str | None = None
    shard: str | None = None
    event_id: str | None = None
    approximate_creation_time: datetime | None = None
    gone: frozenset[ImageName] = frozenset()

    @property
    def key(self) -> Query[E_co]:
        """The item's primary key, as repositories and statements take it: ``orders.get(change.key)``."""
        definition = definition_of(self.entity)
        primary = definition.primary_key
        return Pattern(self.entity, primary.name)(**(primary.read(self.keys) or {}))

    def _held(self, image: Image | None, which: str, views: str) -> Image:
        if image is not None:
            return image
        if which in self.gone:
            raise StatementError(
                f"{self.entity.__name__}: the {which} image of this change has an offloaded value whose "
                "object is gone; expected one that is still there. Look at change.gone first."
            )
        raise StatementError(
            f"{self.entity.__name__}: a stream of view {self.view} holds no {which} image of this change; "
            f"expected one of view {views}. Get the item by change.key, or change the view of the stream."
        )


@dataclass(frozen=True)
class Inserted(Recorded[E_co]):
    """An item was written where none was.

    ``new`` is ``None`` where the stream has no new images, or it is ``gone``.
    """

    new: E_co | None

    @property
    def item(self) -> E_co:
        """The new image. Raises :class:`~dynakit.errors.StatementError` where there is none."""
        return self._held(self.new, "new", "NEW_IMAGE or NEW_AND_OLD_IMAGES")


@dataclass(frozen=True)
class Modified(Recorded[E_co]):
    """An item was changed. An image is ``None`` where the stream has none of its kind, or it is ``gone``.

    ``changed`` holds the attributes whose stored values differ: those of the entity by Python name, ones
    that it does not know by stored name; not the rendered keys, the type and the write token. Of what is
    encrypted or offloaded the opened values are compared, unless an image is ``gone``. It is ``None`` unless
    the stream has both images.
    """

    old: E_co | None
    new: E_co | None
    changed: frozenset[str] | None = field(default=None, kw_only=True)

    @property
    def item(self) -> E_co:
        """The new image. Raises :class:`~dynakit.errors.StatementError` where there is none."""
        return self._held(self.new, "new", "NEW_IMAGE or NEW_AND_OLD_IMAGES")

    def has_changed(self, *paths: Path[Any, Any]) -> bool:
        """Whether one of these attributes changed; of a nested path the whole attribute counts.

        Raises :class:`~dynakit.errors.StatementError` where the stream has not both images.
        """
        changed = self._held(self.changed, "old and new", "NEW_AND_OLD_IMAGES")
        definition = definition_of(self.entity)
        return any(definition.owned(path.ref).name in changed for path in paths)


@dataclass(frozen=True)
class Removed(Recorded[E_co]):
    """An item was deleted. ``old`` is ``None`` where the stream has no old images, or it is ``gone``.

    ``expired`` says that DynamoDB deleted it, because its time to live had passed. In the other Regions of
    a global table the deletion that is copied there does not say so.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    """

    old: E_co | None
    expired: bool = field(default=False, kw_only=True)

    @property
    def item(self) -> E_co:
        """The old image. Raises :class:`~dynakit.errors.StatementError` where there is none."""
        return self._held(self.old, "old", "OLD_IMAGE or NEW_AND_OLD_IMAGES")


Change: TypeAlias = Inserted[E] | Modified[E] | Removed[E]
"""One change of an item of entity ``E``."""
