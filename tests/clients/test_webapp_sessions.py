"""The pages about sessions: the list and one of them (sections 2b and 2c of the sheet of clients)."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from . import work
from .conftest import Start
from .gateway import Gateway
from .people import ADA, DORA, JOHN, TOKENS
from .webapp import TOO_LARGE, WebApp

ERIN = "erin@example.com"
TOKENS = {**TOKENS, ERIN: "erin"}

Sessions = list[dict[str, Any]]
FILTERS: list[tuple[dict[str, str], Callable[[dict[str, Any]], bool]]] = [
    ({"user": JOHN}, lambda row: bool(row["user_name"] == "John Wick")),
    ({"connection": "pgdemo"}, lambda row: bool(row["connection"] == "pgdemo")),
    ({"type": "database"}, lambda row: bool(row["type"] == "database")),
    ({"type": "custom"}, lambda row: bool(row["type"] == "custom")),
    ({"review.status": "PENDING"}, lambda row: bool(row["review"]["status"] == "PENDING")),
    ({"review.status": "APPROVED"}, lambda row: bool(row["review"]["status"] == "APPROVED")),
    ({"review.status": "REJECTED"}, lambda row: bool(row["review"]["status"] == "REJECTED")),
    ({"jira_issue_key": "OPS-12"}, lambda row: bool(row["id"] == work.RUNBOOK)),
    (
        {"start_date": "2026-08-21T00:00:00.000Z", "end_date": "2026-08-21T23:59:59.000Z"},
        lambda row: bool(row["start_date"].startswith("2026-08-21")),
    ),
    ({"connection": "shell", "user": ERIN}, lambda row: row["connection"] == "shell" and row["id"] != work.RUNBOOK),
]


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    return await start("work")


def app(gateway: Gateway, email: str = ADA) -> WebApp:
    return WebApp(gateway, TOKENS[email])


# 2b


async def test_the_list_shows_twenty_and_grows_by_twenty(gateway: Gateway) -> None:
    first, more, all_of_them = [await app(gateway).sessions(limit) for limit in (20, 40, 60)]
    assert [len(one["data"]) for one in (first, more, all_of_them)] == [20, 40, work.ALL]
    assert [one["has_next_page"] for one in (first, more, all_of_them)] == [True, True, False]
    assert more["data"][:20] == first["data"]


@pytest.mark.parametrize(("filters", "belongs"), FILTERS, ids=["&".join(one) for one, _ in FILTERS])
async def test_the_list_is_filtered(
    gateway: Gateway, filters: dict[str, str], belongs: Callable[[dict[str, Any]], bool]
) -> None:
    listed = (await app(gateway).sessions(filters=filters))["data"]
    assert listed, f"[2b] nothing is listed with {filters}"
    assert [row for row in listed if not belongs(row)] == [], f"[2b] listed with {filters}"


async def test_a_filter_that_nothing_meets_leaves_the_page_empty(gateway: Gateway) -> None:
    listed = await app(gateway).sessions(filters={"connection": "nothing-like-that"})
    assert (listed["data"], listed["has_next_page"]) == ([], False)


async def test_the_filters_offer_roles_and_users(gateway: Gateway) -> None:
    roles, users = await app(gateway).choices()
    assert roles == sorted(["pgdemo", "pg-payments", "bash-prod", "shell"])
    assert {ADA, JOHN, DORA, ERIN} <= set(users)


async def test_what_the_filters_offer_filters(gateway: Gateway) -> None:
    _, users = await app(gateway).choices()
    found = [(await app(gateway).sessions(100, {"user": user}))["data"] for user in users]
    assert sum(map(len, found)) == work.ALL


async def test_sessions_are_found_by_their_ids(gateway: Gateway) -> None:
    found = await app(gateway).by_ids(work.RAN, work.PENDING)
    assert [one["id"] for one in found] == [work.RAN, work.PENDING]


async def test_a_badge_shows_how_a_review_stands(gateway: Gateway) -> None:
    listed = (await app(gateway).sessions(60))["data"]
    badges = {row["id"]: row["review"] and row["review"]["status"] for row in listed}
    assert badges[work.PENDING] == "PENDING"
    assert badges[work.REJECTED] == "REJECTED"
    assert badges[work.RAN] is None


# 2c


async def test_a_script_that_ran_is_shown_with_its_output(gateway: Gateway) -> None:
    page = await app(gateway).details(work.RAN)
    assert page.session["script"]["data"] == "SELECT city FROM customers"
    assert page.output == "Köln\n(1 row)\n"


async def test_what_was_masked_is_told(gateway: Gateway) -> None:
    report = (await app(gateway).details(work.RAN)).report
    assert report["total_redact_count"] == 3
    assert {one["info_type"]: one["redact_total"] for one in report["items"]} == {"LOCATION": 2, "PERSON": 1}


@pytest.mark.parametrize("session_id", work.EACH.values(), ids=work.EACH)
async def test_each_session_can_be_opened(gateway: Gateway, session_id: str) -> None:
    assert (await app(gateway).details(session_id)).session["id"] == session_id


async def test_queries_of_a_database_protocol_are_read_out(gateway: Gateway) -> None:
    stream = (await app(gateway).details(work.QUERIES)).session["event_stream"]
    assert [b64decode(data).rstrip(b"\0") for _, _, data in stream] == [b"SELECT 1"]


async def test_a_runbook_shows_its_parameters_and_its_issue(gateway: Gateway) -> None:
    page = await app(gateway).details(work.RUNBOOK)
    assert page.runbook_parameters == {"service": "orders"}
    assert page.session["labels"]["runbookFile"] == "ops/restart.runbook.sh"
    assert page.session["labels"]["runbookRepository"] == "github.com/acme/runbooks"
    assert page.session["integrations_metadata"]["jira_issue_url"] == "https://acme.atlassian.net/browse/OPS-12"
    assert page.session["metadata"] == {"ticket": "OPS-12"}


async def test_what_the_analyser_and_the_guardrails_said_is_shown(gateway: Gateway) -> None:
    session = (await app(gateway).details(work.BLOCKED)).session
    assert session["ai_analysis"]["action"] == "block_execution"
    assert [one["rule_name"] for one in session["guardrails_info"]] == ["no-removal"]


async def test_why_it_was_rejected_is_shown(gateway: Gateway) -> None:
    review = (await app(gateway).details(work.REJECTED)).session["review"]
    assert review["rejection_reason"] == "Not on a Friday"
    [group] = review["review_groups_data"]
    assert (group["group"], group["status"], group["reviewed_by"]["email"]) == ("dba", "REJECTED", DORA)


async def test_when_it_may_run_is_shown(gateway: Gateway) -> None:
    window = (await app(gateway).details(work.IN_A_WINDOW)).session["review"]["time_window"]
    assert window["configuration"] == {"start_time": "09:00", "end_time": "18:00"}


@pytest.mark.parametrize(
    ("email", "session_id", "buttons"),
    [
        (DORA, work.PENDING, ["Approve", "Reject"]),
        (JOHN, work.PENDING, ["Approve", "Reject"]),
        (ADA, work.PENDING, []),  # an admin outside the groups sees none
        (ERIN, work.PENDING, []),
        (DORA, work.REJECTED, []),
        (DORA, work.APPROVED, []),
    ],
    ids=["both groups", "one group", "admin", "owner", "rejected", "approved"],
)
async def test_who_may_review_sees_buttons(gateway: Gateway, email: str, session_id: str, buttons: list[str]) -> None:
    """The groups are those that /userinfo tells."""
    browser = app(gateway, email)
    groups = (await browser.load()).user["groups"]
    session = (await app(gateway).details(session_id)).session
    assert await browser.buttons(session, groups) == buttons


async def test_two_groups_approve_and_the_owner_executes(gateway: Gateway) -> None:
    dora, erin = app(gateway, DORA), app(gateway, ERIN)
    review = (await dora.details(work.PENDING)).session["review"]
    (await dora.review(review["id"], status="APPROVED")).read({"status": str})
    assert (await erin.details(work.PENDING)).session["status"] == "ready"
    result = await erin.execute(work.PENDING)
    assert (result["output_status"], result["exit_code"]) == ("success", 0)
    page = await erin.details(work.PENDING)
    assert (page.session["status"], page.session["review"]["status"]) == ("done", "EXECUTED")
    assert page.output == result["output"]


async def test_a_rejection_has_its_reason(gateway: Gateway) -> None:
    reply = await app(gateway, JOHN).review(work.REVIEW, status="REJECTED", rejection_reason="Too late in the day")
    assert reply.read({"status": str, "rejection_reason": str})["rejection_reason"] == "Too late in the day"
    assert (await app(gateway).details(work.PENDING)).session["status"] == "done"


async def test_an_approval_may_have_hours(gateway: Gateway) -> None:
    hours = {"type": "time_range", "configuration": {"start_time": "10:00", "end_time": "11:00"}}
    (await app(gateway, DORA).review(work.REVIEW, status="APPROVED", time_window=hours)).check()
    page = await app(gateway, ERIN).details(work.PENDING)
    assert page.session["review"]["time_window"] == hours
    reply = await app(gateway, ERIN).clojure("2c", "POST", f"/sessions/{work.PENDING}/exec")
    assert reply.message(403) == "execution not allowed outside the time window 10:00 to 11:00 UTC"


async def test_who_may_not_force_a_review_is_told(gateway: Gateway) -> None:
    reply = await app(gateway, DORA).review(work.REVIEW, status="APPROVED", force_review=True)
    assert reply.message(400) == "not eligible for review"


async def test_a_long_script_is_asked_for_until_it_is_done(gateway: Gateway) -> None:
    erin = app(gateway, ERIN)
    result = await erin.run("shell", "sleep 70")
    assert result["output_status"] == "running"
    assert not await erin.is_done(result["session_id"])
    await gateway.advance("1m")
    assert await erin.is_done(result["session_id"])


async def test_an_approved_script_that_takes_long_is_asked_for_too(gateway: Gateway) -> None:
    erin, dora = app(gateway, ERIN), app(gateway, DORA)
    session_id = (await erin.run("bash-prod", "sleep 70"))["session_id"]
    review = (await dora.details(session_id)).session["review"]
    (await dora.review(review["id"], status="APPROVED")).check()
    assert (await erin.execute(session_id))["output_status"] == "running"
    await gateway.advance("1m")
    assert await erin.is_done(session_id)
    assert (await erin.details(session_id)).output == "slept\n"


async def test_a_running_session_is_killed(gateway: Gateway) -> None:
    erin = app(gateway, ERIN)
    (await erin.kill(work.LIVE)).check(204)
    assert await erin.is_done(work.LIVE)


async def test_a_script_is_run_again(gateway: Gateway) -> None:
    john = app(gateway, JOHN)
    first = (await john.details(work.RUNBOOK)).session
    result = await john.run_again(first)
    again = (await john.details(result["session_id"])).session
    assert again["script"] == first["script"]
    assert again["labels"] == {"re-run-from": work.RUNBOOK}


@pytest.mark.parametrize(
    ("query", "content"),
    [
        ("extension=txt", "Köln\n(1 row)\n"),
        ("extension=csv", "Köln\n(1 row)\n"),
        ("blob-type=session_input&extension=txt", "SELECT city FROM customers"),
    ],
)
async def test_files_are_downloaded_in_a_new_tab(gateway: Gateway, query: str, content: str) -> None:
    assert (await app(gateway).download(work.RAN, query)).body.decode() == content


async def test_the_json_file_holds_what_was_said(gateway: Gateway) -> None:
    said = json.loads((await app(gateway).download(work.RAN, "extension=json")).body)
    assert "".join(one["stream"] for one in said) == "Köln\n(1 row)\n"


async def test_output_that_is_too_large_for_json_is_streamed_as_text(gateway: Gateway) -> None:
    line = "x" * 1023 + "\n"
    long = line * 3500  # more than four MiB once it is base64
    await gateway.perform({"append": work.LIVE, "events": [[0, "o", long]]}, {"finish": work.LIVE})
    erin = app(gateway, ERIN)
    session = (await erin.clojure("2c", "GET", f"/sessions/{work.LIVE}")).json
    assert session["event_size"] > TOO_LARGE
    assert "event_stream" not in (await erin.details(work.LIVE)).session
    assert await erin.large_output(work.LIVE) == long


async def test_a_script_that_is_too_large_for_json_can_be_downloaded(gateway: Gateway) -> None:
    script = "SELECT 1; " * 450_000
    erin = app(gateway, ERIN)
    session_id = (await erin.run("pgdemo", script))["session_id"]
    assert (await erin.details(session_id)).session["script_size"] > TOO_LARGE
    assert (await erin.download(session_id, "blob-type=session_input&extension=txt")).body.decode() == script


async def test_a_live_session_is_watched_to_its_end(gateway: Gateway) -> None:
    erin = app(gateway, ERIN)

    async def watch() -> list[str]:
        return [b64decode(event["payload"]).decode() async for event in erin.watch(work.LIVE)]

    watching = asyncio.create_task(watch())
    await _until_watched(gateway)
    await gateway.perform({"append": work.LIVE, "events": [[0, "o", "first\n"], [0, "o", "second\n"]]})
    await gateway.perform({"finish": work.LIVE})
    assert await watching == ["first\n", "second\n"]
    assert (await erin.details(work.LIVE)).session["status"] == "done"


async def test_a_batch_is_shown_page_by_page(gateway: Gateway) -> None:
    first = await app(gateway).batch("nightly")
    assert ({row["id"] for row in first["data"]}, first["has_next_page"]) == (set(work.BATCH), False)
    assert (await app(gateway).batch("nightly", offset=20))["data"] == []


async def test_a_workflow_is_shown_with_its_scripts(gateway: Gateway) -> None:
    found = await app(gateway).workflow("deploy-7")
    assert {one["id"]: one["script"]["data"] for one in found} == dict(
        zip(work.BATCH, ["uptime", "SELECT 1"], strict=True)
    )


async def test_a_session_that_is_not_there_is_told(gateway: Gateway) -> None:
    reply = await app(gateway).clojure("2c", "GET", "/sessions/00000000-0000-4000-8000-0000000000ff")
    assert reply.message(404) == "not found"


async def _until_watched(gateway: Gateway) -> None:
    """Wait until the stream was asked for, by the journal's own way to wait."""
    wanted = {"operation": "GET /sessions/{session_id}/stream", "count": 1, "seconds": 5}
    await gateway.control("POST", "/journal/wait", wanted)
