"""Models of others, read in place, and small ones made here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

FOLDER = Path(__file__).parents[3].parent / "shared" / "nosql-workbench"

MALFORMED = {"ConnectedVehiclesSchema.json": 18, "GamePlayerProfilesSchema.json": 11}
"""The models with malformed values, and how many there are besides the first."""


def every_model() -> list[ParameterSet]:
    """The importable models of others as parameters; one that is skipped where they are not there."""
    found = sorted(path for path in FOLDER.glob("*/**/*.json") if path.name not in MALFORMED)
    missing = pytest.mark.skip(reason=f"the third-party models are not here: {FOLDER} is no folder")
    return [pytest.param(path, id=path.stem) for path in found] or [pytest.param(FOLDER, marks=missing)]


def model_file(name: str) -> str:
    """The text of a model of others; the test is skipped on a machine that does not have it."""
    if not FOLDER.is_dir():
        pytest.skip(f"the third-party models are not here: {FOLDER} is no folder")
    (path,) = FOLDER.glob(f"**/{name}")
    return path.read_text(encoding="utf-8")


KEYS = {
    "PartitionKey": {"AttributeName": "PK", "AttributeType": "S"},
    "SortKey": {"AttributeName": "SK", "AttributeType": "S"},
}


def model_of(*rows: Mapping[str, Any], version: str = "3.0", **members: Any) -> str:
    """A model with one table ``shop``, which has these rows and members."""
    table = {"TableName": "shop", "KeyAttributes": KEYS, "TableData": list(rows), **members}
    metadata = {"Version": version}
    return json.dumps({"ModelName": "m", "ModelMetadata": metadata, "DataModel": [table]})


def row(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    """A row of such a table: texts become ``S``, anything else stays as it is."""
    texts = {"PK": pk, "SK": sk, **attributes}
    return {name: {"S": value} if isinstance(value, str) else value for name, value in texts.items()}
