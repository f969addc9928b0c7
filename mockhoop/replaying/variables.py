"""What later calls take from earlier answers: values that the world has made, and where they stand in the answers."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from urllib.parse import parse_qs, urlsplit

from mockhoop.exchange import Exchange
from mockhoop.gateway.access import bearer_token
from mockhoop.messages import Call
from mockhoop.replaying.carrying import Pointer, Value, leaves
from mockhoop.world.changes import Put

_SECRET = re.compile(r"hpk_[\w-]+|ey[\w-]+\.[\w-]+\.[\w-]+")
_TAKEN = {"ask", "hoop", "json", "pytest", "answer", "headers", "body", "link", "parse_qs", "urlsplit"}


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of an answer that goes into a later call. ``parameter`` is that of the URL that the place has."""

    name: str
    value: Value
    source: int
    header: str = ""
    pointer: Pointer = ()
    parameter: str = ""


def variables(exchanges: Sequence[Exchange]) -> list[Variable]:
    """The values that go from one exchange to a later one, each from the first answer that has it."""
    found: list[Variable] = []
    wants = [set(_wanted(exchange.call)) for exchange in exchanges]
    made: list[str] = []
    for number, exchange in enumerate(exchanges):
        made += _made(exchange)
        known = set().union(*wants[: number + 1], (str(one.value) for one in found))
        later = set().union(*wants[number + 1 :]) - known
        for value, place in _told(exchange):
            if str(value) in later and _is_made(str(value), made):
                later.discard(str(value))
                name = _name(place, exchange, [one.name for one in found])
                found.append(Variable(name, value, number, place.header, place.pointer, place.parameter))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    header: str = ""
    pointer: Pointer = ()
    parameter: str = ""


def _told(exchange: Exchange) -> Iterator[tuple[Value, _Place]]:
    """The values in an answer with their places, also those in the query strings of its links."""
    for pointer, value in leaves(exchange.reply.body):
        yield value, _Place(pointer=pointer)
        if isinstance(value, str):
            for name, inner in _parameters(value):
                yield inner, _Place(pointer=pointer, parameter=name)
    for header, text in exchange.reply.headers:
        yield text, _Place(header)
        for name, inner in _parameters(text):
            yield inner, _Place(header, parameter=name)


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    if "?" not in text or "://" not in text:
        return
    try:
        query = urlsplit(text).query
    except ValueError:
        return
    for name, values in parse_qs(query).items():
        yield name, values[0]


def _wanted(call: Call) -> Iterator[str]:
    """The values of which a call is made."""
    yield from call.raw_path.split("/")
    yield from (part.partition("=")[2] for part in call.raw_query.split("&"))
    yield from (str(value) for _, value in leaves(call.body))
    token = bearer_token(call.headers.get("Authorization"))
    if token is not None:
        yield token


def _made(exchange: Exchange) -> Iterator[str]:
    """What is new in the records that changed with an exchange, as texts to look into."""
    effects = [*(effect for fired in exchange.fired for effect in fired.effects), *exchange.effects]
    for effect in effects:
        if isinstance(effect.change, Put):
            before = set(re.findall(r"[\w.-]+", repr(effect.before)))
            yield " ".join(word for word in re.findall(r"[\w.-]+", repr(effect.change.record)) if word not in before)


def _is_made(value: str, made: Iterable[str]) -> bool:
    if _SECRET.fullmatch(value):
        return True
    word = re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])")
    return bool(value) and any(word.search(text) for text in made)


def _name(place: _Place, exchange: Exchange, taken: Sequence[str]) -> str:
    """A name that tells what a value is."""
    told = place.parameter or place.header or next((one for one in reversed(place.pointer) if isinstance(one, str)), "")
    name = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", told)).strip("_").lower() or "value"
    if name == "id":
        steps = [step for step in exchange.call.raw_path.split("/") if step.isalpha()]
        name = f"{steps[-1].removesuffix('s')}_id" if steps else "made_id"
    if name in _TAKEN or iskeyword(name) or not name.isidentifier():
        name = f"the_{name}"
    numbered = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)


def is_json(body: bytes) -> bool:
    """Whether a body is an object or a list of JSON."""
    try:
        return isinstance(json.loads(body), dict | list)
    except (ValueError, RecursionError):
        return False
