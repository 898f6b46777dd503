"""The options and arguments that many commands take, and how groups of commands are made."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer


class Form(StrEnum):
    """How a result is written."""

    JSON = "json"
    YAML = "yaml"
    TABLE = "table"


Target: TypeAlias = Annotated[
    str, typer.Argument(help="module:object, path/to/file.py:object, or either without an object.")
]
Given: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="[ATTRIBUTE=VALUE]...", help="Values of attributes.")
]
Output: TypeAlias = Annotated[Form, typer.Option("--output", "-o", help="How the result is written.")]
Endpoint: TypeAlias = Annotated[
    str | None, typer.Option(help="The server, such as http://localhost:8000; AWS without it.")
]
Region: TypeAlias = Annotated[str | None, typer.Option(help="The AWS region.")]
Profile: TypeAlias = Annotated[str | None, typer.Option(help="The profile of the AWS configuration.")]
Stage: TypeAlias = Annotated[
    str | None, typer.Option(help="The stage, as the table declares it: its name and settings are used.")
]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def command_group(summary: str, *, completion: bool = False) -> typer.Typer:
    """A group of commands that shows its help when it is called without one."""
    return typer.Typer(
        help=summary,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
