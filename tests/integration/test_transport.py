"""Calls to other servers: what is sent and said on the wire, and what is told when that goes wrong."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mockhoop.errors import UsageError
from mockhoop.transport import Answer, HttpTransport, TimedOut, TransportError, Unreachable, Upstream

from .little_servers import answer, chunked, closed_port, own_certificate, saying

SOON = 0.1
"""Seconds: so long a server is waited for that says nothing."""


async def ask(
    url: str, target: str = "/x", method: str = "GET", headers: Any = (), body: Any = b"", **told: Any
) -> Answer:
    async with HttpTransport(Upstream(base_url=url, **told)) as transport:
        return await transport.send(method, target, headers, body)


async def test_an_answer_is_whole_with_its_headers_in_their_order_and_as_often_as_they_are() -> None:
    async with saying(
        answer(b"hello", "set-cookie: a=1", "X-Other: 2", "Set-Cookie: b=2", status="201 Made")
    ) as server:
        said = await ask(server.url)
    expected = (("set-cookie", "a=1"), ("X-Other", "2"), ("Set-Cookie", "b=2"), ("Content-Length", "5"))
    assert said == Answer(201, expected, b"hello")


async def test_a_header_is_read_as_utf_8_where_it_is_that_and_else_as_latin_1() -> None:
    said = b"HTTP/1.1 200 OK\r\nA: \xc3\xa9\r\nB: \xe9\r\nContent-Length: 0\r\n\r\n"
    async with saying(said) as server:
        assert (await ask(server.url)).headers[:2] == (("A", "é"), ("B", "é"))


async def test_the_target_stands_behind_the_base_url_and_is_sent_as_it_is() -> None:
    async with saying(answer()) as server:
        await ask(f"{server.url}/api/", "/a%2Fb/../é|?q=%20&r=[1]")
    assert server.heads[0].startswith("GET /api/a%2Fb/../é|?q=%20&r=[1] HTTP/1.1\r\n")


async def test_nothing_is_sent_that_nobody_asked_for_but_our_name() -> None:
    async with saying(answer()) as server:
        await ask(server.url, headers=[("X-One", "1"), ("X-One", "2")])
    names = [line.partition(":")[0] for line in server.heads[0].strip().split("\r\n")[1:]]
    assert names == ["Host", "X-One", "X-One", "User-Agent"]


async def test_who_passes_on_the_calls_of_others_is_not_named() -> None:
    async with saying(answer()) as server, HttpTransport(Upstream(base_url=server.url), anonymous=True) as transport:
        await transport.send("GET", "/")
    assert "user-agent" not in server.heads[0].lower()


async def test_a_header_of_the_call_wins_over_that_of_the_upstream() -> None:
    async with saying(answer()) as server:
        standing = (("Authorization", "Bearer standing"), ("X-Tenant", "blue"))
        async with HttpTransport(Upstream(base_url=server.url, headers=standing)) as transport:
            await transport.send("GET", "/", (("authorization", "Bearer own"),))
    lines = server.heads[0].lower().split("\r\n")
    assert [line for line in lines if line.startswith(("authorization", "x-tenant"))] == [
        "authorization: bearer own",
        "x-tenant: blue",
    ]


async def test_a_compressed_body_stays_compressed() -> None:
    body = gzip.compress(b"hello")
    async with saying(answer(body, "Content-Encoding: gzip")) as server:
        assert (await ask(server.url)).body == body


async def test_a_redirect_is_an_answer_like_others() -> None:
    async with saying(answer(b"", "Location: /elsewhere", status="302 Found")) as server:
        assert (await ask(server.url)).status == 302
    assert len(server.heads) == 1


async def test_a_call_is_made_once_even_if_its_connection_breaks() -> None:
    async with saying(then="reset") as server:
        with pytest.raises(TransportError):
            await ask(server.url)
    assert len(server.heads) == 1


async def test_a_body_in_pieces_is_sent_in_chunks() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    async with saying(answer()) as server:
        await ask(server.url, method="POST", body=pieces())
    assert "transfer-encoding: chunked" in server.heads[0].lower()


async def test_chunks_come_as_they_are_sent() -> None:
    async with (
        saying(chunked(b"one", ended=False), then="stay") as server,
        HttpTransport(Upstream(base_url=server.url)) as transport,
        transport.open("GET", "/") as opened,
    ):
        assert (opened.status, opened.reason) == (200, "OK")
        assert await anext(opened.pieces()) == b"one"


async def test_who_stops_listening_ends_the_connection() -> None:
    async with (
        saying(chunked(b"one", ended=False), then="stay") as server,
        HttpTransport(Upstream(base_url=server.url)) as transport,
    ):
        async with transport.open("GET", "/") as opened:
            await anext(opened.pieces())
        await asyncio.wait_for(server.left.wait(), 5)


async def test_who_is_patient_waits_for_the_next_piece_longer_than_for_an_answer() -> None:
    released = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(chunked(b"one", ended=False))
        await released.wait()
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        upstream = Upstream(base_url=url, seconds=SOON)
        async with HttpTransport(upstream) as transport, transport.open("GET", "/") as opened:
            pieces = opened.pieces(patient=True)
            found = [await anext(pieces)]
            asyncio.get_running_loop().call_later(SOON * 3, released.set)
            found += [piece async for piece in pieces]
    assert found == [b"one", b"two"]


@pytest.mark.parametrize(
    ("said", "then", "told"),
    [
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "close", "gives no answer that is HTTP: bad status line"),
        ((b"HTTP/1.1 200 OK\r\nA b: c\r\n\r\n",), "close", "gives no answer that is HTTP: invalid header token"),
        ((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",), "close", "gives no answer that is HTTP"),
        ((), "close", "broke off its answer"),
        ((), "reset", "broke off its answer"),
        ((b"HTTP/1.1 200 OK\r\nX-",), "close", "broke off its answer"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",), "close", "broke off its answer"),
        ((chunked(b"abc", ended=False),), "close", "broke off its answer"),
    ],
    ids=["not HTTP", "no header", "no chunk", "closed", "reset", "half a head", "half a body", "half the chunks"],
)
async def test_an_answer_that_is_none_says_what_it_is_instead(said: tuple[bytes, ...], then: str, told: str) -> None:
    async with saying(*said, then=then) as server:
        with pytest.raises(TransportError) as failed:
            await ask(server.url)
    assert str(failed.value).startswith(f"{server.url} {told}")


@pytest.mark.parametrize(
    "said", [(), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",)], ids=["at all", "any more"]
)
async def test_a_server_that_says_nothing_is_left_after_a_while(said: tuple[bytes, ...]) -> None:
    async with saying(*said, then="stay") as server:
        with pytest.raises(TimedOut, match=r"said nothing for 0\.1 seconds \(--timeout waits longer\)$"):
            await ask(server.url, seconds=SOON)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_closed_port_is_told_as_the_system_calls_it(host: str) -> None:
    with pytest.raises(Unreachable, match=r"cannot be reached: connection refused$"):
        await ask(f"http://{host}:{closed_port()}")


async def test_a_host_that_is_not_known_is_told() -> None:
    with pytest.raises(Unreachable, match=r"cannot be reached: no such host is known$"):
        await ask("http://gateway.invalid")


async def test_a_certificate_of_ones_own_is_not_trusted(tmp_path: Path) -> None:
    context, _ = own_certificate(tmp_path)
    async with saying(answer(b"hello"), tls=context) as server:
        with pytest.raises(TransportError, match=r"no certificate that is trusted: self.signed .*--ca-file"):
            await ask(server.url)


async def test_a_certificate_is_trusted_that_is_in_the_given_file(tmp_path: Path) -> None:
    context, file = own_certificate(tmp_path)
    async with saying(answer(b"hello"), tls=context) as server:
        assert (await ask(server.url, ca_file=file)).body == b"hello"


async def test_any_certificate_is_taken_where_none_is_verified(tmp_path: Path) -> None:
    context, _ = own_certificate(tmp_path)
    async with saying(answer(b"hello"), tls=context) as server:
        assert (await ask(server.url, verify_tls=False)).body == b"hello"


async def test_a_server_without_tls_is_told_from_one_that_is_not_trusted() -> None:
    async with saying(answer(), unasked=True) as server:
        with pytest.raises(TransportError, match=r"speaks no TLS that is understood here; is it meant to be http://\?"):
            await ask(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("content", [None, b"no certificate"], ids=["none", "another"])
async def test_a_file_without_certificates_is_refused_before_any_call(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"ca\.pem is no file of certificates"):
        await ask("https://127.0.0.1:1", ca_file=file)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
async def test_ipv6_addresses_are_in_brackets() -> None:
    try:
        async with saying(answer(b"six"), host="::1") as server:
            assert (await ask(server.url)).body == b"six"
    except OSError as error:
        pytest.skip(f"::1 cannot be listened on: {error}")


@pytest.mark.parametrize(
    "url",
    ["", "gateway", "gateway:80", "ftp://gateway", "http://", "http://gateway:99999", "http://[::1", "http://a b"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a server, such as"):
        Upstream(base_url=url)


def test_a_password_in_an_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(UsageError) as refused:
        Upstream(base_url="https://ada:hunter2@gateway/api")
    assert "give https://gateway/api, and send them as a header" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_an_address_ends_with_its_path() -> None:
    with pytest.raises(UsageError, match="the address https://gateway/api has something behind its path") as refused:
        Upstream(base_url="https://gateway/api?token=hunter2")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://ada:hunter 2@gateway", "ftp://ada:hunter 2@gateway", "http:///?t=hunter 2"])
def test_what_is_no_address_is_not_repeated_with_its_secrets(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a server") as refused:
        Upstream(base_url=url)
    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:1", True),
        ("http://127.3.2.1", True),
        ("http://[::1]:1", True),
        ("http://gateway.localhost", True),
        ("http://127.0.0.1.example.com", False),
        ("https://use.hoop.dev", False),
    ],
)
def test_a_server_on_this_machine_is_known(url: str, local: bool) -> None:
    assert Upstream(base_url=url).is_loopback is local
