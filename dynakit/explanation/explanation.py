"""``Explanation``: what a statement will do, as text and as data."""

from __future__ import annotations

from typing import Literal, TypeAlias

from dynakit.values import dataclass

Access: TypeAlias = Literal["get", "query", "scan", "write", "transaction", "batch", "nothing"]
"""How DynamoDB is asked; ``nothing`` where nothing is sent: for a range that can
hold no item, a statement that is refused, and changes saved where there are none."""

WarningCode: TypeAlias = Literal[
    "filter-without-range",
    "scan",
    "hot-partition",
    "hydrate",
    "neighbours",
    "not-held",
    "refused",
    "unbounded",
    "limit-with-filter",
]


@dataclass(frozen=True)
class Finding:
    """A warning: its code, for programs, and a sentence, for people."""

    code: WarningCode
    text: str


@dataclass(frozen=True)
class Explanation:
    """What a statement will do and cost.

    ``key_condition`` are the tests of key attributes, in words; ``filters`` what drops items after they were
    read and paid for. ``items`` are the items read or written, ``requests`` the calls that takes.
    ``read_units`` and ``write_units`` are capacity units, estimated from ``items`` and their sizes, those of
    indexes included. ``parts`` are the members of a transaction or batch, or the get and the
    write of a write that reads first.
    """

    statement: str
    access: Access
    action: str
    table: str
    index: str | None = None
    key_condition: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    items: int = 0
    requests: int = 1
    read_units: float = 0.0
    write_units: float = 0.0
    warnings: tuple[Finding, ...] = ()
    parts: tuple[Explanation, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, which JSON can hold."""
        own: dict[str, object] = dict(vars(self))
        return {
            **own,
            "key_condition": list(self.key_condition),
            "filters": list(self.filters),
            "warnings": [{"code": one.code, "text": one.text} for one in self.warnings],
            "parts": [part.as_dict() for part in self.parts],
        }

    def __str__(self) -> str:
        lines = [self.statement, f"  {self._sent}"]
        lines += [f"  key: {text}" for text in self.key_condition]
        lines += [f"  drops after reading: all but {text}" for text in self.filters]
        lines += [f"  costs about {self._cost}"]
        lines += [f"  warning ({one.code}): {one.text}" for one in self.warnings]
        lines += [f"  - {line}" if first else f"    {line}" for first, line in self._part_lines()]
        return "\n".join(lines)

    @property
    def _sent(self) -> str:
        if self.access == "nothing":
            return "nothing is sent" if not self.table else f"nothing is sent to table {self.table}"
        place = f"table {self.table}" if self.index is None else f"index {self.index} of table {self.table}"
        return f"{self.access}: {self.action} on {place}"

    @property
    def _cost(self) -> str:
        units = [(self.read_units, "read unit"), (self.write_units, "write unit")]
        told = " and ".join(_counted(count, what) for count, what in units if count) or "nothing"
        return f"{told}: {_counted(self.items, 'item')} in {_counted(self.requests, 'request')}"

    def _part_lines(self) -> list[tuple[bool, str]]:
        return [
            (number == 0, line) for part in self.parts for number, line in enumerate(str(part).splitlines())
        ]


def _counted(count: float, what: str) -> str:
    return f"{count:,g} {what}{'' if count == 1 else 's'}"
