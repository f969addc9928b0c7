"""Reports over sessions: what was masked in them, summed up or row by row (sections 3b.3 and 8.7)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from mockhoop.gateway.listing import whole
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.times import DAY, SECOND, parse_day, rfc3339

AT_ONCE: Final = "at once"
LATER: Final = "later"
SHORT: Final = 3_600 * SECOND
"""So long at most is a session by whose start one knows when it ended; most are shorter (facet ``inspected``)."""

LONGEST_RANGE: Final = 120 * DAY
DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1_000

BAD_DATE: Final = Refusal(400, "invalid date format, expected format YYYY-MM-DD")
BAD_RANGE: Final = Refusal(400, "invalid date range, expected to be between 120 days range")
BAD_GROUP: Final = Refusal(400, "invalid group_by value, expected=[connection_name id connection_type user_email]")
BAD_PAGE: Final = Refusal(400, "page must be >= 1")
BAD_LIMIT: Final = Refusal(400, f"limit must be between 1 and {MAX_LIMIT}")
BAD_DURATION: Final = Refusal(400, "durations are whole numbers of seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What reports tell of a session; it is kept without the rest."""

    id: str
    org_id: str
    connection: str
    type: str
    connection_subtype: str
    user: str
    verb: str
    started: int
    ended: int | None


_RESOURCES: Mapping[str, Callable[[Inspected], str]] = {
    "connection_name": lambda session: session.connection,
    "id": lambda session: session.id,
    "connection_type": lambda session: session.type,
    "user_email": lambda session: session.user,
    # Accepted, but the gateway's query has no such case.
    "connection": lambda _: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """What ``GET /reports/sessions`` is asked for; "" means no filter.

    It is about sessions that ended from ``start`` on and before ``end``.
    """

    start: int
    end: int
    group_by: str = "connection_name"
    id: str = ""
    connection_name: str = ""
    user_email: str = ""
    verb: str = ""

    def counts(self, session: Inspected) -> bool:
        """Whether a session is in the report."""
        return (
            session.ended is not None
            and self.start <= session.ended < self.end
            and self.id in ("", session.id)
            and self.connection_name in ("", session.connection)
            and self.user_email in ("", session.user)
            and self.verb in ("", session.verb)
        )


def parse_report(options: Mapping[str, str], now: int) -> ReportQuery | Refusal:
    """The query that the options ask for; without dates it is about today (section 8.7)."""
    today = now - now % DAY
    start = today if not options.get("start_date") else parse_day(options["start_date"])
    end = today + DAY if not options.get("end_date") else parse_day(options["end_date"])
    if start is None or end is None:
        return BAD_DATE
    if end - start > LONGEST_RANGE:
        return BAD_RANGE
    group_by = options.get("group_by") or "connection_name"
    if group_by not in _RESOURCES:
        return BAD_GROUP
    filters = {name: options.get(name, "") for name in ("connection_name", "user_email", "verb")}
    return ReportQuery(start=start, end=end, group_by=group_by, id=options.get("id", "").lower(), **filters)


def report(rows: Iterable["Row"], query: ReportQuery) -> dict[str, Any]:
    """What was masked in the sessions that the query counts, by resource and type of information.

    Our reading: most is told first.
    """
    totals: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    resource_of = _RESOURCES[query.group_by]
    for row in rows:
        if row.masked and query.counts(row.session):
            place = resource_of(row.session), row.info_type
            totals[place] += row.masked
            changed[place] += row.transformed
    items = [
        {"resource": place[0], "info_type": place[1], "redact_total": count, "transformed_bytes": changed[place]}
        for place, count in sorted(totals.items(), key=lambda one: (-one[1], one[0]))
    ]
    return {"items": items, "total_redact_count": totals.total(), "total_transformed_bytes": changed.total()}


def _counts(found: object) -> dict[str, int]:
    return {str(name): _number(count) for name, count in found.items()} if isinstance(found, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _shared(size: int, counts: Mapping[str, int]) -> dict[str, int]:
    """A size shared out in proportion to counts; what cannot be divided goes to the last one."""
    total, left, shares = sum(counts.values()), size, dict[str, int]()
    for name, count in counts.items():
        shares[name] = size * count // total if total else 0
        left -= shares[name]
    if shares:
        shares[next(reversed(shares))] += left
    return shares


@dataclass(frozen=True, slots=True)
class Row:
    """How often one type of information was found and masked in one session, and the bytes that this changed."""

    session: Inspected
    info_type: str
    analyzed: int
    masked: int
    transformed: int = 0

    @property
    def seconds(self) -> int:
        """How long the session took, 0 while it goes on."""
        return 0 if self.session.ended is None else (self.session.ended - self.session.started) // SECOND


Condition = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class MetricsQuery:
    """What ``GET /metrics/sessions`` is asked for: rows that meet all conditions, or ``any_of`` them."""

    conditions: tuple[Condition, ...] = ()
    any_of: bool = False
    open_too: bool = False
    aggregated: bool = False
    page: int = 1
    limit: int = DEFAULT_LIMIT

    def shows(self, row: Row) -> bool:
        """Whether a row is wanted."""
        if row.session.ended is None and not self.open_too:
            return False
        met = (condition(row) for condition in self.conditions)
        return any(met) if self.any_of and self.conditions else all(met)


_ONE_OF: Mapping[str, Callable[[Row], str]] = {
    "connection_type": lambda row: row.session.type,
    "connection_subtype": lambda row: row.session.connection_subtype,
    "connection_name": lambda row: row.session.connection,
    "info_type": lambda row: row.info_type,
    "session_id": lambda row: row.session.id,
}
_FLAGS: Mapping[str, Condition] = {
    "only_masked": lambda row: row.masked > 0,
    "only_unmasked": lambda row: row.masked == 0 < row.analyzed,
}
_DATES: Mapping[str, Callable[[int], Condition]] = {
    "start_date": lambda at: lambda row: row.session.started >= at,
    "end_date": lambda at: lambda row: row.session.started < at + DAY,
    "session_start_date": lambda at: lambda row: row.session.started >= at,
    "session_end_date": lambda at: lambda row: row.session.ended is not None and row.session.ended < at + DAY,
}
_DURATIONS: Mapping[str, Callable[[int], Condition]] = {
    "min_duration_sec": lambda seconds: lambda row: row.seconds >= seconds,
    "max_duration_sec": lambda seconds: lambda row: row.seconds <= seconds,
}


def parse_metrics(raw_query: str) -> MetricsQuery | Refusal:
    """The query that a query string asks for. Our reading: the last day counts as a whole, lists have commas too."""
    lists: dict[str, list[str]] = {}
    for name, value in parse_qsl(raw_query):
        lists.setdefault(name, []).extend(value.split(","))
    options = {name: values[0] for name, values in lists.items()}
    page, limit = whole(options.get("page", "1")), whole(options.get("limit", str(DEFAULT_LIMIT)))
    if page is None or page < 1:
        return BAD_PAGE
    if limit is None or not 1 <= limit <= MAX_LIMIT:
        return BAD_LIMIT
    dates = {name: parse_day(options[name]) for name in _DATES.keys() & options.keys()}
    durations = {name: whole(options[name]) for name in _DURATIONS.keys() & options.keys()}
    if None in dates.values():
        return BAD_DATE
    if None in durations.values():
        return BAD_DURATION
    conditions = (
        *(_one_of(get, frozenset(lists[name])) for name, get in _ONE_OF.items() if name in lists),
        *(met for name, met in _FLAGS.items() if options.get(name) == "true"),
        *(_DATES[name](at) for name, at in dates.items() if at is not None),
        *(_DURATIONS[name](seconds) for name, seconds in durations.items() if seconds is not None),
    )
    return MetricsQuery(
        conditions,
        any_of=options.get("logic_operator", "").lower() == "or",
        open_too=options.get("include_open_sessions") == "true",
        aggregated=options.get("aggregated") == "true",
        page=page,
        limit=limit,
    )


def _one_of(get: Callable[[Row], str], wanted: frozenset[str]) -> Condition:
    return lambda row: get(row) in wanted


def rows_of(session: Session) -> tuple[Row, ...]:
    """What was found in one session (section 3b.3); what was masked was found too.

    Our reading: the bytes that masking changed are shared out among the types by their counts.
    """
    metrics = session.metrics or {}
    masking = metrics.get("data_masking")
    masking = masking if isinstance(masking, Mapping) else {}
    hidden, found = _counts(masking.get("info_types")), _counts(metrics.get("data_analyzer"))
    if not hidden and not found:
        return ()
    sizes = _shared(_number(masking.get("transformed_bytes")), hidden)
    about = _inspected(session)
    return tuple(
        Row(about, name, max(found.get(name, 0), hidden.get(name, 0)), hidden.get(name, 0), sizes.get(name, 0))
        for name in dict.fromkeys((*hidden, *found))
    )


def _inspected(session: Session) -> Inspected:
    return Inspected(
        id=session.id,
        org_id=session.org_id,
        connection=session.connection,
        type=session.type,
        connection_subtype=session.connection_subtype,
        user=session.user,
        verb=session.verb,
        started=session.started,
        ended=session.ended,
    )


METRIC_FIELDS: Mapping[str, Callable[[Row], Any]] = {
    "org_id": lambda row: row.session.org_id,
    "session_id": lambda row: row.session.id,
    "connection_name": lambda row: row.session.connection,
    "connection_type": lambda row: row.session.type,
    "connection_subtype": lambda row: row.session.connection_subtype,
    "info_type": lambda row: row.info_type,
    "count_masked": lambda row: row.masked,
    "count_analyzed": lambda row: row.analyzed,
    "is_masked": lambda row: row.masked > 0,
    "session_created_at": lambda row: rfc3339(row.session.started),
    "session_ended_at": lambda row: None if row.session.ended is None else rfc3339(row.session.ended),
    "session_duration_sec": lambda row: row.seconds,
}


def aggregated(rows: Iterable[Row]) -> dict[str, int]:
    """The sums over rows."""
    rows = list(rows)
    sessions = {row.session.id: row for row in rows}
    seconds = sum(row.seconds for row in sessions.values())
    return {
        "total_sessions": len(sessions),
        "total_masked": sum(row.masked for row in rows),
        "total_analyzed": sum(row.analyzed for row in rows),
        "unique_info_types": len({row.info_type for row in rows}),
        "sessions_with_masking": len({row.session.id for row in rows if row.masked}),
        "avg_session_duration_sec": seconds // len(sessions) if sessions else 0,
    }
