"""Faults as a client's socket sees them: nothing, a reset, half a body, garbage, silence."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from mockhoop.server.app import make_app

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


@pytest.fixture
def faulty(tmp_path: Path, aiohttp_server: Any, service: Any) -> Any:
    """Starts a server whose every answer has a fault, given as in a scenario."""

    async def start(fault: str, *, frozen: bool = True) -> Any:
        path = tmp_path / "scenario.yaml"
        path.write_text(f"{OPENING.replace('FROZEN', str(frozen).lower())}  - {fault}\n")
        made = service(path)
        server = await aiohttp_server(make_app(made), shutdown_timeout=2)
        server.made = made
        return server

    return start


async def raw(server: Any, target: str, *, until_closed: bool = True) -> bytes:
    """All that comes back on a connection, to its end; a reset is told as such."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {server.host}\r\nAuthorization: Bearer ada\r\n\r\n".encode())
    try:
        return await asyncio.wait_for(reader.read() if until_closed else reader.readuntil(b"\r\n\r\n"), 10)
    except ConnectionResetError:
        return b"RESET"
    finally:
        writer.close()


def parts(response: bytes) -> tuple[int, bytes]:
    """The length that the head promises and the body that came."""
    head, _, body = response.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    return int(lengths[0]) if lengths else -1, body


async def test_before_headers_closes_without_a_byte(faulty: Any) -> None:
    assert await raw(await faulty("{drop: before-headers}"), SESSION) == b""


async def test_reset_resets_without_a_byte(faulty: Any) -> None:
    assert await raw(await faulty("{drop: reset}"), SESSION) == b"RESET"


async def test_empty_sends_the_head_alone(faulty: Any) -> None:
    server = await faulty("{drop: empty}")
    async with aiohttp.ClientSession() as client, client.get(server.make_url(SESSION), headers=ADA) as response:
        assert (response.status, response.content_length, await response.read()) == (200, 0, b"")


async def test_mid_body_promises_the_whole_and_sends_half(faulty: Any) -> None:
    promised, body = parts(await raw(await faulty("{drop: mid-body}"), SESSION))
    assert promised > 100
    assert len(body) == promised // 2


async def test_mid_body_of_an_event_stream_ends_after_its_first_part(faulty: Any) -> None:
    response = await raw(await faulty("{drop: mid-body}"), STREAM)
    assert b": connected" in response
    assert not response.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_garbage_is_nothing_that_a_client_can_read(faulty: Any, target: str) -> None:
    server = await faulty("{drop: garbage}")
    assert (await raw(server, target)).startswith(b"HTTP/1.1 200 OK\r\n")
    async with aiohttp.ClientSession() as client:
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientResponseError)):
            await (await client.get(server.make_url(target), headers=ADA)).read()


@pytest.mark.parametrize("target", [SESSION, STREAM])
async def test_stall_sends_a_part_and_then_nothing_until_the_server_stops(faulty: Any, target: str) -> None:
    server = await faulty("{drop: stall}")
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await reader.read(10)
    await asyncio.wait_for(server.close(), 5)
    await reader.read()
    writer.close()


async def test_hang_sends_nothing_until_the_world_begins_anew(faulty: Any) -> None:
    server = await faulty("{drop: hang}")
    waiting = asyncio.ensure_future(raw(server, SESSION))
    while not server.made.world.is_watched:
        await asyncio.wait([waiting], timeout=0.001)
    assert not waiting.done()
    server.made.world.reset()
    assert await waiting == b""


async def test_a_hanging_answer_is_let_go_of_when_its_client_goes(faulty: Any) -> None:
    server = await faulty("{drop: hang}")
    with pytest.raises(asyncio.TimeoutError):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(0.05)) as client:
            await client.get(server.make_url(SESSION), headers=ADA)
    while server.made.world.is_watched:
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.01)


async def test_a_delay_moves_a_frozen_clock_and_keeps_nobody_waiting(faulty: Any) -> None:
    server = await faulty("{delay: 1h}")
    async with aiohttp.ClientSession() as client, client.get(server.make_url(SESSION), headers=ADA) as response:
        assert response.headers["Date"] == "Thu, 01 Aug 2024 13:00:00 GMT"


async def test_a_delay_by_a_clock_that_runs_ends_when_the_clock_is_moved(faulty: Any) -> None:
    server = await faulty("{delay: 1h}", frozen=False)
    waiting = asyncio.ensure_future(raw(server, f"{SESSION}?__code=404", until_closed=False))
    while not server.made.world.is_watched:
        await asyncio.wait([waiting], timeout=0.001)
    world = server.made.world
    server.made.pipeline.stage.unfolding.set_clock(world, at=world.clock.now() + 3_600 * 10**9, frozen=False, speed=1)
    assert (await waiting).startswith(b"HTTP/1.1 404")


async def test_a_slow_body_comes_whole_and_takes_its_time_by_the_worlds_clock(faulty: Any) -> None:
    server = await faulty("{bytes_per_second: 100}")
    before = server.made.world.clock.now()
    async with aiohttp.ClientSession() as client, client.get(server.make_url(SESSION), headers=ADA) as response:
        body = await response.read()
    assert body.endswith(b"}\n")
    assert server.made.world.clock.now() - before == pytest.approx(len(body) * 10**7, rel=0.01)


async def test_a_server_stops_although_answers_hang(faulty: Any) -> None:
    server = await faulty("{drop: hang}")
    waiting = [asyncio.ensure_future(raw(server, SESSION)) for _ in range(20)]
    while len(server.made.world._watchers) < 20:
        await asyncio.wait(waiting, timeout=0.001)
    await asyncio.wait_for(server.close(), 5)
    assert await asyncio.gather(*waiting) == [b""] * 20


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl (Debian: apt-get install curl)")
@pytest.mark.parametrize(
    ("drop", "code"), [("before-headers", 52), ("reset", 56), ("mid-body", 18), ("garbage", 56), ("empty", 0)]
)
async def test_curl_tells_what_went_wrong(faulty: Any, drop: str, code: int) -> None:
    server = await faulty(f"{{drop: {drop}}}")
    url = str(server.make_url(SESSION))
    process = await asyncio.create_subprocess_exec(
        "curl", "-s", "-o", "/dev/null", "-H", "Authorization: Bearer ada", url, stderr=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == code


ADA = {"Authorization": "Bearer ada"}
