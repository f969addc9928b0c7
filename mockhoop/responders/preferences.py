"""What a caller would rather have: ``Prefer: code=…, example=…, delay=…`` (RFC 7240), or ``?__code=…`` and so on.

``dynamic=true`` passes over the contract's examples, ``seed=N`` makes values of another seed.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from mockhoop.messages import Call, Reply
from mockhoop.responders.decision import Profile, Question
from mockhoop.responders.generic import GenericResponder
from mockhoop.responders.generic.answers import Taste
from mockhoop.scenario.times import Unfit, parse_duration

_NAMES = ("code", "example", "delay", "dynamic", "seed")
_FLAGS = {"true": True, "": True, "1": True, "false": False, "0": False}
_MOST_DIGITS = 18
_PREFERENCE = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^",;\s]*))\s*(?:;[^,]*)?')
_LONGEST = 3_600 * 1_000_000_000
_MILLISECOND = 1_000_000
APPLIED = "Preference-Applied"
_NO_TASTE = Taste()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What is preferred; None where nothing is said. ``delay`` is in nanoseconds."""

    code: int | None = None
    example: str | None = None
    delay: int | None = None
    dynamic: bool | None = None
    seed: int | None = None

    @property
    def taste(self) -> Taste:
        """How an answer is to be made."""
        return Taste(self.example, self.dynamic, self.seed)

    @property
    def applied(self) -> str:
        """The value of the header that says what was done as preferred."""
        delay = f"{self.delay / _MILLISECOND:g}ms" if self.delay is not None else None
        dynamic = None if self.dynamic is None else str(self.dynamic).lower()
        told = (
            ("code", self.code),
            ("example", self.example),
            ("delay", delay),
            ("dynamic", dynamic),
            ("seed", self.seed),
        )
        return ", ".join(f"{name}={value}" for name, value in told if value is not None)


class BadPreference(ValueError):
    """A preference that cannot be met; the text says why, and what to write. ``status`` is that of the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def preferred(call: Call) -> Preferences | None:
    """What the caller prefers; what the query says of it is taken out of the call. The header wins over the query.

    Other preferences than ours are left alone, as RFC 7240 has it.

    Raises:
        BadPreference: a value that is none.
    """
    header = call.headers.get("Prefer")
    if header is None and "__" not in call.raw_query:
        return None
    told = _taken_from_query(call) | _told_in(header or "")
    if not told:
        return None
    code = told.get("code")
    if code is not None and not re.fullmatch("[2-5][0-9][0-9]", code):
        raise BadPreference(f'the preferred code "{code}" is no status from 200 to 599')
    return Preferences(
        int(code) if code is not None else None,
        told.get("example"),
        _delay(told.get("delay")),
        _flag(told.get("dynamic")),
        _seed(told.get("seed")),
    )


def _flag(text: str | None) -> bool | None:
    if text is None:
        return None
    if text.lower() not in _FLAGS:
        raise BadPreference(f'the preferred dynamic "{text}" is neither true nor false')
    return _FLAGS[text.lower()]


def _seed(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.removeprefix("-").isdecimal() or len(text) > _MOST_DIGITS:
        raise BadPreference(f'the preferred seed "{text}" is no whole number')
    return int(text)


def _told_in(header: str) -> dict[str, str]:
    found = (_PREFERENCE.fullmatch(part) for part in header.split(","))
    return {one[1].lower(): one[2] or one[3] or "" for one in found if one is not None and one[1].lower() in _NAMES}


def _taken_from_query(call: Call) -> dict[str, str]:
    parts = call.raw_query.split("&")
    ours = [part for part in parts if part.startswith("__") and part[2:].partition("=")[0] in _NAMES]
    if ours:
        call.raw_query = "&".join(part for part in parts if part not in ours)
    return {name[2:]: value for name, _, value in (part.partition("=") for part in ours)}


def _delay(text: str | None) -> int | None:
    """A duration such as 200ms or 2s; a bare number is in milliseconds."""
    if text is None:
        return None
    try:
        delay = int(text) * _MILLISECOND if text.isdecimal() else parse_duration(text)
    except (Unfit, ValueError):
        delay = -1
    if not 0 <= delay <= _LONGEST:
        raise BadPreference(f'the preferred delay "{text}" is no duration up to an hour, such as 200ms or 2s')
    return delay


def overridden(
    wanted: Preferences, status: int, question: Question, generic: GenericResponder, profile: Profile
) -> Reply | None:
    """The reply that a caller prefers in the place of the one with a status; None where that is preferred anyway.

    Raises:
        BadPreference: there is no such example.
    """
    if wanted.taste == _NO_TASTE and wanted.code in (None, status):
        return None
    try:
        reply = generic.example(question, wanted.code, wanted.taste)
    except LookupError as unknown:
        raise BadPreference(str(unknown.args[0]), 404) from None
    if reply is None:
        assert wanted.code is not None
        reply = profile.failure(wanted.code, _phrase(wanted.code))
    return reply


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "as preferred"
