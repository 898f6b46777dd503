"""The wheel is whole: built here, installed in a new environment, run from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder`` with nothing of the checkout on its module path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    target = tmp_path_factory.mktemp("dist")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target, folder=ROOT)
    assert built.returncode == 0, built.stderr
    (path,) = target.glob("dynakit-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts folder of a new environment with the wheel; its dependencies are borrowed from this one."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    paths = sysconfig.get_paths(vars={"base": str(environment), "platbase": str(environment)})
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(paths["purelib"]) / "borrowed.pth").write_text("\n".join(borrowed))
    scripts = Path(paths["scripts"])
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(scripts / "python")]
    done = run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, folder=environment)
    assert done.returncode == 0, done.stderr
    return scripts


def python_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}


def test_the_wheel_holds_the_package_its_types_and_the_examples_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = {f"dynakit/{name}" for name in python_files(ROOT / "dynakit")}
    examples = {f"dynakit/examples/{name}" for name in python_files(ROOT / "schemas")}
    assert package | examples | {"dynakit/py.typed"} <= names
    assert {name.split("/")[0] for name in names} == {"dynakit"}
    assert [name for name in names if name.endswith((".jar", ".so", ".tgz"))] == []


def test_the_wheel_carries_its_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")] != []


def test_boto3_is_installed_only_where_it_is_asked_for(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
    lines = archive.read(name).decode().splitlines()
    required = [line for line in lines if line.startswith("Requires-Dist:")]
    always = [line for line in required if "extra ==" not in line]
    assert "Requires-Dist: boto3>=1.40; extra == 'boto3'" in required
    assert "Requires-Dist: botocore>=1.40" in always
    assert [line for line in always if "boto3" in line] == []


def test_the_demo_runs_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "dynakit", "demo", folder=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "CUSTOMER#" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_examples_are_importable_where_there_is_no_checkout(installed: Path, tmp_path: Path) -> None:
    where = "import dynakit.examples.online_shop as shop; print(shop.__file__)"
    shown = run(installed / "python", "-c", where, folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert str(installed.parent) in shown.stdout
