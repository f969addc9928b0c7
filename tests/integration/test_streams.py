"""What a session says, as text when it is stored and live while it runs (sections 5.3 and 5.4)."""

import asyncio
import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from multidict import CIMultiDict

from mockhoop.exchange import Waiting
from mockhoop.messages import Call
from mockhoop.server import streaming
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.service import Service
from mockhoop.world.changes import MoveClock

from .execution_calls import LONG, OVER, PENDING, TO_KILL, send

UNKNOWN = "00000000-0000-4000-8000-0000000000ff"
SAID = "00000000-0000-4000-8000-000000000001"
REVIEWED = "00000000-0000-4000-8000-000000000004"
NOT_ALLOWED = (403, "user is not allowed to access this session")
CONNECTED = b": connected\n\n"
KEEPALIVE = b": keepalive\n\n"
END = b"event: session_end\ndata: {}\n\n"
SECOND = 1_000_000_000
PATIENCE = 5.0
"""Seconds of real time after which something that should happen at once has not happened."""


def begun(gateway: Any, script: str, connection: str = "shell") -> str:
    """The id of a new session whose script has just begun to run; nobody waits for its end."""
    body = json.dumps({"script": script, "connection": connection}).encode()
    headers = CIMultiDict({"Authorization": "Bearer erin", "Content-Type": "application/json"})
    outcome = gateway.service.pipeline.answer(Call("POST", "/api/sessions", "", headers, body))
    assert isinstance(outcome, Waiting)
    session_id: str = json.loads(outcome.later.decide(gateway.service.world).reply.body)["session_id"]
    return session_id


def move(gateway: Any, seconds: float) -> None:
    """Move the frozen clock, and let happen what is due."""
    world = gateway.service.world
    world.apply([MoveClock(world.clock.now() + int(seconds * SECOND))])
    gateway.service.pipeline.settle()


@asynccontextmanager
async def watching(gateway: Any, session_id: str, token: str = "erin") -> AsyncIterator[ClientResponse]:
    """A stream that has said that it is connected."""
    headers = {"Authorization": f"Bearer {token}"}
    async with gateway.client.get(f"/api/sessions/{session_id}/stream", headers=headers) as response:
        assert response.status == 200
        assert await part(response) == CONNECTED
        yield response


async def part(response: ClientResponse) -> bytes:
    """The next message of a stream."""
    async with asyncio.timeout(PATIENCE):
        return await response.content.readuntil(b"\n\n")


async def said(response: ClientResponse) -> tuple[str, str, bytes]:
    """The next event of a stream: its time, its type and what it says."""
    name, data = (await part(response)).split(b"\n", 1)
    assert name == b"event: event"
    told = json.loads(data.removeprefix(b"data: "))
    assert list(told) == ["time", "type", "payload"]
    return told["time"], told["type"], b64decode(told["payload"], validate=True)


async def rest(response: ClientResponse) -> bytes:
    """All until the stream ends."""
    async with asyncio.timeout(PATIENCE):
        return await response.read()


# The stored text


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ("", b"hello\n"),
        ("events=i", b"echo hello"),
        ("events=i,o", b"echo hellohello\n"),
        ("events=x,%20o", b"hello\n"),
        ("events=i&events=o", b"echo hello"),
        ("events=e", b""),
        ("newline=1", b"hello\n\n"),
        ("newline=true", b"hello\n"),
        ("event-time=1", b"2024-08-01T10:59:01Z hello\n"),
        ("events=i,o&event-time=1&newline=1", b"2024-08-01T10:59:00Z echo hello\n2024-08-01T10:59:01Z hello\n\n"),
        ("extension=json", b"hello\n"),
    ],
)
async def test_the_options_of_a_result(api: Any, options: str, content: bytes) -> None:
    gateway = await api("downloads", validation="report")
    told = await gateway.get(f"/sessions/{SAID}/result/stream?{options}", "john")
    assert (told.status, told.body) == (200, content)
    assert told.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("token", ["ada", "otto", "john"], ids=["an admin", "an auditor", "the owner"])
async def test_who_may_have_the_result(api: Any, token: str) -> None:
    assert (await (await api("downloads")).get(f"/sessions/{REVIEWED}/result/stream", token)).body == b"hello\n"


@pytest.mark.parametrize(
    ("session_id", "token", "refusal"),
    [
        (REVIEWED, "dora", (403, "user is not allowed to stream this session")),
        (SAID, "dora", NOT_ALLOWED),
        (UNKNOWN, "ada", (404, "not found")),
        (REVIEWED, None, (401, "access denied")),
    ],
    ids=["a reviewer", "a stranger", "unknown", "nobody"],
)
async def test_who_may_not_have_the_result(
    api: Any, session_id: str, token: str | None, refusal: tuple[int, str]
) -> None:
    told = await (await api("downloads")).get(f"/sessions/{session_id}/result/stream", token)
    assert (told.status, told.message) == refusal


async def test_a_result_is_what_is_stored_so_far_and_then_ends(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 70")
    move(gateway, 45)
    before = await gateway.get(f"/sessions/{session_id}/result/stream", "erin")
    move(gateway, 10)
    after = await gateway.get(f"/sessions/{session_id}/result/stream", "erin")
    assert (before.body, after.body) == (b"", b"one\ntwo\nthree\nfour\nfive\n")


# Who may watch


@pytest.mark.parametrize(
    ("session_id", "token", "refusal"),
    [
        (UNKNOWN, "ada", (404, "session not found")),
        (TO_KILL, "john", NOT_ALLOWED),
        (OVER, "john", NOT_ALLOWED),
        (TO_KILL, None, (401, "access denied")),
    ],
    ids=["unknown", "a stranger", "a stranger, too late", "nobody"],
)
async def test_who_may_not_watch(api: Any, session_id: str, token: str | None, refusal: tuple[int, str]) -> None:
    told = await (await api("executions")).get(f"/sessions/{session_id}/stream", token)
    assert (told.status, told.message) == refusal


@pytest.mark.parametrize("token", ["ada", "otto", "erin", "john"], ids=["admin", "auditor", "owner", "reviewer"])
async def test_who_may_watch(api: Any, token: str) -> None:
    async with watching(await api("executions"), PENDING, token):
        pass


# What is seen


async def test_a_session_that_is_over_says_so_and_the_stream_closes(api: Any) -> None:
    told = await (await api("executions")).get(f"/sessions/{OVER}/stream", "erin")
    assert (told.status, told.body) == (200, END)
    assert told.headers["Content-Type"] == "text/event-stream"


@pytest.mark.parametrize("session_id", [OVER, TO_KILL], ids=["over", "live"])
async def test_the_headers_of_a_stream(api: Any, session_id: str) -> None:
    gateway = await api("executions")
    async with gateway.client.get(
        f"/api/sessions/{session_id}/stream", headers={"Authorization": "Bearer erin"}
    ) as told:
        shown = {name: told.headers.getall(name) for name in ("Content-Type", "Cache-Control", "Connection")}
        assert shown == {
            "Content-Type": ["text/event-stream"],
            "Cache-Control": ["no-cache"],
            "Connection": ["keep-alive"],
        }
        assert told.headers["X-Accel-Buffering"] == "no"
        assert told.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_head_request_has_the_headers_and_does_not_wait(api: Any) -> None:
    gateway = await api("executions")
    async with asyncio.timeout(PATIENCE):
        told = await gateway.request("HEAD", f"/api/sessions/{TO_KILL}/stream", "erin")
        after = await gateway.get(f"/sessions/{TO_KILL}", "erin")
    assert (told.status, told.body, told.headers["Content-Type"]) == (200, b"", "text/event-stream")
    assert after.status == 200


async def test_events_come_as_they_are_recorded_and_then_the_end(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 70")
    async with watching(gateway, session_id) as stream:
        move(gateway, 0.001)
        assert await said(stream) == ("2024-08-01T12:00:00.001Z", "i", b"sleep 70")
        for number, line in enumerate(["one", "two", "three", "four", "five", "six"], 1):
            move(gateway, 10)
            assert await said(stream) == (
                f"2024-08-01T12:{number // 6:02}:{number * 10 % 60:02}Z",
                "o",
                f"{line}\n".encode(),
            )
        move(gateway, 10)
        assert await said(stream) == ("2024-08-01T12:01:10Z", "o", b"seven\n")
        assert await rest(stream) == END


async def test_a_leap_of_the_clock_brings_everything_at_once(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "exit 2")
    async with watching(gateway, session_id) as stream:
        move(gateway, 3600)
        assert [(await said(stream))[1:] for _ in range(4)] == [
            ("i", b"exit 2"),
            ("o", b"half of it\n"),
            ("o", b"then this\n"),
            ("e", b"exit status 2"),
        ]
        assert await rest(stream) == END


async def test_who_joins_late_is_told_nothing_of_before(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 70")
    move(gateway, 59)
    async with watching(gateway, session_id) as stream:
        move(gateway, 1)
        assert (await said(stream))[2] == b"six\n"


async def test_who_watches_before_the_script_runs_sees_all_of_it(api: Any) -> None:
    gateway = await api("executions")
    async with watching(gateway, LONG, "john") as stream:
        assert (await send(gateway, "POST", f"/sessions/{LONG}/exec")).status == 202
        assert (await said(stream))[1:] == ("i", b"sleep 70")
        move(gateway, 20)
        assert (await said(stream))[1:] == ("o", b"slept\n")
        assert await rest(stream) == END


async def test_a_kill_is_said_and_ends_the_stream(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 70")
    move(gateway, 5)
    async with watching(gateway, session_id) as stream:
        await send(gateway, "POST", f"/sessions/{session_id}/kill")
        time, *what = await said(stream)
        assert (time[:19], what) == ("2024-08-01T12:00:05", ["e", b"session killed by the user"])
        assert await rest(stream) == END


@pytest.mark.parametrize("session_id", [TO_KILL, PENDING], ids=["not live", "pending"])
async def test_the_kill_of_what_does_not_run_only_ends_the_stream(api: Any, session_id: str) -> None:
    gateway = await api("executions")
    async with watching(gateway, session_id) as stream:
        await send(gateway, "POST", f"/sessions/{session_id}/kill")
        assert await rest(stream) == END


async def test_a_session_without_agent_says_nothing(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "uptime", "asleep")
    async with watching(gateway, session_id) as stream:
        move(gateway, 20)
        await send(gateway, "POST", f"/sessions/{session_id}/kill")
        assert await rest(stream) == END


async def test_a_rejection_ends_the_stream(api: Any) -> None:
    gateway = await api("executions")
    async with watching(gateway, PENDING, "john") as stream:
        await send(gateway, "PUT", f"/sessions/{PENDING}/review", {"status": "REJECTED"}, "john")
        assert await rest(stream) == END


async def test_thirty_silent_seconds_bring_a_keepalive(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 300")
    move(gateway, 0.001)
    async with watching(gateway, session_id) as stream:
        move(gateway, 29)
        move(gateway, 1)
        assert await part(stream) == KEEPALIVE
        move(gateway, 29.999)
        assert (await said(stream))[2] == b"one\n"
        move(gateway, 29.9)
        move(gateway, 0.1)
        assert await part(stream) == KEEPALIVE


async def test_two_sessions_are_not_mixed_up(api: Any) -> None:
    gateway = await api("executions")
    quick, slow = begun(gateway, "sleep 20"), begun(gateway, "sleep 300")
    async with watching(gateway, quick) as one, watching(gateway, slow) as other:
        move(gateway, 20)
        assert b64encode(b"slept\n") in await rest(one)
        move(gateway, 40)
        assert [(await said(other))[2] for _ in range(2)] == [b"sleep 300", b"one\n"]


async def test_on_a_running_clock_events_come_by_themselves(api: Any, tmp_path: Any) -> None:
    (tmp_path / "clock.yaml").write_text("mockhoop: 1\nclock: {frozen: false}\n")
    gateway = await api("executions", tmp_path / "clock.yaml")
    session_id = begun(gateway, "ls")
    async with watching(gateway, session_id) as stream:
        told = await rest(stream)
    assert b64encode(b"first\nsecond\nthird\n") in told
    assert told.endswith(END)


# Slow and vanishing clients


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams look for their clients often."""
    monkeypatch.setattr(streaming, "LOOKS_FOR_CLIENT", 0.01)


@dataclass
class Served:
    """A server over a socket, as ``mockhoop serve`` has it: handlers are not cancelled when their clients go."""

    service: Service
    runner: web.AppRunner
    tasks: set[asyncio.Task[Any]]
    """Those that there were before any client."""
    clients: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, session_id: str = TO_KILL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A client that has read that it is connected, and from then on reads only what it is told to."""
        # No more than 64 kB are read ahead.
        reader, writer = await asyncio.open_connection("127.0.0.1", self.runner.addresses[0][1])
        self.clients.append(writer)
        path = f"/api/sessions/{session_id}/stream"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer erin\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            await reader.readuntil(CONNECTED)
        return reader, writer

    async def eventually(self, condition: Callable[[], bool]) -> None:
        """Give the server its turns until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - nothing tells when a server has done with a client
                await asyncio.sleep(0)

    def nobody_is_served(self) -> bool:
        return not asyncio.all_tasks() - self.tasks - {asyncio.current_task()} and not self.service.world._watchers


@pytest.fixture
async def served(no_task_is_left: None, service: Callable[..., Service], tmp_path: Path) -> AsyncIterator[Served]:
    """A server in whose world a script on ``pgdemo``, in a minute, says more than all buffers take."""
    line = "x" * 9_999 + "\n"
    execution = {"when": {"script": "shout"}, "takes": "60s", "output": line * 1500}
    (tmp_path / "loud.json").write_text(json.dumps({"mockhoop": 1, "executions": [execution]}))
    made = service("executions", tmp_path / "loud.json")
    runner = web.AppRunner(make_app(made), shutdown_timeout=60)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server = Served(made, runner, asyncio.all_tasks())
    yield server
    for client in server.clients:
        client.transport.abort()
    await runner.cleanup()


async def test_a_client_that_goes_leaves_nothing_behind(served: Served, soon: None) -> None:
    for _ in range(3):
        _, writer = await served.connect()
        writer.close()
        await writer.wait_closed()
    await served.eventually(served.nobody_is_served)


async def test_a_client_that_goes_while_it_is_sent_something_leaves_nothing_behind(served: Served) -> None:
    session_id = begun(served, "shout", "pgdemo")
    _, writer = await served.connect(session_id)
    move(served, 59)
    await asyncio.sleep(0)
    writer.transport.abort()
    await served.eventually(served.nobody_is_served)


async def test_a_client_that_does_not_read_keeps_nobody_else_waiting(served: Served) -> None:
    session_id = begun(served, "shout", "pgdemo")
    await served.connect(session_id)
    other, _ = await served.connect(session_id)
    move(served, 60)
    async with asyncio.timeout(PATIENCE):
        told = await _until_the_end(other)
    assert told.count(b"event: event\n") == 61


async def test_what_a_slow_client_was_not_sent_yet_is_sent_later(served: Served) -> None:
    session_id = begun(served, "shout", "pgdemo")
    reader, _ = await served.connect(session_id)
    for _ in range(60):
        move(served, 1)
        await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        told = await _until_the_end(reader)
    assert told.count(b"event: event\n") == 61


async def _until_the_end(reader: asyncio.StreamReader) -> bytes:
    told = b""
    while not told.endswith(b"\r\n0\r\n\r\n"):
        told += await reader.read(1 << 20)
    assert END in told
    return told


async def test_what_happens_while_a_slow_client_is_sent_something_is_not_missed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LOOKS_FOR_CLIENT", 3600)
    session_id = begun(served, "shout", "pgdemo")
    reader, _ = await served.connect(session_id)
    move(served, 30)
    await served.eventually(lambda: _sends(served))
    kill = Call("POST", f"/api/sessions/{session_id}/kill", "", CIMultiDict({"Authorization": "Bearer erin"}))
    served.service.pipeline.answer(kill)
    async with asyncio.timeout(PATIENCE):
        told = await _until_the_end(reader)
    assert b64encode(b"session killed by the user") in told


def _sends(served: Served) -> bool:
    """Whether a stream is held up by its client."""
    return bool(served.runner.app[ADAPTER]._streams._blocked)


async def test_a_hundred_watch_at_once(api: Any) -> None:
    gateway = await api("executions")
    session_id = begun(gateway, "sleep 20")
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(watching(gateway, session_id)) for _ in range(100)]
        move(gateway, 20)
        told = await asyncio.gather(*map(rest, streams))
    assert set(Counter(told).values()) == {100}
    assert told[0].endswith(END)


async def test_a_server_stops_at_once_and_ends_its_streams(served: Served) -> None:
    streams = [await served.connect() for _ in range(10)]
    async with asyncio.timeout(PATIENCE):
        await served.runner.cleanup()
        assert [await reader.read() for reader, _ in streams] == [b"\r\n0\r\n\r\n"] * 10


async def test_a_server_stops_at_once_though_a_client_does_not_read(served: Served) -> None:
    await served.connect(begun(served, "shout", "pgdemo"))
    move(served, 59)
    await served.eventually(lambda: _sends(served))
    async with asyncio.timeout(PATIENCE):
        await served.runner.cleanup()
