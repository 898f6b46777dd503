"""``dynakit schema …``: what is declared, what a change of it means, and its picture."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from dynakit.cli.options import Form, Output, Target, Yes, command_group

app = command_group("What is declared, what a change of it means, and its picture.")

LockFile: TypeAlias = Annotated[Path, typer.Option("--file", "-f", help="The lock file.")]
LOCK = Path("schema.lock.json")


class Drawing(StrEnum):
    """How a picture is drawn."""

    HTML = "html"
    SVG = "svg"
    MERMAID = "mermaid"
    MARKDOWN = "markdown"


@app.command()
def show(target: Target, output: Output = Form.TABLE) -> None:
    """Show tables, entities, keys and attributes.

    Example: dynakit schema show schemas.backend:users
    """
    from dynakit.cli.schema_shown import described, print_described
    from dynakit.cli.target import find

    tables = described(find(target))
    print_described(tables, output)


@app.command()
def lock(target: Target, file: LockFile = LOCK, yes: Yes = False) -> None:
    """Write the lock of tables, a file to commit. This approves how they are now.

    Differences from the lock that is there are shown. It asks before it approves dangerous ones.

    Example: dynakit schema lock schemas.backend
    """
    from dynakit.cli.schema_lock import approve
    from dynakit.cli.target import find

    approve(find(target), file, yes=yes)


@app.command()
def check(
    target: Target,
    file: LockFile = LOCK,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on harmless differences too: the lock is to be up to date.")
    ] = False,
    output: Output = Form.TABLE,
) -> None:
    """Tell how code differs from the lock, and what that means.

    Each difference is harmless, needs a backfill, rewrites keys or leaves unreadable old items. Where one is
    not harmless, it leaves with exit code 1.

    Example: dynakit schema check schemas.backend --output json
    """
    from dynakit.cli.schema_lock import compare
    from dynakit.cli.target import find

    compare(find(target), file, output, strict=strict)


@app.command()
def diagram(
    target: Target,
    format: Annotated[Drawing, typer.Option("--format", help="How it is drawn.")] = Drawing.HTML,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output without.")] = None,
    yes: Yes = False,
) -> None:
    """Draw entities, keys, item collections and access patterns.

    SVG and Mermaid are of one table, HTML and Markdown of any number.

    Example: dynakit schema diagram schemas.online_shop --out shop.html
    """
    from dynakit.cli.files import print_or_write
    from dynakit.cli.schema_drawn import drawn
    from dynakit.cli.target import find

    print_or_write(drawn(find(target), format), out, yes=yes)
