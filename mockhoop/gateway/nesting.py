"""How deep values out of JSON go."""

from collections.abc import Iterable, Mapping
from typing import Any


def deeper_than(limit: int, value: Any) -> bool:
    """Whether a value has more than ``limit`` mappings and lists within one another."""
    level = [value]
    for _ in range(limit + 1):
        holders = [part for part in level if isinstance(part, Mapping | list | tuple)]
        if not holders:
            return False
        level = [part for holder in holders for part in _parts(holder)]
    return True


def _parts(holder: Any) -> Iterable[Any]:
    return holder.values() if isinstance(holder, Mapping) else holder
