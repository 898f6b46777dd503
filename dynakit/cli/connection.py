"""Connects as the options of a command say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dynakit.deployment import deployment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynakit.client.sync import Client
    from dynakit.table import Table


def connected(
    tables: Iterable[Table],
    *,
    endpoint: str | None = None,
    region: str | None = None,
    profile: str | None = None,
    stage: str | None = None,
) -> Client:
    """A client; with ``stage``, to the tables by the names they have in that stage.

    Raises:
        DefinitionError: for a stage that a table does not declare.
        ConnectionFailed: when endpoint or region cannot be made out.
    """
    from dynakit.client.open import connect

    use_profile(profile)
    names: dict[Table | str, str] = (
        {} if stage is None else {table: deployment(table, stage).name for table in tables}
    )
    return connect(endpoint, region=region, tables=names)


def use_profile(profile: str | None) -> None:
    """Choose a profile for this process, as the variable AWS_PROFILE does."""
    if profile is not None:
        os.environ["AWS_PROFILE"] = profile
