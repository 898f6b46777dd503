"""How much is installed: a package and whatever it requires, as the metadata of this environment has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement


def installed_mb(packages: Iterable[str]) -> float:
    """The size in MB of packages and of all they require; what Python compiles from them is not counted.

    A package may name an extra: ``pydynox[pydantic]``. Raises ``PackageNotFoundError``.
    """
    return round(sum(size(found) for found in closure(packages).values()) / 2**20, 1)


def closure(packages: Iterable[str]) -> dict[str, Distribution]:
    """The distributions of packages and of all they require, by name."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    waiting = [Requirement(name) for name in packages]
    while waiting:
        asked = waiting.pop()
        if str(asked) in seen:
            continue
        seen.add(str(asked))
        found[asked.name.lower().replace("_", "-")] = one = distribution(asked.name)
        waiting += required(one, asked.extras)
    return found


def required(one: Distribution, extras: Iterable[str] = ()) -> Iterator[Requirement]:
    """What a distribution requires on this machine."""
    for text in one.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            requirement.marker = None
            yield requirement


def size(one: Distribution) -> int:
    """The bytes of its files."""
    files = (Path(str(file.locate())) for file in one.files or ())
    listed = [file for file in files if file.is_file() and file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in (listed if has_code(listed) else sources(one)))


def has_code(files: Iterable[Path]) -> bool:
    """Whether these are more than metadata: an editable installation has nothing else."""
    return any(
        file.suffix in {".py", ".so", ".pyd"} and not file.name.startswith("_editable") for file in files
    )


def sources(one: Distribution) -> list[Path]:
    """The files of a package that is installed from where it is written."""
    spec = find_spec(one.name.replace("-", "_"))
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    return [
        file for folder in folders for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc"
    ]


def sizes(needs: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """The size of what each client needs; one that is not installed is left out."""
    found: dict[str, float] = {}
    for name, packages in needs.items():
        try:
            found[name] = installed_mb(packages)
        except PackageNotFoundError:
            continue
    return found
