"""Which requests a scenario means: its conditions, and which of them a request does not meet."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from mockhoop.messages import Call
from mockhoop.scenario.script_model import Matching


class Facts:
    """What conditions look at in a call. What takes work is done when the first condition asks for it.

    ``path`` is without the base path; ``session`` gives the id of the session that the call is about, or "".
    """

    def __init__(self, call: Call, operation: str, path: str, caller: str, session: Callable[[], str]) -> None:
        self.call = call
        self.operation = operation
        self.path = path
        self.caller = caller
        self._session = session

    @cached_property
    def session(self) -> str:
        """The id of the session that the call is about."""
        return self._session()

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The first value of each query parameter."""
        return dict(reversed(parse_qsl(self.call.raw_query, keep_blank_values=True, errors="surrogateescape")))

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The keys of a JSON body; of any other body, none."""
        if not self.call.body:
            return {}
        try:
            body = json.loads(self.call.body)
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True, slots=True)
class Miss:
    """A condition that is not met: which one, what it wants and what there is."""

    condition: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.condition}: wanted {self.wanted}, found {self.found or 'nothing'}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is wanted of requests: of which part of them, and by which key where that has some."""

    part: str
    wanted: Any
    find: Callable[[Facts], Any]
    holds: Callable[[Any, Any], bool]
    key: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.part} {self.key}" if self.key else self.part


class Matcher:
    """The conditions of one matching, ready to be asked."""

    __slots__ = ("conditions", "operation")

    def __init__(self, told: Matching) -> None:
        self.operation = told.operation
        self.conditions = tuple(_conditions(told))

    def matches(self, facts: Facts) -> bool:
        """Whether a call meets every condition."""
        return all(one.holds(one.find(facts), one.wanted) for one in self.conditions)

    def misses(self, facts: Facts) -> list[Miss]:
        """The conditions that a call does not meet."""
        found = [(one, one.find(facts)) for one in self.conditions]
        return [
            Miss(one.name, str(one.wanted), "" if value is None else str(value))
            for one, value in found
            if not one.holds(value, one.wanted)
        ]

    def __len__(self) -> int:
        return len(self.conditions)


def text_of(value: Any) -> str:
    """The text that patterns are held against."""
    return value if isinstance(value, str) else json.dumps(value)


def fits(value: Any, pattern: Any) -> bool:
    """Whether a value fits: a text fits a pattern, a mapping one whose keys fit, anything else what equals it."""
    if isinstance(pattern, str):
        return value is not None and fnmatchcase(text_of(value), pattern)
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(fits(value.get(key), wanted) for key, wanted in pattern.items())
    return bool(value == pattern) and isinstance(value, bool) == isinstance(pattern, bool)


def _conditions(told: Matching) -> Iterator[Condition]:
    if told.operation is not None:
        yield Condition("operation", told.operation, lambda facts: facts.operation, _equal)
    if told.method is not None:
        yield Condition("method", told.method, lambda facts: facts.call.method, fits)
    if told.path is not None:
        yield Condition("path", told.path, lambda facts: facts.path, fits)
    for key, pattern in (told.query or {}).items():
        yield Condition("query", pattern, lambda facts, key=key: facts.query.get(key), fits, key)  # type: ignore[misc]
    for key, pattern in (told.headers or {}).items():
        yield Condition("header", pattern, lambda facts, key=key: facts.call.headers.get(key), fits, key)  # type: ignore[misc]
    for key, pattern in (told.body or {}).items():
        yield Condition("body", pattern, lambda facts, key=key: facts.body.get(key), fits, key)  # type: ignore[misc]
    if told.caller is not None:
        yield Condition("caller", told.caller, lambda facts: facts.caller, fits)
    if told.session is not None:
        yield Condition("session", told.session, lambda facts: facts.session, _equal)


def _equal(value: Any, wanted: Any) -> bool:
    return bool(value == wanted)
