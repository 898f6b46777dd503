"""The constructs that dynakit writes, synthesised by the AWS CDK, are the resources that dynakit exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from dynakit import (
    AutoScaled,
    ImportSource,
    Index,
    IndexSettings,
    KinesisStream,
    Provisioned,
    Replica,
    Table,
    TableEncryption,
    TableSettings,
    VectorIndex,
    WarmThroughput,
)
from dynakit.deployment import Deployment, deployment
from dynakit.export import cdk, cloudformation
from schemas.backend import posts, users
from schemas.online_shop import shop
from schemas.task_manager import work
from tests.integration.cdk_resources import comparable
from tests.unit.export.tables_of_every_kind import (
    EVERY_KIND,
    EVERY_SETTING,
    INDEX_SETTINGS,
    KINESIS,
    POLICY,
    on_demand,
    replicated_units,
)
from tests.unit.support.unavailable import unavailable

CDK = Path(sys.prefix) / "cdk"
WORKER = Path(__file__).parent / "cdk_synthesis.py"
REGION = "eu-central-1"
KEY = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

scaled = Table(
    "scaled",
    indexes=[
        Index("GSI1", "GSI1PK", capacity=Provisioned(7, AutoScaled(1, 20, 50, scale_in=False))),
        Index("GSI2", "GSI2PK", sk="GSI2SK"),
    ],
    capacity=Provisioned(AutoScaled(5, 100, seed=10), AutoScaled(5, 50, scale_in_cooldown=60)),
)

everything_fixed = Table(
    "everything-fixed",
    sk="SK",
    indexes=[
        Index("near", sk="at", local=True),
        Index("GSI1", ["a", "b"], settings=IndexSettings(contributor_insights="THROTTLED_KEYS")),
    ],
    capacity=Provisioned(3, 4),
    time_to_live="expires",
    stream="KEYS_ONLY",
    settings=EVERY_SETTING,
)

under_keys = Table(
    "under-keys",
    settings=TableSettings(
        replicas=[
            Replica(region=REGION, encryption=TableEncryption(KEY.format(REGION))),
            Replica(region="eu-west-1", encryption=TableEncryption(KEY.format("eu-west-1"))),
        ]
    ),
)

under_a_key = Table("under-a-key", settings=TableSettings(encryption=TableEncryption(KEY.format(REGION))))
fixed_under_a_key = Table("fixed-under-a-key", capacity=Provisioned(1, 1), settings=under_a_key.settings)

unlike_at_home = Table(
    "unlike-at-home",
    indexes=[Index("GSI1", "GSI1PK")],
    settings=TableSettings(
        replicas=[
            Replica(
                region=REGION,
                kinesis=KINESIS,
                point_in_time_recovery=7,
                table_class="STANDARD_INFREQUENT_ACCESS",
                deletion_protection=True,
                contributor_insights="THROTTLED_KEYS",
                resource_policy=POLICY,
                stream_policy=POLICY,
                tags={"home": "yes"},
            ),
            Replica(region="eu-west-1", point_in_time_recovery=3),
            Replica(
                region="eu-west-2",
                kinesis=KinesisStream("arn:aws:kinesis:eu-west-2:123456789012:stream/own", "MILLISECOND"),
                deletion_protection=False,
                resource_policy=POLICY,
                stream_policy=POLICY,
            ),
        ]
    ),
)

unlike_elsewhere = Table(
    "unlike-elsewhere",
    indexes=[Index("GSI1", "GSI1PK", settings=INDEX_SETTINGS)],
    settings=TableSettings(
        contributor_insights="ACCESSED_AND_THROTTLED_KEYS",
        warm_throughput=WarmThroughput(13_000, 5_000),
        replicas=[
            Replica(region=REGION),
            Replica(region="eu-west-1", contributor_insights="THROTTLED_KEYS", tags={"there": "yes"}),
        ],
    ),
)

imported_vectors = Table(
    "imported-vectors",
    vector_indexes=[VectorIndex("alike", "embedding", 3, filters=["kind"])],
    settings=TableSettings(import_source=ImportSource("exports", "ION")),
)

DEPLOYMENTS = [
    *map(deployment, (users, posts, shop, work, *EVERY_KIND, scaled, everything_fixed, under_keys)),
    *map(deployment, (under_a_key, fixed_under_a_key, unlike_at_home, unlike_elsewhere, imported_vectors)),
    *(deployment(table, "dev") for table in (on_demand, replicated_units)),
]
ALL = {f"{made.table.name}-{made.stage}" if made.stage else made.name: made for made in DEPLOYMENTS}


def region_of(made: Deployment) -> str:
    return made.settings.replicas[0].region if made.settings.replicas else REGION


@pytest.fixture
def cdk_folder() -> Path:
    """The folder that the AWS CDK can be imported from."""
    if not (CDK / "aws_cdk").is_dir():
        unavailable(f"The AWS CDK is not in {CDK}; `make test` installs it with CI=true.")
    if which("node") is None:
        unavailable("The AWS CDK needs Node.js, which is not installed.")
    return CDK


def synthesised(cdk_folder: Path, folder: Path) -> dict[str, Any]:
    """The resources of each stack; one process for all, which takes ten seconds."""
    stacks = {name: {"module": cdk.export([made]), "region": region_of(made)} for name, made in ALL.items()}
    done = subprocess.run(
        [sys.executable, str(WORKER), str(folder / "out")],
        env=os.environ | {"PYTHONPATH": str(cdk_folder), "TMPDIR": str(folder), "HOME": str(folder)},
        cwd=folder,
        input=json.dumps(stacks),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return {name: template["Resources"] for name, template in json.loads(done.stdout).items()}


def test_what_cdk_synthesises_is_what_is_exported(cdk_folder: Path, tmp_path: Path) -> None:
    found = synthesised(cdk_folder, tmp_path)
    for name, made in ALL.items():
        exported = cloudformation.resources([as_constructed(made)])
        assert comparable(found[name]) == comparable(exported), name


def as_constructed(made: Deployment) -> Deployment:
    """The table as a global one of one region, where its construct is one: ``TableV2``."""
    if made.settings.replicas or "dynamodb.TableV2(" not in cdk.export([made]):
        return made
    only = Replica(region=REGION, kinesis=made.settings.kinesis)
    return replace(made, settings=replace(made.settings, replicas=[only]))


def test_what_is_written_passes_a_strict_type_checker(cdk_folder: Path, tmp_path: Path) -> None:
    if find_spec("pyright") is None:
        unavailable("pyright is not installed: pip install -e '.[dev]'")
    for number, made in enumerate(DEPLOYMENTS):
        (tmp_path / f"tables_{number}.py").write_text(cdk.export([made]), encoding="utf-8")
    settings = {"include": ["."], "extraPaths": [str(cdk_folder)], "typeCheckingMode": "strict"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "pyright", "--project", str(tmp_path), "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
