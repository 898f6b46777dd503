"""Key conditions and filters in words. Values appear under ``show_values()`` only."""

from __future__ import annotations

from typing import Any

from dynakit.errors import values_shown
from dynakit.explanation.kinds import is_read
from dynakit.expressions.text import condition_text
from dynakit.keys.term import KeyOperator, KeyPlan, KeyTerm
from dynakit.schema.definition import EntityKey
from dynakit.schema.source import Source

_WORDS: dict[KeyOperator, str] = {"=": "=", "BETWEEN": "between two of", "begins_with": "begins as"}


def key_words(plan: KeyPlan, key: EntityKey) -> tuple[str, ...]:
    """The tests of the key attributes."""
    sources = {part.attribute: part.source for part in key.parts}
    return tuple(_term(term, sources.get(term.attribute, "")) for term in (*plan.partition, *plan.sort))


def filter_words(source: Source[Any]) -> tuple[str, ...]:
    """What drops items after they are read: the user's filters and the library's own."""
    if not is_read(source):
        return ("the entities asked for, each by its own filter",) if source.drops else ()
    found = [condition_text(condition) for condition in source.filters]
    if source.meets_others:
        how = f"by {source.table.type_attribute}" if source.holds_type else "by their keys"
        found.append(f"items of {', '.join(one.name for one in source.members)}, {how}")
    found += [f"items that are not hidden by {one.stored}" for one in source.hides]
    return tuple(found)


def _term(term: KeyTerm, source: str) -> str:
    operator = _WORDS.get(term.operator, term.operator)
    if values_shown():
        values = " and ".join(str(next(iter(value.values()))) for value in term.values)
        return f"{term.attribute} {operator} {values}"
    return f"{term.attribute} {operator} {source!r}"
