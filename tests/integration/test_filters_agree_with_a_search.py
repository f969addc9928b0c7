"""Whatever is asked for, the list is what a plain search through all sessions finds (sections 3.1 to 3.5)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockhoop.gateway.facets import SESSIONS, USERS
from mockhoop.gateway.records import Session, User

FILTERS = Path(__file__).with_name("filters.yaml")
SCENARIOS = [pytest.param("default", id="default"), pytest.param(FILTERS, id="filters")]


@cache
def fits(pattern: str, text: str) -> bool:
    """SQL's LIKE, character by character."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(fits(pattern[1:], text[start:]) for start in range(len(text) + 1))
    if pattern[0] == "\\":
        return text[:1] == pattern[1] and fits(pattern[2:], text[1:])
    return bool(text) and pattern[0] in ("_", text[0]) and fits(pattern[1:], text[1:])


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def groups_of(session: Session) -> set[str]:
    return {group.group for group in session.review.groups} if session.review else set()


def is_visible(session: Session, caller: User) -> bool:
    if {"admin", "auditor"} & set(caller.groups):
        return True
    return session.user_id in (caller.subject, "") or bool(groups_of(session) & set(caller.groups))


def passes(session: Session, query: dict[str, str], users: list[User], now: int) -> Iterator[bool]:
    """Whether the session passes each filter, with the values as they were asked for."""
    for name, value in (("user", session.user_id), ("type", session.type), ("connection", session.connection)):
        if query.get(name, "%") != "%":
            yield fits(query[name], value)
    status = query.get("review.status", "%")
    if status == "":
        yield session.review is None
    elif status != "%":
        yield session.review is not None and fits(status, session.review.status)
    if "review.approver" in query:
        of_approver = {group for user in users if user.email == query["review.approver"] for group in user.groups}
        yield bool(of_approver & groups_of(session))
    if "batch_id" in query:
        yield session.session_batch_id == query["batch_id"]
    if query.get("correlation_id"):
        yield session.correlation_id == query["correlation_id"]
    if "jira_issue_key" in query:
        wanted = {key.strip().lower() for key in query["jira_issue_key"].split(",")} - {""}
        yield str((session.integrations_metadata or {}).get("jira_issue_key", "")).lower() in wanted
    if "start_date" in query:
        end = instant(query["end_date"]) if "end_date" in query else now - now % 10**9
        yield instant(query["start_date"]) <= session.started <= end


def like_patterns(values: list[str]) -> st.SearchStrategy[str]:
    """Values as they are, cut, with wildcards and escapes in them, and some that fit nothing."""
    of_a_value = st.sampled_from(values)
    cut = st.builds(lambda text, at: text[:at] + "%", of_a_value, st.integers(0, 12))
    behind = st.builds(lambda text, at: "%" + text[at:], of_a_value, st.integers(0, 12))
    holes = st.builds(lambda text, at: text[:at] + "_" + text[at + 1 :], of_a_value, st.integers(0, 8))
    escaped = of_a_value.map(lambda text: "".join(f"\\{char}" if char in "%_\\" else char for char in text))
    pieces = st.lists(st.sampled_from(["%", "_", "\\%", "\\_", "a", "p", "g", "-"]), max_size=6).map("".join)
    return st.one_of(of_a_value, cut, behind, holes, escaped, pieces, st.sampled_from(["", "%", "%%"]))


def escapes_well(pattern: str) -> bool:
    """A pattern that ends in a single backslash is a database error, which is tested elsewhere."""
    return (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 0


DATES = st.datetimes(datetime(2024, 7, 31, 18), datetime(2024, 8, 1, 14)).map(lambda day: day.strftime("%FT%TZ"))


def queries(sessions: list[Session], users: list[User]) -> st.SearchStrategy[dict[str, str]]:
    def distinct(values: Any) -> list[str]:
        return sorted({value for value in values if value is not None})

    reviews = [session.review.status for session in sessions if session.review]
    issues = distinct((session.integrations_metadata or {}).get("jira_issue_key") for session in sessions)
    return st.fixed_dictionaries(
        {"count": st.just("exact")},
        optional={
            "user": like_patterns(distinct(session.user_id for session in sessions)).filter(escapes_well),
            "type": like_patterns(distinct(session.type for session in sessions)).filter(escapes_well),
            "connection": like_patterns(distinct(session.connection for session in sessions)).filter(escapes_well),
            "review.status": like_patterns(distinct(reviews)).filter(escapes_well),
            "review.approver": st.sampled_from([*(user.email for user in users), "nobody", ""]),
            "batch_id": st.sampled_from([*distinct(session.session_batch_id for session in sessions), "x"]),
            "correlation_id": st.sampled_from([*distinct(session.correlation_id for session in sessions), "x"]),
            "jira_issue_key": st.lists(st.sampled_from([*issues, *map(str.lower, issues), " "]), max_size=3).map(
                ",".join
            ),
            "start_date": DATES,
            "end_date": DATES,
            "limit": st.integers(1, 120).map(str),
            "offset": st.integers(0, 40).map(str),
        },
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_list_is_what_a_search_finds(service: Any, ask: Any, scenario: Any) -> None:
    served = service(scenario, validation="off", check_responses=False)
    world = served.world
    sessions = sorted(world.table(SESSIONS), key=lambda one: (one.started, one.id), reverse=True)
    users = list(world.table(USERS))
    callers = [user for user in users if user.token in ("ada", "otto", "john", "dora", "nick")]

    @settings(max_examples=150, deadline=None)
    @given(query=queries(sessions, users), caller=st.sampled_from(callers))
    def check(query: dict[str, str], caller: User) -> None:
        found = [
            session.id
            for session in sessions
            if is_visible(session, caller) and all(passes(session, query, users, world.clock.now()))
        ]
        answer = ask(served, f"/sessions?{urlencode(query)}", caller.token)
        offset, limit = int(query.get("offset", 0)), min(100, int(query.get("limit", 20)))
        assert answer.ids == found[offset : offset + limit]
        assert answer.json["total"] == len(found)
        assert answer.json["has_next_page"] == (len(found) > offset + limit)

    check()
