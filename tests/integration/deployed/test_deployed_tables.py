"""Export → lint → deploy → describe → compare, for the tables of each schema and each model of others."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import boto3
import pytest

from dynakit import Table, connect
from dynakit.deployment import deployment
from dynakit.export import cloudformation
from dynakit.export.names import logical_id
from tests.integration.deployed.facts import declared_facts, live_facts
from tests.integration.deployed.places import Place, place_of
from tests.integration.deployed.tables import OWN, every_table, table_of_model
from tests.unit.export.linting import faults
from tests.unit.workbench.workbench_models import every_model


@pytest.fixture(params=["moto", "local", "ministack"])
def place(request: pytest.FixtureRequest) -> Generator[Place]:
    """Each of the places that tables are deployed to."""
    with place_of(request.param, request.getfixturevalue) as found:
        yield found


def properties(table: Table) -> dict[str, Any]:
    """The properties in the exported template."""
    made = deployment(table)
    return cast("dict[str, Any]", cloudformation.export([made])["Resources"][logical_id(made)]["Properties"])


def check(place: Place, table: Table) -> None:
    """Deployed by its template, and once more by dynakit, the table is what its declaration says."""
    name = f"{table.name}-{uuid4().hex}"
    wanted = declared_facts(table)
    place.deploy(f"{name}-template", properties(table))
    with place.client(table, f"{name}-dynakit") as db:
        db.tables.create(table)
    for each in (f"{name}-template", f"{name}-dynakit"):
        with place.client(table, each) as db:
            plan = db.tables.diff(table)
        assert plan.is_empty, plan
        assert live_facts(place.raw, each) == wanted
        place.raw.delete_table(TableName=each)


@pytest.mark.parametrize("table", OWN.values(), ids=OWN)
def test_a_table_of_a_schema_is_as_declared_once_it_is_deployed(place: Place, table: Table) -> None:
    check(place, table)


@pytest.mark.parametrize("path", every_model())
def test_a_table_of_a_model_of_others_is_as_declared_once_it_is_deployed(place: Place, path: Path) -> None:
    check(place, table_of_model(path))


def test_the_template_of_all_tables_has_no_fault() -> None:
    assert faults(json.dumps(cloudformation.export([deployment(table) for table in every_table()]))) == []


def test_the_template_of_all_tables_becomes_a_stack(ministack: str) -> None:
    """With what it gives out. MiniStack's CloudFormation knows no auto scaling, and leaves expiry out."""
    tables = [
        table
        for table in every_table()
        if table.time_to_live is None and len(cloudformation.resources([deployment(table)])) == 1
    ]
    template = cloudformation.export([deployment(table) for table in tables])
    with connect(ministack) as db, deployed_stack(ministack, json.dumps(template)) as stack:
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        for table in tables:
            live, name = db.tables.describe(table), logical_id(deployment(table))
            assert (outputs[f"{name}Name"], outputs[f"{name}Arn"]) == (table.name, live.arn)
            assert db.tables.diff(table).is_empty


@contextmanager
def deployed_stack(endpoint: str, template: str) -> Generator[dict[str, Any]]:
    """A stack that CloudFormation has made of a template, as it describes it."""
    client = cast("Any", boto3).client("cloudformation", endpoint_url=endpoint)
    name = f"dynakit-{uuid4().hex}"
    client.create_stack(StackName=name, TemplateBody=template)
    try:
        client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        (described,) = client.describe_stacks(StackName=name)["Stacks"]
        yield described
    finally:
        client.delete_stack(StackName=name)
