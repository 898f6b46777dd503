"""The error of malformed models."""

from __future__ import annotations

from dynakit.errors import DynakitError


class WorkbenchError(DynakitError):
    """A model of NoSQL Workbench is malformed, in a table, a row (counted from 1) and an attribute's path.

    ``others`` is how many more values of the model are malformed.
    """

    def __init__(
        self,
        message: str,
        *,
        table: str | None = None,
        row: int | None = None,
        attribute: str | None = None,
        others: int = 0,
    ) -> None:
        super().__init__(message)
        self.table = table
        self.row = row
        self.attribute = attribute
        self.others = others
