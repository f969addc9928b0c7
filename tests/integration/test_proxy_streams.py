"""What goes through the proxy as it comes: events, long bodies in both directions, and clients that go away."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from mockhoop.testing import Mockhoop

from .little_servers import answer, chunked, saying, serving
from .proxied import THINGS, broken, header, proxied

PIECE = bytes(range(256)) * 256
MANY = 800
"""Pieces of a long body: fifty million bytes."""
EVENTS = "Content-Type: text/event-stream"


@pytest.fixture
def things(tmp_path: Path) -> Path:
    path = tmp_path / "things.yaml"
    path.write_text(THINGS)
    return path


@pytest.mark.parametrize(
    ("path", "kind"),
    [("events", "text/event-stream"), ("things", "application/stream+json"), ("things", "application/x-ndjson")],
)
async def test_a_piece_reaches_the_client_before_the_next_one_comes(things: Path, path: str, kind: str) -> None:
    said = chunked(b"one", ended=False, headers=(f"Content-Type: {kind}",))
    async with (
        saying(said, then="stay") as server,
        proxied(server.url, things, seconds=0.1) as proxy,
        proxy.client.open("GET", f"/v1/{path}") as opened,
    ):
        assert await asyncio.wait_for(anext(opened.pieces()), 5) == b"one"


async def test_a_stream_that_is_silent_for_long_is_not_ended(things: Path) -> None:
    release = asyncio.Event()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await release.wait()
        await response.write(b"data: 2\n\n")
        return response

    async with serving(handle) as url, proxied(url, things, seconds=0.1) as proxy:
        asyncio.get_running_loop().call_later(0.3, release.set)
        assert (await proxy.get("/v1/events")).body == b"data: 1\n\ndata: 2\n\n"


async def test_the_events_of_a_gateway_go_through_and_are_kept_for_observers() -> None:
    session = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
    async with Mockhoop("documented-example") as gateway, proxied(gateway.url) as proxy:
        given = await proxy.get(f"/api/sessions/{session}/stream", ("Authorization", "Bearer ada"))
    assert header(given, "Content-Type") == "text/event-stream"
    assert given.body.endswith(b"event: session_end\ndata: {}\n\n")
    (entry,) = proxy.entries
    assert (entry.response_body, entry.cut, entry.violations) == (given.body, False, ())


async def test_a_client_that_goes_away_ends_the_call_upstream(things: Path) -> None:
    said = chunked(b"data: 1\n\n", ended=False, headers=(EVENTS,))
    async with saying(said, then="stay") as server, proxied(server.url, things) as proxy:
        async with proxy.client.open("GET", "/v1/events") as opened:
            await anext(opened.pieces())
        await asyncio.wait_for(server.left.wait(), 5)
    assert proxy.entries[0].cut


async def test_a_client_that_goes_away_before_the_answer_ends_the_call_upstream() -> None:
    async with saying(then="stay") as server, proxied(server.url) as proxy:
        call = asyncio.create_task(proxy.get("/api/sessions"))
        while not server.heads:
            await asyncio.wait([call], timeout=0.01)
        call.cancel()
        await asyncio.wait_for(server.left.wait(), 5)
    assert (proxy.entries, proxy.running.tally.given_up) == ([], 1)


async def test_a_stream_does_not_keep_the_proxy_from_stopping(things: Path) -> None:
    said = chunked(b"data: 1\n\n", ended=False, headers=(EVENTS,))
    async with saying(said, then="stay") as server, asyncio.timeout(5), proxied(server.url, things) as proxy:
        opening = proxy.client.open("GET", "/v1/events")
        pieces = (await opening.__aenter__()).pieces()
        await anext(pieces)
    assert proxy.entries[0].response_body == b"data: 1\n\n"


async def long_body(request: web.BaseRequest) -> web.StreamResponse:
    """A download of a known length."""
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    response.content_length = len(PIECE) * MANY
    await response.prepare(request)
    for _ in range(MANY):
        await response.write(PIECE)
    return response


async def test_a_long_download_goes_through_without_being_kept(things: Path) -> None:
    async with (
        serving(long_body) as url,
        proxied(url, things, most_copied=1000) as proxy,
        proxy.client.open("GET", "/v1/file") as opened,
    ):
        tracemalloc.start()
        digest, size = sha256(), 0
        async for piece in opened.pieces():
            digest.update(piece)
            size += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (size, digest.digest()) == (len(PIECE) * MANY, sha256(PIECE * MANY).digest())
    assert peak < 8 << 20
    assert (len(proxy.entries[0].response_body), proxy.entries[0].cut) == (1000, True)


async def test_a_slow_client_slows_the_server_down(things: Path) -> None:
    written = asyncio.get_running_loop().create_future()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        done = 0
        with suppress(TimeoutError):
            for _ in range(MANY):
                async with asyncio.timeout(0.5):  # nobody takes it any more
                    await response.write(PIECE)
                done += 1
        written.set_result(done)
        return response

    async with serving(handle) as url, proxied(url, things) as proxy:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.running.port, limit=1)
        writer.write(b"GET /v1/file HTTP/1.1\r\nHost: x\r\n\r\n")
        pieces = await written
        writer.close()
        await writer.wait_closed()
    assert 0 < pieces < MANY / 2


async def test_a_long_upload_goes_through_without_being_kept(things: Path) -> None:
    got: list[tuple[int, str | None]] = []

    async def take(request: web.BaseRequest) -> web.Response:
        size = 0
        async for piece in request.content.iter_any():
            size += len(piece)
        got.append((size, request.headers.get("Content-Length")))
        return web.Response(status=204)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield PIECE

    size = len(PIECE) * 100
    async with serving(take) as url, proxied(url, things, most_copied=1000) as proxy:
        for length in ((), (("Content-Length", str(size)),)):
            head = (("Content-Type", "application/octet-stream"), *length)
            async with proxy.client.open("PUT", "/v1/file", head, pieces()) as opened:
                assert opened.status == 204
    assert got == [(size, None), (size, str(size))]
    assert [(len(one.request_body), one.cut) for one in proxy.entries] == [(1000, True)] * 2


async def test_an_upload_that_is_too_long_to_look_into_is_not_said_to_be_wrong(things: Path) -> None:
    said = answer(b'{"name": "x"}', "Content-Type: application/json", status="201 Made")
    sent = b'{"name": "' + b"x" * 2000 + b'"}'
    async with saying(said, then="stay") as server, proxied(server.url, things, most_copied=1000) as proxy:
        await proxy.ask("POST", "/v1/things", [("Content-Type", "application/json")], sent)
    assert broken(proxy.entries[0]) == []
