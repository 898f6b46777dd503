"""``dynakit local …``: DynamoDB Local, started and stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from dynakit.cli.options import command_group

app = command_group("DynamoDB Local: a server on this machine, its store in memory.")


@app.command()
def start(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port to listen on; 0 for any free one.")
    ] = 8000,
) -> None:
    """Start it in the background, and print its endpoint. It needs Java 17, and npm the first time.

    Example: dynakit local start --port 8000
    """
    from dynakit.cli.local_keeper import start_keeper
    from dynakit.cli.printing import out

    out(start_keeper(port))


@app.command()
def stop() -> None:
    """Stop it; what it stored is gone.

    Example: dynakit local stop
    """
    from dynakit.cli.local_keeper import ask_keeper
    from dynakit.cli.printing import tell

    endpoint = ask_keeper("stop")
    tell("it is not running" if endpoint is None else f"stopped {endpoint}")


@app.command()
def status() -> None:
    """Print its endpoint. Leave with exit code 1 where it is not running.

    Example: dynakit local status
    """
    from dynakit.cli.local_keeper import ask_keeper
    from dynakit.cli.printing import out, tell

    endpoint = ask_keeper("status")
    if endpoint is None:
        tell("it is not running; start it with: dynakit local start")
        raise typer.Exit(1)
    out(endpoint)
