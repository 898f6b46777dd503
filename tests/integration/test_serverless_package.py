"""``osls package``: the Serverless Framework makes a template of ``serverless.yml``, in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from dynakit.deployment import deployment
from dynakit.export import cloudformation, serverless
from dynakit.export.access import Access
from dynakit.export.iam import policy
from dynakit.export.names import logical_id
from dynakit.export.printer import Document, as_yaml
from dynakit.export.routes import Route
from dynakit.export.table_access import TableAccess
from schemas.online_shop import Customer, Order, shop
from tests.integration.deployed.tables import every_table
from tests.unit.export.linting import faults
from tests.unit.export.tables_of_every_kind import EVERY_KIND, on_demand
from tests.unit.support.unavailable import unavailable

OSLS = Path(sys.prefix) / "osls" / "node_modules" / ".bin" / "osls"

OF_THE_FRAMEWORK = "W3005"
"""The framework writes dependencies of its own resources twice."""


def packaged(folder: Path, document: Document) -> str:
    """The template that the framework makes; it needs no AWS for that."""
    if not OSLS.exists():
        unavailable(f"osls is not in {OSLS.parents[2]}; `make test` installs it where there is npm.")
    (folder / "serverless.yml").write_text(as_yaml(document), encoding="utf-8")
    done = subprocess.run(
        [OSLS, "package"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    made = folder / ".serverless" / "cloudformation-template-update-stack.json"
    return made.read_text(encoding="utf-8")


def of_the_tables(template: str) -> list[str]:
    return [fault for fault in faults(template) if OF_THE_FRAMEWORK not in fault]


def test_every_table_is_packaged_with_a_function_that_may_use_some(tmp_path: Path) -> None:
    """Those of the schemas, of the models of others where these are, and one of each kind."""
    tables = [deployment(table) for table in (*every_table(), *EVERY_KIND)]
    statements = policy(
        [Access(Customer, "get", "put"), Access(Order.by_customer, "query"), TableAccess(shop, "lease")],
        tenant={"customer_id": "${aws:PrincipalTag/customer}"},
        arn=cloudformation.arn,
    )["Statement"]
    document = serverless.export(
        tables,
        service="every kind of table!",
        region="eu-central-1",
        statements=statements,
        routes=[Route("orders", "app.handler", "/order/{proxy+}")],
    )
    (tmp_path / "app.py").write_text("handler = print\n", encoding="utf-8")
    template = packaged(tmp_path, document)
    assert of_the_tables(template) == []
    resources = json.loads(template)["Resources"]
    assert {logical_id(made) for made in tables} <= resources.keys()
    assert '"CUSTOMER#${aws:PrincipalTag/customer}"' in template
    assert '"${$}lease#*"' in template
    assert '"table/${provisioned}/index/GSI1"' in template


def test_tables_alone_are_packaged(tmp_path: Path) -> None:
    assert of_the_tables(packaged(tmp_path, serverless.export([deployment(on_demand)]))) == []
