"""Names of form fields with brackets: ``address[city]``, ``tags[]``, ``items[0][price]`` are about what is within."""

import re
from collections.abc import Iterable
from typing import Any

_BRACKETED = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
MOST_LEVELS = 20
"""Deeper than anybody nests; what goes deeper is a name like any other."""

Branch = dict[str, Any]
"""What stands within a field by key: a branch of its own, or the texts of that key."""


def gathered(pairs: Iterable[tuple[str, str]], known: Iterable[str]) -> tuple[list[tuple[str, str]], dict[str, Branch]]:
    """The pairs without brackets, and what the others say of the fields that are known."""
    names = frozenset(known)
    plain: list[tuple[str, str]] = []
    branches: dict[str, Branch] = {}
    for name, text in pairs:
        match = _BRACKETED.fullmatch(name) if name not in names else None
        keys = _KEY.findall(match[2]) if match else []
        if match is None or match[1] not in names or len(keys) > MOST_LEVELS:
            plain.append((name, text))
        else:
            _put(branches.setdefault(match[1], {}), keys, text)
    return plain, branches


def _put(branch: Branch, keys: list[str], text: str) -> None:
    for key in keys[:-1]:
        inner = branch.setdefault(key, {})
        if not isinstance(inner, dict):  # a text is there already, which gives way
            inner = branch[key] = {}
        branch = inner
    held = branch.setdefault(keys[-1], [])
    if isinstance(held, list):
        held.append(text)


def in_order(branch: Branch) -> list[Any]:
    """What stands within a list: what has a number by that, then the others as they come.

    All texts of one key, as of ``tags[]``, are items of their own.
    """
    ranked = sorted(branch, key=lambda key: int(key) if key.isdecimal() and len(key) < 10 else 10**10)
    return [item for key in ranked for item in _items(branch[key])]


def _items(held: Any) -> list[Any]:
    return [held] if isinstance(held, dict) else [[text] for text in held]
