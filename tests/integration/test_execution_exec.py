"""POST /sessions/{session_id}/exec: an approved session runs, once (section 6.2)."""

from typing import Any

import pytest

from .execution_calls import (
    APPROVE,
    ASLEEP,
    BY_RULE,
    JIT,
    LONG,
    OVER,
    PENDING,
    REVIEWED,
    WINDOWED,
    execute,
    review,
    run,
    session,
)

REVIEW = "00000000-0000-4000-8000-00000000000a"
NOT_REVIEWED = (500, "failed retrieving review")
NOT_FOUND = (404, "session not found")
NOT_APPROVED = (403, "review not approved or already executed")
NOT_YOURS = (403, "unable to execute session")
SPENT = "00000000-0000-4000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("session_id", "token", "said"),
    [
        ("provision", "erin", NOT_REVIEWED),
        (SPENT, "erin", NOT_REVIEWED),
        (OVER, "erin", NOT_REVIEWED),
        (JIT, "erin", NOT_FOUND),
        (REVIEW, "erin", NOT_FOUND),
        (REVIEWED, "john", NOT_YOURS),
        (PENDING, "john", NOT_YOURS),
        (PENDING, "erin", NOT_APPROVED),
        (REVIEWED, "otto", (403, "access denied")),
        (REVIEWED, "nobody", (401, "access denied")),
    ],
    ids=[
        *("1 no id", "1 unknown", "1 without review", "3 jit", "4 id of the review", "5a a stranger"),
        *("5a before 5b", "5b pending", "an auditor", "nobody"),
    ],
)
async def test_the_first_check_that_fails_is_told(api: Any, session_id: str, token: str, said: tuple[int, str]) -> None:
    assert (await execute(await api("executions"), session_id, token)).said == said


@pytest.mark.parametrize("token", ["erin", "ada"])
async def test_the_owner_and_an_admin_may_run_it(api: Any, token: str) -> None:
    gateway = await api("executions")
    told = await execute(gateway, REVIEWED, token)
    assert (told.status, told.json) == (
        200,
        {
            "has_review": False,
            "session_id": REVIEWED,
            "output": "built\n",
            "output_status": "success",
            "truncated": False,
            "execution_time": 30_000,
            "exit_code": 0,
            "ai_analysis": None,
        },
    )
    stored = await session(gateway, REVIEWED)
    assert (stored["status"], stored["exit_code"], stored["review"]["status"]) == ("done", 0, "EXECUTED")
    assert stored["end_date"] == "2024-08-01T12:00:30Z"
    assert stored["metrics"]["event_size"] == stored["event_size"] > 0


async def test_a_session_runs_once(api: Any) -> None:
    gateway = await api("executions")
    await execute(gateway, REVIEWED)
    assert (await execute(gateway, REVIEWED)).said == NOT_APPROVED


async def test_while_it_runs_it_is_being_processed(api: Any) -> None:
    gateway = await api("executions")
    told = await execute(gateway, LONG)
    assert (told.status, told.json["output_status"], told.json["exit_code"]) == (202, "running", -2)
    stored = await session(gateway, LONG)
    assert (stored["status"], stored["review"]["status"]) == ("open", "PROCESSING")
    for token in ("erin", "john"):  # the second is a stranger: this check comes first
        said = (409, f"the session {LONG} is already being processed")
        assert (await execute(gateway, LONG, token)).said == said


async def test_its_review_is_executed_when_it_ends(api: Any) -> None:
    gateway = await api("executions")
    await execute(gateway, LONG)
    await run(gateway, "sleep 20")
    stored = await session(gateway, LONG, "utf8")
    assert (stored["status"], stored["review"]["status"]) == ("done", "EXECUTED")
    assert stored["event_stream"] == ["slept\n"]


async def test_its_review_is_executed_though_no_agent_came(api: Any) -> None:
    gateway = await api("executions")
    told = await execute(gateway, ASLEEP)
    assert (told.status, told.json["output_status"], told.json["execution_time"]) == (200, "failed", 15_000)
    stored = await session(gateway, ASLEEP)
    assert (stored["status"], stored["exit_code"], stored["review"]["status"]) == ("open", None, "EXECUTED")
    assert (await execute(gateway, ASLEEP)).said == NOT_APPROVED


async def test_where_only_a_rule_asked_a_pending_review_ends_up_executed(api: Any) -> None:
    gateway = await api("executions")
    told = await execute(gateway, BY_RULE, "john")
    assert (told.status, told.json["has_review"], told.json["output_status"]) == (200, True, "success")
    assert told.json["output"].endswith(f"/sessions/{BY_RULE}")
    assert (await session(gateway, BY_RULE))["review"]["status"] == "EXECUTED"
    assert (await execute(gateway, BY_RULE)).said == NOT_APPROVED


async def test_a_session_that_the_ai_analyser_had_reviewed_runs_without_it(api: Any) -> None:
    gateway = await api("executions")
    created = (await run(gateway, "sudo ls")).json["session_id"]
    await review(gateway, created, APPROVE, "ada")
    told = (await execute(gateway, created)).json
    assert (told["output"], told["output_status"], told["ai_analysis"]) == ("root\n", "success", None)


async def test_a_script_from_the_request_to_the_end(api: Any) -> None:
    gateway = await api("executions")
    created = (await run(gateway, "make all", "reviewed")).json["session_id"]
    await review(gateway, created, APPROVE, "john")
    assert (await execute(gateway, created)).said == NOT_APPROVED
    await review(gateway, created, APPROVE, "dora")
    assert (await session(gateway, created))["status"] == "ready"
    assert (await execute(gateway, created)).json["output"] == "built\n"


@pytest.mark.parametrize("window", [("09:00", "18:00"), ("12:00", "12:00"), ("12:00", "06:00"), ("9:00", "12:00")])
async def test_it_runs_inside_its_time_window(api: Any, tmp_path: Any, window: tuple[str, str]) -> None:
    gateway = await api("executions", _with_window(tmp_path, window))
    assert (await execute(gateway, SPENT)).status == 200


@pytest.mark.parametrize("window", [("09:00", "11:59"), ("12:01", "18:00"), ("22:00", "12:30")])
async def test_it_does_not_run_outside_of_it(api: Any, tmp_path: Any, window: tuple[str, str]) -> None:
    # The last one reaches over midnight into this hour: the gateway refuses what comes after midnight.
    gateway = await api("executions", _with_window(tmp_path, window))
    message = f"execution not allowed outside the time window {window[0]} to {window[1]} UTC"
    assert (await execute(gateway, SPENT)).said == (403, message)


async def test_a_window_of_an_unknown_type_never_opens(api: Any, tmp_path: Any) -> None:
    gateway = await api("executions", _with_window(tmp_path, ("09:00", "18:00"), "weekly"))
    assert (await execute(gateway, SPENT)).said == (403, "unknown execution window type weekly")


async def test_the_shipped_window_is_open_at_noon(api: Any) -> None:
    assert (await execute(await api("executions"), WINDOWED)).json["output"] == "built\n"


def _with_window(folder: Any, window: tuple[str, str], kind: str = "time_range") -> Any:
    path = folder / "window.yaml"
    path.write_text(
        f"""
mockhoop: 1
sessions:
  - id: {SPENT}
    user: erin@example.com
    connection: window
    script: make all
    started: -1h
    review:
      status: APPROVED
      time_window: {{type: {kind}, configuration: {{start_time: '{window[0]}', end_time: '{window[1]}'}}}}
"""
    )
    return path
