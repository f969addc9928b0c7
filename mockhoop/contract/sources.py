"""The files that one document was made of, as if they were one: each mistake is told where somebody wrote it."""

from collections.abc import Iterable, Mapping
from typing import Any

from mockhoop.errors import Problem
from mockhoop.source import Source, join_pointer
from mockhoop.source.places import split_pointer

Steps = tuple[str, ...]


class Sources(Source):
    """A source that knows which parts of its data stand in other files, and which items of lists were dropped."""

    __slots__ = ("_dropped", "_main", "_parts")

    def __init__(self, main: Source, parts: Mapping[Steps, tuple[Source, Steps]] | None = None) -> None:
        super().__init__(main.name, main.text, main.data)
        self._main = main
        self._parts: dict[Steps, tuple[Source, Steps]] = dict(parts or {})
        self._dropped: dict[Steps, list[int]] = {}

    @property
    def all(self) -> list[Source]:
        """The files, the main one first."""
        return list(dict.fromkeys([self._main, *(source for source, _ in self._parts.values())]))

    def add(self, steps: Iterable[object], source: Source, there: Iterable[object] = ()) -> None:
        """What stands at the steps in the document stands in a file, there at other steps."""
        self._parts[_texts(steps)] = (source, _texts(there))

    def drop(self, steps: Iterable[object], index: int) -> None:
        """An item of the list at the steps is in the file, but not in the document."""
        self._dropped.setdefault(_texts(steps), []).append(index)

    def origin(self, steps: Iterable[object]) -> tuple[Source, Steps]:
        """The file that something stands in, and the steps to it there."""
        wanted = self._undropped(_texts(steps))
        for length in range(len(wanted), 0, -1):
            if found := self._parts.get(wanted[:length]):
                source, there = found
                return source, there + wanted[length:]
        return self._main, wanted

    def written(self, steps: Iterable[object]) -> str:
        """The text at the steps as it is written in its own file, empty if there is none."""
        source, there = self.origin(steps)
        node: Any = source.data
        try:
            for step in there:
                node = node[int(step) if isinstance(node, list) else step]
        except (LookupError, TypeError, ValueError):
            return ""
        return node if isinstance(node, str) else ""

    def place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the value at a JSON pointer in its own file."""
        source, there = self.origin(split_pointer(pointer))
        return source.place(join_pointer("", *there))

    def key_place(self, pointer: str) -> tuple[int, int]:
        """The line and column, from 1, of the key at a JSON pointer in its own file."""
        source, there = self.origin(split_pointer(pointer))
        return source.key_place(join_pointer("", *there))

    def problem(self, pointer: str, message: str, suggestion: str = "", *, at_key: bool = False) -> Problem:
        """A mistake at a JSON pointer, with its file and place."""
        source, there = self.origin(split_pointer(pointer))
        return source.problem(join_pointer("", *there), message, suggestion, at_key=at_key)

    def _undropped(self, wanted: Steps) -> Steps:
        """The steps as they were before items were dropped."""
        for at, indexes in self._dropped.items():
            deep = len(at)
            if wanted[:deep] == at and len(wanted) > deep and wanted[deep].isdecimal():
                index = int(wanted[deep])
                for dropped in sorted(indexes):
                    index += dropped <= index
                wanted = (*wanted[:deep], str(index), *wanted[deep + 1 :])
        return wanted


def _texts(steps: Iterable[Any]) -> Steps:
    return tuple(map(str, steps))
