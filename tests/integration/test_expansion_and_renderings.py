"""What ``expand`` loads and how ``event_stream`` renders it (sections 4.2 and 4.4)."""

import base64
from typing import Any

import pytest

UNDECODABLE = (
    "An internal error occurred: unable to decode the event stream due to invalid characters.\n"
    "Please download the session as an alternative."
)
NOT_THERE = object()


def content(number: int) -> str:
    return f"00000000-0000-4000-8000-0000000000{number}"


async def opened(api: Any, number: int, query: str, token: str = "ada", validation: str = "report") -> Any:
    gateway = await api("downloads", validation=validation)
    return await gateway.session(content(number), query, token)


@pytest.mark.parametrize(
    ("query", "stream", "script"),
    [
        ("", False, True),
        ("expand=", False, True),
        ("expand=session_input", False, True),
        ("expand=event_stream", True, False),
        ("expand=event_stream,session_input", True, True),
        ("expand=session_input,event_stream", True, True),
        ("expand=,", False, False),
        ("expand=event_stream,", True, False),
        ("expand=event_stream,%20session_input", True, False),
        ("expand=%20event_stream", False, False),
        ("expand=Event_Stream", False, False),
        ("expand=nonsense", False, False),
        ("expand=event_stream;session_input", False, True),
        ("expand=event_stream&expand=session_input", True, False),
        ("expand=session_input&expand=event_stream", False, True),
        ("event_stream=utf8", False, True),
    ],
)
async def test_expand_names_what_is_loaded(api: Any, query: str, stream: bool, script: bool) -> None:
    session = await opened(api, 10, query)
    assert ("event_stream" in session, session["script"]) == (stream, {"data": "ls" if script else ""})


@pytest.mark.parametrize("query", ["expand=session_input", "expand=event_stream,session_input"])
async def test_a_list_of_names_is_within_the_contract(api: Any, query: str) -> None:
    gateway = await api("downloads")
    answer = await gateway.get(f"/sessions/{content(10)}?{query}")
    assert (answer.status, answer.violations) == (200, [])


async def test_the_script_keeps_its_size_where_it_is_not_shown(api: Any) -> None:
    session = await opened(api, 10, "expand=event_stream")
    assert (session["script"], session["script_size"]) == ({"data": ""}, 2)


@pytest.mark.parametrize(("token", "loaded"), [("john", True), ("ada", True), ("otto", True), ("dora", False)])
async def test_the_recording_is_for_owner_admin_and_auditor_only(api: Any, token: str, loaded: bool) -> None:
    gateway = await api("downloads")
    session = await gateway.session("00000000-0000-4000-8000-000000000004", "expand=event_stream", token)
    assert ("event_stream" in session) is loaded


async def test_a_reviewer_sees_the_input(api: Any) -> None:
    gateway = await api("downloads")
    session = await gateway.session("00000000-0000-4000-8000-000000000004", "expand=event_stream,session_input", "dora")
    assert session["script"] == {"data": "echo hello"}


async def test_events_are_triples_of_seconds_kind_and_base64(api: Any) -> None:
    gateway = await api("downloads")
    body = (await gateway.get(f"/sessions/{content(16)}?expand=event_stream")).body
    assert b'"event_stream":[[0.01,"i","cHJpbnRmIGFiYw=="],[0.2,"o","YQ=="],[0.3,"o","Yg=="],[0.4,"o","Yw=="]]' in body


async def test_the_stored_size_is_that_of_the_stored_events(api: Any) -> None:
    gateway = await api("downloads")
    body = (await gateway.get(f"/sessions/{content(16)}?expand=event_stream")).body
    stored = body.partition(b'"event_stream":')[2].partition(b',"event_size":')
    assert int(stored[2].partition(b",")[0]) == len(stored[0])


@pytest.mark.parametrize(
    ("number", "rendering", "stream", "size"),
    [
        (10, "utf8", ["report.txt\nsecret.txt\nls: cannot open directory: Permission denied"], 66),
        (13, "utf8", [""], 0),
        (16, "utf8", ["abc"], 3),
        (19, "utf8", ["café€\n"], 6),
        (20, "utf8", ["Zürich 東京 Привет مرحبا 👋🏽 e\u0301\n"], 29),
        (21, "utf8", ['<a href="?x=1&y=2">R&D</a>\u2028\n'], 28),
        (15, "utf8", ['id\tname\tcity\n1\tAnn, B.\tBonn\n2\t"Bo"\t\n'], 36),
        (24, "utf8", ["Microsoft Windows\r\n\r\n"], 21),
        (17, "utf8", [UNDECODABLE], 31),
        (18, "utf8", [UNDECODABLE], 11),
        (23, "utf8", [UNDECODABLE], 4),
        (16, "base64", ["YWJj"], 4),
        (13, "base64", [""], 0),
        (18, "base64", ["/9j/4AAQSkZJRgo="], 16),
        (11, "utf8", [""], 0),
        (11, "base64", [""], 0),
        (11, "", [], 0),
        (11, "raw-queries", [], 0),
        (12, "utf8", NOT_THERE, 0),
        (12, "base64", NOT_THERE, 0),
        (12, "raw-queries", NOT_THERE, 0),
        (12, "", NOT_THERE, 0),
        (26, "raw-queries", [[0.5, "i", base64.b64encode(b"SELECT NOW()\0").decode()]], 13),
        (27, "utf8", [""], 0),
    ],
)
async def test_each_rendering_has_its_form_and_its_size(
    api: Any, number: int, rendering: str, stream: Any, size: int
) -> None:
    session = await opened(api, number, f"expand=event_stream&event_stream={rendering}")
    assert (session.get("event_stream", NOT_THERE), session["event_size"]) == (stream, size)


async def test_queries_of_what_is_no_protocol_are_the_events_as_they_are(api: Any) -> None:
    gateway = await api("downloads")
    plain = await gateway.session(content(25), "expand=event_stream")
    queries = await gateway.session(content(25), "expand=event_stream&event_stream=raw-queries")
    assert queries == plain


PROTOCOLS = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
connections:
  - {name: pg, type: database, subtype: postgres}
  - {name: mysql, type: database, subtype: mysql}
sessions:
  - {id: 00000000-0000-4000-8000-000000000010, user: ada@example.com, connection: pg, wire_protocol: true,
     events: [[0.1, i, {base64: WAAAAAQ=}], [0.2, o, ok]]}
  - {id: 00000000-0000-4000-8000-000000000011, user: ada@example.com, connection: mysql, wire_protocol: true,
     events: [[0.1, i, {base64: UQAAAA1TRUxFQ1QgMQA=}]]}
"""


@pytest.mark.parametrize(("number", "stream"), [(10, None), (11, NOT_THERE)], ids=["no query", "not postgres"])
async def test_a_protocol_without_queries_shows_null_and_another_one_nothing(
    api: Any, tmp_path: Any, number: int, stream: Any
) -> None:
    scenario = tmp_path / "protocols.yaml"
    scenario.write_text(PROTOCOLS)
    gateway = await api(scenario)
    session = await gateway.session(content(number), "expand=event_stream&event_stream=raw-queries")
    assert (session.get("event_stream", NOT_THERE), session["event_size"]) == (stream, 0)


@pytest.mark.parametrize("rendering", ["utf8", "base64", "raw-queries", ""])
async def test_the_size_in_the_metrics_stays_the_stored_one(api: Any, rendering: str) -> None:
    gateway = await api("downloads", validation="report")
    plain = await gateway.session(content(17))
    rendered = await gateway.session(content(17), f"expand=event_stream&event_stream={rendering}")
    assert rendered["metrics"] == plain["metrics"]
    assert plain["event_size"] == plain["metrics"]["event_size"]


@pytest.mark.parametrize("rendering", ["foo", "UTF8", "utf8,base64", "utf-8", "%20utf8"])
async def test_an_unknown_rendering_is_refused_when_there_is_something_to_render(api: Any, rendering: str) -> None:
    gateway = await api("downloads")
    answer = await gateway.get(f"/sessions/{content(10)}?expand=event_stream&event_stream={rendering}", "john")
    assert (answer.status, answer.message) == (422, "event_stream attribute has an unknown type format")


@pytest.mark.parametrize(
    ("session", "query", "token"),
    [
        (content(10), "event_stream=foo", "john"),
        (content(10), "expand=session_input&event_stream=foo", "john"),
        ("00000000-0000-4000-8000-000000000004", "expand=event_stream&event_stream=foo", "dora"),
        (content(12), "expand=event_stream&event_stream=foo", "john"),
    ],
    ids=["not expanded", "something else expanded", "a reviewer", "no recording"],
)
async def test_an_unknown_rendering_of_nothing_is_ignored(api: Any, session: str, query: str, token: str) -> None:
    gateway = await api("downloads", validation="report")
    assert "event_stream" not in await gateway.session(session, query, token)


async def test_an_empty_recording_of_an_unknown_rendering_is_refused(api: Any) -> None:
    gateway = await api("downloads", validation="report")
    answer = await gateway.get(f"/sessions/{content(11)}?expand=event_stream&event_stream=foo")
    assert answer.status == 422


async def test_a_running_session_may_show_the_beginning_of_its_recording(api: Any) -> None:
    gateway = await api("review-states")
    running = "00000000-0000-4000-8000-000000000501"
    session = await gateway.session(running, "expand=event_stream")
    assert (len(session["event_stream"]), session["event_size"]) == (2, 0)
