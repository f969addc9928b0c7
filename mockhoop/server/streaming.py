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
# So long a client may take, when the server stops, for what it has not taken so far.
_SECONDS_TO_TAKE = 1.0


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

        async def at_once(chunk: bytes) -> None:
            await self.write(request, response.write, chunk)

        news = asyncio.Event()
        self._news.add(news)
        try:
            # Watched all the time: what changes while a slow client takes its part is news too.
            with pipeline.world.watched(news.set), suppress(ConnectionError):
                await response.prepare(request)
                await self._follow(request, write or at_once, feed, pipeline, news)
        finally:
            self._news.discard(news)

    async def write(self, request: web.Request, write: Write, chunk: bytes) -> None:
        """Write as fast as the client takes it.

        Raises:
            ConnectionError: the client has gone, or was left behind when the server stopped.
        """
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        self._blocked.add(transport)
        try:
            async with asyncio.timeout(_SECONDS_TO_TAKE if self._closing else None):
                await write(chunk)
        except TimeoutError:
            transport.abort()
            raise ConnectionAbortedError from None
        finally:
            self._blocked.discard(transport)

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
                await write(chunk)
            if next_at is None:
                break
            await waiting.news(world, news, until=next_at, seconds=LOOKS_FOR_CLIENT)

    def close(self) -> None:
        """End all streams; clients that do not take what they were sent are left behind."""
        self._closing = True
        for news in self._news:
            news.set()
        for transport in self._blocked:
            transport.abort()
