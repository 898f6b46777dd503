"""Boxes of a picture, as left, top, width and height."""

from __future__ import annotations

Box = tuple[float, float, float, float]


def overlap(first: Box, second: Box) -> bool:
    (x, y, width, height), (u, v, breadth, depth) = first, second
    return x < u + breadth and u < x + width and y < v + depth and v < y + height


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :] if overlap(one, other)]
