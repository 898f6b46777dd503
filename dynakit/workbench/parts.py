"""Objects within a model file, whose members are read by name and type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from dynakit.values import dataclass
from dynakit.workbench.errors import WorkbenchError

_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class Part:
    """An object of the file: where it stands, its members, and the table that it is of."""

    where: str
    members: Mapping[str, object]
    table: str | None = None

    def text(self, name: str, default: str | None = None) -> str:
        """The text of a member; ``default`` where it is absent. Raises :class:`WorkbenchError`."""
        value = self.members.get(name, default)
        if not isinstance(value, str):
            raise self.missing(name, "text")
        return value

    def whole(self, name: str) -> int:
        """The whole number of a member. Raises :class:`WorkbenchError`."""
        value = self.members.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.missing(name, "a whole number")
        return value

    def part(self, name: str, *, optional: bool = False) -> Part:
        """The object of a member; an empty one where it may be absent. Raises :class:`WorkbenchError`."""
        value = self.members.get(name, _NOTHING if optional else None)
        if not isinstance(value, Mapping):
            raise self.missing(name, "an object")
        return Part(f"{self.where}, {name}", cast("Mapping[str, object]", value), self.table)

    def parts(self, name: str, *, optional: bool = False) -> tuple[Part, ...]:
        """The objects of a list; none where it may be absent. Raises :class:`WorkbenchError`."""
        found: list[Part] = []
        for number, value in enumerate(self._list(name, optional), 1):
            if not isinstance(value, Mapping):
                raise self.missing(f"{name}[{number - 1}]", "an object")
            place = f"{self.where}, {name} {number}"
            found.append(Part(place, cast("Mapping[str, object]", value), self.table))
        return tuple(found)

    def texts(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """The texts of a list; none where it may be absent. Raises :class:`WorkbenchError`."""
        values = self._list(name, optional)
        if not all(isinstance(value, str) for value in values):
            raise self.missing(name, "a list of texts")
        return tuple(cast("list[str]", values))

    def wrong(self, problem: str, *, attribute: str | None = None) -> WorkbenchError:
        """An error that says where it is."""
        return WorkbenchError(
            f"{self.where}: {problem}. Mend the model.", table=self.table, attribute=attribute
        )

    def missing(self, name: str, expected: str) -> WorkbenchError:
        """The error for a member that is absent or of another type."""
        state = "is something else" if name in self.members else "is not there"
        return self.wrong(f"{name} {state}; expected {expected}", attribute=name)

    def _list(self, name: str, optional: bool) -> list[object]:
        value = self.members.get(name, [] if optional else None)
        if not isinstance(value, list):
            raise self.missing(name, "a list")
        return cast("list[object]", value)
