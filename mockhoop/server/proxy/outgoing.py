"""Answers on their way through: held until they have been looked into, or sent as they come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import hdrs, web

from mockhoop.contract.violations import Violation
from mockhoop.media.kinds import BINARY, EVENTS, JSON, media_type
from mockhoop.messages import Headers
from mockhoop.responders.decision import Profile
from mockhoop.server.proxy.answers import Passed, marks, with_marks
from mockhoop.server.proxy.checking import Checks, why_unchecked
from mockhoop.server.proxy.passage import Passage
from mockhoop.server.proxy.passing import returned, value
from mockhoop.transport import Opened, TransportError

T = TypeVar("T")

_HELD = 1024 * 1024
"""Bytes of an answer that is held back until it has been looked into."""
_BESIDE = 64 * 1024
"""Bytes of a body that is looked into in a thread, so that others are served meanwhile."""
_WITHOUT_BODY = (204, 304)
# Objects one after the other, for clients that read each as it comes.
_STREAMED = "application/stream+json"


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer of which the first pieces are here; all of them if it is ``whole``."""

    opened: Opened
    first: list[bytes]
    rest: AsyncIterator[bytes]
    whole: bool


LeadBack = Callable[[Passage, Begun, Headers], tuple[Begun, Headers]]
"""Makes the links in an answer and its headers lead back here."""


class Outgoing:
    """Sends the answers of a proxy."""

    def __init__(self, checks: Checks, profile: Profile, lead_back: LeadBack | None = None) -> None:
        self._checks = checks
        self._profile = profile
        self._lead_back = lead_back
        self._streams: set[asyncio.Task[object]] = set()

    async def begin(self, passage: Passage, opened: Opened) -> Begun:
        """An answer with as much of its body as has to be known before it goes on. Raises TransportError."""
        held = passage.match is not None and not self._checks.off and _is_held(passage, opened)
        rest, first = opened.pieces(patient=not held), list[bytes]()
        if held:
            async for piece in rest:
                passage.answer.add(piece)
                first.append(piece)
                if passage.answer.size > _HELD:
                    return Begun(opened, first, rest, whole=False)
        return Begun(opened, first, rest, whole=held)

    async def breaks(self, passage: Passage, opened: Opened, *, whole: bool) -> tuple[Violation, ...]:
        """What an answer breaks; of one that is not ``whole`` yet, what its status and headers do."""
        return await self._breaks(passage, opened.status, opened.headers, whole=whole)

    async def judge(self, passage: Passage) -> None:
        """Look into an answer that has gone through."""
        passage.answer_breaks = await self._breaks(passage, passage.status, passage.answer_headers, whole=True)

    async def _breaks(self, passage: Passage, status: int, headers: Headers, *, whole: bool) -> tuple[Violation, ...]:
        match, checks = passage.match, self._checks
        if match is None or checks.off:
            return ()
        head, body = passage.call.method == hdrs.METH_HEAD, None
        if whole and not head:
            reading = passage.answer.read(headers)
            why_not = why_unchecked(reading)
            passage.unchecked = passage.unchecked or why_not
            body = None if why_not else reading.content
        return await beside(len(body or b""), lambda: checks.response(match, status, headers, body))

    async def send(self, request: web.Request, passage: Passage, begun: Begun) -> web.StreamResponse:
        """Send an answer, as fast as its client takes it."""
        said = returned(begun.opened.headers)
        passage.answer_breaks = await self.breaks(passage, begun.opened, whole=begun.whole)
        passage.status, passage.answer_headers = begun.opened.status, said
        if self._lead_back is not None:  # what is told of the exchange stays what the server said
            begun, said = self._lead_back(passage, begun, said)
        headers = with_marks(said, marks(self._profile, passage.violations, passage.answered_by))
        response = Passed(begun.opened, headers)
        with self._among_streams(said):
            await self._sent(request, response, passage, begun)
        passage.unjudged = not begun.whole and not passage.answer.broken
        return response

    async def _sent(self, request: web.Request, response: Passed, passage: Passage, begun: Begun) -> None:
        try:
            await response.prepare(request)
            if not begun.whole and request.transport is not None:
                request.transport.set_write_buffer_limits(0)  # the handler ends when all is sent
            while begun.first:
                await response.write(begun.first.pop(0))
            async for piece in begun.rest:
                passage.answer.add(piece)
                await response.write(piece)
            await response.write_eof()
        except TransportError as error:
            passage.answer.broken, passage.trouble = True, str(error)
            break_off(request)
        except ConnectionError:
            passage.answer.broken, passage.trouble = True, "its client went away"

    @contextmanager
    def _among_streams(self, headers: Headers) -> Iterator[None]:
        """Whether it may be ended when the proxy stops, as it would never end by itself."""
        task = asyncio.current_task()
        if task is None or media_type(value(headers, "content-type")).kind != EVENTS:
            yield
            return
        self._streams.add(task)
        try:
            yield
        finally:
            self._streams.discard(task)

    def close(self) -> None:
        """End the streams that would keep a proxy from stopping."""
        for task in self._streams:
            task.cancel()


def break_off(request: web.Request) -> None:
    """End the connection behind what was written: who waits for the rest must not take this for the end."""
    if request.transport is not None:
        request.transport.close()


async def beside(size: int, function: Callable[[], T]) -> T:
    """What a function makes of so many bytes, in a thread where they are many."""
    return await asyncio.to_thread(function) if size > _BESIDE else function()


def _is_held(passage: Passage, opened: Opened) -> bool:
    """Whether an answer is held back until it has been looked into: one of ordinary size that is no download."""
    if passage.call.method == hdrs.METH_HEAD or opened.status in _WITHOUT_BODY:
        return True  # there is nothing to wait for
    media = media_type(value(opened.headers, "content-type"))
    disposition = value(opened.headers, "content-disposition").strip().lower()
    bytes_of_some_kind = media.kind == BINARY and media.essence
    if media.kind == EVENTS or bytes_of_some_kind or media.essence == _STREAMED or disposition.startswith("attachment"):
        return False
    length = value(opened.headers, "content-length")
    return int(length) <= _HELD if length.isdecimal() else media.kind == JSON
