"""A model made into a schema file whose entities read and write the model's sample rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dynakit.workbench.inference import plan_table
from dynakit.workbench.kinds import everything, kinds_of
from dynakit.workbench.model import Model, ModelTable
from dynakit.workbench.naming import variable_name
from dynakit.workbench.plan import Annotation, FieldPlan, SchemaPlan, TablePlan
from dynakit.workbench.python import write_schema
from dynakit.workbench.stored import table_of
from dynakit.workbench.trial import fits


def plan_schema(model: Model) -> SchemaPlan:
    """The schema of a model: for each table the most telling one that its rows fit.

    Key templates first; where a row would not be read as its entity and written as it was, key attributes as
    they are; and one entity for all rows at last, of values of any type if nothing else fits.

    Raises:
        DefinitionError: for a table that cannot be declared at all, such as one with too many indexes.
    """
    names: set[str] = set()
    tables: list[TablePlan] = []
    for table in model.tables:
        table_of(table)  # refuses what no plan could mend
        variable = variable_name(table.name, names)
        names.add(variable)
        chosen, names = _chosen(table, variable, names)
        tables.append(chosen)
    return SchemaPlan(model.name, tuple(tables))


def schema_file(model: Model) -> str:
    """The Python file of a model. Raises :class:`DefinitionError` as :func:`plan_schema` does."""
    return write_schema(plan_schema(model))


def _chosen(table: ModelTable, variable: str, names: set[str]) -> tuple[TablePlan, set[str]]:
    found = ((plan, used) for plan, used in _plans(table, variable, names) if fits(plan))
    return next(found, _loose(table, variable, names))


def _plans(table: ModelTable, variable: str, names: set[str]) -> Iterable[tuple[TablePlan, set[str]]]:
    for whole, templates in ((False, True), (False, False), (True, True)):
        used = {*names}
        kinds = everything(table, used) if whole else kinds_of(table, used)
        yield plan_table(table, variable, kinds, used, templates=templates), used


def _loose(table: ModelTable, variable: str, names: set[str]) -> tuple[TablePlan, set[str]]:
    """One entity that reads whatever there is: nothing is said of attributes that are no keys."""
    used = {*names}
    plan = plan_table(table, variable, everything(table, used), used, templates=False)
    entities = (replace(each, fields=tuple(_loosened(table, each.fields))) for each in plan.entities)
    return replace(plan, nested=(), entities=tuple(entities)), used


def _loosened(table: ModelTable, fields: Iterable[FieldPlan]) -> Iterable[FieldPlan]:
    for field in fields:
        is_key = field.stored in table.key_types
        yield field if is_key else replace(field, annotation=Annotation("object"))
