"""What a handler of the control API is given, and how it says no."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.errors import Problem
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario.reader import Reader
from mockhoop.service import Service
from mockhoop.source import parse_source
from mockhoop.worlds import WorldError

PROBLEM = "application/problem+json"
PREFIX = "/__mockhoop"
"""What stands in front of every path of the control API."""

T = TypeVar("T")


class Refused(Exception):
    """The call cannot be carried out: a status and why, with the mistakes of the body if it is about these."""

    def __init__(self, status: int, detail: str, problems: tuple[Problem, ...] = (), **more: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.problems = problems
        self.more = more

    def reply(self) -> Reply:
        """The problem document."""
        found = [Violation("body", one.pointer, "scenario", _in_words(one)) for one in self.problems]
        more = {"validation": as_dicts(found), **self.more} if found else self.more
        return problem(self.status, self.detail, more=more)


class Ports(Protocol):
    """Ports of their own for worlds."""

    async def open(self, world: str, port: int) -> int:
        """Listen on a port for a world; the port that it is. Raises Refused where that cannot be."""
        ...

    def of(self, world: str) -> int | None:
        """The port of a world, if it has one of its own."""
        ...


class NoPorts:
    """For servers that cannot listen on more ports."""

    async def open(self, world: str, port: int) -> int:  # noqa: ARG002
        """Raises Refused."""
        raise Refused(409, "this server cannot open ports; reach the world as /~<world>/ instead")

    def of(self, world: str) -> int | None:  # noqa: ARG002
        """None."""
        return None


@dataclass(frozen=True)
class ControlCall:
    """One call of the control API that the document allows."""

    service: Service
    ports: Ports
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body, which the document has for this operation."""
        return json.loads(self.body)

    @property
    def pipeline(self) -> Pipeline:
        """That of the world that the path names. Raises Refused where there can be none."""
        try:
            return self.service.worlds.get(self.parameters["world"])
        except WorldError as error:
            raise Refused(error.status, str(error)) from None

    def read(self, record: type[T], without: tuple[str, ...] = ()) -> T:
        """The body as a record of the scenario language, but for some keys. Raises Refused with every mistake."""
        told = {key: value for key, value in self.json.items() if key not in without}
        reader = Reader(parse_source(json.dumps(told), "body.json"))
        made = reader.read(record)
        if reader.problems or made is None:
            lines = "; ".join(f"{one.pointer or 'the body'}: {one.message}" for one in reader.problems)
            raise Refused(422, lines, tuple(reader.problems))
        return made


Handler = Callable[[ControlCall], Reply | Awaitable[Reply]]


def answer(value: Any, status: int = 200) -> Reply:
    """An answer as JSON."""
    return Reply(status, dumps(value), JSON)


DONE = Reply(204)


def problem(status: int, detail: str, *, more: Mapping[str, object] | None = None) -> Reply:
    """A problem document (RFC 9457), with more members beside the usual ones."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Reply(status, dumps({**body, **(more or {})}), PROBLEM)


def _in_words(found: Problem) -> str:
    return f"{found.message} ({found.suggestion})" if found.suggestion else found.message
