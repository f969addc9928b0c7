"""What is verified, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from mockhoop.contract.document import Contract
from mockhoop.messages import Headers
from mockhoop.scenario.loader import Loaded
from mockhoop.transport import Upstream

_MARK = "/~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server to verify. ``token`` is that of an admin, ``tokens`` are those of other people, by email."""

    upstream: Upstream
    contract: Contract
    token: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict)
    may_write: bool = False

    @property
    def headers(self) -> Headers:
        """What goes with every call that has none of the same name."""
        return self.upstream.headers

    @property
    def origin(self) -> str:
        """Scheme, host and port of the server."""
        parts = urlsplit(self.upstream.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def base_path(self) -> str:
        """The path in front of all others, without that of a world."""
        path = urlsplit(self.upstream.base_url).path.rstrip("/")
        if path.startswith(_MARK):
            _, slash, rest = path[len(_MARK) :].partition("/")
            return slash + rest
        return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to verify of it. ``scenarios`` by name; ``values`` take the place of those that scenarios give.

    ``examples`` is how many calls are made up for each operation, 0 for none at all.
    """

    scenarios: Mapping[str, Loaded] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    examples: int = 0
    seed: int = 1
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
