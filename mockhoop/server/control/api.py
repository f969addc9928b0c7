"""The way of a call of the control API: let in, find the operation, validate, carry out."""

import logging
from collections.abc import Awaitable
from functools import cached_property

from aiohttp import web
from aiohttp.http import HttpProcessingError

from mockhoop.contract.document import Contract, load_contract
from mockhoop.gateway.listing import first_values
from mockhoop.messages import Call, Feed, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.resources import spec_dir
from mockhoop.responders.generic import GenericProfile
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.control.calls import ControlCall, Ports, Refused, problem
from mockhoop.server.control.guard import Guard
from mockhoop.server.control.routes import ALTERING, HANDLERS
from mockhoop.server.streaming import Streams
from mockhoop.server.waiting import Waits
from mockhoop.service import Service

log = logging.getLogger("mockhoop.server")


class ControlApi:
    """Answers everything under ``/__mockhoop``. Its contract is read when the first call comes."""

    def __init__(self, service: Service, beginnings: Beginnings, guard: Guard, ports: Ports) -> None:
        self._service = service
        self._beginnings = beginnings
        self._guard = guard
        self.ports = ports
        self._streams = Streams()
        self._waits = Waits()

    @cached_property
    def contract(self) -> Contract:
        """The contract of the control API."""
        return load_contract(spec_dir() / "control.yaml")

    @cached_property
    def _profile(self) -> GenericProfile:
        return GenericProfile(self.contract, cors=False)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        try:
            self._guard.check(request.remote, request.headers, _own_address(request))
            reply, pipeline = await self._reply(request)
        except Refused as refused:
            reply, pipeline = refused.reply(), None
        except Exception:
            log.exception("no answer to %s %s", request.method, request.raw_path)
            reply, pipeline = problem(500, "mockhoop failed on this request; its log says why"), None
        headers = dict(reply.headers) | ({"Content-Type": reply.content_type} if reply.content_type else {})
        if reply.feed is not None and pipeline is not None and request.method != "HEAD":
            return await self._feed(request, web.StreamResponse(headers=headers), reply.feed, pipeline)
        return web.Response(status=reply.status, body=reply.body or None, headers=headers)

    def close(self) -> None:
        """End the feeds and the waiting, which would keep a server from stopping."""
        self._streams.close()
        self._waits.close()

    async def _feed(
        self, request: web.Request, response: web.StreamResponse, feed: Feed, pipeline: Pipeline
    ) -> web.StreamResponse:
        """Send a feed. What is told of a world goes on when that begins anew, unlike its own streams."""
        era = None
        while era != pipeline.world.era:
            era = pipeline.world.era
            await self._streams.send(request, response, feed, pipeline)
        return response

    async def _reply(self, request: web.Request) -> tuple[Reply, Pipeline | None]:
        path, _, query = request.raw_path.partition("?")
        call = Call(request.method, path, query, request.headers, await _body(request))
        match = self._profile.find(call)
        if isinstance(match, Reply):
            return match, None
        violations = self.contract.validator.request(match.operation, call, match.parameters)
        if violations:
            media = any(found.code == "media-type" for found in violations)
            return (problem(415, violations[0].message) if media else self._profile.refuse(violations)), None
        told = ControlCall(
            self._service,
            self._beginnings,
            self.ports,
            self._waits,
            match.parameters,
            first_values(query),
            call.body,
        )
        operation = match.operation.definition["operationId"]
        outcome = HANDLERS[operation](told)
        reply = await outcome if isinstance(outcome, Awaitable) else outcome
        if operation in ALTERING and reply.status < 300:
            self._beginnings.note(told.pipeline)
        return reply, told.pipeline if reply.feed is not None else None


def _own_address(request: web.Request) -> str | None:
    """The address of this machine on which the call came in."""
    name = request.transport.get_extra_info("sockname") if request.transport is not None else None
    return name[0] if isinstance(name, tuple) else None


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read() if request.body_exists else b""
    except web.HTTPRequestEntityTooLarge as error:
        raise Refused(413, error.text or error.reason) from None
    except (ConnectionError, web.RequestPayloadError, HttpProcessingError):
        raise Refused(400, "the request's body is broken off, or not framed as its headers say") from None
