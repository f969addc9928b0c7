"""Bodies: the media types that a contract declares for them, and what is in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from json import loads
from typing import Any

from mockhoop.contract.references import DanglingReference, Steps, followed, node_at, resolved
from mockhoop.coverage.point import MEDIA_TYPE, Point
from mockhoop.coverage.shapes import REQUEST, Net, Shape
from mockhoop.coverage.walking import walk
from mockhoop.media import kinds
from mockhoop.media.bodies import reader
from mockhoop.media.kinds import fitting, media_type
from mockhoop.media.unreadable import Unreadable
from mockhoop.messages import JSON, Headers

_REMEMBERED = 64
_UNNAMED = "application/octet-stream"
_MANY = (kinds.LINES, kinds.SEQUENCE, kinds.EVENTS)

Read = Callable[[bytes], Any]


class Messages:
    """The bodies of a request, or of the answers with one status."""

    def __init__(self, document: Mapping[str, Any], net: Net, prefix: str, operation: str, at: Steps) -> None:
        self.at = at
        self.points: list[Point] = []
        self._document = document
        self._prefix = prefix
        self._schemas: dict[str, Any] = {}
        self._shapes: dict[str, Shape] = {}
        self._readers: dict[str, tuple[str, Read]] = {}
        there, node = followed(document, at, node_at(document, at))
        content = node.get("content") if isinstance(node, Mapping) else None
        for name, declared in content.items() if isinstance(content, Mapping) else ():
            place = (*there, "content", name)
            self.points.append(Point(MEDIA_TYPE, f"{prefix} {name}", operation, place))
            self._schemas[name] = declared if isinstance(declared, Mapping) else {}
            self._shapes[name] = net.shape(operation, (*place, "schema"), self._schemas[name].get("schema"))
        for name, declared in self._schemas.items():
            if "*" in name and "schema" not in declared and JSON in self._shapes:
                self._shapes[name] = self._shapes[JSON]  # it may be called anything, and is JSON all the same

    def hit(self, headers: Headers, body: bytes, found: set[str]) -> None:
        """Add the points that a body exercises to those that were found."""
        content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
        if not content_type and body:
            content_type = _UNNAMED
        if not content_type or not self._shapes:
            return
        known = self._readers.get(content_type)
        if known is None:
            name = fitting(self._shapes, content_type)
            if name is None:
                return
            known = (name, self._reader(name, content_type))
            if len(self._readers) < _REMEMBERED:  # clients choose this text
                self._readers[content_type] = known
        name, read = known
        found.add(f"{self._prefix} {name}")
        shape = self._shapes[name]
        if not body or shape.plain:
            return
        try:
            value = read(body)
        except (Unreadable, ValueError, RecursionError):
            return  # what it breaks is told elsewhere
        many = isinstance(value, list) and media_type(content_type).kind in _MANY and "array" not in shape.types
        for one in value if many else (value,):
            walk(shape, one, found)

    def _reader(self, name: str, content_type: str) -> Read:
        if media_type(content_type).kind == kinds.JSON:
            return loads
        declared = self._schemas[name]
        read = reader(content_type, declared.get("schema"), self._resolve, declared.get("encoding"))
        return _json_or(read) if "*" in name else read

    def _resolve(self, node: Any) -> Any:
        try:
            return resolved(self._document, node)
        except DanglingReference:
            return {}


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of an operation by declared status; ``inside`` are the points in the schemas of their bodies."""

    by_status: Mapping[str, Messages]
    inside: tuple[Point, ...]

    def declared(self, status: int) -> str | None:
        """The status as the contract has it: itself, its range, the default, or nothing."""
        if status < 100:
            return None  # there was no answer
        wanted = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        return next((one for one in wanted if one in self.by_status), None)


def _json_or(read: Read) -> Read:
    """Who takes a body of any type reads what looks like JSON as such, whatever it is called."""

    def read_any(body: bytes) -> Any:
        try:
            return loads(body)
        except (ValueError, RecursionError):
            return read(body)

    return read_any


def request_of(document: Mapping[str, Any], net: Net, operation: str, at: Steps) -> Messages | None:
    """The body of an operation's requests, if it has one, its points with those in its schemas."""
    if not isinstance(node_at(document, at).get("requestBody"), Mapping):
        return None
    made = Messages(document, net, f"{operation}: {REQUEST}", operation, (*at, "requestBody"))
    made.points += net.own()
    return made


def answers_of(document: Mapping[str, Any], net: Net, operation: str, at: Steps) -> Answers:
    """The answers of an operation."""
    responses = node_at(document, at).get("responses")
    told = responses if isinstance(responses, Mapping) else {}
    by_status = {
        str(status): Messages(document, net, f"{operation}: {status}", operation, (*at, "responses", status))
        for status in told
        if not str(status).startswith("x-")
    }
    return Answers(by_status, net.own())
