"""What is null or zero in which status (sections 4.5, 7.4 and 7.6)."""

from collections import Counter
from datetime import datetime
from itertools import product
from typing import Any

import pytest

STATUSES = ["PENDING", "APPROVED", "REVOKED", "REJECTED", "PROCESSING", "EXECUTED", "UNKNOWN"]
ALWAYS_ONETIME = {"PROCESSING", "EXECUTED", "UNKNOWN"}
# A first digit of an id, 1 for PENDING; see the scenario's description.
DIGITS = {"PENDING": 1, "APPROVED": 2, "REJECTED": 3, "REVOKED": 4, "PROCESSING": 5, "EXECUTED": 6, "UNKNOWN": 7}


def case(number: int) -> str:
    return f"00000000-0000-4000-8000-000000000{number}"


async def every_session(api: Any, scenario: str) -> list[Any]:
    gateway = await api(scenario)
    pages = [(await gateway.get(f"/sessions?limit=100&offset={offset}")).json["data"] for offset in (0, 100, 200)]
    return [session for page in pages for session in page]


@pytest.mark.parametrize(
    ("number", "status", "ended", "exit_code", "metrics", "size"),
    [
        pytest.param(501, "open", False, None, False, 0, id="running"),
        pytest.param(217, "open", False, None, False, 0, id="running, access for a time"),
        pytest.param(101, "open", False, None, False, 0, id="waits for review"),
        pytest.param(201, "ready", False, None, False, 0, id="approved"),
        pytest.param(211, "ready", False, None, False, 0, id="approved, access for a time"),
        pytest.param(901, "done", True, 0, True, 126, id="done"),
        pytest.param(601, "done", True, 0, True, 126, id="executed"),
        pytest.param(301, "done", False, None, False, 0, id="rejected"),
        pytest.param(411, "done", False, None, False, 0, id="revoked"),
        pytest.param(307, "done", True, 254, True, 40, id="rejected while the client waited"),
        pytest.param(107, "done", True, 254, True, 40, id="killed"),
    ],
)
async def test_a_status_decides_what_there_is(
    api: Any, number: int, status: str, ended: bool, exit_code: int | None, metrics: bool, size: int
) -> None:
    session = await (await api("review-states")).session(case(number))
    assert session["status"] == status
    assert (session["end_date"] is not None, session["metrics"] is not None) == (ended, metrics)
    assert (session["exit_code"], session["event_size"]) == (exit_code, size)


@pytest.mark.parametrize("number", [101, 201, 301])
async def test_a_session_that_never_ran_has_an_empty_recording(api: Any, number: int) -> None:
    session = await (await api("review-states")).session(case(number), "expand=event_stream")
    assert session["event_stream"] == []


async def test_an_execution_that_was_rejected_while_waiting_is_closed_with_a_note(api: Any) -> None:
    session = await (await api("review-states")).session(case(307), "expand=event_stream&event_stream=utf8")
    assert session["event_stream"] == ["no log found on disk"]


async def test_there_is_a_session_for_every_review_that_can_be(api: Any) -> None:
    sessions = await every_session(api, "review-states")
    found = Counter((one["review"]["status"], one["review"]["type"]) for one in sessions if one["review"])
    possible = {
        (status, kind)
        for status, kind in product(STATUSES, ("onetime", "jit"))
        if not (status == "REVOKED" and kind == "onetime") and not (status in ALWAYS_ONETIME and kind == "jit")
    }
    assert found.keys() == possible
    assert min(found.values()) >= 5


async def test_ids_say_what_is_in_a_session(api: Any) -> None:
    for session in await every_session(api, "review-states"):
        digits = int(session["id"][-3:])
        review = session["review"]
        if review is None:
            assert digits // 100 == 9
        else:
            assert digits // 100 == DIGITS[review["status"]]
            assert digits // 10 % 10 == ("onetime", "jit").index(review["type"])


@pytest.mark.parametrize("scenario", ["default", "review-states"])
async def test_a_review_agrees_with_its_groups(api: Any, scenario: str) -> None:
    for session in await every_session(api, scenario):
        if not session["review"]:
            continue
        review = session["review"]
        groups = Counter(group["status"] for group in review["review_groups_data"])
        if review["status"] in ("REJECTED", "REVOKED"):
            assert groups[review["status"]] == 1
        else:
            assert groups.keys() <= {"PENDING", "APPROVED"}
        if review["status"] == "PENDING":
            assert groups["PENDING"]
        if review["status"] in {"APPROVED", *ALWAYS_ONETIME}:
            assert groups["APPROVED"]


@pytest.mark.parametrize("scenario", ["default", "review-states", "pagination"])
async def test_numbers_agree_with_each_other(api: Any, scenario: str) -> None:
    for session in await every_session(api, scenario):
        review = session["review"]
        if session["status"] != "done":
            assert session["end_date"] is session["exit_code"] is session["metrics"] is None
        if session["end_date"] is None:
            assert session["event_size"] == 0
        else:
            start, end = (datetime.fromisoformat(session[key]) for key in ("start_date", "end_date"))
            assert start < end
            assert session["metrics"]["event_size"] == session["event_size"]
        if review and review["status"] == "PENDING" and session["exit_code"] is None:
            assert session["status"] == "open"
        if review and review["type"] == "onetime":
            assert (review["access_duration"], session["verb"]) == (0, "exec")


async def test_the_ordinary_day_has_something_of_everything(api: Any) -> None:
    sessions = await every_session(api, "default")
    seen = {key: {one[key] for one in sessions} for key in ("verb", "status", "connection", "identity_type")}
    assert seen["verb"] == {"exec", "connect"}
    assert seen["status"] == {"open", "ready", "done"}
    assert len(seen["connection"]) == 10
    assert seen["identity_type"] == {"user", "machine"}
    assert {one["review"]["status"] for one in sessions if one["review"]} == set(STATUSES)
    assert any("session_batch_id" in one for one in sessions)
    assert any("correlation_id" in one for one in sessions)
    assert any((one["integrations_metadata"] or {}).get("jira_issue_key") for one in sessions)
