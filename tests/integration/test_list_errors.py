"""What the list refuses, to the letter (section 3.2)."""

from typing import Any

import pytest

TEXT = 'failed listing sessions, invalid "{}" option: {}'
BAD_DATE = "start_date or end_date in wrong format"
TOO_DEEP = "; narrow the result set with a filter instead of paginating deeper"

AS_THEY_ARE = ["abc", "", "1.5", "1e2", "0x10", "1_000", "--1", "-", "9223372036854775808", "1" + "0" * 60]
NOT_NUMBERS = {text: text for text in AS_THEY_ARE} | {
    "%2010": " 10",
    "10%20": "10 ",
    "+5": " 5",
    "%2B": "+",
    "%2B-1": "+-1",
    "%C2%A05": r"\u00a05",
    "%D9%A1": "١",
    "%22": r"\"",
    "%5C": r"\\",
    "a%0Ab%09": r"a\nb\t",
    "%00": r"\x00",
    "%ff": r"\xff",
    "%3Cb%3E%26": "<b>&",
    "%E2%82%AC": "€",
    "%E2%80%A8": r"\u2028",
    "%F0%9F%91%8B": "👋",
}
"""What is sent, and how Go quotes it."""


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize(("text", "shown"), NOT_NUMBERS.items())
async def test_what_is_not_a_number_is_quoted_and_refused(api: Any, name: str, text: str, shown: str) -> None:
    gateway = await api("empty")
    answer = await gateway.get(f"/sessions?{name}={text}")
    assert (answer.status, answer.message) == (422, TEXT.format(name, f'"{shown}" is not a number'))


@pytest.mark.parametrize(
    ("query", "name", "reason"),
    [
        ("limit=0", "limit", "must be at least 1, got 0"),
        ("limit=-0", "limit", "must be at least 1, got 0"),
        ("limit=-1", "limit", "must be at least 1, got -1"),
        ("limit=-9223372036854775808", "limit", "must be at least 1, got -9223372036854775808"),
        ("offset=-1", "offset", "must not be negative, got -1"),
        ("offset=10001", "offset", f"must not be greater than 10000, got 10001{TOO_DEEP}"),
        ("offset=9223372036854775807", "offset", f"must not be greater than 10000, got 9223372036854775807{TOO_DEEP}"),
        ("start_date=", "start_date", BAD_DATE),
        ("end_date=", "end_date", BAD_DATE),
        ("start_date=yesterday", "start_date", BAD_DATE),
        ("end_date=2024-08-01", "end_date", BAD_DATE),
        ("count=", "count", 'invalid count value "", expected one of [exact none capped]'),
        ("count=x", "count", 'invalid count value "x", expected one of [exact none capped]'),
        ("count=Exact", "count", 'invalid count value "Exact", expected one of [exact none capped]'),
        ("count=exact%20", "count", 'invalid count value "exact ", expected one of [exact none capped]'),
    ],
)
async def test_a_bad_option_is_refused(api: Any, query: str, name: str, reason: str) -> None:
    gateway = await api("empty")
    answer = await gateway.get(f"/sessions?{query}")
    assert (answer.status, answer.message) == (422, TEXT.format(name, reason))


@pytest.mark.parametrize("text", ["1", "%2B1", "007", "101", "9223372036854775807", "0" * 80 + "1"])
async def test_what_go_reads_as_a_number_is_one(api: Any, text: str) -> None:
    gateway = await api("empty", validation="off")
    assert (await gateway.get(f"/sessions?limit={text}")).status == 200


ORDERED = ["start_date=x", "end_date=x", "limit=x", "offset=x", "count=x"]


@pytest.mark.parametrize("first", range(len(ORDERED)))
async def test_the_first_bad_option_in_the_gateways_order_is_told(api: Any, first: int) -> None:
    gateway = await api("empty")
    answer = await gateway.get("/sessions?" + "&".join(reversed(ORDERED[first:])))
    name = ORDERED[first].removesuffix("=x")
    assert answer.message.startswith(f'failed listing sessions, invalid "{name}" option: ')


async def test_a_bad_option_is_told_before_a_database_error(api: Any) -> None:
    gateway = await api("empty")
    answer = await gateway.get("/sessions?connection=%00&limit=x")
    assert answer.status == 422


async def test_a_refusal_is_json_with_a_charset_and_without_a_line_break(api: Any) -> None:
    gateway = await api("empty")
    answer = await gateway.get("/sessions?limit=%3Cb%3E")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.body == (
        rb'{"message":"failed listing sessions, invalid \"limit\" option: \"\u003cb\u003e\" is not a number"}'
    )
