"""Bodies that grow, each for one client that may be slow and may go away."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from mockhoop.messages import Feed
from mockhoop.pipeline import Pipeline
from mockhoop.server import waiting

Write = Callable[[bytes], Awaitable[None]]

# aiohttp tells a handler nothing when its client goes; so often, in seconds, a stream without news looks for itself.
LOOKS_FOR_CLIENT = 1.0


class Streams:
    """The streams of one server, from their first byte until they end, their client goes or the server stops."""

    def __init__(self) -> None:
        self._closing = False
        self._news: set[asyncio.Event] = set()
        self._blocked: set[asyncio.Transport] = set()

    async def send(
        self,
        request: web.Request,
        response: web.StreamResponse,
        feed: Feed,
        pipeline: Pipeline,
        write: Write | None = None,
    ) -> None:
        """Send what a feed gives, as it comes, until it ends or its world begins anew; ``write`` may slow it down."""
        news = asyncio.Event()
        self._news.add(news)
        try:
            # Watched all the time: what changes while a slow client takes its part is news too.
            with pipeline.world.watched(news.set), suppress(ConnectionError):
                await response.prepare(request)
                await self._follow(request, write or response.write, feed, pipeline, news)
        finally:
            self._news.discard(news)

    async def _follow(
        self,
        request: web.Request,
        write: Write,
        feed: Feed,
        pipeline: Pipeline,
        news: asyncio.Event,
    ) -> None:
        world, era = pipeline.world, pipeline.world.era
        while (
            not self._closing
            and world.era == era
            and (transport := request.transport) is not None
            and not transport.is_closing()
        ):
            pipeline.settle()
            news.clear()
            chunk, next_at = feed.advance(world.clock.now())
            if chunk:
                await self._write(write, chunk, transport)
            if next_at is None:
                break
            await waiting.news(world, news, until=next_at, seconds=LOOKS_FOR_CLIENT)

    async def _write(self, write: Write, chunk: bytes, transport: asyncio.Transport) -> None:
        self._blocked.add(transport)
        try:
            await write(chunk)
        finally:
            self._blocked.discard(transport)

    def close(self) -> None:
        """End all streams; clients that do not take what they were sent are left behind."""
        self._closing = True
        for news in self._news:
            news.set()
        for transport in self._blocked:
            transport.abort()
