"""What tables are called in templates: names of letters and digits, the same in every stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dynakit.deployment import SHORTEST_TABLE_NAME, Deployment
from dynakit.errors import DefinitionError
from dynakit.export.printer import Document
from dynakit.index import check_name


def checked(deployments: Sequence[Deployment]) -> Sequence[Deployment]:
    """The tables to be exported.

    Raises:
        DefinitionError: when there is none, or one has a name that DynamoDB refuses.
    """
    if not deployments:
        raise DefinitionError("export: got no table; expected one or more.")
    for made in deployments:
        check_name(f"table {made.table.name!r}", made.name, SHORTEST_TABLE_NAME)
    return deployments


def logical_id(made: Deployment) -> str:
    """The declared name of a table, cleaned to letters and digits.

    Raises:
        DefinitionError: when none is left.
    """
    name = cleaned(made.table.name)
    if name == "":
        raise DefinitionError(
            f"table {made.table.name!r}: its name has neither letter nor digit; resources need one. "
            "Rename it."
        )
    return name


def cleaned(name: str) -> str:
    """A name without what is no letter or digit."""
    return re.sub(r"[^A-Za-z0-9]", "", name)


def merged(parts: Iterable[Document]) -> Document:
    """Parts of a template as one.

    Raises:
        DefinitionError: when two parts have the same name.
    """
    found: Document = {}
    for part in parts:
        for name, value in part.items():
            if name in found:
                raise DefinitionError(
                    f"export: two things are named {name!r}, because names keep only their letters "
                    "and digits. Rename a table or index, or export them apart."
                )
            found[name] = value
    return found
