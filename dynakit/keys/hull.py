"""One key condition for several patterns of a partition: theirs where it is the same, else what holds all.

The texts that a template's conditions begin and end with are described in :mod:`dynakit.keys.bounds`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dynakit.keys.encoding import ESCAPE, SEPARATOR
from dynakit.keys.limits import greatest_with_prefix
from dynakit.keys.term import KeyPlan, KeyTerm
from dynakit.values import dataclass


@dataclass(frozen=True)
class Span:
    """The texts from ``low`` to ``high``, both included; ``None`` leaves a side open."""

    low: str | None = None
    high: str | None = None

    @property
    def stem(self) -> tuple[str | None, str | None]:
        """What both ends have in common with those of keys that go on behind this one."""
        low = None if self.low is None else self.low.removesuffix(SEPARATOR)
        return low, None if self.high is None else self.high.removesuffix(ESCAPE)

    def holds(self, other: Span) -> bool:
        """Whether the other is within this one."""
        low = self.low is None or (other.low is not None and self.low <= other.low)
        return low and (self.high is None or (other.high is not None and other.high <= self.high))

    def leads(self, other: Span) -> bool:
        """Whether this is one key, and all of the other go on behind it."""
        return self.low is not None and self.low == self.high and other.begins_with(self.low + SEPARATOR)

    def begins_with(self, text: str) -> bool:
        """Whether every key in it begins with this text."""
        ends = (self.low or "", self.high or "")
        return all(end.startswith(text) for end in ends)


def share(one: KeyPlan, other: KeyPlan) -> bool:
    """Whether two conditions on one partition mean one range: alike, or the second within the first.

    Keys that go on behind a key are within its range, as ``INVOICE#7#LINE#…`` are in that of ``INVOICE#7``.
    """
    first, second = _span(one), _span(other)
    if first is None or second is None:
        return one.sort == other.sort
    return first.stem == second.stem or first.holds(second) or first.leads(second)


def hull(plans: Sequence[KeyPlan]) -> KeyPlan:
    """The first plan with the smallest range that holds all of them; it may hold other keys as well."""
    if all(plan.sort == plans[0].sort for plan in plans):
        return replace(plans[0], whole=False)
    spans = [_span(plan) for plan in plans]
    known = [span for span in spans if span is not None]
    sort = _terms(plans[0], known) if len(known) == len(spans) else ()
    return replace(plans[0], sort=sort, depth=min(plan.depth for plan in plans), whole=False)


def _terms(plan: KeyPlan, spans: Sequence[Span]) -> tuple[KeyTerm, ...]:
    lows = [span.low for span in spans if span.low is not None]
    highs = [span.high for span in spans if span.high is not None]
    low = min(lows) if len(lows) == len(spans) else None
    high = max(highs) if len(highs) == len(spans) else None
    attribute = plan.sort[0].attribute if plan.sort else ""
    if low is not None and high is not None:
        return (KeyTerm(attribute, "BETWEEN", ({"S": low}, {"S": high})),)
    if low is not None:
        return (KeyTerm(attribute, ">=", ({"S": low},)),)
    return () if high is None else (KeyTerm(attribute, "<=", ({"S": high},)),)


def _span(plan: KeyPlan) -> Span | None:
    """The texts that pass; ``None`` where the sort key is no one text."""
    if not plan.sort:
        return Span()
    term = plan.sort[0]
    texts = [value["S"] for value in term.values if "S" in value]
    if len(plan.sort) > 1 or len(texts) < len(term.values):
        return None
    match term.operator:
        case "=":
            return Span(texts[0], texts[0])
        case "BETWEEN":
            return Span(texts[0], texts[1])
        case "begins_with":
            return Span(texts[0], _last(texts[0]))
        case ">" | ">=":
            return Span(low=texts[0])
        case "<" | "<=":
            return Span(high=texts[0])


def _last(prefix: str) -> str:
    """A text above all keys that begin so, and at or below all others above them."""
    if prefix.endswith(SEPARATOR):
        return prefix.removesuffix(SEPARATOR) + ESCAPE
    return greatest_with_prefix(prefix)
