"""Writes the plan of a schema as a Python file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from dynakit.capacity import AutoScaled, Capacity, OnDemand
from dynakit.index import Index, KeyAttribute, Projection
from dynakit.python_source import WIDTH, literal
from dynakit.workbench.plan import EntityPlan, FieldPlan, KeyPlan, NestedPlan, SchemaPlan, TablePlan

_FROM_DYNAKIT = (
    *("KEYS_ONLY", "Attr", "AutoScaled", "Entity", "Index", "Key", "KeyAttribute", "Provisioned", "Table"),
    *("attr", "include", "iso_milliseconds", "naive_iso"),
)


def write_schema(schema: SchemaPlan) -> str:
    """The text of the file: it passes strict type checkers and linters, and importing it checks it."""
    blocks = [block for table in schema.tables for block in _table_blocks(table)]
    body = "\n\n\n".join(blocks)
    head = f'"""Entities of the NoSQL Workbench model {_in_docstring(schema.name)}."""'
    return f"{head}\n\nfrom __future__ import annotations\n\n{_imports(body)}\n\n{body}\n"


def _table_blocks(plan: TablePlan) -> Iterable[str]:
    yield f"{plan.variable} = {_table(plan)}"
    yield from map(_nested, plan.nested)
    for entity in plan.entities:
        yield _entity(entity, plan.variable)


def _imports(body: str) -> str:
    used = set(_identifiers(body))
    standard = ["import datetime as dt"] if "dt" in used else []
    standard += ["from decimal import Decimal"] if "Decimal" in used else []
    names = [name for name in _FROM_DYNAKIT if name in used]
    own = _wrapped("from dynakit import ", names, opening="(", closing=")", bare=True)
    return "\n".join([*standard, *([""] if standard else []), own])


def _identifiers(body: str) -> Iterable[str]:
    """The names in a text of ours, but not what stands in its literal texts."""
    import io
    import tokenize

    for token in tokenize.generate_tokens(io.StringIO(body).readline):
        if token.type == tokenize.NAME:
            yield token.string


def _table(plan: TablePlan) -> str:
    table = plan.table
    arguments = [literal(table.name), f"pk={_key(table.partition)}"]
    if table.sort is not None:
        arguments.append(f"sk={_key(table.sort)}")
    if table.indexes:
        inner = "".join(f"        {_index(index, 8)},\n" for index in table.indexes)
        arguments.append(f"indexes=[\n{inner}    ]")
    if not isinstance(table.capacity, OnDemand):
        arguments.append(f"capacity={_capacity(table.capacity, 4)}")
    arguments.append(f"type_attribute={_text_or_none(plan.type_attribute)}")
    arguments.append("token_attribute=None")
    return "Table(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _key(key: KeyAttribute) -> str:
    return literal(key.name) if key.type == "S" else f"KeyAttribute({literal(key.name)}, {literal(key.type)})"


def _index(index: Index, indent: int) -> str:
    arguments = [literal(index.name)]
    arguments += [f"pk={_key(key)}" for key in index.partition if not index.local]
    arguments += [f"sk={_key(key)}" for key in index.sort]
    if index.projection.type != "ALL":
        arguments.append(f"projection={_projection(index.projection, indent + 4)}")
    if index.local:
        arguments.append("local=True")
    return _call("Index", arguments, indent, after=1)


def _projection(projection: Projection, indent: int) -> str:
    if projection.type == "KEYS_ONLY":
        return "KEYS_ONLY"
    return _call("include", [literal(name) for name in projection.attributes], indent, before=11, after=1)


def _capacity(capacity: Capacity, indent: int) -> str:
    if isinstance(capacity, OnDemand):
        return "OnDemand()"
    units = [_units(one) for one in (capacity.read, capacity.write)]
    return _call("Provisioned", units, indent, before=9, after=1)


def _units(units: int | AutoScaled) -> str:
    if isinstance(units, int):
        return str(units)
    target = "" if units.target == AutoScaled.target else f", target={units.target}"
    seed = "" if units.seed is None else f", seed={units.seed}"
    return f"AutoScaled({units.minimum}, {units.maximum}{target}{seed})"


def _nested(nested: NestedPlan) -> str:
    return "\n".join([f"class {nested.name}(Entity):", *map(_field, nested.fields)])


def _entity(entity: EntityPlan, variable: str) -> str:
    typed = "" if entity.type_name is None else f", type_name={literal(entity.type_name)}"
    head = f"class {entity.name}(Entity, table={variable}{typed}):"
    lines = [_pattern(key) for key in entity.keys]
    fields = [_field(field) for field in entity.fields]
    return "\n".join([head, *lines, *([""] if fields else []), *fields])


def _pattern(key: KeyPlan) -> str:
    arguments = [literal(part) for part in (key.partition, key.sort) if part is not None]
    arguments += [] if key.index is None else [f"index={literal(key.index)}"]
    return f"    {key.name} = " + _call("Key", arguments, 4, before=len(key.name) + 3)


def _field(field: FieldPlan) -> str:
    options = ["key_only=True"] if field.key_only else []
    if not field.key_only and field.stored != field.name:
        options.append(f"name={literal(field.stored)}")
    text, default = _annotation(field)
    options += [default] if default else []
    if field.annotation.stored_as is not None:
        options.append(f"stored_as={field.annotation.stored_as}")
    declared = f"{field.name}: Attr[{text}]"
    if not options:
        return f"    {declared}"
    return f"    {declared} = " + _call("attr", options, 4, before=len(declared) + 3)


def _annotation(field: FieldPlan) -> tuple[str, str | None]:
    text = field.annotation.text
    if not field.optional:
        return text, None
    if text.startswith("set[") and "|" not in text:
        return text, f"default_factory={text}"
    return ("object" if text == "object" else f"{text} | None"), "default=None"


def _call(name: str, arguments: Sequence[str], indent: int, *, before: int = 0, after: int = 0) -> str:
    """A call on one line if it fits behind ``before`` and in front of ``after`` characters."""
    return _wrapped(f"{name}(", arguments, indent=indent, before=before, after=after)


def _wrapped(
    head: str,
    parts: Sequence[str],
    *,
    indent: int = 0,
    before: int = 0,
    after: int = 0,
    opening: str = "",
    closing: str = ")",
    bare: bool = False,
) -> str:
    line = f"{head}{', '.join(parts)}{'' if bare else closing}"
    if "\n" not in line and indent + before + len(line) + after <= WIDTH:
        return line
    inner = "".join(f"{' ' * (indent + 4)}{part},\n" for part in parts)
    return f"{head}{opening}\n{inner}{' ' * indent}{closing}"


def _text_or_none(text: str | None) -> str:
    return "None" if text is None else literal(text)


def _in_docstring(text: str) -> str:
    plain = json.dumps(text, ensure_ascii=True)
    return "".join(each for each in plain if each not in '\\"')
