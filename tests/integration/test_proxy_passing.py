"""Calls through the proxy: the server gets what the client said, and the client what the server said."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from mockhoop.testing import Mockhoop
from mockhoop.transport import Answer, HttpTransport, Upstream

from .little_servers import answer, chunked, closed_port, saying, serving
from .proxied import THINGS, header, proxied, violations

SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
ADA = ("Authorization", "Bearer ada")
CALLS = [
    ("GET", "/api/sessions?limit=3", [ADA], b""),
    ("HEAD", "/api/sessions?limit=3", [ADA], b""),
    ("GET", f"/api/sessions/{SESSION}", [ADA], b""),
    ("GET", f"/api/sessions/{SESSION}?extension=csv", [ADA], b""),
    ("GET", f"/api/sessions/{SESSION}/stream", [ADA], b""),
    ("GET", f"/api/sessions/{SESSION}/result/stream", [ADA], b""),
    ("GET", "/api/sessions/", [ADA], b""),
    ("GET", "/api/sessions", [], b""),
    ("GET", "/api/sessions", [("Authorization", "Bearer wrong")], b""),
    ("GET", "/api/sessions?limit=x", [ADA], b""),
    ("GET", "/api/nothing/here", [ADA], b""),
    ("GET", "/elsewhere", [], b""),
    ("GET", "/api/openapiv3.json", [], b""),
    ("GET", "/api/connections", [ADA], b""),
    ("OPTIONS", "/api/sessions", [("Origin", "http://app")], b""),
    ("POST", "/api/sessions", [ADA], b"{"),
    ("POST", "/api/sessions", [ADA, ("Content-Type", "application/json")], b'{"connection": "nowhere", "script": "x"}'),
    ("PATCH", f"/api/sessions/{SESSION}/metadata", [ADA], b'{"metadata": {"a": "1"}}'),
    ("DELETE", f"/api/sessions/{SESSION}", [ADA], b""),
]


def as_said(said: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    """An answer without what each connection and each second has of its own, and without what the proxy adds."""
    own = ("connection", "date", "x-mockhoop-violations")
    return said.status, [pair for pair in said.headers if pair[0].lower() not in own], said.body


@pytest.fixture(scope="module")
def gateway() -> Any:
    with Mockhoop("documented-example", validation="off") as server:
        yield server


@pytest.mark.parametrize(("method", "target", "headers", "body"), CALLS, ids=[f"{one[0]} {one[1]}" for one in CALLS])
async def test_the_answer_through_the_proxy_is_the_gateways(
    gateway: Mockhoop, method: str, target: str, headers: Any, body: bytes
) -> None:
    host = ("Host", f"127.0.0.1:{gateway.client.port}")
    async with proxied(gateway.url) as proxy, HttpTransport(Upstream(base_url=gateway.url), anonymous=True) as there:
        direct = await there.send(method, target, (*headers, host), body)
        await asyncio.to_thread(gateway.world().reset)  # so that it does the same again
        assert as_said(await proxy.ask(method, target, headers, body)) == as_said(direct)


async def test_the_headers_of_an_answer_keep_their_order_their_case_and_their_number() -> None:
    said = (
        "set-cookie: a=1; Path=/",
        "X-ONE: 1",
        "Set-Cookie: b=2",
        'ETag: W/"é"',
        "Date: Mon, 01 Jan 2024 00:00:00 GMT",
    )
    async with saying(answer(b"x", *said)) as server, proxied(server.url) as proxy:
        given = (await proxy.get("/")).headers
    assert [f"{name}: {value}" for name, value in given] == [*said, "Content-Length: 1"]


async def test_nothing_is_said_of_a_body_of_which_the_server_says_nothing() -> None:
    async with saying(answer(b"x")) as server, proxied(server.url) as proxy:
        given = await proxy.get("/")
    assert {name for name, _ in given.headers} == {"Content-Length", "Date"}


async def test_the_words_behind_a_status_are_the_servers() -> None:
    async with (
        saying(answer(status="299 As You Like It")) as server,
        proxied(server.url) as proxy,
        proxy.client.open("GET", "/") as opened,
    ):
        assert (opened.status, opened.reason) == (299, "As You Like It")


async def test_what_belongs_to_one_connection_stays_on_it() -> None:
    hops = (
        "Connection: close, X-Hop",
        "X-Hop: 1",
        "Keep-Alive: timeout=5",
        "Proxy-Authenticate: Basic",
        "Trailer: X-T",
    )
    async with saying(answer(b"", *hops, "X-End: 1")) as server, proxied(server.url) as proxy:
        sent = [
            ("Connection", "X-Mine"),
            ("X-Mine", "1"),
            ("TE", "trailers"),
            ("Proxy-Authorization", "x"),
            ("X-End", "2"),
        ]
        given = await proxy.get("/", *sent)
    assert {name for name, _ in given.headers} == {"X-End", "Content-Length", "Date"}
    assert [line.partition(":")[0] for line in server.heads[0].strip().split("\r\n")[1:]] == ["Host", "X-End"]


async def test_the_host_is_the_servers_and_nobody_is_said_to_have_forwarded() -> None:
    async with saying(answer()) as server, proxied(server.url) as proxy:
        await proxy.get("/", ("Host", "client.example"), ("X-Forwarded-For", "10.0.0.1"))
    assert server.heads[0] == f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"


async def test_a_target_goes_on_as_it_is() -> None:
    target = "/api/a%2Fb/%7Euser;v=1//x?q=%20&r=[1]&s=a+b"
    async with saying(answer()) as server, proxied(server.url) as proxy:
        await proxy.get(target)
    assert server.heads[0].startswith(f"GET {target} HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("path", "asked", "expected"),
    [
        ("", "/api/sessions", "/api/sessions"),
        ("", "/other", "/other"),
        ("/api", "/api/sessions", "/api/sessions"),
        ("/gateway/v2/", "/api/sessions", "/gateway/v2/sessions"),
        ("/gateway", "/api", "/gateway"),
        ("/gateway", "/apis", "/apis"),
        ("/gateway", "/other", "/other"),
    ],
)
async def test_the_path_of_the_upstream_stands_in_the_place_of_the_contracts(
    path: str, asked: str, expected: str
) -> None:
    async with saying(answer()) as server, proxied(f"{server.url}{path}") as proxy:
        await proxy.get(f"{asked}?x=1")
    assert server.heads[0].startswith(f"GET {expected}?x=1 HTTP/1.1\r\n")


async def test_a_header_of_the_options_takes_the_place_of_the_clients() -> None:
    given = (("Authorization", "Bearer real"),)
    async with saying(answer()) as server, proxied(server.url, headers=given) as proxy:
        await proxy.get("/", ("authorization", "Bearer mine"), ("X-Other", "1"))
    lines = server.heads[0].strip().split("\r\n")[2:]
    assert sorted(lines) == ["Authorization: Bearer real", "X-Other: 1"]


async def test_a_compressed_answer_stays_compressed_and_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(THINGS)
    body = gzip.compress(b'[{"nam": "x"}]', mtime=0)
    said = answer(body, "Content-Type: application/json", "Content-Encoding: gzip", "X-Total: 1")
    async with saying(said) as server, proxied(server.url, tmp_path / "things.yaml") as proxy:
        given = await proxy.get("/v1/things")
    assert (given.body, header(given, "Content-Encoding")) == (body, "gzip")
    assert violations(given) == ["response.body /0 required"]
    (entry,) = proxy.entries
    assert entry.response_body == b'[{"nam": "x"}]'
    assert "content-encoding" not in {name.lower() for name, _ in entry.response_headers}


async def test_a_redirect_leads_where_the_server_says() -> None:
    async with saying(b"") as other:
        location = f"{other.url}/api/sessions"
    async with saying(answer(b"", f"Location: {location}", status="301 Moved")) as server, proxied(server.url) as proxy:
        given = await proxy.get("/api/sessions/")
    assert (given.status, header(given, "Location")) == (301, location)


async def test_links_lead_back_through_the_proxy_if_they_are_to() -> None:
    async with saying(b"") as other:
        elsewhere = f"{other.url}/api/sessions"
    port = closed_port()
    there = f"http://127.0.0.1:{port}/gateway"
    body = json.dumps({"own": f"{there}/sessions/1?x=y", "other": elsewhere, "message": "x"}).encode()
    said = answer(body, "Content-Type: application/json", f"Location: {there}/here")
    async with saying(said, port=port), proxied(there, lead_back=True) as proxy:
        given = await proxy.get("/api/sessions/1")
    here = f"http://127.0.0.1:{proxy.running.port}/api"
    assert json.loads(given.body) == {"own": f"{here}/sessions/1?x=y", "other": elsewhere, "message": "x"}
    assert header(given, "Location") == f"{here}/here"
    assert proxy.entries[0].response_body == body


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
async def test_an_answer_without_a_body_has_none(status: str) -> None:
    said = f'HTTP/1.1 {status}\r\nETag: "1"\r\n\r\n'.encode()
    async with saying(said, then="stay") as server, proxied(server.url) as proxy:
        given = await asyncio.wait_for(proxy.get("/api/sessions"), 5)
    assert (given.status, given.body) == (int(status[:3]), b"")


async def test_the_length_that_HEAD_tells_goes_through() -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nContent-Type: application/json\r\n\r\n"
    async with saying(said, then="stay") as server, proxied(server.url) as proxy:
        given = await asyncio.wait_for(proxy.ask("HEAD", "/api/sessions"), 5)
    assert (header(given, "Content-Length"), given.body) == ("12345", b"")


async def test_chunks_go_through_without_a_length() -> None:
    said = chunked(b"one", b"two", headers=("Content-Type: text/plain",))
    async with saying(said) as server, proxied(server.url) as proxy:
        given = await proxy.get("/")
    assert (header(given, "Content-Length"), header(given, "Transfer-Encoding"), given.body) == (
        None,
        "chunked",
        b"onetwo",
    )


async def test_a_body_of_any_bytes_reaches_the_server_as_it_was_sent() -> None:
    got: list[tuple[bytes, str | None]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.read(), request.headers.get("Content-Type")))
        return web.Response(status=204)

    sent = bytes(range(256)) * 100
    async with serving(take) as url, proxied(url) as proxy:
        await proxy.ask("PUT", "/any/path", [("Content-Type", "image/x")], sent)
        await proxy.ask("PUT", "/any/path")
    assert got == [(sent, "image/x"), (b"", None)]
