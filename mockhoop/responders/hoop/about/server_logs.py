"""The gateway's own log: a line for each exchange that its world's journal still has (section 2e of the clients)."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, Final

from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.listing import first_values, whole
from mockhoop.gateway.times import SECOND, rfc3339
from mockhoop.gateway.wire import dumps
from mockhoop.messages import Headers, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.world import World

MOST_LINES: Final = 300
"""So many lines a gateway has in its memory, as its document says."""
KEEPALIVE: Final = 30 * SECOND
_SSE_HEADERS: Headers = (("Cache-Control", "no-cache"), ("Connection", "keep-alive"), ("X-Accel-Buffering", "no"))


def _level(status: int) -> str:
    return "error" if status >= 500 else "warn" if status >= 400 else "info"


LINE_FIELDS: Fields = {
    "timestamp": lambda exchange: rfc3339(exchange.at),
    "level": lambda exchange: _level(exchange.reply.status),
    "logger": lambda _: "api/server.go",
    "message": lambda exchange: f"{exchange.call.method} {exchange.call.path} {exchange.reply.status}",
    "source": lambda _: "gateway",
    "agent_id": lambda _: ABSENT,
    "agent_name": lambda _: ABSENT,
    "fields": lambda exchange: {
        "method": exchange.call.method,
        "path": exchange.call.path,
        "status": exchange.reply.status,
        "user": exchange.caller,
    },
}
"""A line tells neither queries nor headers nor bodies, in which secrets may be."""


class ServerLogs:
    """Decides the two routes of the log. What a line says is our reading."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def list(self, question: Question) -> Decision:
        """``GET /server-logs``: the last lines, oldest first."""
        return answer([self.line(one) for one in newest(question.world, _count(question, "limit"))])

    def stream(self, question: Question) -> Decision:
        """``GET /server-logs/stream``: the last lines as server-sent events, then each line as it comes."""
        feed = LogFeed(question.world, _count(question, "backlog"), self.line)
        return Decision(Reply(200, b"", "text/event-stream", _SSE_HEADERS, feed=feed))

    def line(self, exchange: Any) -> dict[str, Any]:
        """What the log says of an exchange."""
        return self._shape.fill(exchange, str(exchange.number))

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.ServerLogEntry", self._document, LINE_FIELDS, self._plausible)


class LogFeed:
    """The lines of a log for one reader: the last ones at first, then all that come."""

    def __init__(self, world: World, backlog: int, line: Callable[[Any], Mapping[str, Any]]) -> None:
        self._world = world
        self._backlog = backlog
        self._line = line
        self._told: int | None = None
        self._quiet_since = world.clock.now()

    def advance(self, now: int) -> tuple[bytes, int | None]:
        """What there is to send by an instant; it goes on for ever, with a comment now and then."""
        journal = self._world.journal
        if self._told is None:
            fresh = newest(self._world, self._backlog)
        else:
            known = self._told if journal.added >= self._told else 0  # it was cleared
            fresh = _chronological(takewhile(lambda exchange: exchange.number > known, reversed(journal)))
        self._told = journal.added
        parts = [b"data: %b\n\n" % dumps(self._line(exchange)) for exchange in fresh]
        if parts:
            self._quiet_since = now
        elif now - self._quiet_since >= KEEPALIVE:
            parts, self._quiet_since = [b": keepalive\n\n"], now
        return b"".join(parts), self._quiet_since + KEEPALIVE


def newest(world: World, count: int) -> Iterable[Any]:
    """The last exchanges of a world, oldest first."""
    return _chronological(islice(reversed(world.journal), count))


def server_log_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = ServerLogs(document, plausible)
    return {"GET /server-logs": deciding.list, "GET /server-logs/stream": deciding.stream}


def _count(question: Question, option: str) -> int:
    told = whole(first_values(question.call.raw_query).get(option, ""))
    return MOST_LINES if told is None else min(told, MOST_LINES)


def _chronological(exchanges: Iterable[Any]) -> list[Any]:
    return list(exchanges)[::-1]
