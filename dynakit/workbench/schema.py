"""A model made into a schema file whose entities read and write the model's sample rows."""

from __future__ import annotations

from collections.abc import Iterable

from dynakit.workbench.inference import plan_table
from dynakit.workbench.kinds import everything, kinds_of
from dynakit.workbench.model import Model, ModelTable
from dynakit.workbench.naming import variable_name
from dynakit.workbench.plan import SchemaPlan, TablePlan
from dynakit.workbench.python import write_schema
from dynakit.workbench.trial import fits


def plan_schema(model: Model) -> SchemaPlan:
    """The schema of a model: for each table the most telling one that its rows fit.

    Key templates first; where a row would not be read as its entity and written as it was, key attributes as
    they are; and one entity for all rows at last.

    Raises:
        DefinitionError: for a table that cannot be declared at all, such as one with too many indexes.
    """
    names: set[str] = set()
    tables: list[TablePlan] = []
    for table in model.tables:
        variable = variable_name(table.name, names)
        names.add(variable)
        chosen, names = _chosen(table, variable, names)
        tables.append(chosen)
    return SchemaPlan(model.name, tuple(tables))


def schema_file(model: Model) -> str:
    """The Python file of a model. Raises :class:`DefinitionError` as :func:`plan_schema` does."""
    return write_schema(plan_schema(model))


def _chosen(table: ModelTable, variable: str, names: set[str]) -> tuple[TablePlan, set[str]]:
    for plan, used in _plans(table, variable, names):
        if fits(plan):
            return plan, used
    used = {*names}
    return plan_table(table, variable, everything(table, used), used, templates=False), used


def _plans(table: ModelTable, variable: str, names: set[str]) -> Iterable[tuple[TablePlan, set[str]]]:
    used = {*names}
    plan = plan_table(table, variable, kinds_of(table, used), used)
    yield plan, used
    used = {*names}
    yield plan_table(table, variable, kinds_of(table, used), used, templates=False), used
    used = {*names}
    yield plan_table(table, variable, everything(table, used), used), used
