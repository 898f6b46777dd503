"""The commands, as typer sees them."""

from __future__ import annotations

from typing import Annotated

import typer

import dynakit

app = typer.Typer(
    help="Single-table DynamoDB from one declaration.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"dynakit {dynakit.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take the options that stand before any command; each acts by its callback."""


@app.command()
def demo() -> None:
    """Walk through dynakit on an example shop, in memory."""
    from dynakit.cli.demo import run

    run()
