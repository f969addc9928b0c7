"""A call with its reply, and everything that explains it: what the journal keeps."""

from dataclasses import dataclass, replace

from mockhoop.contract.violations import Violation
from mockhoop.messages import JSON, AnyCase, Call, Delivery, Headers, Reply
from mockhoop.responders.decision import Later, Question
from mockhoop.world.changes import Effect

_NO_REPLY = Reply(0)


@dataclass(frozen=True, slots=True)
class Fired:
    """Something that happened by itself: at which instant, what, to what effect, and what could not be done.

    ``rule`` is the name of an entry of the timeline, or what has been on the gateway's own agenda, ``about`` what that
    was about.
    """

    at: int
    rule: str
    about: str = ""
    effects: tuple[Effect, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)  # not frozen, which takes long: one is made for each call
class Steady:
    """Up to when (an instant), and under which circumstances, the same call gets the same answer."""

    until: int
    under: tuple[object, ...]


@dataclass(slots=True)
class Exchange:
    """One call with its reply, and why it came out so.

    ``number`` and ``at`` are its place in its world's journal and the instant at which the call was taken up.
    ``responder`` is who answered, ``rules`` the names of the faults that acted and ``fired`` what the call let happen
    before it was answered or with its answer; ``effects`` are the changes that came with the answer itself.
    ``delivery`` says how the reply goes out, ``preferred`` what was done as the caller prefers it, ``headers`` what
    goes with the reply because of who called. ``steady`` says when the same call gets the same answer again. ``asked``
    is the query as it was sent, if what it prefers was taken out of the call.
    """

    call: Call
    reply: Reply = _NO_REPLY
    operation: str = ""
    caller: str = ""
    responder: str = ""
    violations: tuple[Violation, ...] = ()
    number: int = 0
    at: int = 0
    refused: bool = False
    rules: tuple[str, ...] = ()
    fired: tuple[Fired, ...] = ()
    effects: tuple[Effect, ...] = ()
    delivery: Delivery | None = None
    preferred: str = ""
    headers: Headers = ()
    steady: Steady | None = None
    asked: str = ""


OUR_FAULT = Reply(500, b'{"message":"mockhoop failed on this request; its log says why"}', JSON)
"""The answer to a call on which we failed ourselves."""

LONGEST_BODY = 64 * 1024
"""Bytes of a body, and of all headers, that the journal keeps."""
_OVERHEAD = 2_048


def kept(exchange: Exchange) -> tuple[Exchange, int]:
    """The exchange as the journal keeps it, with what is long cut, and about how many bytes it takes."""
    size = _size(exchange)
    if size <= LONGEST_BODY:
        return exchange, size
    call, reply = exchange.call, exchange.reply
    share = LONGEST_BODY // max(1, len(call.headers))
    headers = AnyCase({name: value[:share] for name, value in call.headers.items()})
    short = replace(
        exchange,
        call=replace(call, headers=headers, body=call.body[:LONGEST_BODY]),
        reply=replace(reply, body=reply.body[:LONGEST_BODY]),
    )
    return short, _size(short)


def _size(exchange: Exchange) -> int:
    call, reply = exchange.call, exchange.reply
    told = len(call.raw_path) + len(call.raw_query) + len(call.body) + len(reply.body)
    return _OVERHEAD + told + sum(map(len, call.headers.values()))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call whose answer is still to come: what is known of the exchange, and when and how it ends."""

    question: Question
    later: Later
    exchange: Exchange
    era: int
