"""``Source``: what is read page by page, with the knobs that all such statements share."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeAlias, TypeVar

from dynakit.errors import StatementError
from dynakit.schema.knobs import Knobs
from dynakit.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from dynakit.environment import Environment
    from dynakit.expressions.compile import Placeholders
    from dynakit.keys.term import KeyPlan
    from dynakit.table import Table
    from dynakit.unparsed import Items
    from dynakit.wire import Call, Item, Payload

R_co = TypeVar("R_co", covariant=True)

FIRST_FILTERED_PAGE = 32
"""Items read by the first request of a query that has a limit and drops items after reading them."""

Verdict: TypeAlias = Literal["kept", "dropped", "foreign"]
"""What becomes of a row: a result, left out, or left out because it is another entity's."""


@dataclass(frozen=True, kw_only=True)
class Source(Knobs, Generic[R_co]):
    """A statement on one partition whose results are of type ``R_co``, in the order of the sort key."""

    forward: bool = True
    consistent_read: bool = False
    max_results: int | None = None
    max_evaluated: int | None = None
    max_requests: int | None = None
    shows_expired: bool = False
    shows_deleted: bool = False
    trusts: bool = False

    def newest_first(self) -> Self:
        """Descending order of the sort key."""
        return self._with(forward=False)

    def oldest_first(self) -> Self:
        """Ascending order of the sort key: the default."""
        return self._with(forward=True)

    def limit(self, count: int) -> Self:
        """At most this many results, after filtering."""
        return self._with(max_results=self._at_least_one("limit", count))

    def evaluate_at_most(self, count: int) -> Self:
        """Read at most this many items, before filtering (DynamoDB's ``Limit``, over all pages)."""
        return self._with(max_evaluated=self._at_least_one("evaluate_at_most", count))

    def requests_at_most(self, count: int) -> Self:
        """Send at most this many requests."""
        return self._with(max_requests=self._at_least_one("requests_at_most", count))

    def turned(self) -> Self:
        """The same in the opposite order."""
        return self._with(forward=not self.forward)

    @property
    def table(self) -> Table:
        """The table."""
        raise NotImplementedError

    @property
    def range(self) -> KeyPlan:
        """The key condition. Raises :class:`StatementError` when the conditions do not make one."""
        raise NotImplementedError

    @property
    def drops(self) -> bool:
        """Whether items are dropped after reading them."""
        raise NotImplementedError

    @property
    def judges_rows(self) -> bool:
        """Whether there is a verdict on each row; else all of them are kept."""
        return True

    @property
    def bound(self) -> list[object]:
        """What a cursor is bound to besides table, index, key condition and direction."""
        raise NotImplementedError

    def filter_text(self, placeholders: Placeholders, environment: Environment) -> str | None:
        """The filter expression."""
        raise NotImplementedError

    def selection(self, placeholders: Placeholders, *, count: bool) -> Payload:
        """Which attributes are asked for; with ``count`` no more of them than counting takes."""
        raise NotImplementedError

    def verdict(self, row: Item, now: datetime) -> Verdict:
        """What becomes of a row. Raises :class:`UnknownEntity` where others' items are refused."""
        raise NotImplementedError

    def decode(self, row: Item) -> R_co:
        """Read one row as a result. Raises :class:`DecodeError`."""
        raise NotImplementedError

    def verdicts(self, rows: Sequence[Item], now: datetime) -> list[Verdict]:
        """What becomes of the rows of one reply, each as :meth:`verdict` says."""
        return [self.verdict(row, now) for row in rows]

    @property
    def keeps_bytes(self) -> bool:
        """Whether results keep the bytes of their rows, if these come unparsed."""
        return False

    def decoded(self, rows: Items) -> list[R_co]:
        """Read rows as results, each as :meth:`decode` does."""
        return [self.decode(row) for row in rows]

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The attributes of a start key: the table's key, and the index's."""
        keys = (*self.table.partition_of(self.index), *self.table.sort_of(self.index))
        return tuple(dict.fromkeys((*self.table.key_names, *(key.name for key in keys))))

    def compile(self, environment: Environment) -> Call:
        """The first request exactly as it is sent.

        Raises:
            StatementError: when the statement is wrong, or can match nothing, so that nothing is sent.
            EncodeError: when a value does not fit its attribute.
        """
        if self.range.empty:
            raise StatementError(f"{self}: its range is empty; nothing is sent and nothing can match.")
        return self.request(environment, size=self.page_size())

    def request(
        self,
        environment: Environment,
        *,
        start: Item | None = None,
        size: int | None = None,
        count: bool = False,
    ) -> Call:
        """One page's request: from behind ``start``, reading at most ``size`` items.

        With ``count`` no more of them than counting takes.
        """
        from dynakit.schema.request import query_call

        return query_call(self, environment, start=start, size=size, count=count)

    def page_size(self, results: int = 0, evaluated: int = 0, requests: int = 0) -> int | None:
        """How many items the next request may read, after so many results, items read and requests.

        No more than can be needed; where items are dropped after reading, twice as many with each request.
        """
        sizes: list[int] = []
        if self.max_results is not None:
            needed = self.max_results - results
            grown = FIRST_FILTERED_PAGE << min(requests, 20)
            sizes.append(max(needed, grown) if self.drops else needed)
        if self.max_evaluated is not None:
            sizes.append(self.max_evaluated - evaluated)
        return min(sizes) if sizes else None

    @property
    def knob_words(self) -> list[str]:
        """What the knobs say, for ``str``."""
        words = [] if self.forward else ["newest first"]
        words += ["consistently"] if self.consistent_read else []
        words += [f"at most {self.max_results}"] if self.max_results else []
        words += [f"reading at most {self.max_evaluated}"] if self.max_evaluated else []
        words += [f"in at most {self.max_requests} requests"] if self.max_requests else []
        words += ["including expired"] if self.shows_expired else []
        words += ["including deleted"] if self.shows_deleted else []
        words += ["trusted"] if self.trusts else []
        return words

    def _with(self, **changes: Any) -> Self:
        """A copy with these fields; what was found out about the keys stays with it."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, **changes)
        return made
