"""A call and its reply, free of any HTTP library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import unquote

Headers = tuple[tuple[str, str], ...]


class AnyCase(dict[str, str]):
    """Headers by name, looked up without regard to case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._lower = {name.lower(): value for name, value in headers.items()}

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header."""
        return self._lower.get(name.lower(), default)


JSON = "application/json"
JSON_UTF8 = "application/json; charset=utf-8"


@dataclass(slots=True)
class Call:
    """One request as it came in.

    ``raw_path`` is percent-encoded and without the query; ``headers`` looks names up without regard to case.
    ``prefix`` is what stands in front of the path in links that lead back, such as ``/~world``.
    """

    method: str
    raw_path: str
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    prefix: str = ""

    @property
    def path(self) -> str:
        """The path with its percent-encoding undone."""
        return unquote(self.raw_path) if "%" in self.raw_path else self.raw_path

    @property
    def origin(self) -> str:
        """The scheme, the host and the prefix under which the caller reached us, for links that lead back."""
        return f"http://{self.headers.get('Host', '127.0.0.1:8009')}{self.prefix}"


@dataclass(frozen=True, slots=True)
class ReadBody:
    """The value that a server has read of a body, in a way of its own, and the media type as which it took it."""

    value: Any
    content_type: str


Body = ReadBody | tuple[bytes, str]
"""What a server made of a body; the bytes themselves, with their media type, where it made nothing of them."""


class Feed(Protocol):
    """A body that grows: what there is to send by an instant, and when to look again."""

    def advance(self, now: int) -> tuple[bytes, int | None]:
        """Bytes, possibly none, and the next instant in nanoseconds; None ends the body."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply goes out when that is not at once and whole.

    ``delay`` is in nanoseconds by the world's clock; ``drop`` says how the reply is broken, one of ``DROPS`` in
    ``mockhoop.scenario.script_model``; ``bytes_per_second`` bounds the pace of the body. 0 and "" stand for none.
    """

    delay: int = 0
    drop: str = ""
    bytes_per_second: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One response. ``plain`` leaves out the headers that the profile puts on every response.

    With a ``feed`` the body is what that gives, as it comes; ``delivery`` says how it goes out.
    """

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: Headers = ()
    plain: bool = False
    feed: Feed | None = None
    delivery: Delivery | None = None
