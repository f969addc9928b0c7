"""Calls that are the same to the byte, answered again without looking at them while their world stays as it is."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.server.ready import Dates, Heads, ReadyResponse
from mockhoop.worlds import Worlds

_MOST = 8_192
_MOST_MET = 16_384
_MOST_BYTES = 16 * 1024 * 1024
_LONGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Repeat:
    """How a call was answered, in which world; ``head`` is that of the response up to the length of its body."""

    pipeline: Pipeline
    exchange: Exchange
    head: bytes


class Repeats:
    """Has responses ready to go out, and remembers those to calls that the same call will get again."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._dates = Dates()
        self._heads = Heads()
        self._known: OrderedDict[Hashable, _Repeat] = OrderedDict()
        self._bytes = 0
        self._met: set[int] = set()

    def again(self, request: web.BaseRequest) -> tuple[Exchange, ReadyResponse, Pipeline] | None:
        """The exchange with which the call is answered again, its response and world; None if that is to be decided."""
        known = self._known.get(_key(request))
        if known is None:
            return None
        pipeline = known.pipeline
        if self._worlds.used(pipeline.world.name) is not pipeline:
            return None
        exchange = pipeline.again(known.exchange)
        if exchange is None:
            return None
        return exchange, self._response(exchange.reply, known.head, exchange.at), pipeline

    def _response(self, reply: Reply, head: bytes, now: int) -> ReadyResponse:
        date = self._dates.at(now)
        return ReadyResponse(b"%b%d\r\nDate: %b\r\n\r\n%b" % (head, len(reply.body), date, reply.body), reply.status)

    def response(
        self,
        request: web.BaseRequest,
        pipeline: Pipeline,
        exchange: Exchange,
        headers: CIMultiDict[str],
        *,
        remember: bool,
    ) -> ReadyResponse | None:
        """The response, ready to go out over a connection that stays open; noted if the same call will get it again."""
        reply = exchange.reply
        if not reply.body or len(reply.body) > _LONGEST or reply.status < 200 or reply.status in (204, 304):
            return None
        if request.method == "HEAD" or request.version != HttpVersion11 or not request.keep_alive:
            return None
        if pipeline.world.clock.virtual:  # its headers tell the time
            return None
        head = self._heads.of(reply.status, headers)
        if remember and exchange.steady is not None and request.method == "GET" and not request.body_exists:
            self._remember(_key(request), _Repeat(pipeline, exchange, head))
        return self._response(reply, head, pipeline.world.clock.now())

    def _remember(self, key: Hashable, repeat: _Repeat) -> None:
        """Keep what the call gets if it has been met before: most that differ in something never come again."""
        mark = hash(key)
        if mark not in self._met:
            if len(self._met) >= _MOST_MET:
                self._met.clear()
            self._met.add(mark)
            return
        self._forget(key)
        self._known[key] = repeat
        self._bytes += len(repeat.exchange.reply.body)
        while len(self._known) > _MOST or self._bytes > _MOST_BYTES:
            self._forget(next(iter(self._known)))

    def _forget(self, key: Hashable) -> None:
        before = self._known.pop(key, None)
        if before is not None:
            self._bytes -= len(before.exchange.reply.body)


def _key(request: web.BaseRequest) -> Hashable:
    return request.raw_path, request.raw_headers, request.method, request.version
