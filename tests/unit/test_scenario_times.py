"""Durations and moments as a scenario writes them."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.scenario.times import NOW, UNITS, Moment, Unfit, parse_duration, parse_moment

SECOND = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0s", 0),
        ("5m", 300 * SECOND),
        ("70s", 70 * SECOND),
        ("200ms", 200_000_000),
        ("1h30m", 5400 * SECOND),
        ("1.5h", 5400 * SECOND),
        ("-30d", -30 * 86_400 * SECOND),
        ("+2w", 14 * 86_400 * SECOND),
        ("0.27s", 270_000_000),
        ("1us", 1_000),
        ("7ns", 7),
        ("1m200ms", 60 * SECOND + 200_000_000),
        ("106751d", 106_751 * 86_400 * SECOND),
    ],
)
def test_a_duration_is_kept_in_nanoseconds(text: str, nanoseconds: int) -> None:
    assert parse_duration(text) == nanoseconds


@given(st.sets(st.sampled_from(list(UNITS)), min_size=1), st.data(), st.booleans())
def test_a_duration_is_the_sum_of_its_parts(units: set[str], data: st.DataObject, negative: bool) -> None:
    parts = [(data.draw(st.integers(0, 999)), unit) for unit in UNITS if unit in units]
    total = sum(number * UNITS[unit] for number, unit in parts)
    text = "".join(f"{number}{unit}" for number, unit in parts)
    assert parse_duration(f"-{text}" if negative else text) == (-total if negative else total)


@given(st.text("0123456789.-+wdhmsun"))
def test_any_text_is_a_duration_or_unfit(text: str) -> None:
    try:
        found = parse_duration(text)
    except Unfit:
        return
    assert -(2**63) < found < 2**63


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not a duration'),
        ("5", '"5" is not a duration'),
        ("m", '"m" is not a duration'),
        ("5 m", '"5 m" is not a duration'),
        ("5min", '"5min" is not a duration'),
        ("30m1h", '"30m1h" is not a duration'),
        ("1h1h", '"1h1h" is not a duration'),
        (".5h", '".5h" is not a duration'),
        ("--1h", '"--1h" is not a duration'),
        ("٣h", '"٣h" is not a duration'),
        ("0.5ns", '"0.5ns" has parts of a nanosecond'),
        ("300000d", '"300000d" is longer than 292 years'),
    ],
)
def test_what_is_not_a_duration_is_unfit(text: str, message: str) -> None:
    with pytest.raises(Unfit, match=f"^{re.escape(message)}$"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("-3h", Moment(-3 * 3600 * SECOND, relative=True)),
        ("+5m", Moment(300 * SECOND, relative=True)),
        ("1970-01-01T00:00:00Z", Moment(0)),
        ("2024-07-25T15:56:35Z", Moment(1_721_922_995 * SECOND)),
        ("2024-07-25T15:56:35.123456789Z", Moment(1_721_922_995_123_456_789)),
        ("2024-07-25T15:56:35.5+02:00", Moment(1_721_915_795 * SECOND + 500_000_000)),
        ("1969-12-31T23:59:59.25Z", Moment(-750_000_000)),
        ("2024-02-29T00:00:00-23:59", Moment(1_709_251_140 * SECOND)),
    ],
)
def test_a_moment_is_absolute_or_relative_to_the_start(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@given(
    st.datetimes(),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_a_moment_is_the_time_that_it_says(wall: datetime, offset: int) -> None:
    when = wall.replace(tzinfo=timezone(timedelta(minutes=offset)))
    expected = (when - EPOCH) // timedelta(microseconds=1) * 1000
    assert parse_moment(when.isoformat()) == Moment(expected)


@pytest.mark.parametrize(
    ("text", "message", "suggestion"),
    [
        ("3h", '"3h" is a duration, not a moment', "write -3h for the past or +3h for the future"),
        ("2024-07-25", '"2024-07-25" has no time of day', "write 2024-07-25T00:00:00Z"),
        ("Now", '"Now" is not a moment', "write it like 2024-07-25T15:56:35Z, now, -3h or +5m"),
        ("-3x", '"-3x" is not a duration', "write it like 90s, 5m, 1h30m, 200ms or 30d"),
        (
            "2024-07-25 15:56:35Z",
            '"2024-07-25 15:56:35Z" is not a moment',
            "write it like 2024-07-25T15:56:35Z, now, -3h or +5m",
        ),
        (
            "2024-07-25T15:56:35.1234567891Z",
            '"2024-07-25T15:56:35.1234567891Z" is not a moment',
            "write it like 2024-07-25T15:56:35Z, now, -3h or +5m",
        ),
        (
            "2023-02-29T00:00:00Z",
            '"2023-02-29T00:00:00Z" does not exist: day is out of range for month',
            "write it like 2024-07-25T15:56:35Z",
        ),
        (
            "2024-01-01T00:00:00+24:00",
            '"2024-01-01T00:00:00+24:00" has no valid offset',
            "write it like +02:00, or Z for UTC",
        ),
    ],
    ids=["no sign", "date", "case", "unit", "space", "ten decimals", "no such day", "offset"],
)
def test_what_is_not_a_moment_is_unfit(text: str, message: str, suggestion: str) -> None:
    with pytest.raises(Unfit) as caught:
        parse_moment(text)
    assert (caught.value.message, caught.value.suggestion) == (message, suggestion)


@pytest.mark.parametrize(("text", "resolved"), [("now", 1000), ("-1us", 0), ("1970-01-01T00:00:00.000000005Z", 5)])
def test_a_moment_is_resolved_against_the_start_of_the_world(text: str, resolved: int) -> None:
    assert parse_moment(text).resolve(1000) == resolved
