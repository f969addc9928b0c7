"""POST /sessions: what is checked, and every outcome of running a script (section 6.1)."""

import json
from typing import Any

import pytest

from .execution_calls import now, run, send, session

KEYS = [
    "has_review",
    "session_id",
    "output",
    "output_status",
    "truncated",
    "execution_time",
    "exit_code",
    "ai_analysis",
]
NOT_ALLOWED = "rpc error: code = FailedPrecondition desc = exec is not allowed for {} type connections"
OFFLINE = "rpc error: code = FailedPrecondition desc = agent is offline"
DISABLED = "rpc error: code = FailedPrecondition desc = exec is disabled for this connection"
TOO_MANY = "metadata field must have less than 10 fields"
TOO_LONG = "metadata key or value must not contain more than 2500 characteres"
ID_TOO_LONG = "correlation_id must not exceed 255 characters"
NOT_ASCII = "correlation_id must contain only printable ASCII characters"
MANY = {f"key{number}": "v" for number in range(21)}
LONG, ODD, BEL, BATCH = "x" * 256, "täsk", "echo \a", "b" * 256


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", (400, "EOF")),
        (b"{", (400, "unexpected EOF")),
        (b"a", (400, "invalid character 'a' looking for beginning of value")),
        (
            b'{"script": 1}',
            (400, "json: cannot unmarshal number into Go struct field SessionPostBody.script of type string"),
        ),
        ({"metadata": MANY, "correlation_id": LONG}, (422, TOO_MANY)),
        ({"metadata": {"k": "v" * 2500}, "correlation_id": LONG}, (422, TOO_LONG)),
        ({"metadata": {"k" * 2500: "v"}}, (422, TOO_LONG)),
        ({"metadata": {"k": ["ü" * 1249]}}, (422, TOO_LONG)),
        ({"correlation_id": LONG, "connection": "nope"}, (422, ID_TOO_LONG)),
        ({"correlation_id": ODD, "connection": "nope"}, (422, NOT_ASCII)),
        ({"connection": "nope", "script": BEL}, (400, "connection nope not found")),
        ({"connection": "SHELL"}, (400, "connection SHELL not found")),
        ({}, (400, "connection  not found")),
        ({"connection": "shell", "script": BEL}, (500, "failed creating session")),
        ({"connection": "shell", "script": "\x7f"}, (500, "failed creating session")),
        ({"connection": "shell", "session_batch_id": BATCH}, (500, "failed creating session")),
    ],
    ids=[
        *("1 empty", "1 broken off", "1 malformed", "1 wrong type", "2 keys", "3 value", "3 key", "3 bytes as printed"),
        *(
            "4 id too long",
            "5 id not ASCII",
            "6 connection",
            "6 letter case",
            "6 no connection",
            "10 control character",
        ),
        *("10 delete", "10 batch id"),
    ],
)
async def test_the_first_check_that_fails_is_told(api: Any, body: Any, said: tuple[int, str]) -> None:
    gateway = await api("executions")
    assert (await send(gateway, "POST", "/sessions", body)).said == said


async def test_a_refused_script_leaves_no_session_behind(api: Any) -> None:
    gateway = await api("executions")
    before = (await send(gateway, "GET", "/sessions", token="ada")).json["total"]
    await run(gateway, BEL)
    assert (await send(gateway, "GET", "/sessions", token="ada")).json["total"] == before


async def test_the_limits_themselves_are_allowed(api: Any) -> None:
    metadata = {f"key{number}": "v" for number in range(19)} | {"k" * 2499: "v" * 2499}
    ids = {"correlation_id": "~" * 255, "session_batch_id": "ü" * 255}
    told = await run(await api("executions"), "a\tb\n\x80", metadata=metadata, **ids)
    assert told.status == 200


async def test_the_keys_of_the_answer_are_in_their_order(api: Any) -> None:
    told = await run(await api("executions"), "ls")
    assert list(told.json) == KEYS
    assert told.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("script", "connection", "answer", "afterwards"),
    [
        ("ls", "shell", (200, False, "first\nsecond\nthird\n", "success", 250, 0), ("done", 0)),
        ("exit 1", "shell", (200, False, "cannot open\nexit status 1", "failed", 120, 1), ("done", 1)),
        ("exit 2", "shell", (200, False, "half of it\nthen this\nexit status 2", "failed", 120, 2), ("done", 2)),
        ("exit 3", "shell", (200, False, "exit status 3", "failed", 120, 3), ("done", 3)),
        ("sleep 20", "shell", (200, False, "slept\n", "success", 20_000, 0), ("done", 0)),
        ("sleep 70", "shell", (202, False, "", "running", 50_000, -2), ("open", None)),
        ("uptime", "asleep", (200, False, OFFLINE, "failed", 15_000, -2), ("open", None)),
        ("uptime", "read-only", (200, False, DISABLED, "failed", 0, -2), ("open", None)),
        ("uptime", "tunnel", (200, False, NOT_ALLOWED.format("tcp"), "failed", 0, -2), ("open", None)),
        ("uptime", "bastion", (200, False, NOT_ALLOWED.format("ssh"), "failed", 0, -2), ("open", None)),
        ("rm -r", "shell", (200, False, "Session blocked by AI risk analyzer", "blocked", 0, 254), ("done", 254)),
        (
            "cat my secrets",
            "shell",
            (200, False, "blocked by the guard rail denied-by-scenario", "failed", 0, 254),
            ("done", 254),
        ),
        ("SELECT pg_sleep(70)", "pgdemo", (202, False, "", "running", 50_000, -2), ("open", None)),
        ("uptime", "reviewed", (200, True, "PAGE", "success", 0, 0), ("open", None)),
        ("sudo ls", "shell", (202, True, "PAGE", "", 0, 0), ("open", None)),
    ],
    ids=[
        *(
            "ran",
            "errors",
            "output and errors",
            "silent failure",
            "slow",
            "too slow",
            "offline",
            "disabled",
            "tcp",
            "ssh",
        ),
        *("blocked by AI", "guard rail", "the design's example", "review", "review by AI"),
    ],
)
async def test_every_outcome(
    api: Any, script: str, connection: str, answer: tuple[Any, ...], afterwards: tuple[str, int | None]
) -> None:
    gateway = await api("executions")
    told = await run(gateway, script, connection)
    body = told.json
    has_review, output, output_status, milliseconds, exit_code = answer[1:]
    page = f"http://{gateway.client.host}:{gateway.client.port}/sessions/{body['session_id']}"
    assert (told.status, body.pop("ai_analysis") is not None) == (answer[0], script[:2] in ("rm", "su"))
    assert body == {
        "has_review": has_review,
        "session_id": body["session_id"],
        "output": page if output == "PAGE" else output,
        "output_status": output_status,
        "truncated": False,
        "execution_time": milliseconds,
        "exit_code": exit_code,
    }
    stored = await session(gateway, body["session_id"])
    ended = stored["status"] == "done"
    assert (stored["status"], stored["exit_code"]) == afterwards
    assert (stored["end_date"] is not None, stored["metrics"] is not None) == (ended, ended)
    assert stored["event_size"] == (stored["metrics"] or {"event_size": stored["event_size"]})["event_size"]
    assert (stored["review"] is not None) == has_review


async def test_a_new_session_is_as_it_was_asked_for(api: Any) -> None:
    gateway = await api("executions")
    asked = {"labels": {"team": "a"}, "session_batch_id": "batch", "correlation_id": ""}
    metadata = {"n": 1e6, "b": True, "x": None, "l": [1, "a"]}
    told = await run(gateway, 'echo "1"\n', metadata=metadata, env_vars={"A": "1"}, client_args=["-x"], **asked)
    stored = await session(gateway, told.json["session_id"])
    expected = {
        "script": {"data": 'echo "1"\n'},
        "script_size": 12,
        "metadata": {"b": "true", "l": "[1 a]", "n": "1e+06", "x": "<nil>"},
        "user": "erin@example.com",
        "user_id": "erin@example.com",
        "user_name": "Erin Engineer",
        "type": "custom",
        "connection_subtype": "bash",
        "connection": "shell",
        "connection_tags": {"team": "platform"},
        "verb": "exec",
        "identity_type": "user",
        "start_date": "2024-08-01T12:00:00Z",
        "end_date": "2024-08-01T12:00:00.25Z",
        **asked,
    }
    assert {key: stored[key] for key in expected} == expected
    assert "machine_identity_id" not in stored


async def test_what_is_not_given_is_null(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await run(gateway, "ls")).json["session_id"])
    assert (stored["labels"], stored["metadata"]) == (None, None)
    assert not stored.keys() & {"session_batch_id", "correlation_id"}


async def test_a_recording_has_the_script_the_output_and_the_closing_text(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await run(gateway, "exit 2")).json["session_id"])
    assert [kind for _, kind, _ in stored["event_stream"]] == ["i", "o", "o", "e"]
    assert stored["event_size"] == len(json.dumps(stored["event_stream"], separators=(",", ":")))


async def test_a_creation_moves_a_frozen_clock_by_a_microsecond(api: Any) -> None:
    gateway = await api("executions")
    before = now(gateway)
    ids = [(await run(gateway, "uptime", "reviewed")).json["session_id"] for _ in range(3)]
    assert now(gateway) - before == 3_000
    listed = (await send(gateway, "GET", "/sessions?limit=3", token="ada")).json["data"]
    assert [one["id"] for one in listed] == ids[::-1]


async def test_waiting_moves_a_frozen_clock_on(api: Any) -> None:
    gateway = await api("executions")
    before = now(gateway)
    await run(gateway, "sleep 20")
    assert now(gateway) - before == 20_000_000_000


async def test_a_running_script_shows_what_was_flushed(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 70")).json["session_id"]
    stored = await session(gateway, running, "utf8")
    assert stored["event_stream"] == ["one\ntwo\nthree\nfour\nfive\n"]
    plain = (await send(gateway, "GET", f"/sessions/{running}", token="ada")).json
    assert (plain["event_size"], plain["metrics"]) == (0, None)


async def test_between_two_flushes_nothing_more_shows(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 300")).json["session_id"]
    seen = {}
    for _ in range(14):
        shown = (await session(gateway, running, "utf8"))["event_stream"]
        seen.setdefault(shown[0].count("\n"), 0)
        seen[shown[0].count("\n")] += 1
        await run(gateway, "sleep 20")
    # Five lines in five minutes, a look every twenty seconds from the fiftieth second on.
    assert seen == {0: 3, 1: 2, 2: 3, 3: 2, 4: 3, 5: 1}


async def test_a_script_ends_though_nobody_waits_for_it(api: Any) -> None:
    gateway = await api("executions")
    running = (await run(gateway, "sleep 70")).json["session_id"]
    await run(gateway, "sleep 20")
    stored = await session(gateway, running, "utf8")
    assert (stored["status"], stored["exit_code"], stored["end_date"]) == ("done", 0, "2024-08-01T12:01:10Z")
    assert stored["event_stream"][0].endswith("six\nseven\n")


async def test_a_session_that_did_not_run_has_no_recording(api: Any) -> None:
    gateway = await api("executions")
    told = await run(gateway, "uptime", "asleep")
    assert "event_stream" not in await session(gateway, told.json["session_id"])


async def test_a_session_that_waits_for_its_review_has_an_empty_recording(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await run(gateway, "uptime", "reviewed")).json["session_id"])
    assert (stored["event_stream"], stored["event_size"]) == ([], 0)


async def test_the_review_asks_the_reviewers_of_the_connection(api: Any) -> None:
    gateway = await api("executions")
    review = (await session(gateway, (await run(gateway, "uptime", "reviewed")).json["session_id"]))["review"]
    groups = [(group["group"], group["status"], group["reviewed_by"]) for group in review["review_groups_data"]]
    assert groups == [("sre", "PENDING", None), ("dba", "PENDING", None)]
    assert (review["type"], review["status"], review["access_duration"]) == ("onetime", "PENDING", 0)
    assert (review["revoke_at"], review["access_request_rule_name"], review["min_approvals"]) == (None, None, None)


async def test_the_review_of_the_ai_analyser_is_that_of_a_rule(api: Any) -> None:
    gateway = await api("executions")
    told = await run(gateway, "sudo ls")
    stored = await session(gateway, told.json["session_id"])
    assert stored["ai_analysis"] == told.json["ai_analysis"]
    assert stored["ai_analysis"]["action"] == "require_access_request"
    assert (stored["review"]["access_request_rule_name"], stored["review"]["min_approvals"]) == ("ai-analyzer", 1)


async def test_a_blocked_session_shows_what_the_ai_analyser_thinks(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await run(gateway, "rm -r")).json["session_id"])
    assert stored["ai_analysis"]["action"] == "block_execution"


async def test_a_session_that_a_guard_rail_stopped_shows_it(api: Any) -> None:
    gateway = await api("executions")
    stored = await session(gateway, (await run(gateway, "cat my secrets")).json["session_id"])
    assert stored["guardrails_info"] == [
        {
            "rule_name": "denied-by-scenario",
            "rule": {"type": "deny_words_list", "words": ["cat"]},
            "direction": "input",
            "matched_words": ["cat"],
        }
    ]


async def test_an_unscripted_run_says_something_plausible_and_always_the_same(api: Any) -> None:
    first, second = [(await run(await api("default"), "SELECT 1", "pgdemo", "ada")).json for _ in range(2)]
    assert first["output_status"] == "success"
    assert (first["session_id"], first["output"]) == (second["session_id"], second["output"])


async def test_an_auditor_runs_nothing(api: Any) -> None:
    told = await run(await api("executions"), "ls", token="otto")
    assert told.said == (403, "access denied")
