"""Documents from the web: read in bounded time and size, and only from where they may come from (uses urllib)."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from queue import Empty, SimpleQueue
from ssl import SSLError
from threading import Thread
from typing import IO, Any, TypeVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from mockhoop.contract.recognition import refuse_html
from mockhoop.errors import Problem, SourceError
from mockhoop.source import Source, parse_source

SECONDS = 10.0
"""How long reading one document may take in total."""
MAX_BYTES = 20_000_000
_MAX_REDIRECTS = 5
_ACCEPT = "application/json, application/yaml;q=0.9, text/yaml;q=0.9, */*;q=0.5"

T = TypeVar("T")


class _RefusedError(Exception):
    """Something that is not asked any further; the texts are for the user."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(slots=True)
class Fetched:
    """What stands at a URL: the source, the URL that it came from in the end, and whether that is a private one."""

    source: Source
    url: str
    private: bool


def fetch(url: str, *, asked: bool, private: bool, seconds: float = SECONDS, max_bytes: int = MAX_BYTES) -> Fetched:
    """Read the document at a URL.

    ``asked`` tells that a person asked for just this URL: then it may be one of this machine or network, and if it
    is, so may be what it redirects to. ``private`` allows both anyway.

    Raises:
        SourceError: why it cannot be had, or its own mistakes with their places.
    """
    if problem := _bad_url(url):
        raise SourceError([_problem(url, *problem)])
    visit = _Visit(asked, private, seconds)
    try:
        content, kind, final = _within(seconds, partial(visit.read, url, max_bytes))
    except _RefusedError as error:
        raise SourceError([_problem(url, str(error), error.advice)]) from None
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError([_problem(url, *_reason(error, seconds))]) from None
    source = _parsed(content, kind, url)
    return Fetched(source, final, visit.private)


class _Visit:
    """One look at a URL, redirects included; ``private`` tells what the first address has turned out to be."""

    def __init__(self, asked: bool, private: bool, seconds: float) -> None:
        self.asked = asked
        self.allowed = private
        self.private = False
        self.seconds = seconds

    def read(self, url: str, max_bytes: int) -> tuple[bytes, str, str]:
        """The content, its media type, and the URL it came from."""
        opener = build_opener(_Http(self), _Https(self), _Redirects())
        request = Request(url, headers={"Accept": _ACCEPT, "User-Agent": "mockhoop"})  # noqa: S310 - http(s) only
        with _opened(opener, request, self.seconds) as response:
            content = response.read(max_bytes + 1)
            if len(content) > max_bytes:
                raise _RefusedError(
                    f"the document is larger than {max_bytes:,} bytes", "split it, or save it to a file"
                )
            return content, response.headers.get_content_type(), response.geturl()

    def look_at(self, connection: HTTPConnection) -> None:
        """End a connection that may not be, before anything is sent over it."""
        try:
            self.connected(connection.sock.getpeername()[0])
        except _RefusedError:
            connection.close()
            raise

    def connected(self, address: str) -> None:
        """Is told whom each connection reaches before anything is sent over it."""
        private = not ipaddress.ip_address(address.split("%")[0]).is_global
        if self.asked:
            self.asked = False
            self.private = private
            self.allowed = self.allowed or private
        if private and not self.allowed:
            advice = "the document may not lead there; --allow-remote permits it"
            raise _RefusedError(f"it leads to the private address {address}", advice)


def _opened(opener: OpenerDirector, request: Request, seconds: float) -> HTTPResponse:
    try:
        return cast(HTTPResponse, opener.open(request, timeout=seconds))
    except HTTPError as error:
        error.close()  # it holds on to the answer, and nobody may be waiting for it any more
        raise


class _Watched(HTTPConnection):
    visit: _Visit

    def connect(self) -> None:
        super().connect()
        self.visit.look_at(self)


class _WatchedTls(HTTPSConnection):
    visit: _Visit

    def connect(self) -> None:
        super().connect()
        self.visit.look_at(self)


class _Http(HTTPHandler):
    def __init__(self, visit: _Visit) -> None:
        super().__init__()
        self.connection: Any = type("_Connection", (_Watched,), {"visit": visit})

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self.connection, req)


class _Https(HTTPSHandler):
    def __init__(self, visit: _Visit) -> None:
        super().__init__()
        self.connection: Any = type("_Connection", (_WatchedTls,), {"visit": visit})

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self.connection, req)


class _Redirects(HTTPRedirectHandler):
    max_redirections = _MAX_REDIRECTS

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if problem := _bad_url(urljoin(req.full_url, newurl)):
            fp.close()
            raise _RefusedError(f"it redirects to {newurl}: {problem[0]}", problem[1])
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _bad_url(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"this is no URL: {error}", "check its spelling"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "only http and https URLs can be read", "write http://, https://, or the path of a file"
    return None


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The result of the call; TimeoutError if it takes longer, whatever it waits for (a name, a byte)."""
    answers: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:
            answers.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return cast(T, result)


def _problem(url: str, message: str, advice: str) -> Problem:
    return Problem(message, url, suggestion=advice)


def _reason(error: Exception, seconds: float) -> tuple[str, str]:
    """What went wrong in a sentence, and what to do."""
    if isinstance(error, HTTPError):
        if "infinite loop" in str(error):
            return f"it redirects more than {_MAX_REDIRECTS} times", "give the address that it redirects to"
        if "is not allowed" in str(error):
            return "it redirects, but only http and https URLs can be read", "give the address of the document itself"
        advice = "check the address" if error.code in (404, 410) else "open it in a browser, or save it to a file"
        return f"the server answers {error.code} {error.reason}", advice
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no document within {seconds:g} seconds", "try again, or save it to a file"
    if isinstance(cause, SSLError):
        text = getattr(cause, "verify_message", "") or cause.reason or str(cause)
        return f"the server cannot be trusted: {text}", "check the address; a certificate goes into SSL_CERT_FILE"
    if isinstance(cause, socket.gaierror):
        return f"there is no such host: {cause.strerror}", "check the address"
    text = getattr(cause, "strerror", None) or str(cause)
    return f"the document cannot be read: {text}", "check the address and whether the server runs"


def _parsed(content: bytes, kind: str, url: str) -> Source:
    refuse_html(content, url)
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    json = urlsplit(url).path.lower().endswith(".json") or kind.endswith("json")
    if begin not in (b"{", b"["):
        json = False  # whatever the server calls it
    return parse_source(content, url, json=json or begin == b"{")
