"""The options of GET /sessions, its patterns and its totals (sections 3.1 to 3.5)."""

import re
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockhoop.gateway.listing import (
    DATABASE_FAILED,
    CountMode,
    LikeError,
    SessionQuery,
    atoi,
    first_values,
    has_next_page,
    is_literal,
    like,
    parse_list,
    total,
)
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.releases import Release
from mockhoop.gateway.times import SECOND

SEED = Release(1, 49, 10)
HEAD = Release(1, 148, 0)
NOON = 1_721_908_800 * SECOND  # 2024-07-25T12:00:00Z
NOW = NOON + 3_600 * SECOND + 999_999_999
DEFAULTS = {HEAD: SessionQuery(count="capped"), SEED: SessionQuery(count="exact")}


def parsed(raw_query: str, release: Release = HEAD) -> SessionQuery | Refusal:
    return parse_list(first_values(raw_query), release, NOW)


def invalid(option: str, reason: str) -> Refusal:
    return Refusal(422, f'failed listing sessions, invalid "{option}" option: {reason}')


# --- the query string ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "1"}),
        ("a=&a=2", {"a": ""}),
        ("a", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("=x&&", {"": "x"}),
        ("a=+5&b=%2B5", {"a": " 5", "b": "+5"}),
        ("review.status=PENDING", {"review.status": "PENDING"}),
        ("%61%3D=1", {"a=": "1"}),
        ("a=%C3%A9%00", {"a": "é\0"}),
        ("a=é", {"a": "é"}),
        ("a=%zz&b=%4&c=%&d=1", {"d": "1"}),
        ("%zz=1&a=1", {"a": "1"}),
        ("a=%zz&a=2", {"a": "2"}),
        ("a=1;b=2&c=3", {"c": "3"}),
        ("a=%3B", {"a": ";"}),
        ("a=%ff%C3", {"a": "\udcff\udcc3"}),
        ("a=\udcff", {"a": "\udcff"}),
    ],
    ids=ascii,
)
def test_the_first_value_of_each_option_is_read_as_go_does(raw: str, values: dict[str, str]) -> None:
    """Section 3.1."""
    assert first_values(raw) == values


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_what_a_client_encodes_comes_back(pairs: list[tuple[str, str]]) -> None:
    encoded = [(quote_plus(name), quote_plus(value)) for name, value in pairs]
    expected = dict(reversed(pairs))
    assert first_values("&".join(f"{name}={value}" for name, value in encoded)) == expected


# --- the options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("release", [HEAD, SEED], ids=str)
@pytest.mark.parametrize("raw", ["", "unknown=1&sort=x&Limit=x"])
def test_without_options_nothing_is_filtered(release: Release, raw: str) -> None:
    """Section 3.1: a page of 20; unknown options are ignored."""
    assert parsed(raw, release) == DEFAULTS[release]


@pytest.mark.parametrize(
    ("raw", "changes"),
    [
        ("user=ada%25", {"user": "ada%"}),
        ("user=", {"user": ""}),
        ("user=%25", {"user": None}),
        ("user=%25%25", {"user": "%%"}),
        ("type=database", {"type": "database"}),
        ("type=", {"type": ""}),
        ("type=%25", {"type": None}),
        ("connection=my_db", {"connection": "my_db"}),
        ("connection=", {"connection": ""}),
        ("connection=%25", {"connection": None}),
        ("review.status=PENDING", {"status": "PENDING"}),
        ("review.status=pending", {"status": "pending"}),
        ("review.status=", {"status": ""}),
        ("review.status=%25", {"status": None}),
        ("review.approver=a@b.c", {"approver": "a@b.c"}),
        ("review.approver=", {"approver": ""}),
        ("review.approver=%25", {"approver": "%"}),
        ("batch_id=b1", {"batch_id": "b1"}),
        ("batch_id=", {"batch_id": ""}),
        ("correlation_id=c1", {"correlation_id": "c1"}),
        ("correlation_id=", {"correlation_id": None}),
        ("limit=1", {"limit": 1}),
        ("limit=100", {"limit": 100}),
        ("limit=101", {"limit": 100}),
        ("limit=500", {"limit": 100}),
        ("limit=%2B5", {"limit": 5}),
        ("limit=007", {"limit": 7}),
        ("limit=9223372036854775807", {"limit": 100}),
        ("offset=0", {"offset": 0}),
        ("offset=-0", {"offset": 0}),
        ("offset=10000", {"offset": 10000}),
        ("jira_issue_key=AB-1", {"jira_issue_keys": frozenset({"ab-1"})}),
        ("jira_issue_key=AB-1,+cd-2+,ab-1,", {"jira_issue_keys": frozenset({"ab-1", "cd-2"})}),
        ("jira_issue_key=", {"jira_issue_keys": frozenset()}),
        ("jira_issue_key=+,+", {"jira_issue_keys": frozenset()}),
        ("count=exact", {"count": "exact"}),
        ("count=none", {"count": "none"}),
        ("count=capped", {"count": "capped"}),
        ("limit=3&limit=x", {"limit": 3}),
        ("user=a&connection=b&offset=4", {"user": "a", "connection": "b", "offset": 4}),
    ],
)
def test_an_option_becomes_a_filter(raw: str, changes: dict[str, object]) -> None:
    """Section 3.1, with the meaning of empty values."""
    assert parsed(raw) == replace(DEFAULTS[HEAD], **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        ("limit=abc", invalid("limit", '"abc" is not a number')),
        ("limit=", invalid("limit", '"" is not a number')),
        ("limit=1.5", invalid("limit", '"1.5" is not a number')),
        ("limit=1e2", invalid("limit", '"1e2" is not a number')),
        ("limit=%2010", invalid("limit", '" 10" is not a number')),
        ("limit=10%20", invalid("limit", '"10 " is not a number')),
        ("limit=+5", invalid("limit", '" 5" is not a number')),
        ("limit=1_0", invalid("limit", '"1_0" is not a number')),
        ("limit=0x10", invalid("limit", '"0x10" is not a number')),
        ("limit=9223372036854775808", invalid("limit", '"9223372036854775808" is not a number')),
        ("limit=%22%00%ff", invalid("limit", r'"\"\x00\xff" is not a number')),
        ("limit=0", invalid("limit", "must be at least 1, got 0")),
        ("limit=-1", invalid("limit", "must be at least 1, got -1")),
        ("offset=abc", invalid("offset", '"abc" is not a number')),
        ("offset=", invalid("offset", '"" is not a number')),
        ("offset=-1", invalid("offset", "must not be negative, got -1")),
        (
            "offset=10001",
            invalid(
                "offset",
                "must not be greater than 10000, got 10001; "
                "narrow the result set with a filter instead of paginating deeper",
            ),
        ),
        ("start_date=2024-07-25", invalid("start_date", "start_date or end_date in wrong format")),
        ("start_date=", invalid("start_date", "start_date or end_date in wrong format")),
        ("end_date=x", invalid("end_date", "start_date or end_date in wrong format")),
        ("end_date=", invalid("end_date", "start_date or end_date in wrong format")),
        ("count=x", invalid("count", 'invalid count value "x", expected one of [exact none capped]')),
        ("count=", invalid("count", 'invalid count value "", expected one of [exact none capped]')),
        ("count=EXACT", invalid("count", 'invalid count value "EXACT", expected one of [exact none capped]')),
    ],
)
def test_a_bad_option_is_refused_with_the_gateways_text(raw: str, refusal: Refusal) -> None:
    """Section 3.2."""
    assert parsed(raw) == refusal


def test_a_trailing_space_makes_the_limit_invalid() -> None:
    """Section 3.2."""
    assert parsed("limit=10%20") == invalid("limit", '"10 " is not a number')


def test_the_first_bad_option_in_the_gateways_order_is_the_one_refused() -> None:
    """Section 3.1: the order of the query string does not matter."""
    order = ["start_date", "end_date", "limit", "offset", "count"]
    named = []
    for first in range(len(order)):
        refusal = parsed("&".join(f"{option}=x" for option in reversed(order[first:])))
        assert isinstance(refusal, Refusal)
        named.append(re.findall('invalid "(.*?)" option', refusal.message))
    assert named == [[option] for option in order]


# --- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "created"),
    [
        ("start_date=2024-07-25T12:00:00Z&end_date=2024-07-25T12:00:59Z", (NOON, NOON + 59 * SECOND)),
        ("start_date=2024-07-25T12:00:00.9Z&end_date=2024-07-25T12:00:59.9Z", (NOON, NOON + 59 * SECOND)),
        ("start_date=2024-07-25T12:00:00%2B02:00", (NOON, NOON + 3600 * SECOND)),
        ("start_date=2024-07-25T12:00:00Z", (NOON, NOON + 3600 * SECOND)),
        ("start_date=2024-07-25T12:00:01Z&end_date=2024-07-25T12:00:00Z", (NOON + SECOND, NOON)),
        ("end_date=2024-07-25T12:00:00Z", None),
    ],
    ids=["both", "fractions dropped", "offset ignored", "up to this second", "backwards", "end alone"],
)
def test_dates_are_a_range_of_whole_seconds(raw: str, created: tuple[int, int] | None) -> None:
    """Section 3.3; a range that runs backwards holds nothing."""
    assert parsed(raw) == replace(DEFAULTS[HEAD], created=created)


def test_an_unescaped_plus_in_an_offset_is_a_bad_date() -> None:
    """Section 3.3."""
    refusal = invalid("start_date", "start_date or end_date in wrong format")
    assert parsed("start_date=2024-07-25T12:00:00+02:00") == refusal


# --- older releases --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "changes"),
    [
        ("limit=abc", {"limit": 0}),
        ("limit=", {"limit": 0}),
        ("limit=0", {"limit": 0}),
        ("limit=500", {"limit": 100}),
        ("limit=99999999999999999999", {"limit": 100}),
        ("offset=abc", {"offset": 0}),
        ("offset=10001", {"offset": 10001}),
        ("count=x", {}),
        ("correlation_id=c", {}),
        ("batch_id=b", {"batch_id": "b"}),
        ("jira_issue_key=A-1", {"jira_issue_keys": frozenset({"a-1"})}),
    ],
)
def test_the_seed_release_lets_bad_numbers_pass(raw: str, changes: dict[str, object]) -> None:
    """Sections 0 and 9.2."""
    assert parsed(raw, SEED) == replace(DEFAULTS[SEED], **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", ["limit=-1", "offset=-1", "limit=-99999999999999999999"])
def test_the_seed_releases_database_fails_on_negative_numbers(raw: str) -> None:
    """Sections 0 and 9.2."""
    assert parsed(raw, SEED) == Refusal(500, "failed listing sessions (v2)")


@pytest.mark.parametrize("option", ["start_date", "end_date"])
def test_the_seed_release_does_not_name_the_bad_date(option: str) -> None:
    """Section 0."""
    refusal = Refusal(422, "failed listing sessions, start_date or end_date in wrong format")
    assert parsed(f"{option}=x&limit=-1", SEED) == refusal


@pytest.mark.parametrize(
    ("raw", "last_without"),
    [("batch_id=x", "1.47.9"), ("jira_issue_key=x", "1.48.1"), ("correlation_id=x%00", "1.58.9")],
)
def test_a_filter_is_ignored_before_its_release(raw: str, last_without: str) -> None:
    """Section 9."""
    assert parsed(raw, Release.parse(last_without)) == DEFAULTS[SEED]


# --- text that the database cannot take ------------------------------------------------------------------

SQL_OPTIONS = (
    "user",
    "type",
    "connection",
    "review.status",
    "review.approver",
    "batch_id",
    "correlation_id",
    "jira_issue_key",
)


@pytest.mark.parametrize("option", SQL_OPTIONS)
@pytest.mark.parametrize("value", ["a%00", "%ff"], ids=["NUL", "not UTF-8"])
def test_the_database_fails_on_text_that_it_cannot_take(option: str, value: str) -> None:
    """Section 3.1, facts about LIKE; the text is that of section 3.5."""
    assert parsed(f"{option}={value}") == DATABASE_FAILED


def test_a_bad_option_comes_before_the_database() -> None:
    """Section 3.1: options are read first."""
    assert parsed("user=%00&count=x") == invalid(
        "count", 'invalid count value "x", expected one of [exact none capped]'
    )


def test_an_unknown_option_never_reaches_the_database() -> None:
    assert parsed("other=%00") == DEFAULTS[HEAD]


def test_a_failed_database_has_its_text() -> None:
    """Section 3.5."""
    assert Refusal(500, "failed listing sessions (v2)") == DATABASE_FAILED


# --- Atoi ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "valid"),
    [
        ("0", 0, True),
        ("+5", 5, True),
        ("-5", -5, True),
        ("-0", 0, True),
        ("007", 7, True),
        ("0" * 5000 + "7", 7, True),
        ("9223372036854775807", 2**63 - 1, True),
        ("-9223372036854775808", -(2**63), True),
        ("9223372036854775808", 2**63 - 1, False),
        ("-9223372036854775809", -(2**63), False),
        ("9" * 5000, 2**63 - 1, False),
        ("-" + "9" * 5000, -(2**63), False),
        ("", 0, False),
        ("+", 0, False),
        ("--5", 0, False),
        ("5-", 0, False),
        (" 5", 0, False),
        ("5\n", 0, False),
        ("1_000", 0, False),
        ("1.0", 0, False),
        ("1e2", 0, False),
        ("0x10", 0, False),
        ("٥", 0, False),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else str(value),
)
def test_a_number_is_read_as_go_reads_it(text: str, value: int, valid: bool) -> None:
    """Section 3.2."""
    assert atoi(text) == (value, valid)


@given(st.integers(-(2**66), 2**66), st.integers(0, 30), st.booleans())
def test_zeros_in_front_and_a_plus_do_not_change_a_number(value: int, zeros: int, plus: bool) -> None:
    """Section 3.2."""
    sign = "-" if value < 0 else "+" * plus
    nearest = min(max(value, -(2**63)), 2**63 - 1)
    assert atoi(f"{sign}{'0' * zeros}{abs(value)}") == (nearest, nearest == value)


# --- LIKE ------------------------------------------------------------------------------------------------


def verdict(pattern: str, text: str) -> str:
    try:
        return "fits" if like(pattern)(text) else "differs"
    except LikeError:
        return "fails"


def by_hand(pattern: str, text: str) -> str:
    """What PostgreSQL makes of it, one character after the other; "ends" is: the text is over too early."""
    while pattern and text:
        if pattern[0] == "%":
            return by_hand_after_percent(pattern, text)
        if pattern == "\\":
            return "fails"
        if pattern[0] == "\\":
            pattern = pattern[1:]
            if pattern[0] != text[0]:
                return "differs"
        elif pattern[0] not in ("_", text[0]):
            return "differs"
        pattern, text = pattern[1:], text[1:]
    if text:
        return "differs"
    return "ends" if pattern.strip("%") else "fits"


def by_hand_after_percent(pattern: str, text: str) -> str:
    while pattern and pattern[0] in "%_":
        if pattern[0] == "_":
            if not text:
                return "ends"
            text = text[1:]
        pattern = pattern[1:]
    if not pattern:
        return "fits"
    if pattern == "\\":
        return "fails"
    for start in range(len(text)):
        found = by_hand(pattern, text[start:])
        if found != "differs":
            return found
    return "ends"


few = st.text("ab%_\\\n", max_size=8)


@given(few, few)
@example("%_\\", "a")
@example("a\\", "a")
@example("%a%b\\", "ab")
@example("%\\", "")
def test_like_is_what_postgresql_does(pattern: str, text: str) -> None:
    """Section 3.1, facts about LIKE."""
    assert verdict(pattern, text) == by_hand(pattern, text).replace("ends", "differs")


@given(st.text(), st.text(), st.text())
def test_percent_is_any_run_between_literal_ends(start: str, middle: str, end: str) -> None:
    """Section 3.1."""
    pattern = "%".join(re.sub(r"([%_\\])", r"\\\1", part) for part in (start, end))
    assert like(pattern)(start + middle + end)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("my_db", "my-db", "fits"),
        ("my_db", "my_db", "fits"),
        ("my\\_db", "my-db", "differs"),
        ("my\\_db", "my_db", "fits"),
        ("pg%", "pgdemo", "fits"),
        ("pg%", "PGdemo", "differs"),
        ("pg", "pgdemo", "differs"),
        ("%demo", "pgdemo", "fits"),
        ("%", "", "fits"),
        ("_", "", "differs"),
        ("_", "😀", "fits"),
        ("_", "\n", "fits"),
        ("a%z", "a\nz", "fits"),
        ("", "", "fits"),
        ("", "a", "differs"),
        ("a.c", "abc", "differs"),
        ("[ab]", "a", "differs"),
        ("100\\%", "100%", "fits"),
        ("\\a", "a", "fits"),
        ("\\\\", "\\", "fits"),
        ("abc\\", "abc", "differs"),
        ("abc\\", "abcd", "fails"),
        ("abc\\", "ab", "differs"),
        ("abc\\", "xbcd", "differs"),
        ("\\", "", "differs"),
        ("\\", "a", "fails"),
        ("%\\", "a", "fails"),
        ("%b\\", "aab", "differs"),
        ("%b\\", "aaba", "fails"),
    ],
)
def test_like_by_example(pattern: str, text: str, expected: str) -> None:
    """Section 3.1: case-sensitive, the whole text, a backslash at the end is an error once it is reached."""
    assert verdict(pattern, text) == expected


def test_a_pattern_full_of_wildcards_takes_no_longer_than_text_times_pattern() -> None:
    """A matcher that tries every way to place twenty runs would not come back from this."""
    assert not like("%a" * 20 + "%b")("a" * 2000)


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [("", True), ("PENDING", True), ("a.b*", True), ("a%", False), ("a_b", False), ("a\\b", False)],
)
def test_a_pattern_without_special_characters_is_literal(pattern: str, literal: bool) -> None:
    """Section 3.1, row 4."""
    assert is_literal(pattern) is literal


@given(st.text().filter(is_literal), st.text())
def test_a_literal_pattern_fits_itself_only(pattern: str, text: str) -> None:
    assert [like(pattern)(pattern), like(pattern)(text)] == [True, pattern == text]


# --- totals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "matching", "release", "expected"),
    [
        ("capped", 0, HEAD, (0, False)),
        ("capped", 10000, HEAD, (10000, False)),
        ("capped", 10001, HEAD, (10000, True)),
        ("exact", 10001, HEAD, (10001, False)),
        ("none", 5, HEAD, (None, False)),
        ("none", 10001, HEAD, (None, False)),
        ("exact", 10001, SEED, (10001, False)),
        ("capped", 10001, SEED, (10001, False)),
        ("none", 10001, SEED, (10001, False)),
    ],
    ids=str,
)
def test_the_total_follows_the_way_of_counting(
    count: CountMode, matching: int, release: Release, expected: tuple[int | None, bool]
) -> None:
    """Sections 0 and 3.5."""
    assert total(count, matching, release) == expected


@pytest.mark.parametrize(
    ("limit", "offset", "matching", "release", "expected"),
    [
        (20, 0, 21, HEAD, True),
        (20, 0, 20, HEAD, False),
        (20, 20, 40, HEAD, False),
        (20, 20, 41, HEAD, True),
        (20, 100, 5, HEAD, False),
        (20, 0, 21, SEED, True),
        (20, 0, 20, SEED, True),
        (20, 20, 40, SEED, True),
        (20, 0, 19, SEED, False),
        (20, 100, 5, SEED, False),
        (0, 0, 5, SEED, True),
        (0, 100, 5, SEED, True),
    ],
    ids=str,
)
def test_a_next_page_is_claimed(limit: int, offset: int, matching: int, release: Release, expected: bool) -> None:
    """Sections 0 and 3.5: one more row exists; older releases claim it of every full page."""
    assert has_next_page(SessionQuery(limit=limit, offset=offset), matching, release) is expected
