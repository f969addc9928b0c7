"""Instants as text (sections 3.3, 3b.2 and 5.1)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.gateway.times import SECOND, Unit, http_date, parse_rfc3339, rfc3339, stamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = int((datetime(1, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
LAST = int((datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH).total_seconds())
JULY = 1_721_922_995 * SECOND  # 2024-07-25T15:56:35Z

seconds = st.integers(FIRST, LAST)
nanoseconds = st.integers(FIRST * SECOND, LAST * SECOND)


@pytest.mark.parametrize(
    ("fraction", "unit", "text"),
    [
        (0, "us", "2024-07-25T15:56:35Z"),
        (62_400_000, "us", "2024-07-25T15:56:35.0624Z"),
        (62_413_000, "us", "2024-07-25T15:56:35.062413Z"),
        (999_999_999, "us", "2024-07-25T15:56:35.999999Z"),
        (999, "us", "2024-07-25T15:56:35Z"),
        (500_000_000, "us", "2024-07-25T15:56:35.5Z"),
        (62_413_000, "ms", "2024-07-25T15:56:35.062Z"),
        (999_999, "ms", "2024-07-25T15:56:35Z"),
        (100_000_000, "ms", "2024-07-25T15:56:35.1Z"),
        (62_413_007, "ns", "2024-07-25T15:56:35.062413007Z"),
        (10, "ns", "2024-07-25T15:56:35.00000001Z"),
        (999_999_999, "s", "2024-07-25T15:56:35Z"),
    ],
)
def test_the_fraction_is_cut_off_at_the_unit_and_trimmed(fraction: int, unit: Unit, text: str) -> None:
    """Section 3b.2."""
    assert rfc3339(JULY + fraction, unit) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (951_782_400 * SECOND, "2000-02-29T00:00:00Z"),
        (LAST * SECOND, "9999-12-31T23:59:59Z"),
        (FIRST * SECOND, "0001-01-01T00:00:00Z"),
    ],
)
def test_days_at_the_edges_of_the_calendar_are_right(ns: int, text: str) -> None:
    assert rfc3339(ns, "ns") == text


def test_a_year_of_five_digits_cannot_be_written() -> None:
    with pytest.raises(ValueError, match=r"out of range|ordinal"):
        rfc3339((LAST + 1) * SECOND)


@given(nanoseconds)
def test_microseconds_agree_with_the_standard_library(ns: int) -> None:
    """Section 3b.2."""
    moment = EPOCH + timedelta(microseconds=ns // 1000)
    whole = moment.replace(tzinfo=None, microsecond=0).isoformat()
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    assert rfc3339(ns, "us") == f"{whole}{fraction}Z"


@given(nanoseconds, st.sampled_from(["s", "ms", "us", "ns"]))
def test_what_is_written_is_read_back_to_the_whole_second(ns: int, unit: Unit) -> None:
    """Sections 3b.2 and 3.3."""
    assert parse_rfc3339(rfc3339(ns, unit)) == ns // SECOND * SECOND


@pytest.mark.parametrize(
    "text",
    [
        "2024-07-25T15:56:35Z",
        "2024-07-25T15:56:35.9Z",
        "2024-07-25T15:56:35.123456789012Z",
        "2024-07-25T15:56:35,5Z",
        "2024-07-25T15:56:35+02:00",
        "2024-07-25T15:56:35-11:30",
        "2024-07-25T15:56:35+24:00",
        "2024-07-25T15:56:35+00:60",
    ],
)
def test_fraction_and_offset_do_not_move_a_filter(text: str) -> None:
    """Section 3.3."""
    assert parse_rfc3339(text) == JULY


def test_an_hour_may_have_one_digit() -> None:
    """Section 3.3."""
    assert parse_rfc3339("2024-07-25T5:56:35Z") == parse_rfc3339("2024-07-25T05:56:35Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-07-25",
        "2024-07-25 15:56:35Z",
        "2024-07-25t15:56:35Z",
        "2024-07-25T15:56:35z",
        "2024-07-25T15:56:35",
        "2024-07-25T15:56:35+0200",
        "2024-07-25T15:56:35+02",
        "2024-07-25T15:56:35 02:00",
        "2024-07-25T15:56:35.Z",
        "2024-07-25T15:56Z",
        "2024-7-25T15:56:35Z",
        "24-07-25T15:56:35Z",
        "1721922995",
        "2024-07-25T15:56:35Z ",
        " 2024-07-25T15:56:35Z",
        "2024-07-25T15:56:35Z\n",
        "٢٠٢٤-07-25T15:56:35Z",
    ],
)
def test_another_layout_is_no_date(text: str) -> None:
    """Section 3.3."""
    with pytest.raises(ValueError, match="RFC 3339"):
        parse_rfc3339(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-00-25T15:56:35Z",
        "2024-13-25T15:56:35Z",
        "2024-07-00T15:56:35Z",
        "2024-07-32T15:56:35Z",
        "2024-06-31T15:56:35Z",
        "2023-02-29T15:56:35Z",
        "1900-02-29T15:56:35Z",
        "2024-07-25T24:00:00Z",
        "2024-07-25T15:60:35Z",
        "2024-07-25T15:56:60Z",
        "2024-07-25T15:56:35+25:00",
        "2024-07-25T15:56:35+00:61",
    ],
)
def test_a_time_that_does_not_exist_is_no_date(text: str) -> None:
    """Section 3.3."""
    with pytest.raises(ValueError, match=r"does not exist|out of range|must be in"):
        parse_rfc3339(text)


@pytest.mark.parametrize("year", ["2024", "2000", "0000"])
def test_a_leap_year_has_a_29th_of_february(year: str) -> None:
    """Section 3.3: Go's calendar, which has a year 0."""
    day = parse_rfc3339(f"{year}-03-01T00:00:00Z") - parse_rfc3339(f"{year}-02-29T00:00:00Z")
    assert day == 86_400 * SECOND


def test_the_year_0_ends_where_the_year_1_begins() -> None:
    assert parse_rfc3339("0000-12-31T23:59:59Z") == parse_rfc3339("0001-01-01T00:00:00Z") - SECOND


@given(seconds)
@example(JULY // SECOND)
def test_a_stamp_is_the_second_in_digits(second: int) -> None:
    """Section 5.1."""
    moment = EPOCH + timedelta(seconds=second)
    day = f"{moment.year:04}{moment.month:02}{moment.day:02}"
    assert stamp(second * SECOND) == f"{day}-{moment.hour:02}{moment.minute:02}{moment.second:02}"


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (JULY + 999_999_999, "Thu, 25 Jul 2024 15:56:35 GMT"),
        (784_111_777 * SECOND, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)
def test_the_date_header_has_the_fixed_form(ns: int, text: str) -> None:
    """Section 1.3: the Date header is Go's own, RFC 9110's IMF-fixdate."""
    assert http_date(ns) == text
