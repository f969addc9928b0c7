"""A journal as it grows: the feed of the control API, and waiting for exchanges."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession

from mockhoop.recall.feed import JournalFeed
from mockhoop.server.runner import Server

from .control_client import SESSION, Control
from .scripted import Stage, stage

FEED = "/__mockhoop/worlds/default/journal/feed"


def events(chunk: bytes) -> list[tuple[str, Any]]:
    """The events in a part of a feed: their names, with the number of the exchange or the whole of what is told."""
    found = []
    for block in chunk.decode().split("\n\n"):
        if block.startswith("event: "):
            name, _, data = block.removeprefix("event: ").partition("\ndata: ")
            told = json.loads(data)
            found.append((name, told.get("number", told)))
    return found


def feed_of(world: Stage) -> JournalFeed:
    """A feed that was greeted."""
    feed = JournalFeed(world.pipeline, lambda: True)
    assert feed.advance(0)[0] == b": connected\n\n"
    return feed


@asynccontextmanager
async def reading(control: Control) -> AsyncIterator[Any]:
    """The content of a feed of the default world, after its greeting."""
    async with control.client.get(FEED) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert await response.content.readuntil(b"\n\n") == b": connected\n\n"
        yield response.content


def test_a_slow_reader_gets_what_is_still_there_and_is_told_how_many_are_gone() -> None:
    world = stage()
    world.pipeline.world.journal.most = 2
    feed = feed_of(world)
    for _ in range(5):
        world.call("/sessions")
    assert events(feed.advance(0)[0]) == [("lost", {"count": 3}), ("exchange", 4), ("exchange", 5)]
    world.call("/sessions")
    assert events(feed.advance(0)[0]) == [("exchange", 6)]


def test_a_feed_begins_anew_with_a_journal_that_was_cleared() -> None:
    world = stage()
    world.call("/sessions")
    world.call("/sessions")
    feed = feed_of(world)
    world.pipeline.world.journal.clear()
    world.call("/reviews")
    assert events(feed.advance(0)[0]) == [("exchange", 1)]


def test_a_quiet_feed_gives_a_sign_of_life_now_and_then() -> None:
    feed = feed_of(stage())
    told = [feed.advance(0)[0] for _ in range(45)]
    assert [chunk for chunk in told if chunk] == [b": keepalive\n\n"] * 3


def test_secrets_are_masked_in_a_feed() -> None:
    world = stage()
    feed = feed_of(world)
    world.call("/sessions?token=secret-1", "john", Cookie="secret-2")
    chunk = feed.advance(0)[0].decode()
    assert "secret-" not in chunk
    assert "Bearer <token:john>" in chunk


async def test_a_feed_goes_on_when_its_world_begins_anew(control: Control) -> None:
    async with reading(control) as content:
        await control("POST", "/worlds/default/snapshots", {"name": "start"})
        for again in ("reset", "snapshots/start/restore"):
            await control("POST", f"/worlds/default/{again}")
            await control.call("/api/reviews")
            ((name, _),) = events(await content.readuntil(b"\n\n"))
            assert name == "exchange"
        await control("POST", "/worlds/default/scenario/perform", {"do": [{"restart": True}]})
        await control.call(f"/api/sessions/{SESSION}")
        assert events(await content.readuntil(b"\n\n")) == [("exchange", 3)]


async def test_a_feed_ends_when_its_world_is_another_one(control: Control) -> None:
    async with reading(control) as content:
        assert (await control("PUT", "/worlds/default", {}))[0] == 200
        assert events(await content.read()) == []


async def test_a_feed_is_told_in_worlds_whose_clock_runs_fast(control: Control) -> None:
    await control("PATCH", "/worlds/default/clock", {"frozen": False, "speed": 1_000_000})
    async with reading(control) as content:
        await control.call("/api/reviews")
        assert events(await content.readuntil(b"\n\n")) == [("exchange", 1)]


async def test_waiting_counts_what_was_there_before_and_what_is_let_go_of(control: Control, service: Any) -> None:
    await control.call("/api/reviews")
    wanted = {"operation": "GET /reviews", "count": 3, "seconds": 30}
    waiting = asyncio.ensure_future(control("POST", "/worlds/default/journal/wait", wanted))
    await control.call("/api/sessions")
    await control.call("/api/reviews")
    await control.call("/api/reviews")
    status, found = await waiting
    assert (status, [one["number"] for one in found["exchanges"]]) == (200, [1, 3, 4])


async def test_waiting_leaves_a_frozen_clock_where_it_is(control: Control) -> None:
    before = await control("GET", "/worlds/default/clock")
    assert (await control("POST", "/worlds/default/journal/wait", {"seconds": 0.01}))[0] == 408
    assert await control("GET", "/worlds/default/clock") == before


async def test_who_reads_a_feed_or_waits_does_not_keep_a_server_from_stopping(service: Any) -> None:
    server = Server(service("empty"), "127.0.0.1", seconds_to_finish=600)
    url = f"http://127.0.0.1:{await server.start(0)}/__mockhoop/worlds/default/journal"
    async with ClientSession() as session, session.get(f"{url}/feed") as feed:
        assert await feed.content.readuntil(b"\n\n") == b": connected\n\n"
        async with session.post(f"{url}/wait", json={"seconds": 0}) as first:  # leaves an open connection behind
            assert first.status == 408
        waiting = asyncio.ensure_future(session.post(f"{url}/wait", json={"seconds": 60}))
        await asyncio.sleep(0)  # it takes that connection, and the next one has to make one: so it is under way by then
        async with session.post(f"{url}/wait", json={"seconds": 0}) as other:
            assert other.status == 408
        await server.stop()
        assert await feed.content.read() == b""
        async with await waiting as answer:
            assert (answer.status, (await answer.json())["detail"]) == (503, "the server stops")
