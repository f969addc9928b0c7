"""What goes through a proxy of a message's head, and where a call goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mockhoop.messages import Headers

ANSWERED_BY = "X-Mockhoop-Answered-By"
"""Stands on answers that are not the server's: ``proxy`` on what could not be passed on, ``mock`` on the mock's."""

# RFC 9110, section 7.6.1; with them what other proxies hold back: what they are asked to prove, and trailers.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OF_THE_CONNECTION = frozenset({"host", "expect", "content-length"})
"""What our side of the next connection says by itself."""


def forwarded(
    headers: Headers, *, without: Iterable[str] = (), with_host: bool = False, with_length: bool = False
) -> Headers:
    """The headers of a request as they go on; ``without`` those that others take the place of."""
    kept = {"host"} if with_host else set()
    kept |= {"content-length"} if with_length else set()
    return _without(headers, {*(_OF_THE_CONNECTION - kept), *(name.lower() for name in without)})


def returned(headers: Headers) -> Headers:
    """The headers of an answer as they go back."""
    return _without(headers, ())


def values(headers: Headers, name: str) -> list[str]:
    """The values of a header, in order."""
    return [value for key, value in headers if key.lower() == name]


def value(headers: Headers, name: str) -> str:
    """The first value of a header; empty where there is none."""
    return next(iter(values(headers, name)), "")


def tokens(headers: Headers, name: str) -> set[str]:
    """What a header lists, in lower case."""
    return {token.strip().lower() for text in values(headers, name) for token in text.split(",")} - {""}


def _without(headers: Headers, names: Iterable[str]) -> Headers:
    gone = {*_HOP_BY_HOP, *names, *tokens(headers, "connection")}
    return tuple((name, value) for name, value in headers if name.lower() not in gone)


@dataclass(frozen=True, slots=True)
class Targets:
    """Where calls go on a server: the path of its address stands in the place of the contract's base path."""

    base_path: str
    upstream_path: str

    @classmethod
    def of(cls, base_path: str, upstream_url: str) -> "Targets":
        """Those of a server at an address; one without a path has the contract's."""
        return cls(base_path, urlsplit(upstream_url).path.rstrip("/") or base_path)

    def of_call(self, raw_path: str) -> str:
        """The path of a call as the server knows it; what is not under the base path stays where it is."""
        if raw_path == self.base_path or raw_path.startswith(f"{self.base_path}/"):
            return f"{self.upstream_path}{raw_path[len(self.base_path) :]}"
        return raw_path


def origin(url: str) -> str:
    """A server's address without its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
