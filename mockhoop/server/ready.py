"""Responses that are bytes already, and need no more than the time to go out."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from mockhoop.gateway.times import SECOND, http_date

_LINE_ENDS = str.maketrans({"\r": " ", "\n": " "})


def head_of(status: int, headers: CIMultiDict[str], length: int) -> bytes:
    """The head of a response up to the value of its last header, the date, in the order in which aiohttp has it."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}".translate(_LINE_ENDS) for name, value in headers.items()]
    lines += [f"Content-Length: {length}", "Date: "]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


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
        await request.writer.write_eof(self._content)
        self._eof_sent = True
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing left to send."""
