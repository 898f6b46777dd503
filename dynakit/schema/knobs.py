"""What queries, collections and scans can be told alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from dynakit.errors import StatementError

if TYPE_CHECKING:
    from dynakit.table import Index


class Knobs:
    """Each gives a copy of the statement that is told so."""

    _verb: ClassVar[str] = "Query"

    @property
    def index(self) -> Index | None:
        """The index; ``None`` for the table itself."""
        raise NotImplementedError

    def consistent(self) -> Self:
        """Read strongly consistently, at twice the read units.

        Raises :class:`StatementError` on a global index, which has no consistent reads.
        """
        if self.index is not None and not self.index.local:
            raise StatementError(
                f"{self}: global index {self.index.name!r} has no consistent reads. {self._verb} the table."
            )
        return self._with(consistent_read=True)

    def including_expired(self) -> Self:
        """Give items whose moment of expiry has come, too, as long as DynamoDB has not deleted them."""
        return self._with(shows_expired=True)

    def including_deleted(self) -> Self:
        """Give softly deleted items, too."""
        return self._with(shows_deleted=True)

    def trusted(self) -> Self:
        """Make entities without pydantic's validation, of items that are known to be good.

        Attributes are still read strictly by their types; constraints and validators of the models are not
        looked at. It saves what the validators cost: a quarter of the decoding where there are none.
        """
        return self._with(trusts=True)

    def _with(self, **changes: Any) -> Self:
        """A copy with these fields."""
        raise NotImplementedError

    def _at_least_one(self, knob: str, count: int) -> int:
        if count < 1:
            raise StatementError(f"{self}: {knob}: got {count}; expected 1 or more.")
        return count
