"""``dynakit schema …``: what is declared."""

from __future__ import annotations

from dynakit.cli.options import Form, Output, Target, command_group

app = command_group("What is declared.")


@app.command()
def show(target: Target, output: Output = Form.TABLE) -> None:
    """Show tables, entities, keys and attributes.

    Example: dynakit schema show schemas.backend:users
    """
    from dynakit.cli.schema_shown import described, print_described
    from dynakit.cli.target import find

    tables = described(find(target))
    print_described(tables, output)
