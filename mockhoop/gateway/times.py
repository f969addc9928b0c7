"""Instants as the gateway writes and reads them; an instant is whole nanoseconds since 1970 in UTC."""

import re
from datetime import date
from email.utils import formatdate
from functools import lru_cache
from typing import Literal

Unit = Literal["s", "ms", "us", "ns"]

SECOND = 1_000_000_000
_DAY_SECONDS = 86_400
DAY = _DAY_SECONDS * SECOND
_FIRST_DAY = date(1970, 1, 1).toordinal()
_FOUR_CENTURIES = 146_097
_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))
# For each unit: how many nanoseconds it has, and how its count within a second is written.
_FRACTIONS = {"s": (SECOND, ""), "ms": (1_000_000, ".%03d"), "us": (1_000, ".%06d"), "ns": (1, ".%09d")}
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TO_STAMP = str.maketrans({"-": None, ":": None, "T": "-", "Z": None})


def rfc3339(ns: int, unit: Unit = "us") -> str:
    """The instant as RFC 3339 text in UTC, for example ``2024-07-25T15:56:35.0624Z`` (section 3b.2).

    The fraction is cut off at the unit, without trailing zeros, and left out when it is zero. Raises
    ValueError outside the years 1 to 9999.
    """
    size, form = _FRACTIONS[unit]
    fraction = ns % SECOND // size
    text = _to_the_second(ns // SECOND)
    return f"{text}{(form % fraction).rstrip('0')}Z" if fraction else text + "Z"


@lru_cache(maxsize=64)
def parse_rfc3339(text: str) -> int:
    """Reads the date of a list filter the way the gateway does (section 3.3).

    The fraction is dropped and the offset ignored, so ``10:00:00.9+02:00`` is 10:00:00 UTC. The layout is
    Go's: an hour may have one digit, a comma may start the fraction. Raises ValueError for any other text
    and for a day that does not exist.
    """
    found = _RFC3339.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an RFC 3339 time")
    day, hour_text, minute_text, second_text, offset_hour, offset_minute = found.groups()
    hour, minute, second = int(hour_text), int(minute_text), int(second_text)
    # Go lets an offset of 24 hours or 60 minutes pass, though not a time of day.
    if hour > 23 or minute > 59 or second > 59 or (offset_hour and (int(offset_hour) > 24 or int(offset_minute) > 60)):
        raise ValueError(f"{text!r} has a time that does not exist")
    return (_days(day) * _DAY_SECONDS + hour * 3600 + minute * 60 + second) * SECOND


def parse_day(text: str) -> int | None:
    """The instant at which a day begins, told as YYYY-MM-DD; None for any other text."""
    try:
        found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    return None if found is None else (found.toordinal() - _FIRST_DAY) * DAY


def stamp(ns: int) -> str:
    """The instant as it stands in file names: ``YYYYMMDD-HHMMSS`` in UTC (section 5.1)."""
    return rfc3339(ns, "s").translate(_TO_STAMP)


def http_date(ns: int) -> str:
    """The instant as the ``Date`` header has it, for example ``Thu, 25 Jul 2024 15:56:35 GMT``."""
    return _http_date(ns // SECOND)


@lru_cache(maxsize=4096)
def _days(text: str) -> int:
    """The days from 1970 until the one that is told as YYYY-MM-DD."""
    # Go's calendar has a year 0 and Python's has not; the same days come again after four centuries.
    if text.startswith("0000"):
        return date.fromisoformat(f"0400{text[4:]}").toordinal() - _FOUR_CENTURIES - _FIRST_DAY
    return date.fromisoformat(text).toordinal() - _FIRST_DAY


@lru_cache(maxsize=1024)
def _to_the_second(seconds: int) -> str:
    days, second = divmod(seconds, _DAY_SECONDS)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return f"{_date(days)}T{_TWO_DIGITS[hour]}:{_TWO_DIGITS[minute]}:{_TWO_DIGITS[second]}"


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    return date.fromordinal(_FIRST_DAY + days).isoformat()


@lru_cache(maxsize=8)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
