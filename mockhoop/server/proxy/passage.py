"""One call on its way through, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass

from mockhoop.contract.operations import Match
from mockhoop.contract.violations import Violation, as_dicts
from mockhoop.gateway.times import rfc3339
from mockhoop.journals.entry import Entry
from mockhoop.messages import Call, Headers
from mockhoop.server.proxy.copies import Copy

UPSTREAM = "upstream"
MOCK = "mock"
PROXY = "proxy"

Observer = Callable[[Entry], None]
"""Is told of each exchange when it is over: whole as far as it was copied, secrets and all."""


@dataclass(slots=True, kw_only=True)
class Passage:
    """A call, its answer and what both broke.

    ``at`` is when it came in (nanoseconds since 1970), ``seconds`` how long it took. ``answered_by`` is who answered:
    ``upstream``, ``mock`` or ``proxy``. ``unchecked`` says why a body was not looked into, ``trouble`` what went wrong
    on the way; an ``unjudged`` answer went through before all of it was known.
    """

    call: Call
    headers: Headers
    at: int
    asked: Copy
    answer: Copy
    match: Match | None = None
    request_breaks: tuple[Violation, ...] = ()
    answer_breaks: tuple[Violation, ...] = ()
    status: int = 0
    answer_headers: Headers = ()
    answered_by: str = UPSTREAM
    seconds: float = 0.0
    unchecked: str = ""
    trouble: str = ""
    unjudged: bool = False

    @property
    def operation(self) -> str:
        """The operation that the call means; empty where it means none."""
        return self.match.operation.key if self.match is not None else ""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the call and its answer break."""
        return (*self.request_breaks, *self.answer_breaks)

    def entry(self, number: int) -> Entry:
        """The exchange as observers are told of it; bodies are as they read, their compression undone."""
        asked, said = self.asked.read(self.headers), self.answer.read(self.answer_headers)
        return Entry(
            number=number,
            at=rfc3339(self.at),
            method=self.call.method,
            path=self.call.raw_path,
            query=self.call.raw_query,
            request_headers=asked.headers,
            request_body=asked.content,
            status=self.status,
            response_headers=said.headers,
            response_body=said.content,
            operation=self.operation,
            responder=self.answered_by,
            violations=tuple(as_dicts(self.violations)),
            cut=not (asked.whole and said.whole),
        )
