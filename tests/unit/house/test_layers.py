"""Imports point downwards only: the arrows of the house, as data, against the source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "dynakit"

ROOT = "dynakit"
"""Stands for the names of ``dynakit/__init__.py``: they load everything, so nothing below may use them."""

FREE = "dynakit.__version__"

BASE = {"errors", "unparsed", "values", "wire"}
TABLES = BASE | {"capacity", "deployment", "index", "limits", "properties", "settings", "table"}
EXPRESSIONS = TABLES
KEYS = EXPRESSIONS | {"expressions"}
SCHEMA = KEYS | {"keys", "codec"}
OPERATIONS = SCHEMA | {"schema"}
TRANSPORT = OPERATIONS | {"operations", "environment"}
TELEMETRY = OPERATIONS | {"operations", "environment"}
CLIENT = TRANSPORT | {"transport", "telemetry", "streams", "management"}
STREAMS = OPERATIONS | {"operations", "environment"}
REPOSITORIES = OPERATIONS | {"operations", "client"}

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "values": set(),
    "wire": {"values"},
    "unparsed": {"errors", "wire"},
    "python_source": {"values"},
    "foreign_json": set(),
    "limits": {"errors"},
    "capacity": BASE | {"limits"},
    "index": BASE | {"capacity"},
    "settings": BASE | {"capacity", "limits"},
    "deployment": BASE | {"capacity", "index", "settings"},
    "properties": BASE | {"capacity", "deployment", "index", "settings"},
    "table": TABLES - {"properties"},
    "expressions": EXPRESSIONS,
    "keys": KEYS,
    "codec": BASE,
    "schema": SCHEMA,
    "operations": OPERATIONS,
    "explanation": OPERATIONS | {"operations", "environment"},
    "environment": {"errors", "values"},
    "export": OPERATIONS | {"operations", "python_source"},
    "management": OPERATIONS | {"operations", "environment"},
    "lock": SCHEMA | {"schema", "foreign_json"},
    "diagram": SCHEMA | {"schema"},
    "workbench": OPERATIONS | {"operations", "python_source", "foreign_json"},
    "transfer": OPERATIONS | {"operations", "foreign_json"},
    "identifiers": {"errors", "environment", "values"},
    "lifecycle": {"codec", "environment", "schema", "values"},
    "telemetry": TELEMETRY,
    "transport": TRANSPORT,
    "client": CLIENT,
    "repositories": REPOSITORIES,
    "streams": STREAMS,
    "testing": REPOSITORIES | {"environment", "telemetry"},
    "local": {"errors", "values"},
}
MAY_IMPORT["cli"] = {*MAY_IMPORT, ROOT, "cli"}

PURE = TABLES | {
    "foreign_json",
    "python_source",
    "expressions",
    "keys",
    "codec",
    "schema",
    "operations",
    "transfer",
}
IMPURE_MODULES = {"asyncio", "boto3", "botocore", "os", "random", "socket", "time"}


def units() -> set[str]:
    """The packages and modules that stand directly in ``dynakit/``."""
    return {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }


def sources() -> list[Path]:
    """Every module below a unit; ``dynakit/__init__.py`` may import everything."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def run_time_imports(nodes: Iterable[ast.AST], module: str) -> Iterator[str]:
    """The dotted names a module imports when it runs, whether at the top or in a function."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, module)
            yield from (f"{base}.{alias.name}" for alias in node.names)
        else:
            yield from run_time_imports(branches(node), module)


def branches(node: ast.AST) -> Iterable[ast.AST]:
    """The parts of a node that run; of ``if TYPE_CHECKING`` only what stands under ``else``."""
    if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
        return node.orelse
    return ast.iter_child_nodes(node)


def absolute(node: ast.ImportFrom, module: str) -> str:
    """The absolute name of what is imported from, by the dotted name of the importing package."""
    if node.level == 0:
        return node.module or ""
    parents = module.split(".")[: len(module.split(".")) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])


def violations(source: str, path: str) -> list[str]:
    """What the module at ``path`` (relative, as ``keys/bounds.py``) imports and may not."""
    unit = path.removesuffix(".py").split("/")[0]
    module = ".".join(["dynakit", *path.split("/")[:-1]])
    found: list[str] = []
    for name in run_time_imports([ast.parse(source)], module):
        first, *rest = name.split(".")
        if first == "dynakit" and name != FREE:
            target = rest[0] if rest and rest[0] in MAY_IMPORT else ROOT
            if target not in MAY_IMPORT[unit] | {unit}:
                found.append(f"{path} imports {name}: {unit} may import {sorted(MAY_IMPORT[unit])}")
        elif unit in PURE and first in IMPURE_MODULES:
            found.append(f"{path} imports {name}: {unit} is pure")
    return found


def test_every_unit_has_its_arrows() -> None:
    assert units() - {"__init__"} <= set(MAY_IMPORT), "add the new unit to MAY_IMPORT"


def test_no_unit_imports_upwards() -> None:
    """The arrows have no circle: what a unit may import may not import the unit."""
    for unit, below in MAY_IMPORT.items():
        assert not [name for name in below - {ROOT, unit} if unit in MAY_IMPORT[name]]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()) == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("keys/bounds.py", "from dynakit.schema import Entity"),
        ("keys/bounds.py", "from dynakit import schema"),
        ("keys/bounds.py", "import dynakit.schema.entity"),
        ("keys/bounds.py", "from ..schema import Entity"),
        ("keys/bounds.py", "from .. import schema"),
        ("keys/bounds.py", "def late():\n    from dynakit.client import Client"),
        ("keys/bounds.py", "from dynakit import Entity"),
        ("keys/bounds.py", "import dynakit"),
        ("keys/bounds.py", "import os.path"),
        ("codec/scalar.py", "from botocore.session import Session"),
        ("codec/scalar.py", "from dynakit.table import Table"),
        ("errors.py", "from dynakit.wire import Item"),
        ("table.py", "try:\n    import time\nexcept ImportError:\n    pass"),
        ("table.py", "if not TYPE_CHECKING:\n    import time"),
        ("table.py", "if TYPE_CHECKING:\n    pass\nelse:\n    import time"),
        ("local/server.py", "from dynakit.client import Client"),
    ],
)
def test_a_forbidden_import_is_seen(path: str, source: str) -> None:
    assert len(violations(source, path)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            "keys/bounds.py",
            "from dynakit.keys.encoding import encode\nfrom . import encoding\nfrom .template import T",
        ),
        ("keys/bounds.py", "from dynakit.errors import StatementError\nfrom dynakit import errors"),
        ("keys/bounds.py", "import re, json, typing"),
        ("errors.py", "if TYPE_CHECKING:\n    from dynakit.wire import Item\n    import socket"),
        ("errors.py", "if typing.TYPE_CHECKING:\n    from dynakit.client import Client"),
        ("transport/http.py", "import socket, time\nfrom dynakit.operations.flow import Call"),
        ("transport/request.py", "from dynakit import __version__"),
        (
            "cli/main.py",
            "import dynakit\nfrom dynakit import connect\nfrom dynakit.local import DynamoDBLocal",
        ),
    ],
)
def test_an_allowed_import_is_let_pass(path: str, source: str) -> None:
    assert violations(source, path) == []
