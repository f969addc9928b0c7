"""The kinds of a single value: what a text or number in a scenario may be, and what becomes of it.

A kind stands in an ``Annotated`` type of the model; what it knows (options, limits, ``expects``) is there for
the reader as well as for a JSON Schema and a reference page.
"""

import base64
import binascii
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from mockhoop.scenario.times import Moment, Unfit, parse_duration, parse_moment

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")


class Kind(ABC):
    """Makes the model's value of what was written, or raises Unfit; ``expects`` says what it wants."""

    __slots__ = ()

    @property
    @abstractmethod
    def expects(self) -> str:
        """What is wanted, in a few words."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """The model's value of what was written."""


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Text of a limited length in characters; ``pattern`` is for the whole of it, ``of`` says it in words."""

    least: int = 0
    most: int | None = None
    pattern: str = ""
    of: str = ""

    @property
    def expects(self) -> str:
        return f"text of {self.of}" if self.of else "text"

    def read(self, value: Any) -> str:
        text = _text(self, value)
        if len(text) < self.least:
            raise Unfit("the text is empty", "write something")
        if self.most is not None and len(text) > self.most:
            raise Unfit(f"the text has {len(text)} characters, but at most {self.most} are allowed", "shorten it")
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise Unfit(f"expected {self.expects}, not {describe(text)}", "remove the other characters")
        return text


@dataclass(frozen=True, slots=True)
class OneOf(Kind):
    """One of some words; ``also`` holds other spellings that are understood."""

    options: tuple[str, ...]
    also: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def expects(self) -> str:
        return f"one of {', '.join(self.options)}"

    def read(self, value: Any) -> str:
        text = _text(self, value)
        if text in self.options:
            return text
        if text in self.also:
            return self.also[text]
        raise Unfit(f"expected {self.expects}, not {describe(text)}", nearest(text, self.options))


@dataclass(frozen=True, slots=True)
class Whole(Kind):
    """A whole number within limits."""

    least: int | None = None
    most: int | None = None

    @property
    def expects(self) -> str:
        return "a whole number" + _limits(self.least, self.most)

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Unfit(f"expected {self.expects}, not {describe(value)}")
        _within(self, value, self.least, self.most)
        return value


@dataclass(frozen=True, slots=True)
class Real(Kind):
    """A number within limits, neither infinite nor NaN."""

    least: float | None = None
    most: float | None = None

    @property
    def expects(self) -> str:
        return "a number" + _limits(self.least, self.most)

    def read(self, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise Unfit(f"expected {self.expects}, not {describe(value)}")
        _within(self, value, self.least, self.most)
        return float(value)


@dataclass(frozen=True, slots=True)
class Version(Kind):
    """The number of a version, of which there is only one so far."""

    number: int

    @property
    def expects(self) -> str:
        return str(self.number)

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or value != self.number:
            raise Unfit(f"this mockhoop reads version {self.number}, not {describe(value)}", f"write {self.number}")
        return self.number


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """True or false."""

    @property
    def expects(self) -> str:
        return "true or false"

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
        raise Unfit(f"expected true or false, not {describe(value)}", f"write {meant}" if meant else "")


@dataclass(frozen=True, slots=True)
class Duration(Kind):
    """A duration of zero or more, kept in nanoseconds."""

    least: int = 0

    @property
    def expects(self) -> str:
        return "a duration such as 90s, 5m or 1h30m"

    def read(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            raise Unfit(f"expected {self.expects}, not {describe(value)}", f"add a unit: {value}s or {value}m")
        duration = parse_duration(_text(self, value))
        if duration < self.least:
            raise Unfit(f'the duration "{value}" is too short', "write a longer one, without a minus sign")
        return duration


@dataclass(frozen=True, slots=True)
class When(Kind):
    """A moment: RFC 3339, ``now``, or a signed duration from the world's start."""

    @property
    def expects(self) -> str:
        return "a moment such as 2024-07-25T15:56:35Z, now or -3h"

    def read(self, value: Any) -> Moment:
        return parse_moment(_text(self, value))


@dataclass(frozen=True, slots=True)
class Uuid(Kind):
    """A UUID with hyphens, kept in lower case as the gateway shows it."""

    @property
    def expects(self) -> str:
        return "a UUID"

    def read(self, value: Any) -> str:
        text = _text(self, value)
        if not _UUID.fullmatch(text):
            raise Unfit(f"expected a UUID, not {describe(text)}", "write 8-4-4-4-12 hex digits with hyphens")
        return text.lower()


@dataclass(frozen=True, slots=True)
class ClockTime(Kind):
    """A time of day in UTC, ``HH:MM`` in 24 hours; the gateway also takes ``9:00`` (section 7.3)."""

    @property
    def expects(self) -> str:
        return "a time of day such as 09:00 or 18:30"

    def read(self, value: Any) -> str:
        text = _text(self, value)
        if not _CLOCK_TIME.fullmatch(text):
            raise Unfit(f"expected {self.expects}, not {describe(text)}", "write HH:MM from 00:00 to 23:59")
        return text


@dataclass(frozen=True, slots=True)
class Payload(Kind):
    """The bytes of an event: text, or ``{base64: …}``. Never empty: such events are not stored (4.4)."""

    @property
    def expects(self) -> str:
        return "text or {base64: …}"

    def read(self, value: Any) -> bytes:
        content = self._bytes(value)
        if not content:
            raise Unfit("an event without content is never recorded", "leave the event out")
        return content

    def _bytes(self, value: Any) -> bytes:
        if isinstance(value, str):
            return value.encode()
        if not isinstance(value, dict) or set(value) != {"base64"} or not isinstance(value["base64"], str):
            raise Unfit(f"expected {self.expects}, not {describe(value)}", _quote_hint(value))
        return _decoded(value["base64"])


@dataclass(frozen=True, slots=True)
class Base64(Kind):
    """Any bytes, as a text in base64."""

    @property
    def expects(self) -> str:
        return "a text in base64"

    def read(self, value: Any) -> bytes:
        return _decoded(_text(self, value))


def describe(value: Any) -> str:
    """A value as a message names it."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return f"the number {value}"


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion: the known word that was probably meant, in whatever case, or nothing."""
    by_lower = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.7)
    return f'did you mean "{by_lower[close[0]]}"?' if close else ""


def _text(kind: Kind, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Unfit(f"expected {kind.expects}, not {describe(value)}", _quote_hint(value))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unfit("the text is not valid base64", "use the standard alphabet with padding") from None


def _quote_hint(value: Any) -> str:
    return "put it in quotes" if isinstance(value, int | float) else ""


def _limits(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f" of at least {least}"
    return f" of at most {most}" if most is not None else ""


def _within(kind: Kind, value: float, least: float | None, most: float | None) -> None:
    if (least is not None and value < least) or (most is not None and value > most):
        raise Unfit(f"expected {kind.expects}, not {describe(value)}")
