"""Faults as a client's socket sees them: nothing, a reset, half a body, garbage, silence."""

import asyncio
import http.client
import logging
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import pytest
from aiohttp import web

from mockhoop.exchange import Exchange, Waiting
from mockhoop.messages import Call
from mockhoop.server import streaming
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.service import Service

OPENING = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: FROZEN}
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: pg, type: database}]
sessions:
  - {id: 00000000-0000-4000-8000-000000000001, user: ada@example.com, connection: pg, script: SELECT 1}
  - {id: 00000000-0000-4000-8000-000000000002, user: ada@example.com, connection: pg, status: open}
faults:
"""
SESSION = "/api/sessions/00000000-0000-4000-8000-000000000001"
STREAM = "/api/sessions/00000000-0000-4000-8000-000000000002/stream"
ADA = {"Authorization": "Bearer ada"}
HOUR = 3_600 * 10**9
PATIENCE = 5.0
"""Seconds of real time after which something that should happen at once has not happened."""
LONG = b"x" * 30_000_000
"""More than all buffers between a server and its client take."""
NO_BODY = ["HEAD /", "GET nothing"]
"""Calls whose answers have no body: by their method, and because there is none."""


T = TypeVar("T")


class Server:
    """A server whose every answer has a fault."""

    def __init__(self, service: Service, runner: web.AppRunner) -> None:
        self.service = service
        self.world = service.world
        self.runner = runner
        self.port: int = runner.addresses[0][1]
        self.clients: list[asyncio.StreamWriter] = []

    async def connect(
        self, target: str, method: str = "GET", version: str = "1.1"
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A client that has asked for something."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.clients.append(writer)
        ask(writer, target, method, version)
        return reader, writer

    async def raw(self, target: str, method: str = "GET", version: str = "1.1") -> bytes:
        """All that comes back on a connection, to its end; a reset is told as such."""
        reader, _ = await self.connect(target, method, version)
        try:
            return await soon(reader.read())
        except ConnectionResetError:
            return b"RESET"

    def url(self, target: str) -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    def answer_with(self, status: int, body: bytes) -> None:
        """Answer this from now on, still with the fault."""
        pipeline = self.service.pipeline
        real = pipeline.answer

        def answer(call: Call) -> Exchange | Waiting:
            exchange = real(call)
            assert isinstance(exchange, Exchange)
            changed = replace(exchange.reply, status=status, body=body)
            return replace(exchange, reply=changed)

        pipeline.answer = answer  # type: ignore[method-assign]

    def leap(self, nanoseconds: int) -> None:
        """Set the clock forward; it runs on from there."""
        at = self.world.clock.now() + nanoseconds
        self.service.pipeline.stage.unfolding.set_clock(self.world, at=at, frozen=False, speed=1)

    async def eventually(self, condition: Callable[[], bool]) -> None:
        """Give the server its turns until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - nothing tells how far a server is with a client
                await asyncio.sleep(0)

    async def holds_back(self, count: int = 1) -> None:
        """Come back when so many answers are held back."""
        await self.eventually(lambda: len(self.world._watchers) == count)

    async def holds_back_nothing(self) -> None:
        await self.eventually(lambda: not self.world.is_watched)

    async def waits_for_its_client(self) -> None:
        """Come back when a client does not take what it is sent."""
        await self.eventually(lambda: bool(self.runner.app[ADAPTER]._streams._blocked))

    async def stop(self) -> None:
        await soon(self.runner.cleanup())


def ask(writer: asyncio.StreamWriter, target: str, method: str = "GET", version: str = "1.1") -> None:
    writer.write(f"{method} {target} HTTP/{version}\r\nHost: x\r\nAuthorization: Bearer ada\r\n\r\n".encode())


async def soon(awaited: Awaitable[T]) -> T:
    """What comes of something that should not take long."""
    return await asyncio.wait_for(awaited, PATIENCE)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Any:
    """Fails the test if anything is logged that somebody would have to look at."""
    yield
    records = [*caplog.get_records("setup"), *caplog.get_records("call"), *caplog.records]
    loud = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
    assert not loud, loud


Faulty = Callable[..., Awaitable[Server]]


@pytest.fixture
async def faulty(no_task_is_left: None, quiet: None, tmp_path: Path, service: Any) -> AsyncIterator[Faulty]:
    """Starts a server whose every answer has a fault, given as in a scenario."""
    started: list[Server] = []

    async def start(fault: str, *, frozen: bool = True) -> Server:
        path = tmp_path / "scenario.yaml"
        path.write_text(f"{OPENING.replace('FROZEN', str(frozen).lower())}  - {fault}\n")
        made = service(path)
        # Nothing is cut off after some time: what hangs fails the test.
        runner = web.AppRunner(make_app(made), access_log=None, shutdown_timeout=60)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.append(Server(made, runner))
        return started[-1]

    yield start
    for server in started:
        for client in server.clients:
            client.transport.abort()
        await server.stop()


def parts(response: bytes) -> tuple[int | None, bytes]:
    """The length that the head promises and the body that came."""
    head, _, body = response.partition(b"\r\n\r\n")
    lengths = re.findall(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    return int(lengths[0]) if lengths else None, body


# Broken


async def test_before_headers_closes_without_a_byte(faulty: Faulty) -> None:
    assert await (await faulty("{drop: before-headers}")).raw(SESSION) == b""


async def test_reset_resets_without_a_byte(faulty: Faulty) -> None:
    assert await (await faulty("{drop: reset}")).raw(SESSION) == b"RESET"


@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_empty_sends_the_head_alone(faulty: Faulty, target: str) -> None:
    server = await faulty("{drop: empty}")
    async with aiohttp.ClientSession() as client, client.get(server.url(target), headers=ADA) as response:
        assert (response.status, response.content_length, await response.read()) == (200, 0, b"")


async def test_mid_body_promises_the_whole_and_sends_half(faulty: Faulty) -> None:
    promised, body = parts(await (await faulty("{drop: mid-body}")).raw(SESSION))
    assert promised is not None
    assert promised > 100
    assert len(body) == promised // 2


async def test_mid_body_of_an_event_stream_ends_after_its_first_part(faulty: Faulty) -> None:
    _, body = parts(await (await faulty("{drop: mid-body}")).raw(STREAM))
    assert body == b"d\r\n: connected\n\n\r\n"


@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_garbage_is_nothing_that_a_client_can_read(faulty: Faulty, target: str) -> None:
    server = await faulty("{drop: garbage}")
    assert (await server.raw(target)).startswith(b"HTTP/1.1 200 OK\r\n")
    async with aiohttp.ClientSession() as client:
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientResponseError)):
            await (await client.get(server.url(target), headers=ADA)).read()


async def test_garbage_for_a_client_that_knows_no_chunks_is_less_than_promised(faulty: Faulty) -> None:
    response = await (await faulty("{drop: garbage}")).raw(SESSION, version="1.0")
    promised, body = parts(response)
    assert response.startswith(b"HTTP/1.0 200 OK\r\n")
    assert promised is not None
    assert 0 < len(body) < promised


@pytest.mark.parametrize("call", NO_BODY)
@pytest.mark.parametrize("drop", ["mid-body", "garbage"])
async def test_where_there_is_no_body_the_head_is_broken(faulty: Faulty, call: str, drop: str) -> None:
    server = await faulty(f"{{drop: {drop}}}")
    if call == "GET nothing":
        server.answer_with(204, b"")

    def refused() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request(call.split()[0], SESSION, headers=ADA)
        try:
            connection.getresponse()
        except http.client.BadStatusLine:
            return True
        finally:
            connection.close()
        return False

    assert await asyncio.to_thread(refused)
    assert await server.raw(SESSION, call.split()[0]) != b""


async def test_an_empty_head_is_an_answer_to_head(faulty: Faulty) -> None:
    server = await faulty("{drop: empty}")
    async with aiohttp.ClientSession() as client, client.head(server.url(SESSION), headers=ADA) as response:
        assert (response.status, response.content_length) == (200, 0)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl (Debian: apt-get install curl)")
@pytest.mark.parametrize(
    ("drop", "options", "code"),
    [
        ("before-headers", (), 52),
        ("reset", (), 56),
        ("mid-body", (), 18),
        ("mid-body", ("--head",), 52),
        ("garbage", (), 56),
        ("garbage", ("--http1.0",), 18),
        ("garbage", ("--head",), 1),
        ("stall", ("--max-time", "0.2"), 28),
        ("hang", ("--max-time", "0.2"), 28),
        ("empty", (), 0),
    ],
)
async def test_curl_tells_what_went_wrong(faulty: Faulty, drop: str, options: tuple[str, ...], code: int) -> None:
    server = await faulty(f"{{drop: {drop}}}")
    words = ["curl", "-s", *options, "-o", "/dev/null", "-H", "Authorization: Bearer ada", server.url(SESSION)]
    process = await asyncio.create_subprocess_exec(*words)
    assert await soon(process.wait()) == code


# Held back without an end


@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_stall_sends_a_part_and_then_nothing_until_the_server_stops(faulty: Faulty, target: str) -> None:
    server = await faulty("{drop: stall}")
    reading = asyncio.ensure_future(server.raw(target))
    await server.holds_back()
    assert not reading.done()
    await server.stop()
    promised, body = parts(await reading)
    assert body == b"d\r\n: connected\n\n\r\n" if promised is None else len(body) == promised // 2


@pytest.mark.parametrize("call", NO_BODY)
async def test_stall_where_there_is_no_body_stops_within_the_head(faulty: Faulty, call: str) -> None:
    server = await faulty("{drop: stall}")
    if call == "GET nothing":
        server.answer_with(204, b"")
    reading = asyncio.ensure_future(server.raw(SESSION, call.split()[0]))
    await server.holds_back()
    server.world.reset()
    assert await reading == b"HTTP/1.1 "


@pytest.mark.parametrize("frozen", [True, False])
async def test_hang_sends_nothing_until_the_world_begins_anew(faulty: Faulty, frozen: bool) -> None:
    server = await faulty("{drop: hang}", frozen=frozen)
    reading = asyncio.ensure_future(server.raw(SESSION))
    await server.holds_back()
    assert not reading.done()
    server.world.reset()
    assert await reading == b""


@pytest.mark.parametrize("drop", ["hang", "stall"])
async def test_what_is_held_back_is_let_go_of_when_its_client_goes(
    faulty: Faulty, drop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "LOOKS_FOR_CLIENT", 0.01)
    server = await faulty(f"{{drop: {drop}}}")
    _, writer = await server.connect(SESSION)
    await server.holds_back()
    writer.transport.abort()
    await server.holds_back_nothing()


async def test_a_server_stops_although_answers_hang(faulty: Faulty) -> None:
    server = await faulty("{drop: hang}")
    reading = [asyncio.ensure_future(server.raw(SESSION)) for _ in range(20)]
    await server.holds_back(20)
    await server.stop()
    assert await asyncio.gather(*reading) == [b""] * 20


async def test_nobody_else_notices(faulty: Faulty) -> None:
    server = await faulty(f"{{drop: hang, when: {{path: '{SESSION.removeprefix('/api')}'}}}}")
    reader, writer = await server.connect("/api/serverinfo")
    before = await _answer(reader)
    await server.connect(SESSION)
    await server.holds_back()
    ask(writer, "/api/serverinfo")
    assert await _answer(reader) == before


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """The next answer on a connection that stays open."""
    head = await soon(reader.readuntil(b"\r\n\r\n"))
    promised, _ = parts(head)
    assert promised is not None
    return head + await soon(reader.readexactly(promised))


# Held back for some time


async def test_a_delay_moves_a_frozen_clock_and_keeps_nobody_waiting(faulty: Faulty) -> None:
    server = await faulty("{delay: 1h}")
    async with aiohttp.ClientSession() as client, client.get(server.url(SESSION), headers=ADA) as response:
        assert response.headers["Date"] == "Thu, 01 Aug 2024 13:00:00 GMT"
        assert (await response.json())["script"] == {"data": "SELECT 1"}


async def test_a_delay_by_a_clock_that_runs_ends_when_the_clock_is_moved(faulty: Faulty) -> None:
    server = await faulty("{delay: 1h}", frozen=False)
    reader, _ = await server.connect(SESSION)
    await server.holds_back()
    server.leap(HOUR)
    assert (await _answer(reader)).startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_delay_ends_when_the_server_stops(faulty: Faulty) -> None:
    server = await faulty("{delay: 1h}", frozen=False)
    reading = asyncio.ensure_future(server.raw(SESSION))
    await server.holds_back()
    await server.stop()
    promised, body = parts(await reading)
    assert len(body) == promised


@pytest.mark.parametrize("then", ["", ", drop: hang"])
@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_a_delayed_answer_does_not_outlive_its_world(faulty: Faulty, target: str, then: str) -> None:
    server = await faulty(f"{{delay: 1h{then}}}", frozen=False)
    reading = asyncio.ensure_future(server.raw(target))
    await server.holds_back()
    server.world.reset()
    assert await reading == b"RESET"


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize(
    ("method", "target"), [("GET", SESSION), ("HEAD", SESSION), ("HEAD", STREAM), ("GET", "/api/nothing")]
)
async def test_a_delayed_answer_has_the_bytes_of_any_other(
    faulty: Faulty, method: str, target: str, version: str
) -> None:
    server = await faulty("{skip: 1, delay: 1ms}")
    answers = [await server.raw(target, method, f"{version}\r\nConnection: close") for _ in range(2)]
    assert answers[0].startswith(f"HTTP/{version} ".encode())
    assert answers[0] == answers[1]
    assert server.world.clock.now() % 10**9 == 10**6


# Slow


async def test_a_slow_body_comes_whole_and_takes_its_time_by_the_worlds_clock(faulty: Faulty) -> None:
    server = await faulty("{bytes_per_second: 100}")
    before = server.world.clock.now()
    async with aiohttp.ClientSession() as client, client.get(server.url(SESSION), headers=ADA) as response:
        body = await response.read()
        assert response.content_length == len(body)
    assert body.endswith(b"}\n")
    await server.eventually(lambda: server.world.clock.now() - before == len(body) * 10**7)


async def test_a_slow_and_long_body_in_a_frozen_world_is_no_work(faulty: Faulty) -> None:
    server = await faulty("{bytes_per_second: 1}")
    server.answer_with(200, LONG)
    async with aiohttp.ClientSession() as client, client.get(server.url(SESSION), headers=ADA) as response:
        assert len(await soon(response.read())) == len(LONG)


async def test_a_slow_body_comes_in_pieces_and_leaps_with_the_clock(faulty: Faulty) -> None:
    server = await faulty("{bytes_per_second: 11}", frozen=False)
    reader, _ = await server.connect(SESSION)
    head = await soon(reader.readuntil(b"\r\n\r\n"))
    # No more than ten writes a second: two bytes are the least that goes out at that pace.
    assert await soon(reader.read(1000)) == b'{"'
    server.leap(HOUR)
    promised, _ = parts(head)
    assert promised is not None
    assert (await soon(reader.readexactly(promised - 2))).endswith(b"}\n")


async def test_a_slow_event_stream_comes_in_pieces(faulty: Faulty) -> None:
    server = await faulty("{bytes_per_second: 11}", frozen=False)
    reader, _ = await server.connect(STREAM)
    await soon(reader.readuntil(b"\r\n\r\n"))
    assert await soon(reader.readexactly(7)) == b"2\r\n: \r\n"
    server.leap(HOUR)
    told = await soon(reader.readuntil(b"\n\n\r\n"))
    assert b"".join(re.findall(rb"[0-9a-f]+\r\n(.*?)\r\n", told, re.DOTALL)).endswith(b"connected\n\n")


async def test_the_rest_of_a_slow_body_comes_when_the_server_stops(faulty: Faulty) -> None:
    server = await faulty("{bytes_per_second: 1}", frozen=False)
    reading = asyncio.ensure_future(server.raw(SESSION))
    await server.holds_back()
    await server.stop()
    promised, body = parts(await reading)
    assert len(body) == promised


@pytest.mark.parametrize("fault", ["{bytes_per_second: 1}", "{delay: 1h}", "{drop: mid-body}"])
async def test_a_server_stops_although_a_client_does_not_take_its_answer(faulty: Faulty, fault: str) -> None:
    server = await faulty(fault)
    server.answer_with(200, LONG)
    await server.connect(SESSION)
    await server.waits_for_its_client()
    await server.stop()


async def test_a_server_stops_although_a_client_does_not_take_the_rest(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_SECONDS_TO_TAKE", 0.01)
    server = await faulty("{bytes_per_second: 1}", frozen=False)
    server.answer_with(200, LONG)
    await server.connect(SESSION)
    await server.holds_back()
    await server.stop()
