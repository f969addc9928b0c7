"""The way of a call through a proxy, from its head to the last byte of its answer. Start reading here.

find the operation → validate the request → refuse it, or pass it on → answers of ordinary size are held, validated and
sent with a header that tells of what they break; all others go through as they come, and are validated afterwards.
"""

import asyncio
import logging
from time import perf_counter

from aiohttp import web
from aiohttp.http import HttpProcessingError
from multidict import CIMultiDict

from mockhoop.messages import Reply
from mockhoop.server.proxy import fallback
from mockhoop.server.proxy.answers import headers_of, marks, with_marks
from mockhoop.server.proxy.checking import Checks, why_unchecked
from mockhoop.server.proxy.copies import Copy
from mockhoop.server.proxy.incoming import passage_of, taken_in, why_not_passed
from mockhoop.server.proxy.outgoing import Begun, LeadBack, Outgoing, beside, break_off
from mockhoop.server.proxy.passage import MOCK, PROXY, Passage
from mockhoop.server.proxy.passing import Targets, forwarded
from mockhoop.server.proxy.witness import Witness
from mockhoop.service import Service
from mockhoop.transport import Body, HttpTransport, TimedOut, TransportError, Unreachable
from mockhoop.world.clock import Clock

log = logging.getLogger("mockhoop.proxy")

_BROKEN_BODY = "the request's body is broken off, or not framed as its headers say"
_OUR_FAULT = "mockhoop failed on this request; its log says why"


class Relay:
    """Passes the calls of a proxy's clients on to its server, or to the mock where that has to stand in."""

    def __init__(
        self,
        service: Service,
        upstream: HttpTransport,
        targets: Targets,
        witness: Witness,
        clock: Clock,
        *,
        most_copied: int,
        mock: HttpTransport | None = None,
        lead_back: LeadBack | None = None,
    ) -> None:
        self._profile = service.pipeline.stage.profile
        self._checks = Checks(service)
        self._outgoing = Outgoing(self._checks, self._profile, lead_back)
        self._upstream = upstream
        self._targets = targets
        self._witness = witness
        self._clock = clock
        self._most_copied = most_copied
        self._mock = mock
        self._judging: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        passage, began = passage_of(request, self._clock.now(), self._most_copied), perf_counter()
        try:
            return await self._answer(request, passage)
        except asyncio.CancelledError:
            passage.answer.broken = True
            passage.trouble = "its client went away" if request.transport is None else "the proxy was stopped"
            raise
        finally:
            passage.seconds = perf_counter() - began
            if passage.unjudged:
                self._judge_soon(passage)
            else:
                self._witness(passage)

    def close(self) -> None:
        """End the streams that would keep the proxy from stopping."""
        self._outgoing.close()

    async def finish(self) -> None:
        """Wait until all that has gone through is judged."""
        await asyncio.gather(*self._judging)

    def _judge_soon(self, passage: Passage) -> None:
        """Judge an answer in nobody's time: its client has all of it, and may be gone."""

        async def judge() -> None:
            try:
                await self._outgoing.judge(passage)
            except Exception:
                log.exception("no judgement of %s %s", passage.call.method, passage.call.raw_path)
            finally:
                self._witness(passage)

        task = asyncio.get_running_loop().create_task(judge())
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    async def _answer(self, request: web.Request, passage: Passage) -> web.StreamResponse:
        """The answer, whatever happens: what cannot be passed on is told in the server's own shape."""
        try:
            return await self._go_through(request, passage)
        except (web.RequestPayloadError, HttpProcessingError):
            response = self._own(passage, self._profile.failure(400, _BROKEN_BODY))
            response.force_close()
            return response
        except TransportError as error:
            passage.trouble = str(error)
            if passage.answered_by == MOCK:  # a fault of its scenario; the client is to see what others see
                break_off(request)
            return self._own(passage, self._profile.failure(504 if isinstance(error, TimedOut) else 502, str(error)))
        except ConnectionError:
            passage.answer.broken, passage.trouble = True, "its client went away"
            raise
        except Exception:
            log.exception("no answer to %s %s", passage.call.method, passage.call.raw_path)
            return self._own(passage, self._profile.failure(500, _OUR_FAULT))

    async def _go_through(self, request: web.Request, passage: Passage) -> web.StreamResponse:
        reason = why_not_passed(request, self._upstream.upstream.base_url)
        if reason:
            return self._own(passage, self._profile.failure(501, reason))
        body = await taken_in(request, passage.asked)
        refusal = await self._look_at(passage)
        if refusal is not None:
            return self._own(passage, refusal)
        return await self._pass_on(request, passage, body)

    async def _look_at(self, passage: Passage) -> Reply | None:
        """Hold a request against the contract; the answer to one that is refused."""
        call, checks = passage.call, self._checks
        found = checks.find(call)
        if isinstance(found, Reply):
            passage.request_breaks = checks.unknown(call, found)
            return checks.refusal(call, found, passage.violations)
        passage.match = found
        reading = passage.asked.read(passage.headers)
        passage.unchecked = "" if checks.off else why_unchecked(reading)
        known = not passage.unchecked
        call.body = reading.content if known else b""
        passage.request_breaks = await beside(len(call.body), lambda: checks.request(call, found, with_body=known))
        return checks.refusal(call, found, passage.violations)

    async def _pass_on(self, request: web.Request, passage: Passage, body: Body) -> web.StreamResponse:
        """The server's answer, or the mock's where the server cannot give any."""
        call, upstream = passage.call, self._upstream.upstream
        mock = self._mock if isinstance(body, bytes) else None  # a body that went by cannot be sent again
        headers = forwarded(
            passage.headers,
            without=[name for name, _ in upstream.headers],
            with_length=not isinstance(body, bytes),
        )
        target = _target(self._targets.of_call(call.raw_path), call.raw_query)
        try:
            async with self._upstream.open(call.method, target, headers, body) as opened:
                begun = await self._outgoing.begin(passage, opened)
                if mock is None or not await self._is_missing(passage, begun):
                    return await self._outgoing.send(request, passage, begun)
        except Unreachable:
            if mock is None:
                raise
        return await self._mocked(request, passage, mock, body)

    async def _is_missing(self, passage: Passage, begun: Begun) -> bool:
        """Whether an answer only says that the server does not implement what the contract has."""
        opened = begun.opened
        if not fallback.may_be_missing(passage, opened.status):
            return False
        broken = begun.whole and bool(await self._outgoing.breaks(passage, opened, whole=True))
        return fallback.is_missing(passage, opened.status, opened.headers, breaks_contract=broken)

    async def _mocked(
        self, request: web.Request, passage: Passage, mock: HttpTransport, body: Body
    ) -> web.StreamResponse:
        call = passage.call
        passage.answered_by, passage.answer = MOCK, Copy(self._most_copied)
        headers = forwarded(passage.headers, with_host=True)  # the links of the mock are to lead back here
        async with mock.open(call.method, _target(call.raw_path, call.raw_query), headers, body) as opened:
            return await self._outgoing.send(request, passage, await self._outgoing.begin(passage, opened))

    def _own(self, passage: Passage, reply: Reply) -> web.Response:
        """An answer of the proxy's own."""
        passage.answered_by, passage.answer = PROXY, Copy(self._most_copied)
        passage.answer.add(reply.body)
        passage.status, passage.answer_headers = reply.status, headers_of(self._profile, reply)
        shown = with_marks(passage.answer_headers, marks(self._profile, passage.violations, PROXY))
        return web.Response(status=reply.status, body=reply.body or None, headers=CIMultiDict(shown))


def _target(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
