"""Delta debugging: the fewest of many things with which something still shows (Zeller and Hildebrandt's ddmin)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")

Shows = Callable[[Sequence[T]], bool]


def fewest(items: Sequence[T], shows: Callable[[Sequence[T]], bool]) -> list[T]:
    """Of things with which something shows, few with which it still does: of these, none can be left out by itself."""
    if shows(()):
        return []
    left, parts = list(items), 2
    while len(left) > 1:
        smaller = next((kept for kept in _smaller(left, parts) if shows(kept)), None)
        if smaller is not None:
            parts = 2 if len(smaller) <= len(left) // parts + 1 else max(parts - 1, 2)
            left = list(smaller)
        elif parts < len(left):
            parts = min(parts * 2, len(left))
        else:
            break
    return left


def _smaller(items: Sequence[T], parts: int) -> Iterator[Sequence[T]]:
    """Each of so many parts, then all but each of them."""
    bounds = [len(items) * number // parts for number in range(parts + 1)]
    pairs = list(pairwise(bounds))
    for start, end in pairs:
        yield items[start:end]
    if parts > 2:
        for start, end in pairs:
            yield [*items[:start], *items[end:]]
