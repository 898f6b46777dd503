"""What a scan will do: everything is read and paid for, whatever is given.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
"""

from __future__ import annotations

from typing import Any

from dynakit.codec.size import read_units
from dynakit.explanation.explanation import Explanation, Finding
from dynakit.explanation.figures import Figures
from dynakit.explanation.reads import MAX_PAGE
from dynakit.expressions.text import condition_text
from dynakit.schema.scan import Scan


def explain_scan(scan: Scan[Any], figures: Figures) -> Explanation:
    """A scan of so many items, over its segments; ``items`` counts those of all entities of the table."""
    size = figures.size if scan.index is None else figures.entry(scan.index)
    share = -(-figures.count // scan.total_segments)
    per_page = min(scan.page_size or share or 1, -(-MAX_PAGE // size))
    whole, rest = divmod(share, per_page)
    units = whole * read_units(per_page * size, consistent=scan.consistent_read)
    if rest or not whole:
        units += read_units(rest * size, consistent=scan.consistent_read)
    return Explanation(
        statement=str(scan),
        access="scan",
        action="Scan",
        table=figures.environment.table_name(scan.table),
        index=None if scan.index is None else scan.index.name,
        filters=(
            *(condition_text(condition) for condition in scan.filters),
            f"items of {', '.join(one.name for one in scan.definitions)}",
        ),
        items=figures.count,
        requests=scan.total_segments * max(1, whole + bool(rest)),
        read_units=scan.total_segments * units,
        warnings=(
            Finding(
                "scan",
                "it reads every item there is, of every entity, and costs that however few are given. "
                "Declare a key by which a query finds them.",
            ),
        ),
    )
