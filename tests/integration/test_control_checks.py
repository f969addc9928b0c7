"""What the control API is told to do is checked as a scenario is: what cannot be meant is told, with its place."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from .control_client import SESSION, Control

NOBODY = "00000000-0000-4000-8000-000000000009"
WORLD = "/worlds/default"


async def refused(control: Control, path: str, body: Any) -> tuple[str, str]:
    """The place and the text of the only mistake in a body that is refused, and leaves the world as it was."""
    before = await everything(control)
    status, problem = await control("POST", f"{WORLD}{path}", body)
    assert (status, len(problem["validation"])) == (422, 1)
    assert await everything(control) == before
    found = problem["validation"][0]
    assert found["message"] in problem["detail"]
    return found["pointer"], found["message"]


async def everything(control: Control) -> object:
    """The world as a file."""
    await control("POST", f"{WORLD}/snapshots", {"name": "now"})
    return await control("GET", f"{WORLD}/snapshots/now")


@pytest.mark.parametrize(
    ("fault", "place", "words"),
    [
        ({"when": {"operation": "GET /sesions"}, "respond": 500}, "/when/operation", 'did you mean "GET /sessions"?'),
        ({"when": {"operation": "BREW /tea"}, "respond": 500}, "/when/operation", "PUT /reviews/{id}"),
        ({"when": {"session": NOBODY}, "respond": 500}, "/when/session", f"known sessions: {SESSION}"),
        ({"in": "waitin", "respond": 500}, "/in", 'did you mean "waiting"?'),
        ({"name": "idle"}, "", "this fault does nothing"),
        ({"share": 0, "drop": "reset"}, "/share", "this fault never acts"),
        ({"delay": {}}, "/delay", "it is not said how long"),
        ({"delay": {"uniform": {"from": "2s", "to": "1s"}}}, "/delay/uniform/to", "shorter than the shortest"),
        ({"drop": "mid-bdy"}, "/drop", "mid-body"),
        (
            {"when": {"operation": "GET /sessions", "method": "POST"}, "drop": "reset"},
            "/when/method",
            "the operation has the method GET",
        ),
    ],
)
async def test_a_fault_that_cannot_act_is_refused(control: Control, fault: Any, place: str, words: str) -> None:
    pointer, message = await refused(control, "/faults", fault)
    assert pointer == place
    assert words in message


async def test_a_fault_may_wait_for_a_session_that_the_timeline_creates(control: Control) -> None:
    created = f"""
mockhoop: 1
users: [{{name: Ada, email: ada@example.com, groups: [admin], token: ada}}]
connections: [{{name: pg, type: database}}]
timeline: [{{after: 1h, do: [{{create: {{id: {NOBODY}, user: ada@example.com, connection: pg}}}}]}}]
"""
    await control("PUT", "/worlds/later", {"text": created})
    fault = {"when": {"session": NOBODY}, "drop": "reset"}
    assert (await control("POST", "/worlds/later/faults", fault))[0] == 201


@pytest.mark.parametrize(
    ("action", "place", "words"),
    [
        ({"approve": NOBODY}, "/do/0/approve", f"known sessions: {SESSION}"),
        ({"enter": "nowhere"}, "/do/0/enter", "known states: over, waiting"),
        ({"trigger": "by hnd"}, "/do/0/trigger", 'did you mean "by hand"?'),
        ({"trigger": "nothing"}, "/do/0/trigger", "entries: by hand, dba, end, sre"),
        ({"expire_token": "jon@bad.org"}, "/do/0/expire_token", 'did you mean "john@bad.org"?'),
        ({"remove_connection": "mysql"}, "/do/0/remove_connection", "known connections: pg"),
        (
            {"create": {"user": "ada@example.com", "connection": "mysql"}},
            "/do/0/create/connection",
            "known connections: pg",
        ),
        ({"restart": False}, "/do/0/restart", "this does nothing"),
        ({"append": SESSION, "events": [[2, "o", "b"], [1, "o", "a"]]}, "/do/0/events/1/0", "put the events in order"),
    ],
)
async def test_an_action_on_what_is_not_there_is_refused(control: Control, action: Any, place: str, words: str) -> None:
    pointer, message = await refused(control, "/scenario/perform", {"do": [action]})
    assert pointer == place
    assert words in message


async def test_an_action_may_be_about_what_another_one_creates(control: Control) -> None:
    do = [
        {"user": {"email": "eve@example.com", "groups": ["sre"]}},
        {"create": {"id": NOBODY, "user": "eve@example.com", "connection": "pg", "review": {"status": "PENDING"}}},
        {"reject": NOBODY, "by": "ada@example.com"},
    ]
    status, fired = await control("POST", f"{WORLD}/scenario/perform", {"do": do})
    assert (status, fired[0]["notes"]) == (200, [])
    rejected = json.loads((await control.call(f"/api/sessions/{NOBODY}"))[1])
    assert rejected["review"]["status"] == "REJECTED"


@pytest.mark.parametrize(
    ("wanted", "place", "words"),
    [
        ({"operation": "GET /session"}, "/operation", 'did you mean "GET /sessions"?'),
        ({"operatoin": "GET /sessions"}, "/operatoin", 'did you mean "operation"?'),
        ({"operation": "GET /reviews", "session": SESSION}, "/session", "are about no session"),
    ],
)
@pytest.mark.parametrize("kind", ["search", "wait", "nearest"])
async def test_a_search_for_what_cannot_be_is_refused(
    control: Control, kind: str, wanted: Any, place: str, words: str
) -> None:
    pointer, message = await refused(control, f"/journal/{kind}", wanted)
    assert pointer == place
    assert words in message


async def test_a_search_may_be_about_a_session_that_is_gone(control: Control) -> None:
    await control.call(f"/api/sessions/{SESSION}")
    await control("POST", f"{WORLD}/scenario/perform", {"do": [{"remove": SESSION}]})
    found = await control("POST", f"{WORLD}/journal/search", {"path": f"/sessions/{SESSION}", "status": 200})
    assert found[1]["count"] == 1
    assert (await control("POST", f"{WORLD}/journal/search", {"session": NOBODY}))[1]["count"] == 0


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"status": 200}, [1]),
        ({"status": "4??"}, [2, 3, 4]),
        ({"refused": False}, [1]),
        ({"unmatched": True}, [3]),
        ({"responder": "scripted"}, [4]),
        ({"caller": "john@*"}, [2]),
        ({"caller": "ada@*", "refused": True, "operation": "GET /reviews"}, [4]),
    ],
)
async def test_exchanges_are_found_by_call_and_answer_in_their_order(
    control: Control, wanted: Any, numbers: list[int]
) -> None:
    await control("POST", f"{WORLD}/faults", {"when": {"operation": "GET /reviews"}, "respond": 418})
    await control.call("/api/sessions")
    await control.call(f"/api/sessions/{NOBODY}", "john")
    await control.call("/api/nothing")
    await control.call("/api/reviews")
    status, found = await control("POST", f"{WORLD}/journal/search", wanted)
    assert (status, [one["number"] for one in found["exchanges"]]) == (200, numbers)
    assert found["count"] == len(numbers)


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"status": "redy"}, "/status", 'did you mean "ready"?'),
        ({"verb": "brew"}, "/verb", "connect, exec"),
        ({"started": 10**23}, "/started", "outside the years 1 to 9999"),
        ({"ended": -(10**20)}, "/ended", "outside the years 1 to 9999"),
        ({"review": {"id": "r", "type": "jit", "status": "APROVED", "created_at": 0}}, "/review/status", "APPROVED"),
        ({"strated": "x"}, "/strated", "started"),
    ],
)
async def test_a_record_that_the_gateway_could_not_show_is_refused(
    control: Control, change: Any, place: str, words: str
) -> None:
    path = f"{WORLD}/state/sessions/{SESSION}"
    before = await control("GET", path)
    status, problem = await control("PATCH", path, change)
    assert (status, problem["validation"][0]["pointer"]) == (422, place)
    assert words in problem["detail"]
    assert await control("GET", path) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("PATCH", "/clock", b'{"speed": NaN}', "NaN is not valid JSON"),
        ("POST", "/journal/wait", b'{"seconds": NaN}', "NaN is not valid JSON"),
        ("POST", "/clock/advance", b'{"by": "1h", "by": "2h"}', "by"),
        (
            "POST",
            "/faults",
            b'{"drop": "reset", "when": {"body": ' + b"[" * 200 + b"]" * 200 + b"}}",
            "100 collections",
        ),
        ("POST", "/faults", b"\xff", "malformed"),
        ("POST", "/faults", b"", "a body is required"),
    ],
)
async def test_a_body_that_is_not_json_to_the_letter_is_refused(
    control: Control, method: str, path: str, body: bytes, words: str
) -> None:
    before = await everything(control)
    headers = {"Content-Type": "application/json"}
    async with control.client.request(method, f"/__mockhoop{WORLD}{path}", data=body, headers=headers) as response:
        assert response.status == 422
        assert words in await response.text()
    assert await everything(control) == before


async def test_a_fault_that_was_removed_and_comes_again_begins_anew(control: Control) -> None:
    fault = {"name": "once", "when": {"operation": "GET /reviews"}, "times": 1, "respond": 503}
    for _ in range(2):
        assert (await control("POST", f"{WORLD}/faults", fault))[1]["acted"] == 0
        assert [(await control.call("/api/reviews"))[0] for _ in range(2)] == [503, 200]
        assert (await control("GET", f"{WORLD}/faults"))[1][0]["acted"] == 1
        assert (await control("POST", f"{WORLD}/faults", fault))[0] == 409
        assert (await control("DELETE", f"{WORLD}/faults/once"))[0] == 204


async def test_faults_without_a_name_get_one_that_nothing_has(control: Control) -> None:
    told = [{"name": "added-1", "drop": "reset"}, {"drop": "reset"}, {"drop": "reset"}]
    names = [(await control("POST", f"{WORLD}/faults", one))[1]["name"] for one in told]
    assert len(set(names)) == 3
    assert [one["name"] for one in (await control("GET", f"{WORLD}/faults"))[1]] == names


async def test_a_rate_limit_that_comes_again_begins_anew(control: Control) -> None:
    limit = {"name": "slowly", "rate_limit": {"requests": 1, "per": "1h"}}
    for _ in range(2):
        await control("POST", f"{WORLD}/faults", limit)
        assert [(await control.call("/api/reviews"))[0] for _ in range(2)] == [200, 429]
        await control("DELETE", f"{WORLD}/faults/slowly")


@pytest.mark.parametrize("name", ["a\0b", "a" * 5_000, ".", "no/such.yaml", "default/x"])
async def test_a_name_that_no_file_has_is_no_scenario(control: Control, name: str) -> None:
    status, problem = await control("PUT", "/worlds/mine", {"scenario": name})
    assert (status, "there is no scenario" in problem["detail"]) == (422, True)
    assert [one["name"] for one in (await control("GET", "/worlds"))[1]] == ["default"]


async def test_a_file_that_changed_is_read_again_also_where_it_is_included(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "top.yaml").write_text("mockhoop: 1\ninclude: [below.yaml]\n")
    for title in ("first", "second, longer"):
        (tmp_path / "below.yaml").write_text(f"mockhoop: 1\ntitle: {title}\n")
        os.utime(tmp_path / "below.yaml", (len(title), len(title)))
        assert (await control("PUT", "/worlds/mine", {"scenario": "top.yaml"}))[1]["scenario"] == title
