"""``dynakit explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from dynakit.cli.options import Form, Given, Output, Target

if TYPE_CHECKING:
    from dynakit.cli.target import Target as Found


def explain(
    target: Target,
    values: Given = None,
    items: Annotated[int | None, typer.Option(help="How many items lie in the range.")] = None,
    item_size: Annotated[int | None, typer.Option(help="Bytes an item has on average.")] = None,
    output: Output = Form.TABLE,
) -> None:
    """Tell what a statement will read, write and cost; nothing is sent.

    The target is a statement, or a pattern with values.

    Example: dynakit explain schemas.backend:User.by_cpf cpf=52998224725
    """
    from dynakit.cli.printing import out, show
    from dynakit.cli.target import find
    from dynakit.explanation.explain import explain as explained

    statement: Any = _statement(find(target), values)
    found = explained(statement, items=items, item_size=item_size)
    if output is Form.TABLE:
        out(str(found))
    else:
        show(found.as_dict(), output)


def _statement(target: Found, values: list[str] | None) -> object:
    from types import ModuleType

    from dynakit.cli.given import values_of
    from dynakit.cli.target import is_entity, is_pattern
    from dynakit.cli.usage import UsageError
    from dynakit.table import Table

    if is_pattern(target.value) or is_entity(target.value):
        return target.pattern(**cast("dict[str, Any]", values_of(target.entity, values)))
    if isinstance(target.value, (Table, ModuleType)) or values:
        raise UsageError(
            f"target {target.text!r}: it is no pattern; expected a statement, or a pattern or entity with "
            "ATTRIBUTE=VALUE arguments."
        )
    return target.value
