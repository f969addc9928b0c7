"""What the server behind the proxy does not implement is answered by the mock."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build
from mockhoop.testing.client import WorldView
from mockhoop.testing.http import ControlClient
from mockhoop.transport import TransportError

from .little_servers import answer, closed_port, saying
from .proxied import HOOP, THINGS, header, proxied, violations

JSON = "Content-Type: application/json"
BY = "X-Mockhoop-Answered-By"
SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
ADA = ("Authorization", "Bearer ada")


@pytest.fixture
def hoop() -> Service:
    return build(Settings(contract=HOOP, scenarios=("documented-example",), validation=Validation.REPORT))


@pytest.fixture
def things(tmp_path: Path) -> Service:
    (tmp_path / "things.yaml").write_text(THINGS)
    return build(Settings(contract=tmp_path / "things.yaml", validation=Validation.REPORT))


def mocked(service: Service) -> dict[str, Any]:
    return {"service": service, "fallback": True}


NO_SUCH_ROUTE = [
    answer(b"404 page not found", "Content-Type: text/plain", status="404 Not Found"),
    answer(status="404 Not Found"),
    answer(b"Cannot GET /v1/things/1", "Content-Type: text/html", status="404 Not Found"),
    answer(b'{"detail": "Not Found"}', JSON, status="404 Not Found"),
    answer(b"", status="405 Method Not Allowed"),
    answer(b"{}", JSON, status="501 Not Implemented"),
]


@pytest.mark.parametrize("said", NO_SUCH_ROUTE, ids=["text", "nothing", "HTML", "other JSON", "405", "501"])
async def test_what_is_not_implemented_is_answered_by_the_mock(things: Service, said: bytes) -> None:
    async with saying(said) as server, proxied(server.url, **mocked(things)) as proxy:
        given = await proxy.get("/v1/things/1")
    assert (header(given, BY), violations(given), len(server.heads)) == ("mock", [], 1)
    assert proxy.entries[0].responder == "mock"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/v1/things/1", answer(b'{"message": "gone"}', JSON, status="404 Not Found")),
        ("/v1/things", answer(b'{"anything": 1}', JSON, status="404 Not Found")),
        ("/v1/things", answer(b"{}", JSON, status="500 Oh")),
        ("/v1/nothing", answer(b"404 page not found", status="404 Not Found")),
        ("/v1/events", answer(b"not now", status="405 Method Not Allowed")),
    ],
    ids=["declared", "JSON where none is declared", "another status", "no operation", "a 405 that is declared"],
)
async def test_what_is_about_a_resource_is_the_servers_answer(things: Service, target: str, said: bytes) -> None:
    async with saying(said) as server, proxied(server.url, **mocked(things)) as proxy:
        given = await proxy.get(target)
    assert (header(given, BY), given.body) == (None, said.partition(b"\r\n\r\n")[2])


async def test_a_server_that_is_not_there_is_stood_in_for_altogether(things: Service) -> None:
    async with proxied(f"http://127.0.0.1:{closed_port()}", **mocked(things)) as proxy:
        known, unknown = await proxy.get("/v1/things"), await proxy.get("/v1/nothing")
    assert [(one.status, header(one, BY)) for one in (known, unknown)] == [(200, "mock"), (404, "mock")]


async def test_a_server_that_says_nothing_may_have_done_it_and_is_not_stood_in_for(things: Service) -> None:
    async with saying(then="stay") as server, proxied(server.url, seconds=0.1, **mocked(things)) as proxy:
        given = await proxy.get("/v1/things")
    assert (given.status, header(given, BY)) == (504, "proxy")


async def test_a_preflight_for_what_is_not_implemented_is_answered_by_the_mock(things: Service) -> None:
    said = answer(b"404 page not found", status="404 Not Found")
    async with saying(said) as server, proxied(server.url, **mocked(things)) as proxy:
        given = await proxy.ask("OPTIONS", "/v1/things", [("Access-Control-Request-Method", "GET")])
    assert (given.status, header(given, BY), header(given, "Access-Control-Allow-Origin")) == (204, "mock", "*")


async def test_the_body_of_a_call_reaches_the_mock_and_is_remembered(things: Service) -> None:
    said = answer(b"404 page not found", status="404 Not Found")
    async with saying(said) as server, proxied(server.url, **mocked(things)) as proxy:
        made = await proxy.ask("POST", "/v1/things", [("Content-Type", "application/json")], b'{"name": "mine"}')
        listed = await proxy.get("/v1/things")
    assert (made.status, json.loads(made.body)["name"]) == (201, "mine")
    assert json.loads(made.body) in json.loads(listed.body)


async def test_links_of_the_mock_lead_back_through_the_proxy(hoop: Service) -> None:
    said = answer(b"404 page not found", "Content-Type: text/plain", status="404 Not Found")
    async with saying(said) as server, proxied(server.url, **mocked(hoop)) as proxy:
        link = json.loads((await proxy.get(f"/api/sessions/{SESSION}?extension=csv", ADA)).body)["download_url"]
        origin, _, target = link.partition("/api/")
        given = await proxy.get(f"/api/{target}")
    assert origin == f"http://127.0.0.1:{proxy.running.port}"
    assert (given.status, header(given, BY)) == (200, "mock")


async def test_the_mock_plays_its_scenario_down_to_broken_connections(hoop: Service) -> None:
    said = answer(b"404 page not found", "Content-Type: text/plain", status="404 Not Found")
    async with saying(said) as server, proxied(server.url, **mocked(hoop)) as proxy:
        control = ControlClient("127.0.0.1", int(proxy.running.mock_url.rpartition(":")[2]))
        faults = WorldView(control, "default").faults
        await asyncio.to_thread(faults.add, "GET /sessions", times=1, drop="reset")
        with pytest.raises(TransportError, match="broke off its answer"):
            await proxy.get("/api/sessions", ADA)
        given = await proxy.get("/api/sessions", ADA)
    assert given.status == 200


async def test_without_a_fallback_what_is_not_implemented_stays_so(things: Service) -> None:
    async with saying(NO_SUCH_ROUTE[0]) as server, proxied(server.url, service=things) as proxy:
        given = await proxy.get("/v1/things")
    assert (given.status, header(given, BY), proxy.running.mock_url) == (404, None, "")
