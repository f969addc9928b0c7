"""Calls that are the same to the byte, answered again without looking at them while their world stays as it is."""

from collections.abc import Hashable
from dataclasses import dataclass

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from mockhoop.exchange import Exchange
from mockhoop.pipeline import Pipeline
from mockhoop.server.ready import Dates, ReadyResponse, head_of
from mockhoop.worlds import Worlds

_MOST = 8_192
_LONGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Repeat:
    """How a call was answered, in which world; ``head`` is that of the response but for its date."""

    pipeline: Pipeline
    exchange: Exchange
    head: bytes


class Repeats:
    """Remembers how calls without a body were answered whose answer depends on nothing but them and their world."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._dates = Dates()
        self._known: dict[Hashable, _Repeat] = {}

    def again(self, request: web.BaseRequest) -> tuple[Exchange, ReadyResponse] | None:
        """The exchange with which the call is answered again, and its response; None when it has to be looked at."""
        known = self._known.get(_key(request))
        if known is None:
            return None
        pipeline = known.pipeline
        if self._worlds.used(pipeline.world.name) is not pipeline:
            return None
        exchange = pipeline.again(known.exchange)
        if exchange is None:
            return None
        reply = exchange.reply
        content = b"%b%b\r\n\r\n%b" % (known.head, self._dates.at(exchange.at), reply.body)
        return exchange, ReadyResponse(content, reply.status)

    def remember(
        self, request: web.BaseRequest, pipeline: Pipeline, exchange: Exchange, headers: CIMultiDict[str]
    ) -> None:
        """Take note of an answer, if the same call will get it again over a connection that stays open."""
        reply = exchange.reply
        if exchange.steady is None or request.body_exists or not reply.body or len(reply.body) > _LONGEST:
            return
        if request.method != "GET" or request.version != HttpVersion11 or not request.keep_alive:
            return
        if pipeline.world.clock.virtual:  # its headers tell the time
            return
        if len(self._known) >= _MOST:
            self._known.clear()
        head = head_of(reply.status, headers, len(reply.body))
        self._known[_key(request)] = _Repeat(pipeline, exchange, head)


def _key(request: web.BaseRequest) -> Hashable:
    return request.raw_path, request.raw_headers, request.method, request.version
