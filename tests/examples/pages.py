"""Runs the Python blocks of a page of documentation, and checks what they say they give.

The blocks of a page share one namespace, in order. A comment behind a statement, on its line or on the
lines below, says what it gives:

- ``# → text``: what it prints, or the repr of an expression's value. One comment a line of output.
- ``# raises NotFound: text``: what it raises, with the message.

A comment line that begins with three spaces continues the one above. Spaces and line breaks count as one
space. A statement without such a comment may print nothing and raise nothing.

A block marked ``python no-run`` is only compiled.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_BLOCK = re.compile(r"^```python([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SAYS = re.compile(r"# (→|raises) ?(.*)")


@dataclass(frozen=True)
class Block:
    """A block of a page, behind as many empty lines as the page has above it."""

    source: str
    runs: bool


class Mismatch(Exception):
    """A statement gave something else than its comment says."""


def blocks(page: Path) -> list[Block]:
    """The Python blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block("\n" * text.count("\n", 0, found.start(2)) + found[2], found[1].strip() != "no-run")
        for found in _BLOCK.finditer(text)
    ]


def run_page(page: Path) -> None:
    """Run the blocks of a page as one module. Raises :class:`Mismatch`, or what a statement raises."""
    module = ModuleType(f"page_{page.stem.replace('-', '_')}")
    sys.modules[module.__name__] = module
    try:
        for block in blocks(page):
            if block.runs:
                _run(block.source, page, vars(module))
            else:
                compile(block.source, str(page), "exec")
    finally:
        del sys.modules[module.__name__]


def _run(source: str, page: Path, names: dict[str, object]) -> None:
    statements = ast.parse(source, str(page)).body
    ends = [statement.lineno for statement in statements[1:]] + [sys.maxsize]
    said = list(_sayings(source))
    for statement, end in zip(statements, ends, strict=True):
        expected = [text for line, text in said if statement.lineno <= line < end]
        gave = _execute(statement, page, names, shown=bool(expected))
        if _words("\n".join(expected)) != _words(gave):
            says = "\n".join(expected)
            raise Mismatch(f"{page}:{statement.lineno}\nsays:\n{says}\ngives:\n{gave}")


def _execute(statement: ast.stmt, page: Path, names: dict[str, object], *, shown: bool) -> str:
    """Run one statement; give what it printed, its value if that is shown, and what it raised if that is."""
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        try:
            if isinstance(statement, ast.Expr):
                value = eval(compile(ast.Expression(statement.value), str(page), "eval"), names)
            else:
                exec(compile(ast.Module([statement], []), str(page), "exec"), names)
        except Exception as error:
            if not shown:
                raise
            return f"{printed.getvalue()}raises {type(error).__name__}: {error}"
    return printed.getvalue() + (repr(value) if shown and value is not None else "")


def _sayings(source: str) -> Iterator[tuple[int, str]]:
    """The comments that say what is given, with the line each begins on."""
    line, text = 0, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        found = _SAYS.match(token.string)
        if text and token.string.startswith("#   "):
            text += f" {token.string[1:].strip()}"
            continue
        if text:
            yield line, text
        line, text = token.start[0], ""
        if found:
            text = f"raises {found[2]}" if found[1] == "raises" else found[2]
    if text:
        yield line, text


def _words(text: str) -> list[str]:
    return text.split()
