"""Worlds: found by path, header, host or port; everything in them is their own; bounded in number."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web

from mockhoop.exchange import Exchange
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.server.addressing import address
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.values.chance import Chance
from mockhoop.worlds import IDLE_SECONDS, WorldError, Worlds

from .scripted import CONTRACT, stage

ADA = {"Authorization": "Bearer ada"}


@pytest.mark.parametrize(
    ("target", "headers", "world", "rest", "prefix"),
    [
        ("/api/x", {}, "default", "/api/x", ""),
        ("/~one/api/x?y=1", {}, "one", "/api/x?y=1", "/~one"),
        ("/~one", {}, "one", "/", "/~one"),
        ("/~one?y=1", {}, "one", "/?y=1", "/~one"),
        ("/~default/api", {}, "default", "/api", "/~default"),
        ("/api/x", {"X-Mockhoop-World": "two"}, "two", "/api/x", "/~two"),
        ("/~one/api", {"X-Mockhoop-World": "two", "Host": "three.localhost"}, "one", "/api", "/~one"),
        ("/api", {"Host": "three.localhost:8009"}, "three", "/api", ""),
        ("/api", {"Host": "Three.Localhost"}, "three", "/api", ""),
        ("/api", {"Host": "localhost:8009"}, "default", "/api", ""),
        ("/api", {"Host": "localhost.example.com"}, "default", "/api", ""),
    ],
)
def test_a_request_names_its_world(target: str, headers: dict[str, str], world: str, rest: str, prefix: str) -> None:
    assert address(target, headers) == (world, rest, prefix)


async def test_links_and_redirects_lead_back_into_the_same_world(api: Any) -> None:
    gateway = await api("downloads")
    listed = json.loads((await gateway.request("GET", "/~one/api/sessions?limit=1")).body)["data"][0]["id"]
    named = {"X-Mockhoop-World": "one"}
    for target, headers in ((f"/~one/api/sessions/{listed}", {}), (f"/api/sessions/{listed}", named)):
        link = (await gateway.request("GET", f"{target}?extension=txt", headers=headers)).json["download_url"]
        path = "/" + link.split("/", 3)[3]
        assert path.startswith("/~one/api/")
        assert (await gateway.request("GET", path.replace("/~one", ""), None)).status in (401, 404)
        assert (await gateway.request("GET", path, None)).status == 200
    moved = await gateway.request("GET", "/~one/api/sessions/")
    assert (moved.status, moved.headers["Location"]) == (301, "/~one/api/sessions")


async def test_what_happens_in_one_world_does_not_happen_in_another(api: Any) -> None:
    gateway = await api("executions")
    body = {"connection": "shell", "script": "uptime"}
    url = gateway.client.make_url("/~one/api/sessions")
    async with gateway.client.session.post(url, json=body, headers=ADA) as response:
        assert response.status == 200
    totals = [(await gateway.request("GET", f"{world}/api/sessions")).json["total"] for world in ("/~one", "/~two", "")]
    assert totals[0] - 1 == totals[1] == totals[2]


@pytest.mark.parametrize("name", ["-", "a%20b", "%C3%A4", "x" * 64, "..", "%2e", ""])
async def test_a_world_that_cannot_be_called_so_is_told(api: Any, name: str) -> None:
    answer = await (await api("empty")).request("GET", f"/~{name}/api/sessions")
    assert answer.status == 400
    assert "no world can be called" in answer.json["message"]


async def test_a_world_has_a_port_of_its_own(service: Any, aiohttp_server: Any) -> None:
    made = service("executions")
    app = make_app(made)
    server = await aiohttp_server(app)
    app[ADAPTER].ports[server.port] = "mine"
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"GET /api/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ada\r\nConnection: close\r\n\r\n")
    await reader.read()
    writer.close()
    assert [pipeline.world.journal.added for pipeline in made.worlds] == [0, 1]
    assert isinstance(app, web.Application)


# How many there are


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def worlds(most: int) -> tuple[Worlds, Hand]:
    hand, made = Hand(), stage().service
    return Worlds(made.make, most=most, now=hand), hand


def test_no_more_worlds_are_made_than_there_is_room_for() -> None:
    few, _ = worlds(3)
    few.get("a"), few.get("b")
    with pytest.raises(WorldError, match="3 worlds already") as error:
        few.get("c")
    assert error.value.status == 503
    assert few.get("a") is few.find("a")


def test_the_world_that_was_idle_longest_makes_room() -> None:
    few, hand = worlds(3)
    first = few.get("a")
    few.get("b")
    hand.now = 1.0
    few.get("a")
    hand.now = IDLE_SECONDS + 0.5
    few.get("c")
    assert few.find("b") is None
    assert few.find("a") is first


def test_a_world_that_somebody_waits_for_news_of_is_not_idle() -> None:
    few, hand = worlds(2)
    with few.get("a").world.watched(lambda: None):
        hand.now = 2 * IDLE_SECONDS
        with pytest.raises(WorldError):
            few.get("b")


def test_a_hundred_worlds_take_little() -> None:
    import tracemalloc

    made = stage().service
    made.worlds.get("warm")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(100):
            made.worlds.get(f"w{number}")
        assert (tracemalloc.get_traced_memory()[0] - before) / 100 < 100_000
    finally:
        tracemalloc.stop()


# Two hundred at once

SCRIPT = """
states: [fine, {name: slow, final: true}]
timeline:
  - {name: later, after: 20s, times: null, do: [{create: {user: erin@example.com, connection: pg}}]}
  - {when: {operation: GET /sessions, nth: 4}, do: [{enter: slow}]}
faults:
  - {in: slow, when: {operation: GET /sessions}, share: 0.5, delay: {uniform: {from: 1s, to: 3s}}}
  - {when: {operation: POST /sessions}, share: 0.2, respond: 503}
"""


def operations(world: int) -> list[tuple[str, str, str, bytes]]:
    """What is asked in a world: a few calls of every kind, drawn by its number."""
    chance = Chance(world)
    kinds = [
        ("GET", "/sessions?limit=3", b""),
        ("GET", "/sessions?connection=pg&count=exact", b""),
        ("GET", "/reviews", b""),
        ("GET", "/sessions/00000000-0000-4000-8000-000000000002?extension=csv", b""),
        ("PUT", "/sessions/00000000-0000-4000-8000-000000000001/review", b'{"status": "APPROVED"}'),
        ("POST", "/sessions", b'{"connection": "pg", "script": "SELECT 1"}'),
        ("POST", "/sessions/00000000-0000-4000-8000-000000000001/exec", b""),
        ("POST", "/sessions/00000000-0000-4000-8000-000000000003/kill", b""),
        ("GET", "/nowhere", b""),
    ]
    tokens = ["ada", "john", "dora", "erin"]
    return [(*chance.choice(kinds, number), chance.choice(tokens, "who", number)) for number in range(12)]  # type: ignore[misc]


def told(pipeline: Pipeline) -> list[tuple[object, ...]]:
    """A journal, byte by byte."""

    def one(exchange: Exchange) -> tuple[object, ...]:
        call: Call = exchange.call
        reply = exchange.reply
        fired = [(fired.at, fired.rule, fired.notes) for fired in exchange.fired]
        line = f"{call.method} {call.raw_path}?{call.raw_query}"
        return exchange.number, exchange.at, line, reply.status, reply.body, reply.delivery, exchange.rules, fired

    return [one(exchange) for exchange in pipeline.world.journal]


async def test_two_hundred_worlds_at_once_are_each_as_if_they_were_alone(aiohttp_client: Any) -> None:
    together, alone = stage(SCRIPT).service, stage(SCRIPT).service
    client = await aiohttp_client(make_app(together))

    async def play(number: int, client: Any) -> None:
        for method, path, body, token in operations(number):
            headers = {"Authorization": f"Bearer {token}", "Host": "gateway.test"}
            async with client.request(method, f"/~w{number}/api{path}", data=body, headers=headers) as response:
                await response.read()

    await asyncio.gather(*(play(number, client) for number in range(200)))
    other = await aiohttp_client(make_app(alone))
    for number in range(200):
        await play(number, other)
        assert told(together.worlds.get(f"w{number}")) == told(alone.worlds.get(f"w{number}"))
    assert len({str(told(pipeline)) for pipeline in together.worlds}) > 150
    assert CONTRACT is together.contract
