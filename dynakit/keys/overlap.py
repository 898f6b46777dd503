"""Can two templates meet: render the same key, or one a key in the other's range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TypeAlias

from dynakit.keys.shape import Choice, Many, One, Row, Shape, literal
from dynakit.keys.template import BoundTemplate
from dynakit.values import dataclass

_Pair: TypeAlias = tuple[int, int]


def overlaps(first: BoundTemplate, second: BoundTemplate) -> bool:
    """Tell whether some values of the one and some of the other give the same key."""
    if not first.may_begin_like(second):
        return False
    one, other = _automaton(_shape(first)), _automaton(_shape(second))
    return _reaches(one, other, lambda pair: pair == (one.end, other.end))


def may_enter(own: BoundTemplate, depth: int, other: BoundTemplate) -> bool:
    """Tell whether a key of ``other`` can begin with what the first ``depth`` placeholders of ``own`` give.

    That beginning goes up to the next placeholder of ``own``; with no placeholder left it is the whole key,
    and the question is :func:`overlaps`. The answer holds for all values, so it can be found at import.
    """
    if depth >= len(own.placeholders):
        return overlaps(own, other)
    if not own.may_begin_like(other):
        return False
    beginning = _automaton(_shape(own, depth))
    return _reaches(beginning, _automaton(_shape(other)), lambda pair: pair[0] == beginning.end)


def _shape(bound: BoundTemplate, depth: int | None = None) -> Shape:
    parts = [literal(bound.template.head)]
    for placeholder in bound.placeholders[:depth]:
        parts += [placeholder.segment.shape, literal(placeholder.tail)]
    return Row(tuple(parts))


@dataclass(slots=True)
class _Automaton:
    """States are numbered from 0, the start; from each of them the end can be reached.

    ``moves[state]`` lists where to go on a character, or freely where that is ``None``.
    """

    moves: list[list[tuple[One | None, int]]] = field(default_factory=lambda: [[]])
    end: int = 0

    def state(self) -> int:
        self.moves.append([])
        return len(self.moves) - 1

    def move(self, source: int, character: One | None, target: int) -> int:
        self.moves[source].append((character, target))
        return target


def _automaton(shape: Shape) -> _Automaton:
    automaton = _Automaton()
    automaton.end = _add(automaton, shape, 0)
    return automaton


def _add(automaton: _Automaton, shape: Shape, start: int) -> int:
    """Add states for a shape that begins at ``start``; give the state it ends in."""
    match shape:
        case One():
            return automaton.move(start, shape, automaton.state())
        case Row(shapes):
            for inner in shapes:
                start = _add(automaton, inner, start)
            return start
        case Choice(shapes):
            end = automaton.state()
            for inner in shapes:
                automaton.move(_add(automaton, inner, start), None, end)
            return end
        case Many(inner):
            loop = automaton.move(start, None, automaton.state())
            automaton.move(_add(automaton, inner, loop), None, loop)
            return loop


def _reaches(one: _Automaton, other: _Automaton, arrived: Callable[[_Pair], bool]) -> bool:
    """Walk both on the same characters, through every pair of states that can be reached together."""
    todo: list[_Pair] = [(0, 0)]
    seen = set(todo)
    while todo:
        pair = todo.pop()
        if arrived(pair):
            return True
        fresh = set(_next(one, other, pair)) - seen
        seen |= fresh
        todo.extend(fresh)
    return False


def _next(one: _Automaton, other: _Automaton, pair: _Pair) -> Iterator[_Pair]:
    first, second = pair
    for character, target in one.moves[first]:
        if character is None:
            yield target, second
            continue
        for opposite, opposite_target in other.moves[second]:
            if opposite is not None and opposite.meets(character):
                yield target, opposite_target
    for character, target in other.moves[second]:
        if character is None:
            yield first, target
