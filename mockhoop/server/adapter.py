"""aiohttp's messages in, calls out; replies in, aiohttp's responses out."""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from time import perf_counter
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http import HttpProcessingError
from multidict import CIMultiDict

from mockhoop.exchange import OUR_FAULT, Exchange, Waiting
from mockhoop.gateway.times import http_date
from mockhoop.messages import JSON, Call, Feed, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.server import waiting
from mockhoop.server.addressing import address
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.delivery import Deliveries
from mockhoop.server.ready import SENT_AT_ONCE
from mockhoop.server.repeats import Repeats
from mockhoop.server.streaming import Streams
from mockhoop.stage import Stage
from mockhoop.worlds import WorldError, Worlds

log = logging.getLogger("mockhoop.server")

Observer = Callable[[Exchange, float, Pipeline], None]
"""Is told of each exchange, of the seconds that it took, and in which world it was."""

APPLIED_HEADER = "Preference-Applied"
# Clients refuse header fields of more than 8 kB; what does not fit is counted.
_HEADER_ROOM = 6000
_encoded = json.JSONEncoder(separators=(",", ":")).encode

LONGEST_TARGET = 64 * 1024
"""Bytes of a request's path and query; longer ones are answered with 414. Proxies in front of a gateway take less."""

_MOST_TEMPLATES = 200
# Whatever else an address may mean, this one is not of the control API.
_SURELY_FOR_A_WORLD = re.compile(r"/(?!__mockhoop)[^/%.?#]+(?:[/?]|\Z)")
_IN_PIECES = 512 * 1024
_PIECE = 64 * 1024


def _own(status: int, message: str) -> Reply:
    return Reply(status, json.dumps({"message": message}, separators=(",", ":")).encode(), JSON)


_LONG_TARGET = _own(414, f"the path and query are longer than {LONGEST_TARGET} bytes")
_BROKEN_BODY = _own(400, "the request's body is broken off, or not framed as its headers say")


@dataclass(slots=True)  # not frozen, which takes long: one is made for each call
class _Begun:
    """A request that was taken up: when, in which world, and what it is answered or what that waits for.

    ``refusal`` is the answer to one that could not be taken in.
    """

    began: float
    call: Call
    pipeline: Pipeline
    outcome: Exchange | Waiting
    refusal: Reply | None = None


_BEGUN = web.RequestKey("begun", _Begun)


class Adapter:
    """The one handler of the app."""

    def __init__(self, worlds: Worlds, beginnings: Beginnings, observers: Sequence[Observer] = ()) -> None:
        self._worlds = worlds
        self._beginnings = beginnings
        self._observers = tuple(observers)
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
        begun = request.get(_BEGUN)
        return await self._handled(request, begun or await self._begin(request))

    def at_once(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The response to a request of which all is here, if nothing has to be waited for; None when ``handle`` has to.

        What is known by then ``handle`` finds with the request.
        """
        if request.method != hdrs.METH_GET or request.body_exists or hdrs.EXPECT in request.headers:
            return None
        target = request.raw_path
        if not _SURELY_FOR_A_WORLD.match(target) or len(target) > LONGEST_TARGET:
            return None
        began = perf_counter()
        call, world = self._call(request)
        pipeline, refusal = self._pipeline_of(world)
        if refusal is not None:
            return None
        outcome = self._attempt(call, lambda: pipeline.answer(call), pipeline)
        begun = _Begun(began, call, pipeline, outcome)
        ready = None if isinstance(outcome, Waiting) else self._ready(request, begun, outcome)
        if ready is None:
            request[_BEGUN] = begun
        return ready

    async def _begin(self, request: web.Request) -> "_Begun":
        began = perf_counter()
        call, world = self._call(request)
        pipeline, refusal = self._pipeline_of(world)
        if refusal is None and (request.body_exists or len(request.raw_path) > LONGEST_TARGET):
            refusal = await self._receive(request, call)
        if refusal is not None:
            return _Begun(began, call, pipeline, pipeline.refuse(call, refusal), refusal)
        return _Begun(began, call, pipeline, self._attempt(call, lambda: pipeline.answer(call), pipeline))

    async def _handled(self, request: web.Request, begun: "_Begun") -> web.StreamResponse:
        pipeline, exchange = begun.pipeline, await self._end(begun)
        if exchange.reply.delivery is not None:
            self._tell(exchange, perf_counter() - begun.began, pipeline)
            return await self._deliveries.send(request, exchange, self._headers, pipeline)
        if exchange.reply.feed is not None and request.method != hdrs.METH_HEAD:
            return await self._stream(request, pipeline, exchange, exchange.reply.feed)
        if len(exchange.reply.body) > _IN_PIECES and request.method != hdrs.METH_HEAD:
            self._tell(exchange, perf_counter() - begun.began, pipeline)
            return await self._in_pieces(request, pipeline, exchange)
        ready = self._ready(request, begun, exchange)
        if ready is not None:
            return ready
        if len(exchange.reply.body) > SENT_AT_ONCE and request.transport is not None:
            request.transport.set_write_buffer_limits(0)
        headers = self._headers(pipeline, exchange)
        response = web.Response(status=exchange.reply.status, body=exchange.reply.body or None, headers=headers)
        if begun.refusal is _BROKEN_BODY:
            response.force_close()
        self._tell(exchange, perf_counter() - begun.began, pipeline)
        return response

    def _ready(self, request: web.BaseRequest, begun: "_Begun", exchange: Exchange) -> web.StreamResponse | None:
        """The whole response, if it is one that can be made beforehand."""
        reply, pipeline = exchange.reply, begun.pipeline
        if begun.refusal is not None or reply.delivery is not None or reply.feed is not None:
            return None
        headers = self._headers(pipeline, exchange)
        ready = self._repeats.response(request, pipeline, exchange, headers, remember=not self.ports)
        if ready is not None:
            self._tell(exchange, perf_counter() - begun.began, pipeline)
        return ready

    def repeated(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """The response to a request that was answered before, if it is the same again; None when ``handle`` has to."""
        began = perf_counter()
        found = None if self.ports else self._repeats.again(request)
        if found is None:
            return None
        exchange, response, pipeline = found
        self._tell(exchange, perf_counter() - began, pipeline)
        return response

    def _pipeline_of(self, world: str) -> tuple[Pipeline, Reply | None]:
        """The world's pipeline; the answer to a call that means a world that cannot be had."""
        refusal = None
        try:
            pipeline = self._worlds.get(world)
        except WorldError as error:
            pipeline, refusal = self._worlds.default, _own(error.status, str(error))
        self._beginnings.before_call(pipeline)
        return pipeline, refusal

    def _tell(self, exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:
        for observe in self._observers:
            observe(exchange, seconds, pipeline)

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

    async def _end(self, begun: "_Begun") -> Exchange:
        """The exchange, once its answer's time has come."""
        outcome, pipeline = begun.outcome, begun.pipeline
        while isinstance(outcome, Waiting):
            await waiting.answer_of(pipeline, outcome)
            later = outcome
            outcome = self._attempt(begun.call, lambda: pipeline.resume(later), pipeline)  # noqa: B023 - at once
        return outcome

    def _attempt(self, call: Call, answer: Callable[[], Exchange | Waiting], pipeline: Pipeline) -> Exchange | Waiting:
        try:
            return answer()
        except Exception:
            log.exception("no answer to %s %s", call.method, call.raw_path)
            return Exchange(call, OUR_FAULT, at=pipeline.world.clock.now())

    async def _stream(
        self, request: web.Request, pipeline: Pipeline, exchange: Exchange, feed: Feed
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=exchange.reply.status, headers=self._headers(pipeline, exchange))
        self._tell(exchange, 0.0, pipeline)
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

    def _call(self, request: web.BaseRequest) -> tuple[Call, str]:
        """The call, and the name of the world that it is meant for."""
        target = request.raw_path
        if not target.startswith("/"):
            target = request.rel_url.raw_path_qs  # absolute form, as proxies send it
        world, target, prefix = address(target, request.headers, self._world_of_port(request) if self.ports else None)
        path, _, query = target.partition("#")[0].partition("?")
        return Call(request.method, path, query, request.headers, prefix=prefix), world

    def _world_of_port(self, request: web.BaseRequest) -> str | None:
        name = request.transport.get_extra_info("sockname") if request.transport is not None else None
        return self.ports.get(name[1]) if isinstance(name, tuple) else None


def header_value(listed: list[dict[str, Any]]) -> str:
    """All violations as a JSON list that fits into one header field."""
    text = _encoded(listed)
    if len(text) <= _HEADER_ROOM:
        return text
    texts = list(map(_encoded, listed))
    lengths = [0, *accumulate(len(one) + 1 for one in texts)]  # each with a comma
    tails = [f'{{"more":{len(listed) - count}}}' for count in range(len(listed))]
    fitting = (count for count in reversed(range(len(tails))) if lengths[count] + len(tails[count]) + 2 <= _HEADER_ROOM)
    count = next(fitting, 0)
    return f"[{','.join([*texts[:count], tails[count]])}]"
