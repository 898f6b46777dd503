"""``dynakit doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from dynakit.cli.options import Endpoint, Form, Output, Profile, Region, Stage


def doctor(  # noqa: PLR0917 - each is an option of the command
    target: Annotated[str | None, typer.Argument(help="What declares the tables; none without it.")] = None,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
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
    place = {"--endpoint": endpoint, "--region": region, "--profile": profile, "--stage": stage}
    named = " ".join([str(target), *(f"{option} {given}" for option, given in place.items() if given)])
    findings = [*examine(tables, endpoint=endpoint, region=region, stage=stage, named=named)]
    show_findings(findings, output)
    if not all(one.good for one in findings):
        raise typer.Exit(1)
