"""What cannot be passed on: the proxy says so itself, in the server's own shape, and goes on with the next call."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from mockhoop.errors import UsageError
from mockhoop.transport import Answer, Opened, TransportError

from .little_servers import answer, chunked, closed_port, own_certificate, saying, serving
from .proxied import THINGS, header, proxied

SOON = 0.2


def told(given: Answer) -> tuple[int, str | None, str]:
    """The status of an answer of the gateway's shape, whose it is, and what it says."""
    return given.status, header(given, "X-Mockhoop-Answered-By"), json.loads(given.body)["message"]


async def test_a_server_that_is_not_there_is_a_bad_gateway() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    async with proxied(url) as proxy:
        given = await proxy.get("/api/sessions")
    assert told(given) == (502, "proxy", f"{url} cannot be reached: connection refused")
    assert header(given, "Access-Control-Allow-Origin") == "*"
    assert (proxy.entries[0].status, proxy.entries[0].responder) == (502, "proxy")


async def test_other_documents_get_a_problem_document(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(THINGS)
    async with proxied(f"http://127.0.0.1:{closed_port()}", tmp_path / "things.yaml") as proxy:
        given = await proxy.get("/v1/things")
    assert header(given, "Content-Type") == "application/problem+json"
    assert json.loads(given.body)["status"] == 502


async def test_a_server_that_says_nothing_is_a_gateway_timeout() -> None:
    async with saying(then="stay") as server, proxied(server.url, seconds=SOON) as proxy:
        given = await proxy.get("/api/sessions")
        await asyncio.wait_for(server.left.wait(), 5)
    assert told(given) == (504, "proxy", f"{server.url} said nothing for 0.2 seconds (--timeout waits longer)")


async def test_a_server_that_stops_in_an_answer_that_is_held_is_a_gateway_timeout() -> None:
    said = answer(b'{"data": []}', "Content-Type: application/json")[:-5]
    async with saying(said, then="stay") as server, proxied(server.url, seconds=SOON) as proxy:
        given = await proxy.get("/api/sessions")
    assert given.status == 504


@pytest.mark.parametrize(
    "said",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", answer(b'{"data": []}', "Content-Type: application/json")[:-5]],
    ids=["nothing", "not HTTP", "half of it"],
)
async def test_an_answer_that_is_none_is_a_bad_gateway(said: bytes) -> None:
    async with saying(said) as server, proxied(server.url) as proxy:
        given = await proxy.get("/api/sessions")
    assert told(given)[:2] == (502, "proxy")
    assert told(given)[2].startswith(f"{server.url} ")


async def test_a_certificate_that_is_not_trusted_is_a_bad_gateway_with_advice(tmp_path: Path) -> None:
    context, file = own_certificate(tmp_path)
    async with saying(answer(b"hello"), tls=context) as server:
        async with proxied(server.url) as proxy:
            refused = await proxy.get("/")
        async with proxied(server.url, ca_file=file) as proxy:
            trusted = await proxy.get("/")
    assert told(refused)[0] == 502
    assert "--ca-file, or take any with --insecure" in told(refused)[2]
    assert trusted.body == b"hello"


async def test_the_next_call_goes_through_when_the_server_is_back() -> None:
    port = closed_port()

    async def hello(request: web.BaseRequest) -> web.Response:
        return web.Response(text="hello")

    async with proxied(f"http://127.0.0.1:{port}") as proxy:
        before = await proxy.get("/")
        async with serving(hello, port=port):
            after = await proxy.get("/")
    assert (before.status, after.body, proxy.running.tally.calls) == (502, b"hello", 2)


async def until_it_breaks(opened: Opened, found: list[bytes]) -> None:
    async for piece in opened.pieces():
        found += [piece]


@pytest.mark.parametrize(
    "said", [answer(b"abcdefghi")[:-6], chunked(b"abc", ended=False)], ids=["with a length", "in chunks"]
)
async def test_an_answer_that_breaks_off_on_its_way_breaks_off_for_the_client(said: bytes) -> None:
    async with saying(said) as server, proxied(server.url) as proxy:
        found: list[bytes] = []
        async with proxy.client.open("GET", "/download") as opened:
            with pytest.raises(TransportError, match="broke off its answer"):
                await until_it_breaks(opened, found)
    assert (opened.status, found) == (200, [b"abc"])
    (entry,) = proxy.entries
    assert (entry.status, entry.response_body, entry.cut) == (200, b"abc", True)


@pytest.mark.parametrize("version", ["13", "8"])
async def test_a_websocket_is_refused_with_a_sentence(version: str) -> None:
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "WebSocket"), ("Sec-WebSocket-Version", version)]
    async with saying(answer()) as server, proxied(server.url) as proxy:
        given = await proxy.get("/api/ws", *upgrade)
    assert told(given) == (501, "proxy", f"this proxy passes no WebSockets on; connect to {server.url} itself")
    assert server.heads == []


async def test_another_protocol_that_is_only_offered_is_left_out() -> None:
    offered = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")]
    async with saying(answer(b"hello")) as server, proxied(server.url) as proxy:
        given = await proxy.get("/", *offered)
    assert given.body == b"hello"
    assert server.heads[0].strip().split("\r\n")[1:] == [f"Host: 127.0.0.1:{server.port}"]


async def said_to(port: int, *lines: str) -> bytes:
    """What a proxy answers to a request that is written by hand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
    found = await reader.read()
    writer.close()
    await writer.wait_closed()
    return found


async def test_no_tunnels_are_made() -> None:
    async with saying(answer()) as server, proxied(server.url) as proxy:
        found = await said_to(proxy.running.port, "CONNECT other:443 HTTP/1.1", "Host: other:443")
    assert found.startswith(b"HTTP/1.1 501 ")
    assert b"this is a proxy in front of" in found
    assert server.heads == []


async def test_an_old_client_gets_what_comes_in_chunks_until_the_connection_ends() -> None:
    async with saying(chunked(b"one", b"two")) as server, proxied(server.url) as proxy:
        found = await said_to(proxy.running.port, "GET /x HTTP/1.0", "Host: x")
    assert found.startswith(b"HTTP/1.0 200 OK")
    assert found.endswith(b"\r\n\r\nonetwo")
    assert b"chunked" not in found


async def test_a_call_in_absolute_form_is_meant_for_the_server_behind() -> None:
    async with saying(answer(b"hello")) as server, proxied(server.url) as proxy:
        found = await said_to(proxy.running.port, "GET http://other/api/x?y=1 HTTP/1.1", "Host: other")
    assert found.endswith(b"hello")
    assert server.heads[0].startswith("GET /api/x?y=1 HTTP/1.1\r\n")


async def test_a_request_whose_body_breaks_off_is_not_passed_on() -> None:
    async with saying(answer()) as server, proxied(server.url) as proxy:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.running.port)
        writer.write(b"POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        while not proxy.running.tally.given_up:
            await proxy.get("/next")
    assert [head.partition(" ")[0] for head in server.heads] == ["GET"] * len(server.heads)


async def test_a_port_that_is_taken_is_told() -> None:
    async with saying(answer()) as server:
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1 port {server.port}: address already in use"):
            async with proxied(server.url, port=server.port):
                pass
