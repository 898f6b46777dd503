"""What makes a live table what is declared, step by step, and what nothing can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from dynakit.errors import DynakitError
from dynakit.values import dataclass
from dynakit.wire import Call

if TYPE_CHECKING:
    from dynakit.deployment import Deployment

Effect: TypeAlias = Literal["adds", "changes", "removes"]

_MARKS: dict[Effect, str] = {"adds": "+", "changes": "~", "removes": "-"}


@dataclass(frozen=True)
class TableChange:
    """One request, and what it does.

    ``effect`` is ``"removes"`` where something is lost that the declaration does not have or cannot keep: an
    index, the stream, deletion protection …
    """

    effect: Effect
    text: str
    call: Call

    def __str__(self) -> str:
        return f"{_MARKS[self.effect]} {self.text}"


@dataclass(frozen=True)
class Unchangeable:
    """A difference that DynamoDB cannot take away, and what to do instead."""

    text: str
    advice: str

    def __str__(self) -> str:
        return f"! {self.text}. {self.advice}"


@dataclass(frozen=True)
class TablePlan:
    """The differences between a declaration and a live table.

    ``name`` is the table's at its endpoint. ``changes`` are carried out in this order by ``tables.apply``;
    ``unchangeable`` are differences that DynamoDB cannot take away; ``notes`` say what was not compared, and
    why.
    """

    deployment: Deployment
    name: str
    changes: tuple[TableChange, ...]
    unchangeable: tuple[Unchangeable, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the live table is as declared."""
        return not self.changes and not self.unchangeable

    @property
    def removes(self) -> tuple[TableChange, ...]:
        """The changes that take something away."""
        return tuple(change for change in self.changes if change.effect == "removes")

    def __str__(self) -> str:
        lines = [*map(str, self.changes), *map(str, self.unchangeable)] or ["as declared"]
        lines += [f"({note})" for note in self.notes]
        return "\n".join([f"{self.name}:", *(f"  {line}" for line in lines)])


class PlanRefused(DynakitError):
    """A table cannot be brought to its declaration, or not by what was approved.

    ``plan`` is what there is to do now.
    """

    def __init__(self, message: str, plan: TablePlan) -> None:
        super().__init__(message)
        self.plan = plan
