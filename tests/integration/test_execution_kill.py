"""Ending sessions, and replacing their metadata (sections 6.3, 6.4 and 7.6)."""

import asyncio
import base64
from typing import Any

import pytest

from .execution_calls import APPROVE, LONG, OVER, PENDING, REJECT, TO_KILL, execute, now, review, run, send, session

NO_LOG = [[0, "e", base64.b64encode(b"no log found on disk").decode()]]
KILLED = "session killed by the user"
SESSION_NOT_FOUND = (404, "session not found")
UNKNOWN = "00000000-0000-4000-8000-0000000000ff"
RUNNING_CLOCK = "mockhoop: 1\nclock: {frozen: false}\n"


async def kill(api: Any, session_id: str, token: str = "erin") -> Any:
    return await send(api, "POST", f"/sessions/{session_id}/kill", None, token)


async def newest_of(api: Any) -> Any:
    return (await send(api, "GET", "/sessions?connection=shell&limit=1")).json["data"][0]["id"]


@pytest.mark.parametrize(
    ("session_id", "token", "said"),
    [
        ("provision", "erin", (500, "failed fetching session")),
        (UNKNOWN, "erin", SESSION_NOT_FOUND),
        (TO_KILL, "john", SESSION_NOT_FOUND),
        (PENDING, "john", SESSION_NOT_FOUND),
        (TO_KILL, "otto", (403, "access denied")),
    ],
    ids=["no id", "unknown", "a stranger", "a reviewer", "an auditor"],
)
async def test_who_may_not_kill(api: Any, session_id: str, token: str, said: tuple[int, str]) -> None:
    assert (await kill(await api("executions"), session_id, token)).said == said


@pytest.mark.parametrize("token", ["erin", "ada"])
async def test_a_kill_answers_with_nothing_but_a_content_type(api: Any, token: str) -> None:
    told = await kill(await api("executions"), TO_KILL, token)
    assert (told.status, told.body) == (204, b"")
    assert told.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("session_id", [TO_KILL, OVER, PENDING], ids=["open", "over", "pending"])
async def test_a_session_that_is_not_live_loses_its_recording(api: Any, session_id: str) -> None:
    gateway = await api("executions")
    await kill(gateway, session_id)
    stored = await session(gateway, session_id)
    assert (stored["status"], stored["exit_code"], stored["end_date"]) == ("done", 254, "2024-08-01T12:00:00Z")
    assert (stored["event_stream"], stored["event_size"], stored["metrics"]) == (NO_LOG, 0, {})


async def test_a_kill_leaves_the_review_alone(api: Any) -> None:
    gateway = await api("executions")
    await kill(gateway, PENDING)
    assert (await session(gateway, PENDING))["review"]["status"] == "PENDING"


async def test_a_live_session_keeps_what_it_said(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 70")).json["session_id"]
    await kill(gateway, running)
    stored = await session(gateway, running, "utf8")
    assert stored["event_stream"] == [f"one\ntwo\nthree\nfour\nfive\n{KILLED}"]
    assert (stored["status"], stored["exit_code"], stored["end_date"]) == ("done", 254, "2024-08-01T12:00:50Z")
    raw = await session(gateway, running)
    assert raw["event_stream"][-1][:2] == [50, "e"]
    assert raw["metrics"]["event_size"] == raw["event_size"]


async def test_what_was_killed_does_not_end_a_second_time(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 70")).json["session_id"]
    await kill(gateway, running)
    await run(gateway, "sleep 70")
    assert (await session(gateway, running))["exit_code"] == 254


async def test_a_killed_session_that_was_approved_is_executed(api: Any) -> None:
    gateway = await api("executions")
    await execute(gateway, LONG)
    await kill(gateway, LONG, "ada")
    assert (await session(gateway, LONG))["review"]["status"] == "EXECUTED"
    assert (await execute(gateway, LONG)).said == (403, "review not approved or already executed")


async def test_who_waits_for_a_killed_script_is_answered_at_once(api: Any, tmp_path: Any) -> None:
    (tmp_path / "clock.yaml").write_text(RUNNING_CLOCK)
    gateway = await api("executions", tmp_path / "clock.yaml")
    waiting = asyncio.create_task(run(gateway, "sleep 300"))
    while (newest := await newest_of(gateway)) == TO_KILL:
        pass
    await kill(gateway, newest)
    told = (await waiting).json
    assert (told["output"], told["output_status"], told["exit_code"]) == (KILLED, "failed", 254)
    assert told["execution_time"] < 50_000


async def test_on_a_running_clock_a_script_takes_its_time(api: Any, tmp_path: Any) -> None:
    (tmp_path / "clock.yaml").write_text(RUNNING_CLOCK)
    gateway = await api("executions", tmp_path / "clock.yaml")
    before = now(gateway)
    told = (await run(gateway, "exit 1")).json
    assert (told["execution_time"], told["exit_code"]) == (120, 1)
    assert now(gateway) - before >= 120_000_000


async def test_a_rejection_ends_a_script_that_the_gateway_holds(api: Any) -> None:
    gateway = await api("executions")
    held = (await run(gateway, "uptime", "reviewed")).json["session_id"]
    await review(gateway, held, REJECT, "john")
    stored = await session(gateway, held)
    assert (stored["status"], stored["exit_code"], stored["review"]["status"]) == ("done", 254, "REJECTED")
    assert stored["end_date"] is not None
    assert (stored["event_stream"], stored["event_size"], stored["metrics"]) == (NO_LOG, 0, {})


async def test_a_rejection_leaves_a_session_from_before_without_an_end(api: Any) -> None:
    gateway = await api("executions")
    await review(gateway, PENDING, REJECT, "john")
    stored = await session(gateway, PENDING)
    assert (stored["status"], stored["exit_code"], stored["end_date"]) == ("done", None, None)


async def test_an_approval_leaves_what_is_held_without_an_end(api: Any) -> None:
    gateway = await api("executions")
    held = (await run(gateway, "uptime", "reviewed")).json["session_id"]
    await review(gateway, held, APPROVE, "john", "dora")
    assert (await session(gateway, held))["end_date"] is None


async def patch(api: Any, session_id: str, body: Any, token: str = "erin") -> Any:
    return await send(api, "PATCH", f"/sessions/{session_id}/metadata", body, token)


def nested(levels: int) -> bytes:
    return b'{"metadata":{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}}"


@pytest.mark.parametrize(
    ("session_id", "body", "token", "said"),
    [
        ("provision", b"", "erin", (400, "EOF")),
        (
            "provision",
            {"metadata": None},
            "erin",
            (
                500,
                "failed to update session metadata: "
                'ERROR: invalid input syntax for type uuid: "provision" (SQLSTATE 22P02)',
            ),
        ),
        (UNKNOWN, {"metadata": {}}, "erin", (404, "not found")),
        (OVER, {"metadata": {}}, "ada", (404, "not found")),
        (OVER, {"metadata": {}}, "john", (404, "not found")),
        (OVER, {"metadata": None}, "erin", (404, "not found")),
        (OVER, {}, "erin", (404, "not found")),
        (OVER, {"metadata": {}}, "otto", (403, "access denied")),
        (
            OVER,
            nested(201),
            "erin",
            (500, "failed to update session metadata: ERROR: stack depth limit exceeded (SQLSTATE 54001)"),
        ),
        (
            OVER,
            nested(5000),
            "erin",
            (500, "failed to update session metadata: ERROR: stack depth limit exceeded (SQLSTATE 54001)"),
        ),
        (OVER, nested(50_000), "erin", (400, "invalid character '[' exceeded max depth")),
    ],
    ids=[
        *("no body", "no id", "unknown", "an admin", "a stranger", "null", "missing", "an auditor"),
        *("too deep", "far too deep", "deeper than JSON goes"),
    ],
)
async def test_metadata_that_is_not_replaced(
    api: Any, session_id: str, body: Any, token: str, said: tuple[int, str]
) -> None:
    assert (await patch(await api("executions"), session_id, body, token)).said == said


async def test_metadata_is_replaced_as_a_whole(api: Any) -> None:
    gateway = await api("executions")
    created = (await run(gateway, "ls", metadata={"a": 1})).json["session_id"]
    told = await patch(gateway, created, {"metadata": {"z": 1.5, "b": {"y": [None, True], "x": "1"}}})
    assert (told.status, told.body, "Content-Type" in told.headers) == (204, b"", False)
    stored = await send(gateway, "GET", f"/sessions/{created}")
    assert b'"metadata":{"b":{"x":"1","y":[null,true]},"z":1.5}' in stored.body


async def test_metadata_may_be_empty(api: Any) -> None:
    gateway = await api("executions")
    created = (await run(gateway, "ls", metadata={"a": 1})).json["session_id"]
    assert (await patch(gateway, created, {"metadata": {}})).status == 204
    assert (await session(gateway, created))["metadata"] == {}


async def test_the_deepest_metadata_is_written(api: Any) -> None:
    gateway = await api("executions")
    assert (await patch(gateway, OVER, nested(200))).status == 204
    value, levels = (await session(gateway, OVER))["metadata"]["a"], 1
    while value:
        value, levels = value[0], levels + 1
    assert levels == 199
