"""Replies that do not go out at once and whole: held back, slowed down, broken, or never sent."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import HttpVersion11, hdrs, web
from multidict import CIMultiDict

from mockhoop.exchange import Exchange
from mockhoop.messages import Delivery, Feed, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.server import streaming, waiting
from mockhoop.server.streaming import Streams, Write
from mockhoop.world.clock import SECOND

MakeHeaders = Callable[[Pipeline, Exchange], CIMultiDict[str]]

_WRITES_A_SECOND = 10
_GARBAGE = b"zz\r\n\x00\xff\x07 this is no chunk of a body\r\n\r\n"
# The beginning of a head. No client takes it for one; of longer pieces some would say that they are complete.
_PIECE_OF_A_HEAD = b"HTTP/1.1 "
_SILENT = ("before-headers", "reset", "hang")
"""The ways to break a reply of which a client sees not a byte."""
_INSTEAD_OF_HEAD = {"mid-body": _PIECE_OF_A_HEAD, "stall": _PIECE_OF_A_HEAD, "garbage": _GARBAGE}
"""The ways to break a body, and what is sent where there is none: its head is broken in the same way."""
_CUT = ("mid-body", "stall")
_STAYING = ("hang", "stall")


@dataclass(frozen=True, slots=True)
class _Line:
    """The connection on which a call waits for its answer, and the era of the world that it was meant for."""

    request: web.Request
    pipeline: Pipeline
    era: int

    @property
    def is_of_the_past(self) -> bool:
        return self.pipeline.world.era != self.era

    @property
    def is_gone(self) -> bool:
        return self.request.transport is None or self.request.transport.is_closing()

    def close(self, *, reset: bool = False) -> None:
        """Close it behind what was written; with ``reset`` as a machine that crashed would."""
        transport = self.request.transport
        if transport is None:
            return
        if not reset:
            transport.close()
            return
        found = transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()


class Deliveries:
    """Carries out deliveries on the sockets of one server."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._closing = False
        self._waiting: set[asyncio.Event] = set()

    def close(self) -> None:
        """Let go of everything that is held back; what can still be sent whole goes out at once."""
        self._closing = True
        for news in self._waiting:
            news.set()

    async def send(
        self, request: web.Request, exchange: Exchange, make_headers: MakeHeaders, pipeline: Pipeline
    ) -> web.StreamResponse:
        """Send a reply as its delivery has it, as far as its client waits for that.

        The headers are made after a delay: they tell the time.
        """
        line = _Line(request, pipeline, pipeline.world.era)
        reply, delivery = exchange.reply, exchange.reply.delivery or Delivery()
        if delivery.delay:
            await self._wait(line, pipeline.world.clock.now() + delivery.delay)
            if line.is_of_the_past:  # nobody is there any more who could answer
                return await self._instead(line, "reset")
        has_body = _has_body(request, reply)
        if delivery.drop in _SILENT or (not has_body and delivery.drop in _INSTEAD_OF_HEAD):
            return await self._instead(line, delivery.drop)
        response = _response(request, reply, delivery.drop, make_headers(pipeline, exchange))
        with suppress(ConnectionError):
            write = await self._begin(line, response)
            if has_body and delivery.drop != "empty":
                await self._body(line, response, reply, delivery, write)
        return response

    async def _instead(self, line: _Line, drop: str) -> web.StreamResponse:
        """What comes in the place of a whole answer, its head included."""
        await self._break(line, drop, _INSTEAD_OF_HEAD.get(drop, b""))
        return _Nothing()

    async def _begin(self, line: _Line, response: web.StreamResponse) -> Write:
        """Send the head by itself, as what comes behind it may never come; the way to write that."""
        writer = await response.prepare(line.request)
        if writer is None or line.request.transport is None:
            raise ConnectionResetError
        # What is written counts as written when the network has it: nothing is left when the server stops.
        line.request.transport.set_write_buffer_limits(0)
        writer.send_headers()

        async def write(part: bytes) -> None:
            await writer.write(part)
            await writer.drain()

        async def taken(part: bytes) -> None:
            await self._streams.write(line.request, write, part)

        return taken

    async def _body(
        self, line: _Line, response: web.StreamResponse, reply: Reply, delivery: Delivery, write: Write
    ) -> None:
        """Send a body, or what a broken one has in its place, in its own time."""

        async def paced(part: bytes) -> None:
            await self._paced(line, write, part, delivery.bytes_per_second)

        if reply.feed is None:
            await paced(_part_to_send(reply.body, delivery.drop))
        elif delivery.drop:
            await paced(_first_part(reply.feed, line.pipeline))
        else:
            await self._streams.send(line.request, response, reply.feed, line.pipeline, paced)
        if delivery.drop:
            await self._break(line, delivery.drop, _GARBAGE if delivery.drop == "garbage" else b"")

    async def _paced(self, line: _Line, write: Write, body: bytes, pace: int) -> None:
        """Write no faster than so many bytes a second; 0 is as fast as it goes.

        All that is left goes out at once where nobody has to wait for it: in a frozen world, and when all ends.
        """
        if not pace:
            await write(body)
            return
        clock = line.pipeline.world.clock
        began, sent, step = clock.now(), 0, -(-pace // _WRITES_A_SECOND)
        goes_on = True
        while sent < len(body):
            due = sent + step
            if clock.frozen or not goes_on:
                due = len(body)
            part = body[sent : max(due, (clock.now() - began) * pace // SECOND)]
            await write(part)
            sent += len(part)
            goes_on = await self._wait(line, began + sent * SECOND // pace)

    async def _break(self, line: _Line, drop: str, last_words: bytes) -> None:
        """End the connection behind some last words, now or, if that is the way, when nobody waits any longer."""
        if last_words and line.request.transport is not None:
            line.request.transport.write(last_words)
        if drop in _STAYING:
            await self._wait(line)
        line.close(reset=drop == "reset")

    async def _wait(self, line: _Line, until: int | None = None) -> bool:
        """Wait until an instant of the world's, or without an end; False if the client went or all ended before."""
        world, pipeline = line.pipeline.world, line.pipeline
        if until is not None and world.clock.frozen:
            # Whether the client is still there makes no difference: the same calls leave the same time.
            if not line.is_of_the_past:
                waiting.move(pipeline, until)
            return not line.is_of_the_past
        news = asyncio.Event()
        self._waiting.add(news)
        try:
            with world.watched(news.set):
                while not (self._closing or line.is_of_the_past or line.is_gone):
                    if until is not None and world.clock.now() >= until:
                        return True
                    news.clear()
                    await waiting.news(world, news, until=until, seconds=streaming.LOOKS_FOR_CLIENT)
                    pipeline.settle()
        finally:
            self._waiting.discard(news)
        return False


class _Nothing(web.StreamResponse):
    """What is left to say to aiohttp when the connection is gone already."""

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes | bytearray | memoryview = b"") -> None:
        """Send nothing."""


def _has_body(request: web.Request, reply: Reply) -> bool:
    """Whether a client reads a body behind the head."""
    if request.method == hdrs.METH_HEAD or reply.status in (204, 304):
        return False
    return bool(reply.body) or reply.feed is not None


def _response(request: web.Request, reply: Reply, drop: str, headers: CIMultiDict[str]) -> web.StreamResponse:
    """A response whose body is written by hand; one that promises no length comes in chunks."""
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = _promised_length(request, reply, drop)
    return response


def _promised_length(request: web.Request, reply: Reply, drop: str) -> int | None:
    if drop == "empty":
        return 0
    if reply.feed is not None or (request.method == hdrs.METH_HEAD and not reply.body):
        return None
    if drop == "garbage":
        # A broken chunk is worst to read; clients that know no chunks are promised more than comes.
        return None if request.version >= HttpVersion11 else len(reply.body) + len(_GARBAGE)
    return len(reply.body)


def _part_to_send(body: bytes, drop: str) -> bytes:
    """What goes out of a body before it is broken."""
    if drop == "garbage":
        return b""
    return body[: len(body) // 2] if drop in _CUT else body


def _first_part(feed: Feed, pipeline: Pipeline) -> bytes:
    return feed.advance(pipeline.world.clock.now())[0]
