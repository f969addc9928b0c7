"""Requests that a server must not mind: too long, broken, cut off, no HTTP at all, hundreds at once."""

import asyncio
import re
from collections.abc import Iterator

import aiohttp
import pytest

from .processes import Answer, Server, eventually

SIGN_IN = b"Authorization: Bearer ada\r\n"


@pytest.fixture(autouse=True)
def it_goes_on(small: Server) -> Iterator[None]:
    """Whatever was sent, the next call is answered and no traceback is in the log."""
    yield
    assert small.get("/sessions").status == 200
    assert "Traceback" not in small.log


def test_an_over_long_url_is_refused_with_a_text(small: Server) -> None:
    answer = small.get("/sessions?user=" + "a" * 100_000)
    assert (answer.status, answer.json) == (414, {"message": "the path and query are longer than 65536 bytes"})


def test_an_over_long_url_is_one_line_of_the_log_that_can_be_read(small: Server) -> None:
    small.get("/sessions?mark=of-the-long-one&user=" + "a" * 100_000)
    small.get("/sessions?mark=of-the-next-one")
    small.logged("of-the-next-one")
    (line,) = small.logged("of-the-long-one")
    assert "status=414" in line
    assert len(line) < 2000


def test_a_long_url_is_answered(small: Server) -> None:
    assert small.get("/sessions?user=" + "a" * 60_000).status == 200


def test_a_url_that_is_longer_than_anybody_reads_is_refused(small: Server) -> None:
    with small.connect() as connection:
        connection.sendall(b"GET /api/sessions?x=" + b"a" * 1_048_600)
        assert connection.recv(1 << 16).startswith(b"HTTP/1.0 400 ")


def test_a_body_over_the_limit_is_refused(small: Server) -> None:
    answer: Answer = small.ask("POST", "/api/nowhere", body=b"x" * (16 * 1024 * 1024 + 1))
    assert (answer.status, answer.json) == (413, {"message": "Maximum request body size 16777216 exceeded."})


def test_a_compressed_body_is_taken_as_it_is(small: Server) -> None:
    answer = small.ask("POST", "/api/nowhere", headers={"Content-Encoding": "gzip"}, body=b"not gzip")
    assert answer.status == 404


NO_HTTP = {
    "bytes": b"\x00\xff\xfe\r\n\r\n",
    "words": b"good morning\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another version": b"GET /api/sessions HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET /api/sessions HTTP/1.1\r\n\r\n",
    "a length that is no number": b"POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a chunk without a size": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a header with a NUL": b"GET /api/sessions HTTP/1.1\r\nHost: x\r\nUser-Agent: a\0b\r\n\r\n",
    "a path that is no ASCII": b"GET /api/sess\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target that is no URL": b"GET http://[::x/api/sessions HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_no_http_is_refused_once(small: Server, sent: bytes) -> None:
    said = small.say(sent)
    assert said.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert len(re.findall(rb"HTTP/1\.\d \d\d\d", said)) == 1


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET /api/ses", b"GET /api/sessions HTTP/1.1\r\nHost: x\r\nAuth"],
    ids=["before anything", "in the first line", "in a header"],
)
def test_a_client_may_go_away_before_it_has_asked(small: Server, begun: bytes) -> None:
    with small.connect() as connection:
        connection.sendall(begun)


def test_a_client_that_goes_away_in_the_middle_of_a_body_is_one_line_of_the_log(small: Server) -> None:
    with small.connect() as connection:
        connection.sendall(b"POST /api/cut-off HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")
    (line,) = small.logged("path=/api/cut-off")
    assert "status=400" in line


def test_a_client_may_go_away_without_reading_the_answer(small: Server) -> None:
    with small.connect() as connection:
        connection.sendall(b"GET /api/sessions?mark=unread HTTP/1.1\r\nHost: x\r\n" + SIGN_IN + b"\r\n")
    assert "status=200" in small.logged("mark=unread")[0]


def test_requests_may_be_sent_one_behind_the_other(small: Server) -> None:
    one = b"GET /api/sessions HTTP/1.1\r\nHost: x\r\n" + SIGN_IN
    assert small.say((one + b"\r\n") * 9 + one + b"Connection: close\r\n\r\n").count(b"HTTP/1.1 200 OK\r\n") == 10


def test_the_absolute_form_that_proxies_send_is_the_same_request(small: Server) -> None:
    said = small.say(b"GET http://x/api/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + SIGN_IN + b"\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_hundreds_of_calls_at_once_are_all_answered_alike(small: Server) -> None:
    async def one(client: aiohttp.ClientSession) -> tuple[int, bytes]:
        async with client.get(f"{small.url}/sessions", headers={"Authorization": "Bearer ada"}) as response:
            return response.status, await response.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        answers = await asyncio.gather(*(one(client) for _ in range(500)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 200


def test_idle_connections_do_not_keep_others_waiting(small: Server) -> None:
    idle = [small.connect() for _ in range(200)]
    assert small.get("/sessions").status == 200
    for connection in idle:
        connection.close()


def test_head_has_the_headers_of_get_and_no_body(small: Server) -> None:
    said = small.say(b"HEAD /api/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + SIGN_IN + b"\r\n")
    length = len(small.get("/sessions").body)
    assert f"Content-Length: {length}\r\n".encode() in said
    assert said.endswith(b"\r\n\r\n")


def test_a_request_line_that_comes_byte_by_byte_is_read(small: Server) -> None:
    with small.connect() as connection:
        for byte in b"GET /api/sessions HTTP/1.1\r\nHost: x\r\n" + SIGN_IN + b"\r\n":
            connection.sendall(bytes([byte]))
        assert eventually(lambda: connection.recv(16), "an answer").startswith(b"HTTP/1.1 200 OK")
