"""What a search in a vector index asks for: ``Product.embedding.near(vector)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dynakit.expressions.operand import AttributePath
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.expressions.path import Path
    from dynakit.schema.partial import Partial

O = TypeVar("O")  # noqa: E741 - the entity an attribute belongs to
R = TypeVar("R")


@dataclass(frozen=True)
class Near(Generic[O, R]):
    """The items of entity ``O`` whose vector is nearest to this one, each given as an ``R``.

    ``index`` names one of several vector indexes of the attribute. A client's ``search`` carries it out.
    """

    path: AttributePath
    vector: tuple[float, ...]
    index: str | None = None
    projected: tuple[AttributePath, ...] = ()

    def project(self, *paths: Path[O, Any]) -> Near[O, Partial[O]]:
        """Give only these attributes of the items, which the index must hold."""
        return Near(self.path, self.vector, self.index, tuple(path.ref for path in paths))

    def __str__(self) -> str:
        return f"{self.path.entity.__name__}.{self.path}.near(…)"
