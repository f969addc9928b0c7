"""One exchange as it stands in a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.messages import Headers


@dataclass(frozen=True, slots=True)
class Transition:
    """A step of a life: of a ``review`` from PENDING to APPROVED, say. ``before`` is empty where it begins."""

    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An exchange: what was asked of a world, and what was answered.

    ``path`` is percent-encoded, as it was sent, behind the ``prefix`` of the world; ``at`` is in RFC 3339.
    ``operation`` is empty for a call that means none. ``violations`` are as they stand in answers. ``cut`` says that a
    body is not whole.
    """

    method: str
    path: str
    query: str = ""
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int
    response_headers: Headers = ()
    response_body: bytes = b""
    number: int = 0
    at: str = ""
    world: str = "default"
    prefix: str = ""
    operation: str = ""
    caller: str = ""
    responder: str = ""
    violations: tuple[Mapping[str, Any], ...] = ()
    transitions: tuple[Transition, ...] = ()
    cut: bool = False

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How a world was when the exchanges that follow came: its snapshot as a text; empty where there is no world.

    ``validation`` is what was done about calls that break the contract, ``checks`` whether answers were checked too.
    """

    world: str
    snapshot: str = ""
    validation: str = "enforce"
    checks: bool = False
