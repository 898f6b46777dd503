"""Runs a schema file that was just made."""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType

_numbers = count(1)


def module_of(source: str) -> ModuleType:
    """The module of a schema file's text, which stands nowhere but in memory.

    Raises :class:`DefinitionError` for what cannot be declared.
    """
    module = ModuleType(f"dynakit_workbench_schema_{next(_numbers)}")
    sys.modules[module.__name__] = module  # pydantic looks up annotations there
    try:
        exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102 - the file is our own text
    finally:
        del sys.modules[module.__name__]
    return module
