"""Responses that are bytes already, and need no more than the time to go out."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from mockhoop.gateway.times import SECOND, http_date

SENT_AT_ONCE = 16 * 1024
"""Bytes; what is left of a larger response when its handler ends would be lost if the process ended then."""
_LINE_ENDS = str.maketrans({"\r": " ", "\n": " "})
_MOST_HEADS = 200


class Heads:
    """The head of a response up to the length of its body, made once for headers that stand on many responses."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], tuple[CIMultiDict[str], bytes]] = {}

    def of(self, status: int, headers: CIMultiDict[str]) -> bytes:
        """That of a status with headers that nobody changes any more, in the order in which aiohttp has it."""
        key = (status, id(headers))
        known = self._made.get(key)
        if known is not None:
            return known[1]
        if len(self._made) >= _MOST_HEADS:
            self._made.clear()
        made = _head(status, headers)
        self._made[key] = (headers, made)  # with the headers, so that no others get their id
        return made


def _head(status: int, headers: CIMultiDict[str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append("Content-Length: ")
    text = "\r\n".join(lines)
    if text.count("\r") + text.count("\n") > 2 * (len(lines) - 1):
        text = "\r\n".join(line.translate(_LINE_ENDS) for line in lines)
    return text.encode("utf-8", "surrogateescape")


class Dates:
    """The value of the header ``Date``, made once for each second."""

    def __init__(self) -> None:
        self._second = -1
        self._text = b""

    def at(self, now: int) -> bytes:
        """That of an instant in nanoseconds."""
        second = now // SECOND
        if second != self._second:
            self._second, self._text = second, http_date(now).encode()
        return self._text


class ReadyResponse(web.StreamResponse):
    """A response whose bytes are known, for a connection that stays open."""

    def __init__(self, content: bytes, status: int) -> None:  # not aiohttp's: nothing of what that prepares is used
        self._status = status
        self._content = content
        self._keep_alive = True
        self._eof_sent = False
        self._payload_writer = None

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send everything."""
        if len(self._content) > SENT_AT_ONCE and request.transport is not None:
            request.transport.set_write_buffer_limits(0)
        await request.writer.write_eof(self._content)
        self._eof_sent = True
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing left to send."""
