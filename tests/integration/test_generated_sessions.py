"""Generated sessions are made when they are read; before that, all that is told of them is what it will be then."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from mockhoop.gateway.facets import SESSION_FACETS, SESSIONS
from mockhoop.gateway.records import Session
from mockhoop.gateway.reports import rows_of
from mockhoop.world.changes import Drop, Put
from mockhoop.world.table import Table

HEAD = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
users:
  - {name: Ada, email: ada@example.com, groups: [admin], token: ada}
  - {generate: 5, groups: [sre]}
  - {generate: 4, groups: [dba, sre]}
connections:
  - {name: pg, type: database, subtype: postgres, reviewers: [sre, dba]}
  - {name: my, type: database, subtype: mysql}
  - {name: bash, type: custom, subtype: bash, reviewers: [sre]}
  - {name: web, type: httpproxy, subtype: httpproxy}
"""
REVIEWS = "{none: 6, PENDING: 1, APPROVED: 2, REJECTED: 2, REVOKED: 1, PROCESSING: 1, EXECUTED: 4, UNKNOWN: 1}"
SCENARIOS = {
    "several entries and told ones": f"""
sessions:
  - {{generate: 150, verb: {{exec: 3, connect: 1}}, status: {{done: 3, open: 1}}, review: {REVIEWS}}}
  - {{user: ada@example.com, connection: pg, started: -3d, review: {{status: PENDING}}}}
  - {{generate: 40, started: {{from: -2d, to: -1d}}, batch: nightly, connections: [my, web], users: [ada@example.com]}}
  - {{user: ada@example.com, connection: bash, started: -400d,
     metrics: {{data_masking: {{info_types: {{PERSON: 2}}}}}}}}
  - {{generate: 25, started: {{from: -1h, to: -1h}}, review: {{PENDING: 1}}}}
""",
    "one entry": f"sessions: [{{generate: 120, review: {REVIEWS}}}]",
    "nobody reviews": """
sessions: [{generate: 60, connections: [my], users: [ada@example.com], review: {none: 1, EXECUTED: 1}}]
""",
}


@pytest.fixture(params=SCENARIOS.values(), ids=SCENARIOS)
def served(request: Any, service: Any, tmp_path: Any) -> Any:
    path = tmp_path / "generated.yaml"
    path.write_text(HEAD + request.param)
    return service(path)


def found_by(sessions: list[Session], facet: str) -> dict[str, set[str]]:
    """The ids of sessions by the values of a facet, as a look at each session tells."""
    found = defaultdict(set)
    for session in sessions:
        for value in SESSION_FACETS[facet](session):
            found[value].add(session.id)
    return dict(found)


def ids_at(table: Table[Session], facet: str, value: str) -> set[str]:
    return {session.id for session in table.newest(table.where(facet, value), 0, len(table))}


@pytest.mark.parametrize("facet", SESSION_FACETS)
def test_the_index_says_what_the_sessions_say(served: Any, facet: str) -> None:
    table = served.world.table(SESSIONS)
    told = {value: ids for value in table.values(facet) if (ids := ids_at(table, facet, value))}
    assert told == found_by(list(table), facet)
    assert not table.where(facet, "nothing like it")


def test_they_are_in_the_order_of_time_and_of_ids_where_that_is_equal(served: Any) -> None:
    orders = [(session.started, session.id) for session in served.world.table(SESSIONS)]
    assert orders == sorted(orders)
    assert len(orders) > 50


def test_each_is_found_by_its_id(served: Any) -> None:
    table = served.world.table(SESSIONS)
    assert all(table.get(session.id) is session for session in table)
    assert table.get("00000000-0000-4000-8000-000000000000") is None


def test_no_two_share_an_id_or_a_review(served: Any) -> None:
    sessions = list(served.world.table(SESSIONS))
    reviews = [session.review.id for session in sessions if session.review]
    assert len({session.id for session in sessions} | set(reviews)) == len(sessions) + len(reviews)


def test_one_that_is_made_again_is_equal_to_the_first(served: Any, service: Any, tmp_path: Any) -> None:
    again = service(tmp_path / "generated.yaml").world.table(SESSIONS)
    sessions = list(served.world.table(SESSIONS))
    assert [again.get(session.id) for session in reversed(sessions)] == sessions[::-1]


def test_what_changes_is_found_by_what_it_is_now(served: Any) -> None:
    world = served.world
    table = world.table(SESSIONS)
    sessions = list(table)
    for number, session in enumerate(sessions):
        other = sessions[number - 7]
        match number % 4:
            case 0:
                world.apply([Drop(SESSIONS, session.id)])
            case 1:  # it keeps its place in time
                world.apply([Put(SESSIONS, replace(other, id=session.id, started=session.started))])
            case 2:
                world.apply([Put(SESSIONS, replace(session, started=other.started))])
    for facet in SESSION_FACETS:
        assert {value: ids_at(table, facet, value) for value in found_by(list(table), facet)} == found_by(
            list(table), facet
        )
    orders = [(session.started, session.id) for session in table]
    assert orders == sorted(orders)
    assert len(orders) == len(sessions) - (len(sessions) + 3) // 4


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("options", ["", "&connection_name=my", "&verb=exec", "&group_by=id"])
def test_a_report_counts_what_a_look_at_all_sessions_counts(served: Any, ask: Any, options: str, changed: bool) -> None:
    table = served.world.table(SESSIONS)
    if changed:
        served.world.apply([Drop(SESSIONS, session.id) for session in list(table)[::3]])
    start, end = 1_720_828_800 * 10**9, 1_722_470_400 * 10**9  # 2024-07-13 and 2024-08-01
    wanted = [
        session
        for session in table
        if session.ended is not None
        and start <= session.ended < end
        and ("connection_name" not in options or session.connection == "my")
        and ("verb" not in options or session.verb == "exec")
    ]
    told = ask(served, f"/reports/sessions?start_date=2024-07-13&end_date=2024-08-01{options}").json
    assert told["total_redact_count"] == sum(row.masked for session in wanted for row in rows_of(session))
    assert told["total_redact_count"] > 0
    resources = {session.id if "group_by" in options else session.connection for session in wanted if rows_of(session)}
    assert {item["resource"] for item in told["items"]} == resources


def test_a_told_session_takes_the_place_of_a_generated_one_with_its_id(service: Any, ask: Any, tmp_path: Any) -> None:
    path, copied = tmp_path / "generated.yaml", tmp_path / "copied.yaml"
    path.write_text(HEAD + "sessions: [{generate: 30}]")
    chosen = ask(service(path), "/sessions").ids[3]
    copied.write_text(f"{HEAD}sessions: [{{generate: 30}}, {{id: {chosen}, user: ada@example.com, connection: my}}]")
    listed = ask(service(copied), "/sessions?limit=100&count=exact").json
    assert listed["total"] == 30
    assert [one["connection"] for one in listed["data"] if one["id"] == chosen] == ["my"]
