"""aiohttp's messages in, calls out; replies in, aiohttp's responses out."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError
from multidict import CIMultiDict

from mockhoop.exchange import Exchange, Waiting
from mockhoop.gateway.times import http_date
from mockhoop.messages import JSON, Call, Feed, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.server import waiting
from mockhoop.server.addressing import address
from mockhoop.server.delivery import Deliveries
from mockhoop.server.repeats import Repeats
from mockhoop.server.streaming import Streams
from mockhoop.stage import Stage
from mockhoop.worlds import WorldError, Worlds

log = logging.getLogger("mockhoop.server")

Observer = Callable[[Exchange, float], None]
"""Is told of each exchange and of the seconds that it took."""

APPLIED_HEADER = "Preference-Applied"
# Clients refuse header fields of more than 8 kB; what does not fit is counted.
_HEADER_ROOM = 6000

LONGEST_TARGET = 64 * 1024
"""Bytes of a request's path and query; longer ones are answered with 414. Proxies in front of a gateway take less."""

_MOST_TEMPLATES = 200
# What is left of a larger response when its handler ends would be lost if the process ended then.
_SENT_AT_ONCE = 16 * 1024
_IN_PIECES = 512 * 1024
_PIECE = 64 * 1024


def _own(status: int, message: str) -> Reply:
    return Reply(status, json.dumps({"message": message}, separators=(",", ":")).encode(), JSON)


_OUR_FAULT = _own(500, "mockhoop failed on this request; its log says why")
_LONG_TARGET = _own(414, f"the path and query are longer than {LONGEST_TARGET} bytes")
_BROKEN_BODY = _own(400, "the request's body is broken off, or not framed as its headers say")


class Adapter:
    """The one handler of the app."""

    def __init__(self, worlds: Worlds, observe: Observer | None = None) -> None:
        self._worlds = worlds
        self._observe = observe
        self.ports: dict[int, str] = {}
        """The worlds that have a port of their own."""
        self.taking_in: set[asyncio.Task[Any]] = set()
        """The tasks whose calls have a body that is not here yet; when the server stops, they need it to listen on."""
        self._templates: dict[tuple[Stage, str], CIMultiDict[str]] = {}
        self._streams = Streams()
        self._deliveries = Deliveries(self._streams)
        self._repeats = Repeats(worlds)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        began = perf_counter()
        call, world = self._call(request)
        pipeline, refusal = self._pipeline_of(world)
        if refusal is None and (request.body_exists or len(request.raw_path) > LONGEST_TARGET):
            refusal = await self._receive(request, call)
        exchange = await self._answer(pipeline, call) if refusal is None else pipeline.refuse(call, refusal)
        if exchange.reply.delivery is not None:
            self._tell(exchange, perf_counter() - began)
            return await self._deliveries.send(request, exchange, self._headers, pipeline)
        if exchange.reply.feed is not None and request.method != hdrs.METH_HEAD:
            return await self._stream(request, pipeline, exchange, exchange.reply.feed)
        if len(exchange.reply.body) > _IN_PIECES and request.method != hdrs.METH_HEAD:
            self._tell(exchange, perf_counter() - began)
            return await self._in_pieces(request, pipeline, exchange)
        headers = self._headers(pipeline, exchange)
        if len(exchange.reply.body) > _SENT_AT_ONCE and request.transport is not None:
            request.transport.set_write_buffer_limits(0)
        if refusal is None:
            ready = self._repeats.response(request, pipeline, exchange, headers, remember=not self.ports)
            if ready is not None:
                self._tell(exchange, perf_counter() - began)
                return ready
        response = web.Response(status=exchange.reply.status, body=exchange.reply.body or None, headers=headers)
        if refusal is _BROKEN_BODY:
            response.force_close()
        self._tell(exchange, perf_counter() - began)
        return response

    def repeated(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The response to a request that was answered before, if it is the same again; None when ``handle`` has to."""
        began = perf_counter()
        found = None if self.ports else self._repeats.again(request)
        if found is None:
            return None
        self._tell(found[0], perf_counter() - began)
        return found[1]

    def _pipeline_of(self, world: str) -> tuple[Pipeline, Reply | None]:
        """The world's pipeline; the answer to a call that means a world that cannot be had."""
        try:
            return self._worlds.get(world), None
        except WorldError as error:
            return self._worlds.default, _own(error.status, str(error))

    def _tell(self, exchange: Exchange, seconds: float) -> None:
        if self._observe is not None:
            self._observe(exchange, seconds)

    async def _receive(self, request: web.Request, call: Call) -> Reply | None:
        """Read the call's body; the answer to a call that cannot be taken in."""
        if len(request.raw_path) > LONGEST_TARGET:
            return _LONG_TARGET
        task = asyncio.current_task()
        assert task is not None
        self.taking_in.add(task)
        try:
            call.body = await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            return _own(413, error.text or error.reason)
        except (ConnectionError, web.RequestPayloadError, HttpProcessingError):
            return _BROKEN_BODY
        finally:
            self.taking_in.discard(task)
        return None

    async def _answer(self, pipeline: Pipeline, call: Call) -> Exchange:
        try:
            outcome = pipeline.answer(call)
            while isinstance(outcome, Waiting):
                await waiting.answer_of(pipeline, outcome)
                outcome = pipeline.resume(outcome)
            return outcome
        except Exception:
            log.exception("no answer to %s %s", call.method, call.raw_path)
            return Exchange(call, _OUR_FAULT)

    async def _stream(
        self, request: web.Request, pipeline: Pipeline, exchange: Exchange, feed: Feed
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=exchange.reply.status, headers=self._headers(pipeline, exchange))
        self._tell(exchange, 0.0)
        await self._streams.send(request, response, feed, pipeline)
        return response

    async def _in_pieces(self, request: web.Request, pipeline: Pipeline, exchange: Exchange) -> web.StreamResponse:
        """A large body goes out as fast as its client takes it, and is not copied for those that are slow."""
        body = memoryview(exchange.reply.body)
        response = web.StreamResponse(status=exchange.reply.status, headers=self._headers(pipeline, exchange))
        response.content_length = len(body)
        with suppress(ConnectionError):
            await response.prepare(request)
            if request.transport is not None:
                request.transport.set_write_buffer_limits(0)  # the handler ends when all is sent
            for at in range(0, len(body), _PIECE):
                await response.write(bytes(body[at : at + _PIECE]))
            await response.write_eof()
        return response

    def close(self) -> None:
        """End what would keep a server from stopping."""
        self._streams.close()
        self._deliveries.close()

    def _headers(self, pipeline: Pipeline, exchange: Exchange) -> CIMultiDict[str]:
        reply = exchange.reply
        headers = self._template(pipeline.stage, reply.content_type)
        clock = pipeline.world.clock
        if reply.plain or reply.headers or exchange.violations or clock.virtual or exchange.preferred:
            headers = CIMultiDict(() if reply.plain else headers)
            if reply.plain and reply.content_type:
                headers[hdrs.CONTENT_TYPE] = reply.content_type
            for name, _ in reply.headers:
                headers.popall(name, None)  # what an answer says itself wins over what stands on all
            headers.extend(reply.headers)
            if exchange.violations:
                profile = pipeline.stage.profile
                headers[profile.violations_header] = header_value(profile.listed(exchange.violations))
            if exchange.preferred:
                headers[APPLIED_HEADER] = exchange.preferred
            if clock.virtual:
                headers[hdrs.DATE] = http_date(clock.now())
        return headers

    def _template(self, stage: Stage, content_type: str) -> CIMultiDict[str]:
        """The standing headers with this content type, made once: they are the same on every response."""
        template = self._templates.get((stage, content_type))
        if template is None:
            if len(self._templates) >= _MOST_TEMPLATES:  # stages come and go
                self._templates.clear()
            template = self._templates[stage, content_type] = CIMultiDict(stage.profile.standing_headers())
            if content_type:
                template[hdrs.CONTENT_TYPE] = content_type
        return template

    def _call(self, request: web.Request) -> tuple[Call, str]:
        """The call, and the name of the world that it is meant for."""
        target = request.raw_path
        if not target.startswith("/"):
            target = request.rel_url.raw_path_qs  # absolute form, as proxies send it
        world, target, prefix = address(target, request.headers, self._world_of_port(request) if self.ports else None)
        path, _, query = target.partition("#")[0].partition("?")
        return Call(request.method, path, query, request.headers, prefix=prefix), world

    def _world_of_port(self, request: web.Request) -> str | None:
        name = request.transport.get_extra_info("sockname") if request.transport is not None else None
        return self.ports.get(name[1]) if isinstance(name, tuple) else None


def header_value(listed: list[dict[str, Any]]) -> str:
    """All violations as a JSON list that fits into one header field."""
    for count in range(len(listed), -1, -1):
        shown = listed[:count] if count == len(listed) else [*listed[:count], {"more": len(listed) - count}]
        text = json.dumps(shown, separators=(",", ":"))
        if len(text) <= _HEADER_ROOM:
            break
    return text
