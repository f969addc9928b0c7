"""The control API: everything that a scenario can say, over HTTP; who may use it; what it refuses."""

import asyncio
import json
from typing import Any

import pytest

from mockhoop.server.app import make_app
from mockhoop.server.control.guard import Guard
from mockhoop.server.control.routes import HANDLERS

from .control_client import CONTRACT, SCENARIO, SESSION, Control


def test_every_operation_has_a_handler_and_every_handler_an_operation() -> None:
    assert {operation.definition["operationId"] for operation in CONTRACT.operations} == HANDLERS.keys()


async def test_health_and_version_and_settings_tell_what_runs(control: Control) -> None:
    assert await control("GET", "/health") == (200, {"status": "ok"})
    status, version = await control("GET", "/version")
    assert (status, version["contract"]["name"], version["scenario"]) == (200, "hoop", "Two groups approve")
    assert (await control("GET", "/settings"))[1]["validation"] == "enforce"
    assert "pagination" in [one["name"] for one in (await control("GET", "/scenarios"))[1]]


async def test_advance_tells_in_order_what_fired_on_the_way(control: Control) -> None:
    status, clock = await control("POST", "/worlds/default/clock/advance", {"by": "24h"})
    assert (status, clock["now"]) == (200, "2024-07-26T15:56:35Z")
    assert [(one["rule"], one["at"]) for one in clock["fired"]] == [
        ("sre", "2024-07-25T15:57:05Z"),
        ("dba", "2024-07-25T16:56:35Z"),
        ("end", "2024-07-25T16:56:35Z"),
    ]
    assert any("status open → ready" in line for line in clock["fired"][1]["changes"])
    session = json.loads((await control.call(f"/api/sessions/{SESSION}"))[1])
    assert session["review"]["review_groups_data"][1]["review_date"] == "2024-07-25T16:56:35Z"


async def test_the_clock_is_set_frozen_and_sped_up(control: Control) -> None:
    _, clock = await control(
        "PATCH", "/worlds/default/clock", {"at": "2030-01-01T00:00:00Z", "frozen": False, "speed": 60}
    )
    assert clock["now"].startswith("2030-01-01T00:00:0")
    assert (clock["frozen"], clock["speed"]) == (False, 60)
    assert (await control("PATCH", "/worlds/default/clock", {"frozen": True}))[1]["frozen"] is True


async def test_a_world_is_begun_listed_reset_and_dropped(control: Control) -> None:
    status, world = await control("PUT", "/worlds/one", {"scenario": "downloads", "seed": 5})
    assert (status, world["seed"], world["now"]) == (201, 5, "2024-08-01T12:00:00Z")
    assert (await control("PUT", "/worlds/one", {"text": SCENARIO}))[0] == 200
    assert (await control.call("/~one/api/sessions"))[0] == 200
    assert [one["name"] for one in (await control("GET", "/worlds"))[1]] == ["default", "one"]
    assert (await control("GET", "/worlds/one"))[1]["exchanges"] == 1
    assert (await control("POST", "/worlds/one/reset"))[0] == 204
    assert (await control("GET", "/worlds/one"))[1]["exchanges"] == 0
    assert (await control("DELETE", "/worlds/one"))[0] == 204
    assert (await control("DELETE", "/worlds/one"))[0] == 404


async def test_validation_is_set_for_one_world(control: Control) -> None:
    assert (await control("PATCH", "/worlds/one/settings", {"validation": "report"}))[1]["validation"] == "report"
    broken = f"api/sessions/{SESSION}?event_stream=utf-8"
    assert (await control.call(f"/~one/{broken}"))[0] == 200
    assert (await control.call(f"/{broken}"))[0] == 422


async def test_the_scenario_is_triggered_performed_and_moved_to_another_state(control: Control) -> None:
    _, told = await control("GET", "/worlds/default/scenario")
    assert (told["state"], told["states"]) == ("waiting", ["waiting", "over"])
    assert [entry["name"] for entry in told["timeline"]] == ["sre", "dba", "end", "by hand"]
    _, fired = await control("POST", "/worlds/default/scenario/trigger", {"entry": "by hand"})
    assert (fired[0]["rule"], fired[0]["notes"]) == ("by hand", [])
    _, again = await control("POST", "/worlds/default/scenario/perform", {"do": [{"reject": SESSION}]})
    assert again[0]["notes"] == ["review is in wrong state"]
    await control("PUT", "/worlds/default/scenario/state", {"state": "over"})
    assert (await control("GET", "/worlds/default"))[1]["state"] == "over"


async def test_a_fault_is_added_acts_and_is_removed(control: Control) -> None:
    fault = {
        "when": {"operation": "GET /sessions"},
        "times": 1,
        "respond": {"status": 503, "body": {"message": "away"}},
    }
    status, added = await control("POST", "/worlds/default/faults", fault)
    assert status == 201
    assert await control.call("/api/sessions") == (503, b'{"message":"away"}')
    assert (await control.call("/api/sessions"))[0] == 200
    assert [(one["name"], one["acted"]) for one in (await control("GET", "/worlds/default/faults"))[1]] == [
        (added["name"], 1)
    ]
    assert (await control("DELETE", f"/worlds/default/faults/{added['name']}"))[0] == 204
    assert (await control("GET", "/worlds/default/faults"))[1] == []


async def test_state_is_read_put_changed_and_dropped(control: Control) -> None:
    path = f"/worlds/default/state/sessions/{SESSION}"
    assert (await control("GET", path))[1]["started"] == "2024-07-25T15:56:35Z"
    assert (await control("PATCH", path, {"script": "SELECT 2"}))[0] == 200
    assert json.loads((await control.call(f"/api/sessions/{SESSION}"))[1])["script"]["data"] == "SELECT 2"
    user = {
        "subject": "eve",
        "email": "eve@example.com",
        "name": "Eve",
        "groups": ["admin"],
        "token": "eve",
    }
    assert (await control("PUT", "/worlds/default/state/users/eve", user))[0] == 200
    assert (await control.call("/api/sessions", "eve"))[0] == 200
    assert (await control("DELETE", "/worlds/default/state/users/eve"))[0] == 204
    assert (await control.call("/api/sessions", "eve"))[0] == 401
    status, problem = await control("PATCH", path, {"strated": "x"})
    assert (status, problem["validation"][0]["pointer"]) == (422, "/strated")


async def test_a_snapshot_is_saved_exported_imported_elsewhere_and_restored(control: Control) -> None:
    await control.call("/api/sessions", "john", "POST", json={"connection": "pg", "script": "SELECT 3"})
    assert (await control("POST", "/worlds/default/snapshots", {"name": "here"}))[0] == 201
    _, exported = await control("GET", "/worlds/default/snapshots/here")
    assert exported.startswith("mockhoop-snapshot: 1\n")
    before = await control.call("/api/sessions")
    await control("POST", "/worlds/default/clock/advance", {"by": "24h"})
    assert await control.call("/api/sessions") != before
    assert (await control("PUT", "/worlds/other/snapshots/there", exported))[0] == 201
    for world, name, prefix in (("default", "here", ""), ("other", "there", "/~other")):
        assert (await control("POST", f"/worlds/{world}/snapshots/{name}/restore"))[1][
            "now"
        ] == "2024-07-25T15:56:35.000001Z"
        assert await control.call(f"{prefix}/api/sessions") == before
    assert (await control("GET", "/worlds/other/snapshots/there"))[1] == exported


async def test_what_is_no_snapshot_is_refused_with_its_place(control: Control) -> None:
    status, problem = await control("PUT", "/worlds/default/snapshots/x", "mockhoop: 1\n")
    assert (status, problem["status"]) == (422, 422)
    assert "this is no snapshot" in problem["detail"]
    assert (await control("GET", "/worlds/default/snapshots"))[1] == []


async def test_the_journal_tells_why_an_answer_came_out_so_and_masks_secrets(control: Control) -> None:
    await control.call(f"/api/sessions/{SESSION}/review", "john", "PUT", json={"status": "APPROVED"})
    _, link = await control.call(f"/api/sessions/{SESSION}?extension=csv")
    await control.call(json.loads(link)["download_url"].partition("8009")[2].replace("http:", ""))
    _, journal = await control("GET", "/worlds/default/journal")
    approval, linked = journal["exchanges"][:2]
    assert approval["request"]["headers"]["Authorization"] == "Bearer <token:john>"
    assert (approval["caller"], approval["responder"], approval["operation"]) == (
        "john@bad.org",
        "hoop",
        "PUT /sessions/{session_id}/review",
    )
    assert any(line.startswith(f"sessions {SESSION}: review.groups") for line in approval["changes"])
    token = json.loads(link)["download_url"].partition("token=")[2][:64]
    assert token not in json.dumps(journal)
    assert f"token=<link:{SESSION}>" in linked["response"]["body"]


async def test_the_journal_tells_what_a_wrong_call_may_have_meant(control: Control) -> None:
    await control.call("/api/sesions")
    _, journal = await control("GET", "/worlds/default/journal")
    assert "GET /sessions" in journal["exchanges"][0]["near_operations"]


async def test_a_search_that_finds_nothing_has_nearest_exchanges_with_the_condition_that_failed(
    control: Control,
) -> None:
    await control.call("/api/sessions?limit=5")
    wanted = {"operation": "GET /sessions", "query": {"limit": "20"}, "caller": "ada*", "status": "200"}
    assert (await control("POST", "/worlds/default/journal/search", wanted))[1]["count"] == 0
    _, nearest = await control("POST", "/worlds/default/journal/nearest", wanted)
    assert nearest[0]["misses"] == [{"condition": "query limit", "wanted": "20", "found": "5"}]


async def test_waiting_ends_with_the_exchange_that_is_awaited(control: Control) -> None:
    wanted = {"operation": "GET /reviews", "count": 2, "seconds": 30}
    waiting = asyncio.ensure_future(control("POST", "/worlds/default/journal/wait", wanted))
    await control.call("/api/reviews")
    await control.call("/api/reviews")
    status, found = await waiting
    assert (status, found["count"]) == (200, 2)


async def test_waiting_in_vain_ends_with_408_and_what_came_nearest(control: Control) -> None:
    await control.call("/api/sessions")
    status, problem = await control("POST", "/worlds/default/journal/wait", {"operation": "GET /reviews", "seconds": 0})
    assert status == 408
    assert problem["nearest"][0]["misses"][0]["condition"] == "operation"


async def test_the_feed_has_each_exchange_as_it_happens(control: Control) -> None:
    async with control.client.get("/__mockhoop/worlds/default/journal/feed") as feed:
        assert await feed.content.readuntil(b"\n\n") == b": connected\n\n"
        await control.call("/api/reviews")
        event = (await feed.content.readuntil(b"\n\n")).decode()
    assert event.startswith("event: exchange\ndata: ")
    assert json.loads(event.partition("data: ")[2])["operation"] == "GET /reviews"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "word"),
    [
        ("GET", "/nowhere", None, 404, "no operation"),
        ("PUT", "/worlds", {}, 405, "GET"),
        ("PUT", "/worlds/-", {}, 422, ""),
        ("PUT", "/worlds/x", {"scenario": "downlods"}, 422, "downloads"),
        ("PUT", "/worlds/x", {"scenario": "../../etc/passwd"}, 422, "below the folder"),
        ("PUT", "/worlds/x", {"text": "mockhoop: 1\nuser: []\n"}, 422, "users"),
        ("PUT", "/worlds/x", {"scenario": "default", "text": "mockhoop: 1"}, 422, "not both"),
        ("PUT", "/worlds/x", {"port": 0}, 409, "cannot open ports"),
        ("PATCH", "/worlds/x/clock", {"at": "yesterday"}, 422, ""),
        ("PATCH", "/worlds/x/clock", {"speed": 0}, 422, ""),
        ("POST", "/worlds/x/clock/advance", {"by": "1 hour"}, 422, "1h30m"),
        ("POST", "/worlds/x/clock/advance", {"by": "-1h"}, 422, "backwards"),
        ("POST", "/worlds/x/clock/advance", {}, 422, "by"),
        ("POST", "/worlds/x/scenario/trigger", {"entry": "nothing"}, 422, "by hand"),
        ("PUT", "/worlds/x/scenario/state", {"state": "nowhere"}, 422, "waiting, over"),
        ("POST", "/worlds/x/scenario/perform", {"do": [{"aprove": "x"}]}, 422, "approve"),
        ("POST", "/worlds/x/faults", {"drop": "mid-bdy"}, 422, "mid-body"),
        ("DELETE", "/worlds/x/faults/nothing", None, 404, "no fault"),
        ("GET", "/worlds/x/state/nothing", None, 422, ""),
        ("GET", "/worlds/x/state/users/nobody", None, 404, "no record"),
        ("PUT", "/worlds/x/state/users/a", {"subject": "b", "email": "b", "name": "b"}, 422, "own key"),
        ("GET", "/worlds/x/snapshots/nothing", None, 404, "no snapshot"),
        ("POST", "/worlds/x/journal/search", {"operatoin": "GET /sessions"}, 422, "operation"),
        ("GET", "/worlds/x/journal?limit=0", None, 422, ""),
    ],
)
async def test_a_mistake_is_told_as_a_problem_and_changes_nothing(
    control: Control, method: str, path: str, body: Any, status: int, word: str
) -> None:
    before = await control("GET", "/worlds/default")
    answer = await control(method, path, body)
    assert (answer[0], answer[1]["status"]) == (status, status)
    assert word in json.dumps(answer[1])
    assert await control("GET", "/worlds/default") == before


async def test_a_body_that_is_not_json_is_415(control: Control) -> None:
    assert (await control("POST", "/worlds/default/clock/advance", "by: 1h\n"))[0] == 415


@pytest.mark.parametrize("name", ["Host", "Origin"])
@pytest.mark.parametrize(
    "value", ["evil.example", "http://evil.example", "evil.example:8009", "127.0.0.1.evil.example"]
)
async def test_foreign_hosts_and_origins_are_refused(control: Control, name: str, value: str) -> None:
    if name == "Host" and value.startswith("http"):
        value = "localhost.evil.example"
    elif name == "Origin" and not value.startswith("http"):
        value = f"http://{value}"
    assert (await control("GET", "/health", **{name: value}))[0] == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8009", "one.localhost:8009"])
async def test_own_names_are_let_in(control: Control, host: str) -> None:
    assert (await control("GET", "/health", Host=host, Origin=f"http://{host}"))[0] == 200


async def test_with_a_token_every_call_needs_it(aiohttp_client: Any, service: Any) -> None:
    control = Control(await aiohttp_client(make_app(service("empty"), guard=Guard("s3cret"))))
    assert (await control("GET", "/health"))[0] == 401
    assert (await control("GET", "/health", Authorization="Bearer s3cre"))[0] == 401
    assert (await control("GET", "/health", Authorization="Bearer s3cret"))[0] == 200


def test_without_a_token_only_this_machine_is_let_in() -> None:
    from mockhoop.server.control.calls import Refused

    headers = {"Host": "localhost"}
    for peer in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        Guard().check(peer, headers)
    for peer in ("10.0.0.1", None, "", "::ffff:10.0.0.1"):
        with pytest.raises(Refused, match="callers on this machine only"):
            Guard().check(peer, headers)
