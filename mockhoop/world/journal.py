"""The last exchanges of a world, in order: as many as fit into a number and a size."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

E = TypeVar("E")

MOST = 1_000
MOST_BYTES = 4 * 1024 * 1024


class Journal(Generic[E]):
    """Keeps what was added last. ``added`` counts all that ever was, so that what was let go of can be told."""

    __slots__ = ("_bytes", "_entries", "added", "most", "most_bytes")

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self.added = 0
        self._entries: deque[tuple[E, int]] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[E]:
        """Oldest first."""
        return (entry for entry, _ in self._entries)

    def __reversed__(self) -> Iterator[E]:
        """Newest first."""
        return (entry for entry, _ in reversed(self._entries))

    def add(self, entry: E, size: int) -> None:
        """Keep one more, of so many bytes; the oldest are let go of where it does not fit otherwise.

        The newest is kept whatever its size.
        """
        self.added += 1
        self._entries.append((entry, size))
        self._bytes += size
        while len(self._entries) > self.most or (self._bytes > self.most_bytes and len(self._entries) > 1):
            self._bytes -= self._entries.popleft()[1]

    def clear(self) -> None:
        """Forget all, also how many there were."""
        self._entries.clear()
        self._bytes = self.added = 0
