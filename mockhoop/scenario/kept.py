"""Values that one expectation keeps for those after it: ``${name}`` in calls and in what is expected."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from mockhoop.messages import Headers
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.script_model import Expectation
from mockhoop.source import join_pointer

Values = Mapping[str, Any]

_NAME = re.compile(r"\$(\$)?\{([^{}]*)\}")
SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods of calls that change nothing, as far as a method can promise that."""
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WILD = re.compile(r"([*?\[])")
_FIELDS = ("call", "with_", "send", "headers", "text", "body")


@dataclass(frozen=True, slots=True)
class Told:
    """What a server said to a call; headers as they came."""

    status: int
    headers: Headers
    body: bytes

    @property
    def by_name(self) -> dict[str, str]:
        """The headers by their names in lower case."""
        return {name.lower(): value for name, value in self.headers}

    def json(self) -> Any:
        """The body read as JSON. Raises ValueError."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("its parts are nested too deeply") from None


class NotKept(LookupError):
    """An answer has not what was to be kept of it; the text says what it has."""


class NotReady(LookupError):
    """A call cannot be made, since what it needs is not known; the text says why."""


class Kept:
    """What is known when a call is made: values that were given or kept, and why others are missing.

    ``told`` are values from outside, which win over those that are given.
    """

    def __init__(self, told: Values | None = None) -> None:
        self._told = told or {}
        self._values: dict[str, Any] = {}
        self._given: set[str] = set()
        self._lost: dict[str, str] = {}

    def ready(self, expected: Expectation) -> Expectation:
        """The expectation with values in the place of names. Raises NotReady."""
        for name, value in (expected.given or {}).items():
            self._values[name] = self._told.get(name, value)
            self._given.add(name)
        for name in _about(expected):
            if name in self._lost:
                raise NotReady(self._lost[name])
        return filled(expected, self._values)

    def made(self, expected: Expectation, told: Told) -> None:
        """Keep what is to be kept of an answer, as far as that has it."""
        for name, place in (expected.keep or {}).items():
            try:
                self._values[name] = _at(place, told)
                self._lost.pop(name, None)
            except NotKept as lack:
                self._lost[name] = f"it needs {name}, but {lack}"

    def skipped(self, expected: Expectation) -> None:
        """A call was not made: what it would have kept is missing, and what it would have changed is as it was.

        A call that is expected to be refused would have changed nothing.
        """
        step = f'"{expected.name}"' if expected.name else expected.call
        for name in expected.keep or {}:
            self._lost.setdefault(name, f"it needs {name} of a call that was not made: {step}")
        refused = expected.status is not None and expected.status >= 400
        if not refused and expected.call.partition(" ")[0] not in SAFE:
            for name in _about(expected) - self._given:
                self._lost.setdefault(name, f"it follows on a call that was not made: {step}")


def names_in(expected: Expectation) -> Iterator[tuple[str, str]]:
    """Each name that an expectation refers to, with the path of where it does."""
    for field in _FIELDS:
        yield from _names(getattr(expected, field), field.rstrip("_"))


def _about(expected: Expectation) -> set[str]:
    """What an expectation is about: the names that it refers to, and ids that stand in its call."""
    return {name for _, name in names_in(expected)} | set(_ID.findall(expected.call))


def filled(expected: Expectation, values: Values) -> Expectation:
    """The expectation with values in the place of names."""
    verb, _, target = expected.call.partition(" ")
    return replace(
        expected,
        call=f"{verb} {_target(target, values)}",
        with_=_filled(expected.with_, values, _plain),
        send=_filled(expected.send, values, _plain),
        headers=_filled(expected.headers, values, _pattern),
        text=_filled(expected.text, values, _pattern),
        body=_filled(expected.body, values, _pattern),
    )


def not_kept(expected: Expectation, told: Told) -> Iterator[tuple[str, str]]:
    """The paths of what an answer has not, though it is to be kept, each with what is wrong."""
    for name, place in (expected.keep or {}).items():
        try:
            _at(place, told)
        except NotKept as lack:
            yield f"keep/{name}", str(lack)


def _names(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from ((path, name) for escaped, name in _NAME.findall(value) if not escaped)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _names(one, join_pointer(path, key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _names(one, join_pointer(path, place))


def _filled(value: Any, values: Values, made: Callable[[Any], Any]) -> Any:
    """The value with those of names in it; a text that is a name and nothing else becomes what that stands for."""
    if isinstance(value, Mapping):
        return {key: _filled(one, values, made) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values, made) for one in value]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value)
    if whole is not None and not whole[1]:
        return made(values[whole[2]])
    return _NAME.sub(lambda found: found[0][1:] if found[1] else str(made(_text(values[found[2]]))), value)


def _target(target: str, values: Values) -> str:
    """What a call is of: a link that was kept as it stands, any other value as part of a path or query."""
    if target.startswith("${"):
        whole = _NAME.match(target)
        if whole is not None:
            return _text(values[whole[2]]) + _target(target[whole.end() :], values)
    return _NAME.sub(lambda found: found[0][1:] if found[1] else quote(_text(values[found[2]]), safe=""), target)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _plain(value: Any) -> Any:
    return value


def _pattern(value: Any) -> Any:
    """A value as one that is expected: its texts stand for themselves, whatever is in them."""
    if isinstance(value, str):
        return _WILD.sub(r"[\1]", value)
    if isinstance(value, Mapping):
        return {key: _pattern(one) for key, one in value.items()}
    return [_pattern(one) for one in value] if isinstance(value, list) else value


def _at(place: str, told: Told) -> Any:
    """What is at a JSON pointer of the body, or in a header."""
    if not place.startswith("/"):
        headers = told.by_name
        if place.lower() not in headers:
            raise NotKept(f"the answer has no header {place}{_hint(place.lower(), headers)}")
        return headers[place.lower()]
    try:
        value = told.json()
    except ValueError:
        raise NotKept("the answer has no JSON body") from None
    at = ""
    for step in place.split("/")[1:]:
        value = _step(value, step.replace("~1", "/").replace("~0", "~"), at)
        at = f"{at}/{step}"
    return value


def _step(value: Any, step: str, at: str) -> Any:
    where = f"at {at}" if at else "in the answer"
    if isinstance(value, Mapping):
        if step not in value:
            raise NotKept(f"there is no {step} {where}{_hint(step, value)}")
        return value[step]
    if isinstance(value, list):
        if not step.isdigit() or int(step) >= len(value):
            raise NotKept(f"there is no item {step} {where}, it is a list of {len(value)}")
        return value[int(step)]
    raise NotKept(f"there is nothing {where} that has parts, such as {step}")


def _hint(word: str, known: Mapping[str, Any]) -> str:
    near = nearest(word, known)
    return f"; {near}" if near else ""
