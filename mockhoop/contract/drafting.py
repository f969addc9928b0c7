"""Changing a document without touching the one it was read from, and without copying what stays as it is."""

from collections.abc import Sequence
from typing import Any


class Draft:
    """A document that can be changed: only what stands above a change is copied, each part once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._own: dict[int, Any] = {}  # keeps what it knows alive, or an id could come to mean something else

    def at(self, steps: Sequence[str | int]) -> Any:
        """The dict or list at the given steps, to be changed."""
        node: Any = self._owned(self.document)
        self.document = node
        for step in steps:
            child = self._owned(node[step])
            node[step] = child
            node = child
        return node

    def put(self, steps: Sequence[str | int], value: Any) -> None:
        """Let the value stand at the given steps."""
        self.at(steps[:-1])[steps[-1]] = value

    def _owned(self, node: Any) -> Any:
        if id(node) in self._own:
            return node
        made = dict(node) if isinstance(node, dict) else list(node)
        self._own[id(made)] = made
        return made
