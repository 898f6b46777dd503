"""Every Python block of the README and of the pages under docs/ runs, and gives what it says."""

from __future__ import annotations

import inspect
import logging
import re
import textwrap
from collections.abc import Generator
from pathlib import Path

import pytest

from dynakit import errors
from tests.examples.pages import Mismatch, blocks, run_page

ROOT = Path(__file__).parents[2]
PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if blocks(path)]


@pytest.fixture(autouse=True)
def log_level() -> Generator[None]:
    """Pages may set the level of the log; tests that follow are not to feel it."""
    log = logging.getLogger("dynakit")
    level = log.level
    yield
    log.setLevel(level)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_examples_of_a_page_give_what_they_say(page: Path) -> None:
    run_page(page)


@pytest.mark.parametrize(
    "block",
    [
        "1 + 1  # → 3",
        "print('a')",
        "print('a')  # → b",
        "print('a\\nb')  # → a",
        "1 + 1\n# → 2\n# → 3",
        "int('x')",
        "int('x')  # raises ValueError: another text",
        "int('1')  # raises ValueError: invalid literal",
        "x = 1\n# → 1",
    ],
)
def test_a_block_that_gives_something_else_is_found(tmp_path: Path, block: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"text\n\n```python\n{block}\n```\n", encoding="utf-8")
    with pytest.raises((Mismatch, ValueError)):
        run_page(page)


SHARED = """
```python
x = [1,
     2]
```

```python
x
# → [1,
#   2]
print("a")  # → a
# why
int("x")
# raises ValueError: invalid literal for int()
#   with base 10: 'x'
```

```python no-run
connect()
```
"""


def test_blocks_share_a_namespace_and_long_output_is_continued(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(SHARED, encoding="utf-8")
    run_page(page)


def test_a_mismatch_names_the_line_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n\n```python\nx = 1\nx  # → 2\n```\n", encoding="utf-8")
    with pytest.raises(Mismatch, match="page.md:5"):
        run_page(page)


def test_the_page_on_errors_shows_the_tree_of_the_module() -> None:
    tree = inspect.cleandoc(str(errors.__doc__)).split("::", 1)[1].strip().split("\n\n")[0]
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert textwrap.dedent(f"    {tree}") in page


def links() -> list[tuple[Path, str]]:
    """Every link of the documentation to another file, or to a heading."""
    return [
        (page, target)
        for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8").replace("]\n(", "]("))
        if not target.startswith("http")
    ]


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda value: getattr(value, "name", value))
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    name, _, heading = target.partition("#")
    found = page.parent / name if name else page
    assert found.exists()
    assert not heading or heading in anchors(found)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
