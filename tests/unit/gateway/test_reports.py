"""What was masked in sessions, summed up and row by row (sections 3b.3 and 8.7)."""

from typing import Any

import pytest

from mockhoop.gateway import reports
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.reports import MetricsQuery, ReportQuery, parse_metrics, parse_report, rows_of
from mockhoop.gateway.times import DAY, SECOND

MIDNIGHT = 1_721_865_600 * SECOND  # 2024-07-25
NOW = MIDNIGHT + 15 * 3_600 * SECOND


def session(number: int = 1, ended: int | None = NOW, size: int = 30, **found: int) -> Session:
    masking = {"info_types": found, "total_redact_count": sum(found.values()), "transformed_bytes": size}
    return Session(
        id=f"00000000-0000-4000-8000-00000000000{number}",
        org_id="org",
        connection="pgdemo",
        type="database",
        connection_subtype="postgres",
        verb="exec",
        status="done",
        user="john.wick@bad.org",
        started=NOW - 90 * SECOND,
        ended=ended,
        metrics={"data_masking": masking, "event_size": 1, "truncated": False},
    )


def query(**options: str) -> ReportQuery:
    found = parse_report(options, NOW)
    assert isinstance(found, ReportQuery)
    return found


def told(*sessions: Session, **options: str) -> dict[str, Any]:
    return reports.report((row for one in sessions for row in rows_of(one)), query(**options))


def test_without_dates_a_report_is_about_today() -> None:
    assert (query().start, query().end) == (MIDNIGHT, MIDNIGHT + DAY)


def test_a_start_alone_is_until_the_end_of_today() -> None:
    assert query(start_date="2024-07-01").end == MIDNIGHT + DAY


def test_an_empty_date_is_none() -> None:
    assert query(start_date="", end_date="") == query()


@pytest.mark.parametrize("text", ["1", "2024-7-1", "2024-07-32", "20240701", "2024-07-01T00:00:00Z", "2024-W30-1", "ä"])
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_date_is_a_year_a_month_and_a_day(name: str, text: str) -> None:
    assert parse_report({name: text}, NOW) == Refusal(400, "invalid date format, expected format YYYY-MM-DD")


def test_a_report_is_about_120_days_at_most() -> None:
    refusal = Refusal(400, "invalid date range, expected to be between 120 days range")
    assert isinstance(parse_report({"start_date": "2024-01-01", "end_date": "2024-04-30"}, NOW), ReportQuery)
    assert parse_report({"start_date": "2024-01-01", "end_date": "2024-05-01"}, NOW) == refusal


def test_only_some_fields_are_grouped_by() -> None:
    text = "invalid group_by value, expected=[connection_name id connection_type user_email]"
    assert parse_report({"group_by": "verb"}, NOW) == Refusal(400, text)


@pytest.mark.parametrize(
    ("group_by", "resource"),
    [
        ("", "pgdemo"),
        ("connection_name", "pgdemo"),
        ("connection", ""),
        ("connection_type", "database"),
        ("user_email", "john.wick@bad.org"),
        ("id", "00000000-0000-4000-8000-000000000001"),
    ],
)
def test_an_item_names_what_it_is_grouped_by(group_by: str, resource: str) -> None:
    assert [item["resource"] for item in told(session(PERSON=1), group_by=group_by)["items"]] == [resource]


def test_counts_are_summed_up_by_type_the_most_first() -> None:
    assert told(session(1, PERSON=1, EMAIL=2), session(2, EMAIL=3, size=10)) == {
        "items": [
            {"resource": "pgdemo", "info_type": "EMAIL", "redact_total": 5, "transformed_bytes": 30},
            {"resource": "pgdemo", "info_type": "PERSON", "redact_total": 1, "transformed_bytes": 10},
        ],
        "total_redact_count": 6,
        "total_transformed_bytes": 40,
    }


def test_bytes_that_cannot_be_shared_evenly_are_not_lost() -> None:
    assert told(session(size=10, A=1, B=1, C=1))["total_transformed_bytes"] == 10


def test_nothing_masked_is_an_empty_report() -> None:
    assert told(session()) == {"items": [], "total_redact_count": 0, "total_transformed_bytes": 0}


@pytest.mark.parametrize("metrics", [None, {}, {"data_masking": None}, {"data_masking": {"info_types": []}}])
def test_sessions_without_counts_do_no_harm(metrics: Any) -> None:
    odd = Session(id="1", org_id="o", connection="c", type="t", verb="exec", status="done", started=0, metrics=metrics)
    assert list(rows_of(odd)) == []


@pytest.mark.parametrize(
    ("ended", "counts"),
    [(MIDNIGHT, True), (MIDNIGHT - 1, False), (MIDNIGHT + DAY - 1, True), (MIDNIGHT + DAY, False), (None, False)],
)
def test_the_end_of_a_session_decides_and_the_last_date_is_left_out(ended: int | None, counts: bool) -> None:
    assert query(start_date="2024-07-25", end_date="2024-07-26").counts(session(ended=ended)) is counts


@pytest.mark.parametrize(
    "options",
    [
        {"id": "00000000-0000-4000-8000-000000000002"},
        {"connection_name": "pg"},
        {"user_email": "JOHN.WICK@bad.org"},
        {"verb": "connect"},
    ],
)
def test_each_filter_leaves_sessions_out(options: dict[str, str]) -> None:
    assert not query(**options).counts(session())


def rows(raw_query: str, *sessions: Session) -> list[str]:
    found = parse_metrics(raw_query)
    assert isinstance(found, MetricsQuery)
    return [f"{one.id[-1]} {row.info_type}" for one in sessions for row in rows_of(one) if found.shows(row)]


def test_there_is_a_row_for_each_session_and_type() -> None:
    assert rows("", session(1, A=1, B=2), session(2, A=3)) == ["1 A", "1 B", "2 A"]


def test_sessions_that_go_on_are_left_out_unless_asked_for() -> None:
    open_one = session(1, None, A=1)
    assert (rows("", open_one), rows("include_open_sessions=true", open_one)) == ([], ["1 A"])


@pytest.mark.parametrize(
    ("raw_query", "shown"),
    [
        ("info_type=A", ["1 A"]),
        ("info_type=A,B", ["1 A", "1 B"]),
        ("info_type=A&info_type=B", ["1 A", "1 B"]),
        ("connection_type=database&info_type=B", ["1 B"]),
        ("connection_type=custom&info_type=B", []),
        ("connection_type=custom&info_type=B&logic_operator=or", ["1 B"]),
        ("connection_subtype=mysql", []),
        ("connection_name=pgdemo", ["1 A", "1 B"]),
        ("session_id=x", []),
        ("only_masked=true", ["1 A", "1 B"]),
        ("only_unmasked=true", []),
        ("start_date=2024-07-26", []),
        ("end_date=2024-07-25", ["1 A", "1 B"]),
        ("session_end_date=2024-07-24", []),
        ("session_start_date=2024-07-25", ["1 A", "1 B"]),
        ("min_duration_sec=90&max_duration_sec=90", ["1 A", "1 B"]),
        ("min_duration_sec=91", []),
    ],
)
def test_rows_are_filtered(raw_query: str, shown: list[str]) -> None:
    assert rows(raw_query, session(1, A=1, B=2)) == shown


@pytest.mark.parametrize(
    ("raw_query", "message"),
    [
        ("page=0", "page must be >= 1"),
        ("page=x", "page must be >= 1"),
        ("limit=1001", "limit must be between 1 and 1000"),
        ("limit=0", "limit must be between 1 and 1000"),
        ("start_date=yesterday", "invalid date format, expected format YYYY-MM-DD"),
        ("min_duration_sec=-1", "durations are whole numbers of seconds"),
    ],
)
def test_what_cannot_be_asked_is_refused(raw_query: str, message: str) -> None:
    assert parse_metrics(raw_query) == Refusal(400, message)


def test_rows_are_summed_up_on_demand() -> None:
    found = [row for one in (session(1, A=1, B=2), session(2, A=3)) for row in rows_of(one)]
    assert reports.aggregated(found) == {
        "total_sessions": 2,
        "total_masked": 6,
        "total_analyzed": 6,
        "unique_info_types": 2,
        "sessions_with_masking": 2,
        "avg_session_duration_sec": 90,
    }


def test_of_nothing_all_sums_are_zero() -> None:
    assert set(reports.aggregated([]).values()) == {0}
