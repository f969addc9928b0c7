"""Replies that do not go out at once and whole: held back, slowed down, broken, or never sent."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web
from multidict import CIMultiDict

from mockhoop.exchange import Exchange
from mockhoop.messages import Delivery, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.server import waiting
from mockhoop.server.streaming import LOOKS_FOR_CLIENT, Streams
from mockhoop.world.clock import SECOND

MakeHeaders = Callable[[Pipeline, Exchange], CIMultiDict[str]]

_WRITES_A_SECOND = 10
_GARBAGE = b"zz\r\n\x00\xff\x07 this is no chunk of a body\r\n\r\n"
_SILENT = ("before-headers", "reset", "hang")
"""The ways to break a reply of which a client sees not a byte."""
_CUT = ("mid-body", "stall")


class Deliveries:
    """Carries out deliveries on the sockets of one server."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._closing = False
        self._waiting: set[asyncio.Event] = set()

    def close(self) -> None:
        """Let go of everything that is held back."""
        self._closing = True
        for news in self._waiting:
            news.set()

    async def send(
        self, request: web.Request, exchange: Exchange, make_headers: MakeHeaders, pipeline: Pipeline
    ) -> web.StreamResponse:
        """Send a reply as its delivery has it, as far as its client waits for that.

        The headers are made after a delay: they tell the time.
        """
        reply = exchange.reply
        delivery = reply.delivery or Delivery()
        if delivery.delay:
            await self._wait(request, pipeline, delivery.delay)
        if delivery.drop in _SILENT:
            return await self._silent(request, delivery.drop, pipeline)
        headers = make_headers(pipeline, exchange)
        if reply.feed is not None and request.method != "HEAD":
            return await self._feed(request, reply, delivery, headers, pipeline)
        response = _Response(reply, delivery, headers)
        with suppress(ConnectionError):
            await _head(request, response)
            if request.method != "HEAD" and delivery.drop != "empty":
                await self._body(request, response, reply.body, delivery, pipeline)
        return response

    async def _body(
        self, request: web.Request, response: web.StreamResponse, body: bytes, delivery: Delivery, pipeline: Pipeline
    ) -> None:
        if delivery.drop in _CUT:
            body = body[: len(body) // 2]
        if delivery.drop != "garbage":
            await self._paced(request, response, body, delivery.bytes_per_second, pipeline)
        await self._broken(request, delivery.drop, pipeline)

    async def _feed(
        self, request: web.Request, reply: Reply, delivery: Delivery, headers: CIMultiDict[str], pipeline: Pipeline
    ) -> web.StreamResponse:
        """A body that grows: slowed down, or broken after its first part."""
        response = web.StreamResponse(status=reply.status, headers=headers)
        assert reply.feed is not None
        if not delivery.drop:

            async def write(chunk: bytes) -> None:
                await self._paced(request, response, chunk, delivery.bytes_per_second, pipeline)

            await self._streams.send(request, response, reply.feed, pipeline, write)
            return response
        with suppress(ConnectionError):
            await _head(request, response)
            if delivery.drop != "empty":
                await response.write(reply.feed.advance(pipeline.world.clock.now())[0])
                await self._broken(request, delivery.drop, pipeline)
        return response

    async def _broken(self, request: web.Request, drop: str, pipeline: Pipeline) -> None:
        """What comes behind the part of a body that was sent."""
        if drop == "garbage" and request.transport is not None:
            request.transport.write(_GARBAGE)
        if drop == "stall":
            await self._wait(request, pipeline)
        if drop:
            _close(request)

    async def _paced(
        self, request: web.Request, response: web.StreamResponse, body: bytes, pace: int, pipeline: Pipeline
    ) -> None:
        """Write a body no faster than so many bytes a second; 0 is as fast as it goes."""
        size = max(1, pace // _WRITES_A_SECOND) if pace else len(body)
        for start in range(0, len(body), size or 1):
            part = body[start : start + size]
            await response.write(part)
            if pace:
                await self._wait(request, pipeline, len(part) * SECOND // pace)

    async def _silent(self, request: web.Request, drop: str, pipeline: Pipeline) -> web.StreamResponse:
        if drop == "hang":
            await self._wait(request, pipeline)
        _close(request, reset=drop == "reset")
        return _Nothing()

    async def _wait(self, request: web.Request, pipeline: Pipeline, nanoseconds: int | None = None) -> None:
        """Wait so long by the world's clock, or without an end, unless the client goes or all ends before."""
        world = pipeline.world
        until = world.clock.now() + nanoseconds if nanoseconds is not None else None
        if world.clock.frozen and until is not None:
            waiting.move(pipeline, until)
            return
        news, era = asyncio.Event(), world.era
        self._waiting.add(news)
        try:
            with world.watched(news.set):
                while not (self._closing or world.era != era or _is_gone(request)):
                    if until is not None and world.clock.now() >= until:
                        break
                    news.clear()
                    await waiting.news(world, news, until=until, seconds=LOOKS_FOR_CLIENT)
                    pipeline.settle()
        finally:
            self._waiting.discard(news)


class _Response(web.StreamResponse):
    """A response whose body is written by hand, framed as the whole of it would be."""

    def __init__(self, reply: Reply, delivery: Delivery, headers: CIMultiDict[str]) -> None:
        super().__init__(status=reply.status, headers=headers)
        if delivery.drop == "garbage":
            self.enable_chunked_encoding()
        else:
            self.content_length = 0 if delivery.drop == "empty" else len(reply.body)


class _Nothing(web.StreamResponse):
    """What is left to say to aiohttp when the connection is gone already."""

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes | bytearray | memoryview = b"") -> None:
        """Send nothing."""


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _head(request: web.Request, response: web.StreamResponse) -> None:
    """Send the head by itself: what comes behind it may never come."""
    writer = await response.prepare(request)
    if writer is not None:
        writer.send_headers()


def _close(request: web.Request, *, reset: bool = False) -> None:
    """Close the connection behind what was written; with ``reset`` as a machine that crashed would."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        found = transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
