"""Values that come with an answer and go into later calls: ids that the world makes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mockhoop.journals.entry import Entry

_ID_NAME = re.compile(r"^id$|_id$|I[dD]$")
_ID = re.compile(r"(?=.*\d)[\w-]{16,}")
_LINK = "<link:"

Pointer = tuple[str | int, ...]
Value = str | int


def leaves(body: bytes) -> Iterator[tuple[Pointer, Value]]:
    """The texts and whole numbers in a body of JSON, each with its place; nothing of any other body."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return
    yield from _leaves(data, ())


def _leaves(data: Any, place: Pointer) -> Iterator[tuple[Pointer, Value]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _leaves(value, (*place, number))
    elif isinstance(data, str | int) and not isinstance(data, bool):
        yield place, data


def is_made(place: Pointer, value: Value) -> bool:
    """Whether a value looks as if a server had made it: an id, by its name or by its looks."""
    name = next((step for step in reversed(place) if isinstance(step, str)), "")
    return _ID_NAME.search(name) is not None or (isinstance(value, str) and _ID.fullmatch(value) is not None)


class Carrying:
    """Other ids that a world has made this time, in the place of those in a journal."""

    def __init__(self) -> None:
        self._others: dict[Value, Value] = {}

    def learn(self, recorded: Entry, replayed: Entry) -> None:
        """Keep the values that are other ones in the same place of an answer."""
        now = dict(leaves(replayed.response_body))
        for place, value in leaves(recorded.response_body):
            other = now.get(place)
            if other is not None and type(other) is type(value) and is_made(place, value):
                self._others.setdefault(value, other)

    def carried(self, entry: Entry) -> Entry:
        """An entry whose call has the values of this time."""
        others = {str(value): str(other) for value, other in self._others.items() if value != other}
        if not others:
            return entry

        def change(value: str) -> str:
            if value.startswith(_LINK):  # the placeholder of a token has the id of the session that it opens
                return f"{_LINK}{change(value.removeprefix(_LINK).removesuffix('>'))}>"
            return others.get(value, value)

        return replace(
            entry,
            path=in_path(entry.path, change),
            query=in_query(entry.query, change),
            request_body=self._in_body(entry.request_body),
        )

    def _in_body(self, body: bytes) -> bytes:
        if not any(self._others.get(value, value) != value for _, value in leaves(body)):
            return body
        return json.dumps(replaced(json.loads(body), self._others)).encode()


def in_path(path: str, change: Callable[[str], str]) -> str:
    """A path with its steps changed."""
    return "/".join(change(step) for step in path.split("/"))


def in_query(query: str, change: Callable[[str], str]) -> str:
    """A query string with its values changed."""
    parts = [part.partition("=") for part in query.split("&")]
    return "&".join(f"{name}{equals}{change(value) if equals else value}" for name, equals, value in parts)


def replaced(data: Any, others: Mapping[Value, Any]) -> Any:
    """JSON with other values in the place of some."""
    if isinstance(data, dict):
        return {key: replaced(value, others) for key, value in data.items()}
    if isinstance(data, list):
        return [replaced(value, others) for value in data]
    if isinstance(data, str | int) and not isinstance(data, bool):
        return others.get(data, data)
    return data
