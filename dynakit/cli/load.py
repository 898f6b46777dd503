"""Imports what a target names: a module by its dotted name, or a file by its path."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError, did_you_mean


def load(text: str, place: str) -> ModuleType:
    """The module at a place, which is a dotted name or the path of a file.

    Raises:
        UsageError: when there is none.
        DynakitError: when it raises something while it is imported: what, and where.
    """
    is_file = place.endswith(".py") or os.sep in place or "/" in place
    if not is_file and not all(place.split(".")):
        raise _missing(text, place, place)
    try:
        return _load_file(text, Path(place).absolute()) if is_file else import_module(place)
    except DynakitError:
        raise
    except ModuleNotFoundError as error:
        if is_file or not _is_of(place, error.name):
            raise _broken(text, error) from error
        raise _missing(text, place, error.name) from None
    except (Exception, SystemExit) as error:
        raise _broken(text, error) from error


def _load_file(text: str, path: Path) -> ModuleType:
    """Import a file: one of a package by its name in it, any other as a module of its own."""
    if not path.is_file():
        raise UsageError(f"target {text!r}: there is no file {path}; expected the path of a Python file.")
    root, name = _name_of(path)
    if root not in sys.path:
        sys.path.insert(0, root)
    known = sys.modules.get(name)
    if known is None and "." in name:
        known = import_module(name)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    spec = spec_from_file_location(name if known is None else f"{name}_of_target", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"target {text!r}: {path.name} is no Python file; expected one that ends in .py.")
    module = sys.modules[spec.name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    return module


def _name_of(path: Path) -> tuple[str, str]:
    """The folder that a file is imported from, and its dotted name there."""
    names, folder = ([] if path.name == "__init__.py" else [path.stem]), path.parent
    while (folder / "__init__.py").is_file():
        names.insert(0, folder.name)
        folder = folder.parent
    return str(folder), ".".join(names)


def _is_of(place: str, missing: str | None) -> bool:
    """Whether the missing module is the one asked for or a package it would stand in."""
    return missing is not None and f"{place}.".startswith(f"{missing}.")


def _missing(text: str, place: str, name: str | None) -> UsageError:
    module, _, last = place.rpartition(".")
    if hasattr(sys.modules.get(module), last):
        hint = f"; did you mean '{module}:{last}'?"
    else:
        hint = did_you_mean(place, _modules_here()) or "."
    return UsageError(
        f"target {text!r}: there is no module {name!r}{hint} Expected a module that can be imported from "
        "this folder, or a path/to/file.py."
    )


def _modules_here() -> list[str]:
    return [
        found.stem
        for found in Path.cwd().iterdir()
        if found.suffix == ".py" or (found / "__init__.py").exists()
    ]


def _broken(text: str, error: BaseException) -> DynakitError:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename and frame.filename != __file__]
    where = f" ({own[-1].filename}:{own[-1].lineno})" if own else ""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return DynakitError(f"target {text!r}: importing it failed: {reason}{where}. Mend the module.")
