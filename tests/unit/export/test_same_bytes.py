"""The same declaration is the same bytes, in whatever process: what is exported can be committed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
from dynakit import entities_of
from dynakit.deployment import deployment
from dynakit.export import boto3, cdk, cloudformation, iam, jsonschema, sam, serverless, terraform
from dynakit.export.access import VERBS, Access
from dynakit.export.printer import as_json
from dynakit.export.table_access import TABLE_VERBS, TableAccess
from schemas.backend import posts, users
from tests.unit.export.tables_of_every_kind import EVERY_KIND, imported, on_demand, provisioned

made = [deployment(table) for table in EVERY_KIND]
entities = [entity for table in (users, posts) for entity in entities_of(table)]
uses = [*(Access(entity, *VERBS) for entity in entities), TableAccess(on_demand, *TABLE_VERBS)]
for export in (cloudformation.export, sam.export, serverless.export, boto3.export):
    print(as_json(export(made)))
print(as_json(terraform.export([deployment(imported), deployment(provisioned)])))
print(as_json(iam.policy(uses)))
print(as_json(jsonschema.export(entities)))
for each in made:
    print(cdk.export([each]))
"""


def written(seed: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("seed", ["1", "2", "12345"])
def test_exports_are_the_same_bytes_in_every_process(seed: str) -> None:
    first = written("0")
    assert first.count(b"\n") > 1000
    assert written(seed) == first
