"""Calls to other servers (with ``server/``, the only importer of aiohttp)."""

import asyncio
import os
import re
import ssl
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from mockhoop import __version__
from mockhoop.errors import MockhoopError, UsageError
from mockhoop.messages import Headers

Body = bytes | AsyncIterable[bytes]
"""What is sent: whole, or in pieces as they come."""

_SECONDS = 30.0
_PIECE = 64 * 1024
# Gateways put tokens into headers and into the addresses of redirects.
_LONGEST_LINE = 256 * 1024
# So long a connection is kept of which nobody makes use; servers close theirs after five seconds at the earliest.
_IDLE_SECONDS = 4.0


class TransportError(MockhoopError):
    """A server cannot be reached, or gives no whole answer; the text says why and what to do."""


class Unreachable(TransportError):
    """There is no server that could have got the call."""


class TimedOut(TransportError):
    """The server got the call, and says nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whole."""

    status: int
    headers: Headers
    body: bytes


class Opened(Protocol):
    """What a server says, as it comes."""

    status: int
    reason: str
    headers: Headers

    def pieces(self, *, patient: bool = False) -> AsyncIterator[bytes]:
        """The body in pieces of some size, as it is on the wire; who is patient waits for the next one without an end.

        Raises TransportError where it breaks off.
        """
        ...


class Transport(Protocol):
    """Asks one server. A target is a path with its query, percent-encoded, behind the server's base URL."""

    async def send(self, method: str, target: str, headers: Headers = (), body: Body = b"") -> Answer:
        """The whole answer. Raises TransportError."""
        ...

    def open(
        self, method: str, target: str, headers: Headers = (), body: Body = b""
    ) -> AbstractAsyncContextManager[Opened]:
        """A context with the answer as it comes. Raises TransportError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A server to ask: ``base_url`` is its address, with the path that stands in front of all others.

    ``headers`` go with every call that has none of the same name. ``seconds`` is how long to wait for an answer to
    begin, and for each next piece of it. ``ca_file`` is a file of certificates to trust; without ``verify_tls`` any is
    taken.
    """

    base_url: str
    headers: Headers = ()
    seconds: float = _SECONDS
    verify_tls: bool = True
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        problem = _problem(self.base_url)
        if problem:
            raise UsageError(problem)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname or "")


class HttpTransport:
    """Asks a server over HTTP: ``async with HttpTransport(upstream) as transport``. Redirects are not followed.

    Bodies are left as they are on the wire, compressed or not. Who passes on the calls of others is ``anonymous``: no
    header is added to theirs.
    """

    def __init__(self, upstream: Upstream, *, anonymous: bool = False) -> None:
        self.upstream = upstream
        self._anonymous = anonymous
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "HttpTransport":
        upstream = self.upstream
        connector = aiohttp.TCPConnector(ssl=_tls(upstream), limit=0, keepalive_timeout=_IDLE_SECONDS)
        wait = aiohttp.ClientTimeout(total=None, sock_connect=upstream.seconds, sock_read=upstream.seconds)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=wait,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            read_bufsize=_PIECE,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        # Else a call that a server answers by breaking down would be made twice, and the first time never be told of.
        self._session._retry_connection = False
        return self

    async def __aexit__(self, *told: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, method: str, target: str, headers: Headers = (), body: Body = b"") -> Answer:
        """The whole answer. Raises TransportError."""
        async with self.open(method, target, headers, body) as opened:
            found = b"".join([piece async for piece in opened.pieces()])
            return Answer(opened.status, opened.headers, found)

    @asynccontextmanager
    async def open(
        self, method: str, target: str, headers: Headers = (), body: Body = b""
    ) -> AsyncIterator["_OpenedHttp"]:
        """A context with the answer as it comes. Raises TransportError."""
        assert self._session is not None, "a transport is used in its context"
        url = URL(self.upstream.base_url.rstrip("/") + target, encoded=True)
        try:
            response = await self._session.request(
                method, url, data=body or None, headers=self._given(headers), allow_redirects=False
            )
        except _TROUBLES as error:
            raise _told(error, self.upstream) from error
        async with response:
            yield _OpenedHttp(response, self.upstream)

    def _given(self, headers: Headers) -> CIMultiDict[str]:
        given = CIMultiDict(headers)
        for name, value in self.upstream.headers:
            if name not in CIMultiDict(headers):
                given.add(name, value)
        if not self._anonymous:
            given.setdefault("User-Agent", f"mockhoop/{__version__}")
        return given


class _OpenedHttp:
    def __init__(self, response: aiohttp.ClientResponse, upstream: Upstream) -> None:
        self.status = response.status
        self.reason = response.reason or ""
        self.headers: Headers = tuple((header_text(name), header_text(value)) for name, value in response.raw_headers)
        self._response = response
        self._upstream = upstream

    async def pieces(self, *, patient: bool = False) -> AsyncIterator[bytes]:
        """The body in pieces of some size. Raises TransportError where it breaks off."""
        connection = self._response.connection
        if patient and connection is not None and connection.protocol is not None:
            connection.protocol.read_timeout = None
            connection.protocol.start_timeout()
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        except _TROUBLES as error:
            raise _told(error, self._upstream) from error


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or by its address; a name is not looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def header_text(raw: bytes) -> str:
    """The name or value of a header as text: UTF-8 where it is that, else what HTTP once took it for."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_TROUBLES = (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError)


# Whatever may hold a password, also where it is not written as it should be.
_USERINFO = re.compile(r"(?<=://).*@|\?.*", re.DOTALL)


def _problem(base_url: str) -> str:
    """What is wrong with the address of a server."""
    try:
        parts = urlsplit(base_url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or any(sign.isspace() for sign in base_url):
        return f'"{_USERINFO.sub("", base_url)}" is no address of a server, such as https://use.hoop.dev/api'
    if parts.username is not None:
        shown = base_url.replace(f"{parts.netloc.rpartition('@')[0]}@", "")
        return f"an address holds no name and password: give {shown}, and send them as a header"
    if parts.query or parts.fragment:
        bare = parts._replace(query="", fragment="").geturl()
        return f"the address {bare} has something behind its path; calls bring a query of their own"
    return ""


def _tls(upstream: Upstream) -> ssl.SSLContext | bool:
    if not upstream.verify_tls:
        return False
    if upstream.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(upstream.ca_file))
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if type(error) is FileNotFoundError else "it holds none"
        raise UsageError(f"{upstream.ca_file} is no file of certificates (PEM): {(reason or '').lower()}") from None


def _told(error: Exception, upstream: Upstream) -> TransportError:
    where = upstream.base_url
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        hint = "give the certificate of its authority with --ca-file, or take any with --insecure"
        why = getattr(error.certificate_error, "verify_message", "") or error.certificate_error
        return TransportError(f"{where} has no certificate that is trusted: {why} ({hint})")
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return TransportError(f"{where} speaks no TLS that is understood here; is it meant to be http://?")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Unreachable(f"{where} cannot be reached: no connection in {upstream.seconds:g} seconds")
    if isinstance(error, TimeoutError):
        return TimedOut(f"{where} said nothing for {upstream.seconds:g} seconds (--timeout waits longer)")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"{where} cannot be reached: no such host is known")
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno
        return Unreachable(f"{where} cannot be reached: {os.strerror(number).lower() if number else error.os_error}")
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL):
        return TransportError(f"{where} gives no answer that is HTTP: {_first_line(error)}")
    return TransportError(f"{where} broke off its answer")


def _first_line(error: Exception) -> str:
    text = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error)
    return text.strip().splitlines()[0].rstrip(":.").lower() if text.strip() else "it cannot be read"
