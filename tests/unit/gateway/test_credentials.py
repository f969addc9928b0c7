"""When there are credentials for a connection, which of several counts, and what they say (section 6.6)."""

from dataclasses import replace
from typing import Any

import pytest

from mockhoop.gateway import credentials
from mockhoop.gateway.access import Caller
from mockhoop.gateway.access_requests import Demand
from mockhoop.gateway.records import Connection, Credential, Refusal, Review, Session

NOON = 1_700_000_000 * 10**9
ERIN = Caller("erin", "erin@example.com", "Erin")
PGDEMO = Connection(id="c", name="pgdemo", type="database", subtype="postgres")
CREDENTIAL = Credential(
    id="1", subject="erin", connection="pgdemo", session_id="s", secret="0123456789abcdef" * 4, created_at=NOON
)
REVIEW = Review(id="r", type="jit", status="APPROVED", created_at=NOON, revoke_at=NOON + 60)
SESSION = Session(
    id="s",
    org_id="o",
    connection="pgdemo",
    type="database",
    verb="connect",
    status="ready",
    started=NOON,
    user_id="erin",
    review=REVIEW,
)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({}, None),
        ({"status": "open"}, None),
        ({"review": replace(REVIEW, status="PENDING", revoke_at=None)}, None),
        ({"user_id": "dora", "review": None}, credentials.NOT_YOURS),
        ({"review": None, "status": "done"}, credentials.REVIEW_NOT_FOUND),
        ({"review": replace(REVIEW, status="REJECTED"), "status": "done"}, credentials.REJECTED),
        ({"review": replace(REVIEW, status="REVOKED")}, credentials.OVER),
        ({"status": "done"}, credentials.OVER),
        ({"review": replace(REVIEW, revoke_at=NOON)}, credentials.OVER),
    ],
)
def test_a_session_is_resumed_by_its_owner_while_its_approval_lasts(changes: Any, refusal: Refusal | None) -> None:
    assert credentials.resumption(replace(SESSION, **changes), ERIN, NOON) == refusal


@pytest.mark.parametrize(
    ("more", "seconds", "refusal"),
    [
        ({}, 0, None),
        ({}, 172_800, None),
        ({}, 172_801, credentials.TOO_LONG),
        ({"access_max_duration": 60}, 60, None),
        ({"access_max_duration": 60}, 61, Refusal(400, "access duration cannot exceed 60 seconds")),
        ({"access_mode_connect": "disabled"}, 172_801, credentials.NOT_ENABLED),
    ],
)
def test_there_are_limits_to_what_is_given(more: Any, seconds: int, refusal: Refusal | None) -> None:
    assert credentials.refusal_of(replace(PGDEMO, more=more), seconds, None) == refusal


@pytest.mark.parametrize("kind", ["bash", "tcp", "mongodb", ""])
def test_some_kinds_have_none(kind: str) -> None:
    assert credentials.refusal_of(replace(PGDEMO, subtype=kind), 0, None) == credentials.NOT_SUPPORTED


def test_where_there_is_no_subtype_the_type_counts() -> None:
    assert credentials.refusal_of(replace(PGDEMO, type="httpproxy", subtype=""), 0, None) is None


def test_where_a_review_is_needed_an_end_is_needed_too() -> None:
    assert credentials.refusal_of(PGDEMO, 0, Demand(groups=("dba",))) == credentials.DURATION_MISSING


def test_a_rule_has_a_limit_of_its_own() -> None:
    needed = Demand(groups=("dba",), rule="ask-dba", longest=60)
    assert credentials.refusal_of(PGDEMO, 61, needed) == Refusal(400, "access duration cannot exceed 60 seconds")


def test_one_with_a_session_counts_more_than_a_later_one() -> None:
    later = replace(CREDENTIAL, id="2", session_id="", created_at=NOON + 1)
    assert credentials.foremost([later, CREDENTIAL]) == CREDENTIAL


def test_of_several_with_a_session_the_last_one_counts() -> None:
    later = replace(CREDENTIAL, id="2", created_at=NOON + 1)
    assert credentials.foremost([later, CREDENTIAL]) == later


@pytest.mark.parametrize(("now", "active"), [(NOON + 59, True), (NOON + 60, False)])
def test_one_is_active_until_it_expires(now: int, active: bool) -> None:
    assert credentials.is_active(replace(CREDENTIAL, expires=NOON + 60), now) is active


def test_a_session_that_is_over_keeps_its_end() -> None:
    over = replace(SESSION, status="done", ended=NOON)
    assert credentials.ended(over, NOON + 60) == over


def test_a_host_with_colons_is_in_brackets_in_addresses() -> None:
    told = credentials.told(PGDEMO, CREDENTIAL, "::1", {})
    assert told is not None
    assert (told["hostname"], told["connection_string"].partition("@")[2]) == (
        "::1",
        "[::1]:15432/postgres?sslmode=disable",
    )


@pytest.mark.parametrize(
    ("settings", "port"),
    [
        ({"postgres_server_config": {"listen_address": "0.0.0.0:5433"}}, "5433"),
        ({"postgres_server_config": {"listen_address": ""}}, "15432"),
        ({"postgres_server_config": None}, "15432"),
    ],
)
def test_the_port_is_that_at_which_the_gateway_listens(settings: Any, port: str) -> None:
    told = credentials.told(PGDEMO, CREDENTIAL, "localhost", settings)
    assert told is not None
    assert told["port"] == port
