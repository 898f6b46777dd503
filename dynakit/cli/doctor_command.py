"""``dynakit doctor``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dynakit.cli.options import Endpoint, Profile, Region, Stage


class Form(StrEnum):
    """How what was found is written."""

    JSON = "json"
    TABLE = "table"


def doctor(  # noqa: PLR0917 - each is an option of the command
    target: Annotated[str | None, typer.Argument(help="What declares the tables; none without it.")] = None,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Annotated[Form, typer.Option("--output", "-o", help="How it is written.")] = Form.TABLE,
) -> None:
    """Check region, endpoint, clock, credentials and tables. A line each, with what to do.

    Leaves with exit code 1 where something is wrong. Nothing is changed, and no secret is shown.

    Example: dynakit doctor schemas.backend --profile production
    """
    from dynakit.cli.connection import use_profile
    from dynakit.cli.doctor import examine, show_findings
    from dynakit.cli.target import find

    tables = () if target is None else find(target).tables
    use_profile(profile)
    findings = [*examine(tables, endpoint=endpoint, region=region, stage=stage, target=target)]
    show_findings(findings, as_json=output is Form.JSON)
    if not all(one.good for one in findings):
        raise typer.Exit(1)
