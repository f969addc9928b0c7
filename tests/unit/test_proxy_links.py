"""Links that a server gives to itself, on their way through a proxy."""

import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from mockhoop.messages import AnyCase, Call, Headers
from mockhoop.server.proxy.copies import Copy
from mockhoop.server.proxy.links import Links
from mockhoop.server.proxy.outgoing import Begun
from mockhoop.server.proxy.passage import Passage

JSON: Headers = (("Content-Type", "application/json"), ("Content-Length", "9"))


@dataclass
class Said:
    """An answer whose head is known."""

    headers: Headers
    status: int = 200
    reason: str = "OK"

    async def pieces(self, *, patient: bool = False) -> AsyncIterator[bytes]:
        """Nothing: all of it is here already."""
        for piece in tuple[bytes, ...]():
            yield piece


def led_back(
    body: bytes, headers: Headers = JSON, *, base_url: str = "https://gate.test/up/api", whole: bool = True
) -> tuple[bytes, Headers]:
    """What a client of the proxy at me.test gets of an answer."""
    copy = Copy(1_000)
    copy.add(body)
    call = Call("GET", "/api/x", headers=AnyCase({"Host": "me.test:81"}))
    passage = Passage(call=call, headers=(), at=0, asked=Copy(0), answer=copy)
    said = Said(headers)
    begun, shown = Links(base_url, "/api").led_back(passage, Begun(said, [body], said.pieces(), whole), headers)
    return b"".join(begun.first), shown


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ('"https://gate.test/up/api/sessions/1"', '"http://me.test:81/api/sessions/1"'),
        (r'"https:\/\/gate.test\/up\/api\/sessions"', r'"http://me.test:81/api\/sessions"'),
        ('"https://gate.test:443/login"', '"http://me.test:81/login"'),
        ('"https://gate.test/up/apis"', '"http://me.test:81/up/apis"'),
        ('"https://gate.test:8443/up/api"', '"https://gate.test:8443/up/api"'),
        ('"https://gate.test.evil.test/up/api"', '"https://gate.test.evil.test/up/api"'),
        ('"http://gate.test/up/api"', '"http://gate.test/up/api"'),
    ],
)
def test_links_to_the_server_lead_to_the_proxy_and_others_stay(said: str, given: str) -> None:
    body, _ = led_back(said.encode())
    assert body.decode() == given


def test_a_body_that_is_another_one_has_another_length() -> None:
    body, headers = led_back(b'"https://gate.test/up/api"', (*JSON, ("ETag", '"1"')))
    assert headers == (("Content-Type", "application/json"), ("Content-Length", str(len(body))))


def test_a_body_without_links_stays_to_the_byte_with_its_headers() -> None:
    headers = (*JSON, ("ETag", '"1"'))
    assert led_back(b'{"a" :1}', headers) == (b'{"a" :1}', headers)


def test_a_redirect_leads_to_the_proxy() -> None:
    _, headers = led_back(b"", (("Location", "https://gate.test/up/api/login?next=1"),))
    assert headers == (("Location", "http://me.test:81/api/login?next=1"),)


def test_a_compressed_body_comes_as_it_reads() -> None:
    body, headers = led_back(gzip.compress(b'"https://gate.test/up/api"'), (*JSON, ("Content-Encoding", "gzip")))
    assert body == b'"http://me.test:81/api"'
    assert "Content-Encoding" not in dict(headers)


@pytest.mark.parametrize(("body", "whole"), [(b'"https://gate.test/up/api"', False), (b"\xffhttps://gate.test/", True)])
def test_what_is_not_whole_or_no_text_goes_through_as_it_is(body: bytes, whole: bool) -> None:
    assert led_back(body, whole=whole) == (body, JSON)


def test_a_server_with_the_same_path_in_front_keeps_it() -> None:
    body, _ = led_back(b'"http://127.0.0.1:8009/api/x"', base_url="http://127.0.0.1:8009/api")
    assert body == b'"http://me.test:81/api/x"'
