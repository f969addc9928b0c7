"""The addresses of the server that was recorded: in answers they become those of whoever replays it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from mockhoop.scenario.answers import plain

_PORTS = {"https": 443, "http": 80}
_END = r"(?![\w.-]*\w)(?!:\d)"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a server, as a pattern; ``base_path`` is what others have in the place of its own path."""

    pattern: re.Pattern[str] | None
    base_path: str

    @classmethod
    def of(cls, base_url: str, base_path: str, others: Iterable[str] = ()) -> "Addresses":
        """Those of a server at an address, which is also called by other origins."""
        parts = urlsplit(base_url)
        origins = dict.fromkeys([f"{parts.scheme}://{parts.netloc}", *others])
        told = "|".join(one for one in map(_origin, origins) if one)
        own_path = parts.path.rstrip("/")
        path = rf"({_slashes(own_path)}(?![\w.-]))?" if own_path and own_path != base_path else "()"
        return cls(re.compile(rf"(?:{told}){path}", re.IGNORECASE) if told else None, base_path)

    def replaced(self, text: str, origin: str) -> str:
        """A text with another origin in the place of the server's."""
        if self.pattern is None:
            return text
        return self.pattern.sub(lambda found: origin + (self.base_path if found[1] else ""), text)

    def are_in(self, text: str) -> bool:
        """Whether one of them is in a text."""
        return self.pattern is not None and self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class Hosts:
    """The addresses of the server that was recorded, and its name."""

    addresses: Addresses
    name: re.Pattern[str] | None

    @classmethod
    def of(cls, base_url: str, others: Iterable[str], base_path: str) -> "Hosts":
        """Those of a server at an address, which is also called by other origins."""
        return cls(Addresses.of(base_url, base_path, others), _name(urlsplit(base_url).hostname or ""))

    def answer(self, text: str) -> str:
        """A text of an answer as it is written in a scenario."""
        text = self.addresses.replaced(plain(text), "${origin}")
        return self.name.sub("${host}", text) if self.name is not None else text

    def asked(self, text: str, cover: str) -> str:
        """A text of a request with the addresses covered: a client calls whoever replays by another one."""
        return self.addresses.pattern.sub(cover, text) if self.addresses.pattern is not None else text

    def is_in(self, parameter: str) -> bool:
        """Whether an address is in a part of a query."""
        return self.addresses.are_in(unquote(parameter))


def _slashes(text: str) -> str:
    """A pattern for a text whose slashes may be escaped, as in JSON."""
    return re.escape(text).replace("/", r"\\?/")


def _origin(origin: str) -> str:
    """A pattern for an origin, its slashes as JSON may have them."""
    parts = urlsplit(origin)
    try:
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    usual = _PORTS[parts.scheme]
    tail = f"(?::{usual})?" if port in (None, usual) else f":{port}"
    host = parts.netloc.rpartition("@")[2].rpartition(":")[0] if port is not None else parts.netloc.rpartition("@")[2]
    return rf"{_slashes(f'{parts.scheme}://{host}')}{tail}{_END}"


def _name(host: str) -> re.Pattern[str] | None:
    """A pattern for the name of the server where it stands alone; None for one that could be anything's."""
    if "." not in host or host.replace(".", "").isdigit() or ":" in host:
        return None
    return re.compile(rf"(?<![\w@.-]){re.escape(host)}(?![\w-]|\.\w)", re.IGNORECASE)
