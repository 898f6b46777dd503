"""The public names: complete, and loaded only when they are used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dynakit

ROOT = Path(__file__).parents[3]
LATE = ["aiohttp", "boto3", "botocore", "moto", "typer"]


def loaded_by(statement: str) -> set[str]:
    """The names of the modules that a new interpreter has loaded after this statement."""
    program = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_each_name_stands_once() -> None:
    """Their order is kept by the linter."""
    assert len(dynakit.__all__) == len(set(dynakit.__all__))


@pytest.mark.parametrize("name", dynakit.__all__)
def test_a_public_name_resolves_and_is_listed(name: str) -> None:
    assert getattr(dynakit, name) is not None
    assert name in dir(dynakit)


def test_a_name_that_does_not_exist_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(dynakit, "no_such_name")  # noqa: B009


def test_importing_dynakit_loads_nothing_that_costs() -> None:
    loaded = loaded_by("import dynakit")
    assert "dynakit" in loaded
    assert loaded & set(LATE) == set()
