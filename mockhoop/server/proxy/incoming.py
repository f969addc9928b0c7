"""Requests as a proxy takes them in."""

from collections.abc import AsyncIterator

from aiohttp import hdrs, web

from mockhoop.messages import Call
from mockhoop.server.proxy.copies import Copy
from mockhoop.server.proxy.passage import Passage
from mockhoop.transport import Body, header_text


def passage_of(request: web.Request, at: int, most_copied: int) -> Passage:
    """The way of a request, at its beginning."""
    target = request.raw_path
    if not target.startswith("/"):
        target = request.rel_url.raw_path_qs  # absolute form, as some clients send it to a proxy
    path, _, query = target.partition("#")[0].partition("?")
    return Passage(
        call=Call(request.method, path if path.startswith("/") else f"/{path}", query, request.headers),
        headers=tuple((header_text(name), header_text(text)) for name, text in request.raw_headers),
        at=at,
        asked=Copy(most_copied),
        answer=Copy(most_copied),
    )


def why_not_passed(request: web.Request, upstream_url: str) -> str:
    """Why a request is not for a proxy of this kind; empty where it is."""
    if request.method == hdrs.METH_CONNECT:
        return f"this is a proxy in front of {upstream_url} only, and makes no tunnels"
    if request.headers.get(hdrs.UPGRADE, "").lower() == "websocket":
        return f"this proxy passes no WebSockets on; connect to {upstream_url} itself"
    return ""


async def taken_in(request: web.Request, asked: Copy) -> Body:
    """The body of a request: whole, or as it comes when it is too long to be looked into.

    Raises:
        RequestPayloadError, HttpProcessingError, ConnectionError: it is broken off.
    """
    if not request.body_exists:
        return b""
    parts: list[bytes] = []
    pieces = aiter(request.content.iter_any())
    async for piece in pieces:
        asked.add(piece)
        parts.append(piece)
        if not asked.whole:
            return _continued(parts, pieces, asked)
    return b"".join(parts)


async def _continued(parts: list[bytes], pieces: AsyncIterator[bytes], asked: Copy) -> AsyncIterator[bytes]:
    while parts:
        yield parts.pop(0)
    async for piece in pieces:
        asked.add(piece)
        yield piece
