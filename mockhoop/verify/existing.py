"""What there is at a server: the ids that its lists tell, so that calls which are made up find something."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

from mockhoop.contract.operations import Operation

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_USUAL = ("id", "name", "email", "subject", "key")
_MOST = 20


def lists_to_ask(operations: Iterable[Operation]) -> list[str]:
    """The paths of lists that tell ids for other operations."""
    known = list(operations)
    plain = {one.template for one in known if one.method == "GET" and "{" not in one.template}
    parents = dict.fromkeys(_parent(one.template) for one in known if "{" in one.template)
    return [parent for parent in parents if parent in plain]


def items_of(body: bytes) -> list[Mapping[str, Any]]:
    """The items of a list: the body itself, or the first list of objects in it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    lists = [told] if isinstance(told, list) else list(told.values()) if isinstance(told, dict) else []
    for some in lists:
        found = some if isinstance(some, list) else []
        items: list[Mapping[str, Any]] = [one for one in found if isinstance(one, dict)]
        if items:
            return items[:_MOST]
    return []


class Existing:
    """Items by the path of their list."""

    def __init__(self) -> None:
        self._items: dict[str, list[Mapping[str, Any]]] = {}

    def learn(self, path: str, body: bytes) -> None:
        """Take note of what a list tells."""
        self._items[path] = items_of(body)

    def value(self, template: str, name: str, made_up: str) -> str | None:
        """An id for the first parameter of a path, three times of four; None where what is made up may stay."""
        first = _PARAMETER.search(template)
        items = self._items.get(_parent(template), [])
        chance = crc32(made_up.encode(errors="surrogatepass"))
        if first is None or first[1] != name or not items or chance % 4 == 0:
            return None
        item = items[chance // 4 % len(items)]
        key = next((key for key in (name, *_USUAL) if isinstance(item.get(key), str | int)), None)
        return None if key is None else str(item[key])


def _parent(template: str) -> str:
    return template.partition("/{")[0]
