"""How large and how deep a document may be, whichever language it is written in."""

from typing import Any

MAX_NODES = 1_000_000
"""The most values that one document may hold, each alias counted as a copy of what it stands for."""
MAX_DEPTH = 100
"""The most collections inside one another."""

TOO_DEEP = f"more than {MAX_DEPTH} collections are inside one another"


def height(data: Any) -> int:
    """How many collections are inside one another; found level by level, since recursion could overflow."""
    height, level = 0, [data] if isinstance(data, dict | list) else []
    while level:
        height += 1
        values = (value for one in level for value in (one.values() if isinstance(one, dict) else one))
        level = [value for value in values if isinstance(value, dict | list)]
    return height
