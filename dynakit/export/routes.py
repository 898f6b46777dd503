"""Which function answers which requests."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dynakit.errors import DefinitionError
from dynakit.values import dataclass

Statement = Mapping[str, object]
"""A statement of an IAM policy."""

ANY = "*"


@dataclass(frozen=True)
class Route:
    """A function, its handler (``package.module.function``), and the requests of an HTTP API it answers."""

    function: str
    handler: str
    path: str = "/{proxy+}"
    method: str = ANY

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", self.function):
            raise DefinitionError(
                f"function {self.function!r}: expected a name of letters and digits. Rename it."
            )
        if not self.path.startswith("/"):
            raise DefinitionError(f"function {self.function!r}: its path is {self.path!r}; expected '/…'.")
