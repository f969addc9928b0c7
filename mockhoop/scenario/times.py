"""How a scenario writes time: durations such as ``1h30m``, and moments such as ``-3h``, ``now`` or a date."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

SECOND = 1_000_000_000
UNITS = {
    "w": 7 * 86_400 * SECOND,
    "d": 86_400 * SECOND,
    "h": 3_600 * SECOND,
    "m": 60 * SECOND,
    "s": SECOND,
    "ms": 1_000_000,
    "us": 1_000,
    "ns": 1,
}
"""The units of a duration, in nanoseconds; several are written from the largest to the smallest."""

_LONGEST = 2**63 - 1  # the gateway keeps durations in 64 bits, which are 292 years
_AMOUNTS = re.compile("(?=[0-9])" + "".join(rf"(?:([0-9]+(?:\.[0-9]+)?){unit})?" for unit in UNITS))
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unfit(ValueError):
    """A value is not of the kind that is wanted: why, and what to write instead."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time: nanoseconds since 1970 in UTC or, when ``relative``, since the world's start."""

    ns: int
    relative: bool = False

    def resolve(self, now_ns: int) -> int:
        """The moment in nanoseconds since 1970, in a world that starts at ``now_ns``."""
        return now_ns + self.ns if self.relative else self.ns


NOW = Moment(0, relative=True)
"""The world's start."""


def parse_duration(text: str) -> int:
    """The nanoseconds of a duration such as ``5m``, ``200ms``, ``1h30m`` or ``-1.5d``.

    A sign may stand in front. Raises Unfit.
    """
    match = _AMOUNTS.fullmatch(text.removeprefix("-") if text.startswith("-") else text.removeprefix("+"))
    if not match:
        raise Unfit(f'"{text}" is not a duration', "write it like 90s, 5m, 1h30m, 200ms or 30d")
    pairs = zip(match.groups("0"), UNITS.values(), strict=True)
    amount = sum(Decimal(number) * unit for number, unit in pairs)
    if amount != int(amount):
        raise Unfit(f'"{text}" has parts of a nanosecond', "round it")
    if amount > _LONGEST:
        raise Unfit(f'"{text}" is longer than 292 years', "shorten it")
    return -int(amount) if text.startswith("-") else int(amount)


def parse_moment(text: str) -> Moment:
    """The moment that ``now``, a signed duration or an RFC 3339 time with up to nine decimals stands for.

    Raises Unfit.
    """
    if text == "now":
        return NOW
    if text[:1] in ("-", "+"):
        return Moment(parse_duration(text), relative=True)
    if match := _INSTANT.fullmatch(text):
        return Moment(_nanoseconds(text, match))
    if _AMOUNTS.fullmatch(text):
        raise Unfit(f'"{text}" is a duration, not a moment', f"write -{text} for the past or +{text} for the future")
    if _DATE.fullmatch(text):
        raise Unfit(f'"{text}" has no time of day', f"write {text}T00:00:00Z")
    raise Unfit(f'"{text}" is not a moment', "write it like 2024-07-25T15:56:35Z, now, -3h or +5m")


def _nanoseconds(text: str, match: re.Match[str]) -> int:
    *fields, fraction, sign, hours, minutes = match.groups()
    try:
        wall = datetime(*map(int, fields), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError as error:
        raise Unfit(f'"{text}" does not exist: {error}', "write it like 2024-07-25T15:56:35Z") from None
    east = 0
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            raise Unfit(f'"{text}" has no valid offset', "write it like +02:00, or Z for UTC")
        east = (int(hours) * 60 + int(minutes)) * (-1 if sign == "-" else 1)
    seconds = (wall - _EPOCH) // timedelta(seconds=1) - east * 60
    return seconds * SECOND + int((fraction or "").ljust(9, "0"))
