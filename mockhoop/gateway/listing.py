"""What ``GET /sessions`` understands: its options, its patterns and its totals."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, cast, get_args
from urllib.parse import unquote_to_bytes

from mockhoop.gateway.records import Refusal
from mockhoop.gateway.releases import Feature, Release
from mockhoop.gateway.times import SECOND, parse_rfc3339
from mockhoop.gateway.wire import go_quote

CountMode = Literal["exact", "none", "capped"]
_COUNT_MODES = get_args(CountMode)

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100
MAX_OFFSET: Final = 10_000
MAX_TOTAL: Final = 10_000
DATABASE_FAILED = Refusal(500, "failed listing sessions (v2)")

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SURELY_WITHIN = 19
"""Numbers with fewer digits are within 64 bits."""
_WHOLE_NUMBER = re.compile(r"([+-]?)0*([0-9]+)")
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_WILDCARDS = re.compile(r"[%_\\]")


@dataclass(slots=True, kw_only=True)  # not frozen, which takes long: one is made for each call
class SessionQuery:
    """What a list of sessions is asked for; None means no filter (section 3.1). Nobody changes it.

    ``user`` (the subject), ``type``, ``connection`` and ``status`` (of the review) are LIKE patterns, see
    ``like``; an empty ``status`` asks for sessions without review. ``created`` holds the first and the last
    instant, both included; the first may be after the last, which no session fits. ``jira_issue_keys`` are
    casefolded; an empty set fits no session.
    """

    user: str | None = None
    type: str | None = None
    connection: str | None = None
    status: str | None = None
    approver: str | None = None
    batch_id: str | None = None
    correlation_id: str | None = None
    created: tuple[int, int] | None = None
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    jira_issue_keys: frozenset[str] | None = None
    count: CountMode = "exact"


class LikeError(Exception):
    """The database refuses the pattern because it ends in a single backslash."""


class _InvalidOption(Exception):
    def __init__(self, option: str, reason: str) -> None:
        super().__init__(option, reason)
        self.option = option
        self.reason = reason

    def refusal(self, release: Release) -> Refusal:
        named = f'invalid "{self.option}" option: ' if release.has(Feature.PREFIXED_DATE_ERROR) else ""
        return Refusal(422, f"failed listing sessions, {named}{self.reason}")


def first_values(raw_query: str) -> dict[str, str]:
    """The options of a query string, the first value of each, decoded as Go does (section 3.1).

    ``+`` is a space; a pair with a bad escape or a semicolon is dropped. A byte that is not UTF-8 stays as a
    surrogate.
    """
    values: dict[str, str] = {}
    for pair in raw_query.split("&"):
        name, _, value = pair.partition("=")
        if "%" in pair or "+" in pair or ";" in pair:
            if ";" in pair or _BAD_ESCAPE.search(pair):
                continue
            name, value = _unescape(name), _unescape(value)
        if pair and name not in values:
            values[name] = value
    return values


def parse_list(values: Mapping[str, str], release: Release, now: int) -> SessionQuery | Refusal:
    """Reads the options in the gateway's order; the first bad one is refused (sections 3.1 to 3.3).

    ``now`` is an instant: the end of a range that has only a beginning. Text that the database cannot take is
    refused after all bad options.
    """
    try:
        query = _read(values, release, now)
    except _InvalidOption as invalid:
        return invalid.refusal(release)
    if query.limit < 0 or query.offset < 0 or not _storable(query):
        return DATABASE_FAILED
    return query


def atoi(text: str) -> tuple[int, bool]:
    """Go's ``Atoi``: the number and whether the text is one (section 3.2).

    A text that is no number gives 0; one beyond 64 bits gives the nearest number that fits.
    """
    if text.isascii() and text.isdecimal() and len(text) < _SURELY_WITHIN:
        return int(text), True
    found = _WHOLE_NUMBER.fullmatch(text)
    if not found:
        return 0, False
    sign, digits = found.groups()
    low, high = -(2**63), 2**63 - 1
    # Python refuses to read very long numbers, so that they are judged by their length.
    value = int(sign + digits) if len(digits) < 20 else int(sign + "9" * 20)
    return min(max(value, low), high), low <= value <= high


def whole(text: str) -> int | None:
    """The whole number that a text tells, not below zero; None for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def is_literal(pattern: str) -> bool:
    """Whether a pattern fits one text only, itself, so that an index can answer."""
    return not _WILDCARDS.search(pattern)


@lru_cache(maxsize=256)
def like(pattern: str) -> Callable[[str], bool]:
    """SQL's LIKE as PostgreSQL does it: the whole text, case-sensitive (section 3.1).

    ``%`` is any run, ``_`` any one character, a backslash makes the next character ordinary. A pattern that
    ends in a single backslash fits nothing, and its test raises LikeError for every text with which
    PostgreSQL gets as far as that; the gateway then answers DATABASE_FAILED. A test takes no more steps than
    the text's length times the pattern's.
    """
    (first, *rest), dangling = _segments(pattern)
    if dangling:
        return _dangling([first, *rest])
    if not rest:
        fits = re.compile(first, re.DOTALL).fullmatch
    else:
        fits = re.compile(f"{first}{_in_order(rest[:-1])}.*{rest[-1]}", re.DOTALL).fullmatch
    return lambda text: fits(text) is not None


def total(count: CountMode, matching: int, release: Release) -> tuple[int | None, bool]:
    """``total`` and ``total_is_capped`` when so many sessions match (section 3.5)."""
    if count == "exact" or not release.has(Feature.COUNT_MODES):
        return matching, False
    if count == "none":
        return None, False
    return min(matching, MAX_TOTAL), matching > MAX_TOTAL


def has_next_page(query: SessionQuery, matching: int, release: Release) -> bool:
    """Whether the page claims a successor; older releases claim one for every full page (section 3.5)."""
    if release.has(Feature.COUNT_MODES):
        return matching > query.offset + query.limit
    return not query.limit or matching >= query.offset + query.limit


def _read(values: Mapping[str, str], release: Release, now: int) -> SessionQuery:
    return SessionQuery(
        user=_pattern(values.get("user")),
        type=_pattern(values.get("type")),
        connection=_pattern(values.get("connection")),
        status=_pattern(values.get("review.status")),
        approver=values.get("review.approver"),
        batch_id=_since(Feature.BATCH_FILTER, values.get("batch_id"), release),
        correlation_id=_since(Feature.CORRELATION_FILTER, values.get("correlation_id") or None, release),
        created=_created(values, now),
        limit=_limit(values, release),
        offset=_offset(values, release),
        jira_issue_keys=_jira_issue_keys(_since(Feature.JIRA_FILTER, values.get("jira_issue_key"), release)),
        count=_count(values) if release.has(Feature.COUNT_MODES) else "exact",
    )


def _since(feature: Feature, value: str | None, release: Release) -> str | None:
    """The value of an option that only some releases know."""
    return value if value is not None and release.has(feature) else None


def _pattern(value: str | None) -> str | None:
    return None if value == "%" else value


def _created(values: Mapping[str, str], now: int) -> tuple[int, int] | None:
    start, end = _date(values, "start_date"), _date(values, "end_date")
    if start is None:
        return None
    return start, now - now % SECOND if end is None else end


def _date(values: Mapping[str, str], option: str) -> int | None:
    if option not in values:
        return None
    try:
        return parse_rfc3339(values[option])
    except ValueError:
        raise _InvalidOption(option, "start_date or end_date in wrong format") from None


def _limit(values: Mapping[str, str], release: Release) -> int:
    limit = _number(values, "limit", DEFAULT_LIMIT, release)
    if limit < 1 and release.has(Feature.STRICT_PAGING):
        raise _InvalidOption("limit", f"must be at least 1, got {limit}")
    return min(limit, MAX_LIMIT)


def _offset(values: Mapping[str, str], release: Release) -> int:
    offset = _number(values, "offset", 0, release)
    if 0 <= offset <= MAX_OFFSET or not release.has(Feature.STRICT_PAGING):
        return offset
    if offset < 0:
        raise _InvalidOption("offset", f"must not be negative, got {offset}")
    advice = "narrow the result set with a filter instead of paginating deeper"
    raise _InvalidOption("offset", f"must not be greater than {MAX_OFFSET}, got {offset}; {advice}")


def _number(values: Mapping[str, str], option: str, default: int, release: Release) -> int:
    if option not in values:
        return default
    number, valid = atoi(values[option])
    if not valid and release.has(Feature.STRICT_PAGING):
        raise _InvalidOption(option, f"{go_quote(values[option])} is not a number")
    return number


def _jira_issue_keys(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    keys = (key.strip().casefold() for key in text.split(","))
    return frozenset(key for key in keys if key)


def _count(values: Mapping[str, str]) -> CountMode:
    mode = values.get("count", "capped")
    if mode not in _COUNT_MODES:
        raise _InvalidOption("count", f"invalid count value {go_quote(mode)}, expected one of [exact none capped]")
    return cast(CountMode, mode)


def _storable(query: SessionQuery) -> bool:
    texts = (query.user, query.type, query.connection, query.status, query.approver, query.batch_id)
    given = (*texts, query.correlation_id, *(query.jira_issue_keys or ()))
    return not _NOT_STORABLE.search("".join([text for text in given if text]))


def _unescape(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    raw = text.replace("+", " ").encode(errors="surrogateescape")
    return unquote_to_bytes(raw).decode(errors="surrogateescape")


def _segments(pattern: str) -> tuple[list[str], bool]:
    """Expressions for what stands between the ``%``, and whether the pattern ends in a single backslash."""
    segments, escaped = [""], False
    for char in pattern:
        if escaped or char not in r"\%_":
            segments[-1] += re.escape(char)
            escaped = False
        elif char == "%":
            segments.append("")
        elif char == "_":
            segments[-1] += "."
        else:
            escaped = True
    return segments, escaped


def _in_order(segments: list[str]) -> str:
    # The leftmost place is always good enough; atomic groups keep the expression from trying the others.
    return "".join(f"(?>.*?{segment})" for segment in segments if segment)


def _dangling(segments: list[str]) -> Callable[[str], bool]:
    """A test that raises for the texts with which PostgreSQL gets as far as the backslash at the end."""
    # After a % PostgreSQL takes all wildcards in one go, then looks at the pattern before the text.
    skipped = 0
    while len(segments) > 1 and not segments[-1].strip("."):
        skipped += len(segments.pop())
    first, *rest = segments
    reaches = re.compile(f"{first}{_in_order(rest)}" + "." * max(skipped, 1), re.DOTALL).match

    def test(text: str) -> bool:
        if reaches(text):
            raise LikeError("LIKE pattern must not end with escape character")
        return False

    return test
