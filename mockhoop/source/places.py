"""Places in a text: line and column, and the JSON pointers by which the parts of a document are known."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate


def join_pointer(pointer: str, *tokens: object) -> str:
    """A JSON pointer that goes further down by the given keys and indexes (RFC 6901)."""
    return pointer + "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def split_pointer(pointer: str) -> list[str]:
    """The keys and indexes that a JSON pointer consists of."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


class Lines:
    """Turns an offset in a text into line and column, both from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def at(self, offset: int) -> tuple[int, int]:
        """The line and column of the character with this offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


@dataclass(slots=True)
class Spot:
    """Where a value begins, where its keys are, and the same for the values in it.

    ``fill`` finds what is in it, if that has been put off until somebody asks.
    """

    line: int = 1
    column: int = 1
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    children: dict[str, "Spot"] = field(default_factory=dict)
    fill: "Callable[[Spot], None] | None" = None

    def filled(self) -> "Spot":
        """The spot itself, with what is in it."""
        if self.fill is not None:
            fill, self.fill = self.fill, None
            fill(self)
        return self

    def find(self, tokens: Sequence[str]) -> tuple["Spot", bool]:
        """The value that the keys and indexes lead to, or what is nearest above it; and whether it is the value."""
        spot = self.filled()
        for token in tokens:
            if token not in spot.children:
                return spot, False
            spot = spot.children[token].filled()
        return spot, True
