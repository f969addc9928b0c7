"""What a handler of the control API is given, and how it says no."""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.errors import Problem, SourceError
from mockhoop.gateway.wire import dumps_plain
from mockhoop.messages import JSON, Headers, Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.reader import Reader
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.waiting import Waits
from mockhoop.service import Service
from mockhoop.source import parse_source
from mockhoop.worlds import WorldError

PROBLEM = "application/problem+json"
PREFIX = "/__mockhoop"
"""What stands in front of every path of the control API."""

_BODY = "body.json"

T = TypeVar("T")


class Refused(Exception):
    """The call cannot be carried out: a status and why, with the mistakes of the body if it is about these."""

    def __init__(
        self,
        status: int,
        detail: str,
        problems: tuple[Problem, ...] = (),
        *,
        headers: Headers = (),
        **more: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.problems = problems
        self.headers = headers
        self.more = more

    def reply(self) -> Reply:
        """The problem document."""
        found = [Violation("body", one.pointer, "scenario", _in_words(one)) for one in self.problems]
        more = {"validation": as_dicts(found), **self.more} if found else self.more
        return problem(self.status, self.detail, headers=self.headers, more=more)


class Ports(Protocol):
    """Ports of their own for worlds."""

    async def open(self, world: str, port: int) -> int:
        """Listen on a port for a world; the port that it is. Raises Refused where that cannot be."""
        ...

    async def close(self, world: str) -> None:
        """Listen no longer on the port of a world, if it has one."""
        ...

    def of(self, world: str) -> int | None:
        """The port of a world, if it has one of its own."""
        ...


class NoPorts:
    """For servers that cannot listen on more ports."""

    async def open(self, world: str, port: int) -> int:  # noqa: ARG002
        """Raises Refused."""
        raise Refused(409, "this server cannot open ports; reach the world as /~<world>/ instead")

    async def close(self, world: str) -> None:
        """There is nothing to close."""

    def of(self, world: str) -> int | None:  # noqa: ARG002
        """None."""
        return None


@dataclass(frozen=True)
class ControlCall:
    """One call of the control API that the document allows."""

    service: Service
    beginnings: Beginnings
    ports: Ports
    waits: Waits
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body, which the document has for this operation. Raises Refused where it is no JSON to the letter."""
        try:
            return parse_source(self.body, _BODY).data
        except SourceError as error:
            raise Refused(422, str(error), error.problems) from None

    @property
    def pipeline(self) -> Pipeline:
        """That of the world that the path names. Raises Refused where there can be none."""
        try:
            return self.service.worlds.get(self.parameters["world"])
        except WorldError as error:
            raise Refused(error.status, str(error)) from None

    def read(self, record: type[T], check: Callable[[T], Iterable[Finding]], without: tuple[str, ...] = ()) -> T:
        """The body as a record of the scenario language, but for some keys; ``check`` looks at it as a whole.

        Raises:
            Refused: with every mistake.
        """
        told = {key: value for key, value in self.json.items() if key not in without}
        reader = Reader(parse_source(json.dumps(told), _BODY))
        made = reader.read(record)
        problems = reader.problems or list(_located(check(made), reader) if made is not None else ())
        if problems or made is None:
            lines = "; ".join(f"{one.pointer or 'the body'}: {_in_words(one)}" for one in problems)
            raise Refused(422, lines, tuple(problems))
        return made


def _located(findings: Iterable[Finding], reader: Reader) -> Iterator[Problem]:
    """Those mistakes that are in what was read."""
    for one in findings:
        pointer = reader.pointer(one.record)
        if pointer is not None:
            yield reader.source.problem(f"{pointer}/{one.path}" if one.path else pointer, one.message, one.suggestion)


Handler = Callable[[ControlCall], Reply | Awaitable[Reply]]


def answer(value: Any, status: int = 200) -> Reply:
    """An answer as JSON."""
    return Reply(status, dumps_plain(value), JSON)


DONE = Reply(204)


def problem(status: int, detail: str, *, headers: Headers = (), more: Mapping[str, object] | None = None) -> Reply:
    """A problem document (RFC 9457), with more members beside the usual ones."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Reply(status, dumps_plain({**body, **(more or {})}), PROBLEM, headers)


def _in_words(found: Problem) -> str:
    return f"{found.message} ({found.suggestion})" if found.suggestion else found.message
