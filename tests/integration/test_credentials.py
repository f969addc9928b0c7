"""Credentials of connections: given, reviewed, resumed, over (section 6.6)."""

from pathlib import Path
from typing import Any

import pytest

from .execution_calls import APPROVE, REJECT, send

SCENARIO = """
mockhoop: 1
clock: {start: 2026-08-21T12:00:00Z, frozen: true}
users:
  - {name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}
  - {name: Otto Auditor, email: otto@example.com, groups: [auditor], token: otto}
  - {name: Dora Data, email: dora@example.com, groups: [dba], token: dora}
  - {name: Erin Engineer, email: erin@example.com, groups: [engineering], token: erin}
connections:
  - {name: pgdemo, type: database, subtype: postgres, more: {secret: {"envvar:DB": c2hvcA==}}}
  - {name: bastion, type: application, subtype: ssh}
  - {name: grafana, type: application, subtype: httpproxy}
  - {name: desktop, type: application, subtype: rdp}
  - {name: fleet, type: custom, subtype: aws-ssm}
  - {name: shell, type: custom, subtype: bash}
  - {name: reviewed, type: database, subtype: postgres, reviewers: [dba]}
  - {name: closed, type: database, subtype: postgres, more: {access_mode_connect: disabled}}
  - {name: short, type: database, subtype: postgres, more: {access_max_duration: 60}}
sessions:
  - {id: 00000000-0000-4000-8000-000000000001, user: erin@example.com, connection: reviewed, script: SELECT 1}
"""
MINUTE, HOUR = {"access_duration_seconds": 60}, {"access_duration_seconds": 3600}
SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("credentials") / "credentials.yaml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture
async def gateway(api: Any, scenario: Path) -> Any:
    return await api(scenario)


async def ask(gateway: Any, connection: str, body: Any = HOUR, token: str = "erin", session_id: str = "") -> Any:
    path = f"/connections/{connection}/credentials" + (f"/{session_id}" if session_id else "")
    return await send(gateway, "POST", path, body, token)


async def given(gateway: Any, connection: str, body: Any = HOUR, token: str = "erin") -> Any:
    told = await ask(gateway, connection, body, token)
    assert told.status == 201, told
    return told.json


async def waiting(gateway: Any, body: Any = HOUR) -> Any:
    told = await ask(gateway, "reviewed", body)
    assert told.status == 202, told
    return told.json


async def approved(gateway: Any, body: Any = HOUR) -> str:
    """The id of a session whose review was approved."""
    asked = await waiting(gateway, body)
    assert (await send(gateway, "PUT", f"/reviews/{asked['review_id']}", APPROVE, "dora")).status == 200
    session_id: str = asked["session_id"]
    return session_id


async def session(gateway: Any, session_id: str) -> Any:
    return (await send(gateway, "GET", f"/sessions/{session_id}", token="ada")).json


async def items(gateway: Any, token: str = "erin") -> Any:
    return (await send(gateway, "GET", "/connection-credentials", token=token)).json["items"]


def pass_by(gateway: Any, seconds: int) -> None:
    gateway.service.world.clock.advance(seconds * SECOND)


# Without a review


@pytest.mark.parametrize(
    ("connection", "keys"),
    [
        ("pgdemo", {"hostname", "port", "username", "password", "database_name", "connection_string"}),
        ("bastion", {"hostname", "port", "username", "password", "command"}),
        ("grafana", {"hostname", "port", "proxy_token", "command"}),
        ("desktop", {"hostname", "port", "username", "password", "command"}),
        ("fleet", {"endpoint_url", "aws_access_key_id", "aws_secret_access_key", "connection_string", "command"}),
    ],
)
async def test_what_is_told_depends_on_the_connection(gateway: Any, connection: str, keys: set[str]) -> None:
    told = (await given(gateway, connection))["connection_credentials"]
    assert told.keys() == keys
    assert all(isinstance(value, str) and value for value in told.values())


async def test_they_lead_to_where_the_caller_came(gateway: Any) -> None:
    told = await send(gateway, "POST", "/connections/bastion/credentials", HOUR, Host="gateway.example:8009")
    assert told.json["connection_credentials"]["hostname"] == "gateway.example"


async def test_the_database_is_that_of_the_connection(gateway: Any) -> None:
    told = (await given(gateway, "pgdemo"))["connection_credentials"]
    user, password, host = told["username"], told["password"], told["hostname"]
    assert told["connection_string"] == f"postgres://{user}:{password}@{host}:{told['port']}/shop?sslmode=disable"


async def test_they_say_whose_they_are_and_until_when(gateway: Any) -> None:
    made = await given(gateway, "pgdemo")
    told = [made[name] for name in ("connection_name", "connection_type", "connection_subtype", "has_review")]
    assert told == ["pgdemo", "database", "postgres", False]
    assert (made["created_at"], made["expire_at"]) == ("2026-08-21T12:00:00Z", "2026-08-21T13:00:00Z")
    assert "review_id" not in made


async def test_the_same_world_gives_the_same_ones(api: Any, scenario: Path) -> None:
    first, second = [await given(await api(scenario), "bastion", token="erin") for _ in range(2)]
    assert first["connection_credentials"]["password"] == second["connection_credentials"]["password"]


async def test_they_come_with_a_session_that_goes_on(gateway: Any) -> None:
    found = await session(gateway, (await given(gateway, "bastion"))["session_id"])
    told = [found[name] for name in ("verb", "user", "connection", "status", "review", "end_date")]
    assert told == ["connect", "erin@example.com", "bastion", "open", None, None]
    assert found["metadata"]["credentials_expire_at"] == "2026-08-21T13:00:00Z"


async def test_when_their_time_is_over_so_is_the_session(gateway: Any) -> None:
    session_id = (await given(gateway, "bastion", MINUTE))["session_id"]
    pass_by(gateway, 59)
    assert (await session(gateway, session_id))["status"] == "open"
    pass_by(gateway, 1)
    found = await session(gateway, session_id)
    assert (found["status"], found["end_date"]) == ("done", "2026-08-21T12:01:00Z")


@pytest.mark.parametrize("body", [{}, {"access_duration_seconds": 0}, None])
async def test_without_a_time_they_last_and_the_session_is_over_at_once(gateway: Any, body: Any) -> None:
    made = await given(gateway, "bastion", body)
    assert made["expire_at"] is None
    assert (await session(gateway, made["session_id"]))["status"] == "done"
    pass_by(gateway, 10**6)
    assert [one["id"] for one in await items(gateway)] == [made["id"]]


@pytest.mark.parametrize(
    ("connection", "body", "said"),
    [
        ("nothing", HOUR, (404, "connection nothing not found")),
        ("reviewed", {}, (400, "access_duration_seconds is required for review-required connections")),
        ("pgdemo", {"access_duration_seconds": 172_801}, (400, "access duration cannot exceed 48 hours")),
        ("short", {"access_duration_seconds": 61}, (400, "access duration cannot exceed 60 seconds")),
        ("closed", HOUR, (400, "access mode connect is not enabled for this connection")),
        ("shell", HOUR, (400, "connection subtype is not supported for this connection")),
        ("pgdemo", b"{", (400, "unexpected EOF")),
    ],
)
async def test_what_cannot_be_given_is_refused(gateway: Any, connection: str, body: Any, said: Any) -> None:
    assert (await ask(gateway, connection, body)).said == said


async def test_two_days_are_not_too_long(gateway: Any) -> None:
    assert (await ask(gateway, "pgdemo", {"access_duration_seconds": 172_800})).status == 201


async def test_auditors_get_none(gateway: Any) -> None:
    assert (await ask(gateway, "pgdemo", token="otto")).said == (403, "access denied")


async def test_who_asks_again_gets_the_same_in_another_session(gateway: Any) -> None:
    first, second = await given(gateway, "bastion"), await given(gateway, "bastion")
    assert (first["id"], first["connection_credentials"]) == (second["id"], second["connection_credentials"])
    statuses = [(await session(gateway, one["session_id"]))["status"] for one in (first, second)]
    assert statuses == ["done", "open"]


async def test_everybody_has_their_own(gateway: Any) -> None:
    ours, theirs = await given(gateway, "bastion"), await given(gateway, "bastion", token="dora")
    assert ours["connection_credentials"]["password"] != theirs["connection_credentials"]["password"]
    assert [one["id"] for one in await items(gateway)] == [ours["id"]]


# With a review


async def test_where_a_review_is_needed_there_are_none_yet(gateway: Any) -> None:
    told = await waiting(gateway)
    assert told["has_review"] is True
    assert "connection_credentials" not in told
    found = await session(gateway, told["session_id"])
    review = found["review"]
    assert (found["verb"], found["status"]) == ("connect", "open")
    shown = [review[name] for name in ("id", "type", "status", "access_duration")]
    assert shown == [told["review_id"], "jit", "PENDING", 3600 * SECOND]


async def test_until_it_is_decided_they_are_pending(gateway: Any) -> None:
    asked = await waiting(gateway)
    told = await ask(gateway, "reviewed", session_id=asked["session_id"])
    assert told.status == 202
    assert told.json == {
        "message": "review is still pending approval",
        "session_id": asked["session_id"],
        "review_id": asked["review_id"],
        "status": "PENDING",
    }


async def test_once_approved_the_session_gives_them(gateway: Any) -> None:
    session_id = await approved(gateway)
    assert (await session(gateway, session_id))["status"] == "ready"
    told = await ask(gateway, "reviewed", session_id=session_id)
    assert (told.status, told.json["session_id"], told.json["has_review"]) == (201, session_id, False)
    assert told.json["connection_credentials"]["hostname"]
    assert (await session(gateway, session_id))["status"] == "open"


async def test_resuming_twice_gives_the_same(gateway: Any) -> None:
    session_id = await approved(gateway)
    first, second = [await ask(gateway, "reviewed", session_id=session_id) for _ in range(2)]
    assert first.json == second.json


async def test_they_end_once_however_often_they_are_resumed(gateway: Any) -> None:
    session_id = await approved(gateway)
    for _ in range(3):
        await ask(gateway, "reviewed", session_id=session_id)
    ends = [one for one in gateway.service.world.agenda.waiting() if one.about == session_id]
    assert len(ends) == 1


async def test_nobody_is_asked_again_while_an_approval_is_valid(gateway: Any) -> None:
    session_id = await approved(gateway)
    assert (await given(gateway, "reviewed"))["session_id"] == session_id


async def test_somebody_is_asked_again_when_it_is_over(gateway: Any) -> None:
    session_id = await approved(gateway, MINUTE)
    pass_by(gateway, 61)
    assert (await waiting(gateway))["session_id"] != session_id


async def test_who_was_rejected_is_told(gateway: Any) -> None:
    asked = await waiting(gateway)
    await send(gateway, "PUT", f"/reviews/{asked['review_id']}", REJECT, "dora")
    told = await ask(gateway, "reviewed", session_id=asked["session_id"])
    assert told.said == (403, "review was rejected")


async def test_what_was_revoked_is_over(gateway: Any) -> None:
    session_id = await approved(gateway)
    await send(gateway, "PUT", f"/sessions/{session_id}/review", {"status": "REVOKED"}, "dora")
    assert (await ask(gateway, "reviewed", session_id=session_id)).said == (410, "credentials have expired")


async def test_what_was_revoked_is_not_listed_any_more(gateway: Any) -> None:
    session_id = await approved(gateway)
    await ask(gateway, "reviewed", session_id=session_id)
    assert [one["session_id"] for one in await items(gateway)] == [session_id]
    await send(gateway, "PUT", f"/sessions/{session_id}/review", {"status": "REVOKED"}, "dora")
    assert await items(gateway) == []


@pytest.mark.parametrize("resumes_before", [True, False])
async def test_after_their_time_they_are_over(gateway: Any, resumes_before: bool) -> None:
    session_id = await approved(gateway, MINUTE)
    if resumes_before:
        await ask(gateway, "reviewed", session_id=session_id)
    pass_by(gateway, 61)
    assert (await ask(gateway, "reviewed", session_id=session_id)).said == (410, "credentials have expired")


async def test_those_of_a_killed_session_are_over(gateway: Any) -> None:
    session_id = await approved(gateway)
    await send(gateway, "POST", f"/sessions/{session_id}/kill", token="erin")
    assert (await ask(gateway, "reviewed", session_id=session_id)).said == (410, "credentials have expired")


async def test_nobody_takes_those_of_another(gateway: Any) -> None:
    session_id = await approved(gateway)
    told = await ask(gateway, "reviewed", token="dora", session_id=session_id)
    assert told.said == (403, "session does not belong to user")


@pytest.mark.parametrize(
    ("connection", "session_id", "said"),
    [
        ("reviewed", "00000000-0000-4000-8000-000000000009", (404, "session not found")),
        ("reviewed", "nonsense", (404, "session not found")),
        ("pgdemo", "00000000-0000-4000-8000-000000000001", (404, "session not found")),
        ("reviewed", "00000000-0000-4000-8000-000000000001", (404, "review not found for this session")),
        ("nothing", "00000000-0000-4000-8000-000000000001", (404, "connection nothing not found")),
    ],
    ids=["unknown", "no id", "of another connection", "without review", "no connection"],
)
async def test_what_cannot_be_resumed_is_refused(gateway: Any, connection: str, session_id: str, said: Any) -> None:
    assert (await ask(gateway, connection, session_id=session_id)).said == said


# The caller's own


async def test_they_are_listed_without_what_is_secret(gateway: Any) -> None:
    made = await given(gateway, "pgdemo")
    [listed] = await items(gateway)
    same = ("id", "connection_name", "connection_type", "connection_subtype", "session_id", "created_at", "expire_at")
    assert {name: listed[name] for name in same} == {name: made[name] for name in same}
    assert "connection_credentials" not in listed


async def test_those_that_expired_are_not_listed(gateway: Any) -> None:
    await given(gateway, "pgdemo", MINUTE)
    pass_by(gateway, 60)
    assert await items(gateway) == []


async def test_there_is_one_for_each_connection(gateway: Any) -> None:
    for connection in ("pgdemo", "bastion", "bastion"):
        await given(gateway, connection)
    assert sorted(one["connection_name"] for one in await items(gateway)) == ["bastion", "pgdemo"]


async def test_the_active_one_is_read_without_a_new_session(gateway: Any) -> None:
    made = await given(gateway, "pgdemo")
    told = await send(gateway, "GET", "/connections/pgdemo/credentials")
    assert (told.status, told.json) == (200, made)


async def test_where_there_is_none_there_is_nothing_to_read(gateway: Any) -> None:
    assert (await send(gateway, "GET", "/connections/pgdemo/credentials")).status == 404


async def end(gateway: Any, made: Any, how: str, token: str = "erin") -> Any:
    path = f"/connections/{made['connection_name']}/credentials/{made['id']}/{how}"
    return await send(gateway, "POST", path, token=token)


async def test_closing_ends_the_session_and_keeps_them(gateway: Any) -> None:
    made = await given(gateway, "pgdemo")
    assert (await end(gateway, made, "close")).status == 204
    assert (await session(gateway, made["session_id"]))["status"] == "done"
    assert [one["session_id"] for one in await items(gateway)] == [""]
    again = await given(gateway, "pgdemo")
    assert again["connection_credentials"] == made["connection_credentials"]


async def test_revoking_ends_both(gateway: Any) -> None:
    made = await given(gateway, "pgdemo")
    assert (await end(gateway, made, "revoke")).status == 204
    found = await session(gateway, made["session_id"])
    assert (found["status"], found["metadata"]["credentials_revoked_at"]) == ("done", "2026-08-21T12:00:00Z")
    assert await items(gateway) == []
    again = await given(gateway, "pgdemo")
    assert again["connection_credentials"]["password"] != made["connection_credentials"]["password"]


@pytest.mark.parametrize("how", ["close", "revoke"])
async def test_nobody_ends_those_of_another(gateway: Any, how: str) -> None:
    made = await given(gateway, "pgdemo")
    assert (await end(gateway, made, how, "dora")).status == 403


@pytest.mark.parametrize("how", ["close", "revoke"])
async def test_what_is_not_there_is_not_ended(gateway: Any, how: str) -> None:
    nothing = {"connection_name": "pgdemo", "id": "00000000-0000-4000-8000-000000000009"}
    assert (await end(gateway, nothing, how)).status == 404


async def test_they_end_with_the_connection(gateway: Any) -> None:
    await given(gateway, "pgdemo")
    await send(gateway, "DELETE", "/connections/pgdemo", token="ada")
    assert await items(gateway) == []
