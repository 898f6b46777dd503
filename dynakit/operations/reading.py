"""A statement that is iterated over: one page of rows in memory, decoded some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from dynakit.operations.flow import Flow
from dynakit.operations.paging import advance, begin, decoded, kept, next_call
from dynakit.operations.retry import request
from dynakit.operations.taking import Rows
from dynakit.schema.source import Source
from dynakit.wire import Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

R = TypeVar("R")


class Reading(Generic[R]):
    """How far an iteration is; ``done`` says that nothing is left."""

    def __init__(self, source: Source[R], environment: Environment) -> None:
        self._source, self._environment = source, environment
        self._progress = begin(source, environment)
        self._page: _Page | None = None

    @property
    def done(self) -> bool:
        """Whether everything is read and taken."""
        return self._progress.done

    def more(self) -> Flow[list[R]]:
        """The next results, perhaps none; a request is sent where the page before is used up.

        Raises as a page of the statement does.
        """
        source, environment = self._source, self._environment
        page = self._page
        if page is None:
            page = self._page = yield from self._next_page()
        before = self._progress.results + page.results
        found = kept(source, page.rows.take(), before, environment)
        results, _ = yield from decoded(source, found.rows, environment)
        page.results += len(results)
        full = before + len(results) == source.max_results
        if page.rows.ended or full or found.cut is not None:
            after = found.cut or page.reply.get("LastEvaluatedKey")
            self._progress = advance(source, self._progress, after, page.results, page.reply)
            self._page = None
        return results

    def _next_page(self) -> Flow[_Page]:
        call = next_call(self._source, self._progress, self._environment, item_by_item=True)
        reply = (yield from request(call, self._environment, statement=self._source)).payload
        return _Page(Rows(reply), {name: value for name, value in reply.items() if name != "Items"})


class _Page:
    """A page under way: the rows that are left of it, the rest of its reply, and how many results it gave."""

    __slots__ = ("reply", "results", "rows")

    def __init__(self, rows: Rows, reply: Payload) -> None:
        self.rows, self.reply, self.results = rows, reply, 0
