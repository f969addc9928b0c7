"""Where the values of a JSON text stand in it, so that one can be replaced and all the rest stays to the byte."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text in a JSON text: its place there with its quotes, and the keys above it, the outermost first."""

    start: int
    end: int
    value: str
    keys: tuple[str, ...]


def leaves(text: str) -> Iterator[Leaf]:
    """All texts that are values of a JSON text, also of one that breaks off."""
    keys: list[str] = []  # those of the mappings and lists that are open; "" in a list
    is_mapping: list[bool] = []
    key, wants_key = "", False
    for token in _TOKEN.finditer(text):
        told = token[0]
        if told in "{[":
            keys.append(key)
            is_mapping.append(told == "{")
            key, wants_key = "", told == "{"
        elif told in "}]":
            del keys[-1:], is_mapping[-1:]
            key, wants_key = "", False
        elif told == ",":
            key, wants_key = "", bool(is_mapping) and is_mapping[-1]
        elif told == ":":
            wants_key = False
        elif wants_key:
            key = _read(told)
        else:
            yield Leaf(token.start(), token.end(), _read(told), tuple(filter(None, (*keys, key))))


def _read(token: str) -> str:
    if "\\" not in token:
        return token[1:-1]
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token[1:-1]
