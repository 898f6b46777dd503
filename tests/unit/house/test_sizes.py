"""Files and functions stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

PACKAGE = Path(__file__).parents[3] / "dynakit"

FILE_MEDIAN = 150
FILE_CEILING = 400
FUNCTION_NINTH_DECILE = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


def file_sizes() -> dict[str, int]:
    """Lines of each file of the package."""
    return {
        str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }


def function_sizes() -> Iterator[int]:
    """Lines of each function of the package, without its docstring and decorators."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield lines_without_docstring(node)


def lines_without_docstring(function: Function) -> int:
    """Lines from ``def`` to the end of the body, less those of the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_half_of_the_files_have_150_lines_or_fewer() -> None:
    assert median(file_sizes().values()) <= FILE_MEDIAN


def test_no_file_has_more_than_400_lines() -> None:
    assert {name: size for name, size in file_sizes().items() if size > FILE_CEILING} == {}


def test_nine_tenths_of_the_functions_have_30_lines_or_fewer() -> None:
    assert quantiles(function_sizes(), n=10)[-1] <= FUNCTION_NINTH_DECILE


def test_a_docstring_does_not_count() -> None:
    source = 'def f(\n    a: int,\n) -> int:\n    """One.\n\n    Two.\n    """\n    return a\n'
    function = ast.parse(source).body[0]
    assert isinstance(function, Function)
    assert lines_without_docstring(function) == 4
