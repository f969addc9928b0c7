"""A query string, in the form that openapi-core's parts read."""

from functools import lru_cache
from urllib.parse import unquote

_REMEMBERED, _REMEMBERED_LENGTH = 256, 64
"""So many encoded pairs, and so long ones, are remembered: filters come again though queries differ."""


class Query(dict[str, str]):
    """The first value of each name, with ``getlist`` for all of them; what is written badly stays as it is."""

    __slots__ = ("_pairs",)

    def __init__(self, raw: str) -> None:
        self._pairs = [_pair(text) for text in raw.split("&") if text]
        super().__init__(self._pairs)
        if len(self) < len(self._pairs):
            self.update(reversed(self._pairs))

    def getlist(self, name: str) -> list[str]:
        """Every value of the name, in order."""
        return [value for known, value in self._pairs if known == name]


def _pair(text: str) -> tuple[str, str]:
    if "%" in text or "+" in text:
        return _decoded(text) if len(text) <= _REMEMBERED_LENGTH else _decoded.__wrapped__(text)
    name, _, value = text.partition("=")
    return name, value


@lru_cache(maxsize=_REMEMBERED)
def _decoded(text: str) -> tuple[str, str]:
    name, _, value = text.replace("+", " ").partition("=")
    return unquote(name), unquote(value)
