"""What is kept of a body that goes through: no more than so many bytes, and readable where it was compressed."""

import zlib
from dataclasses import dataclass

from mockhoop.messages import Headers
from mockhoop.server.proxy.passing import tokens

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_READABLE = frozenset({"gzip", "x-gzip", "deflate"})
_OF_THE_WIRE = frozenset({"content-encoding", "content-length"})


class Copy:
    """The first bytes of a body. ``size`` is that of the whole, as far as it went through."""

    __slots__ = ("_most", "_parts", "_room", "broken", "size")

    def __init__(self, most: int) -> None:
        self.size = 0
        self.broken = False
        """Whether the body ended before its end."""
        self._most = most
        self._room = most
        self._parts: list[bytes] = []

    def add(self, piece: bytes) -> None:
        """Take note of what goes through."""
        self.size += len(piece)
        if self._room > 0:
            part = piece[: self._room]
            self._room -= len(part)
            self._parts.append(part)

    @property
    def whole(self) -> bool:
        """Whether it is all of the body."""
        return self.size <= self._most and not self.broken

    @property
    def content(self) -> bytes:
        """What was kept, as it was on the wire."""
        return b"".join(self._parts)

    def read(self, headers: Headers) -> "Reading":
        """What was kept, with its compression undone if that is known here."""
        encodings = tokens(headers, "content-encoding") - {"identity"}
        content = self.content
        if not encodings or not content:
            return Reading(content, headers, self.whole)
        encoding = next(iter(encodings))
        if len(encodings) == 1 and encoding in _READABLE:
            text, ended = _inflated(content, self._most)
            if text or ended:
                shown = tuple(pair for pair in headers if pair[0].lower() not in _OF_THE_WIRE)
                return Reading(text, shown, self.whole and ended)
        return Reading(content, headers, self.whole, encoding=", ".join(sorted(encodings)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A body as it reads, with the headers that suit it; ``encoding`` is what could not be undone."""

    content: bytes
    headers: Headers
    whole: bool
    encoding: str = ""


def _inflated(content: bytes, most: int) -> tuple[bytes, bool]:
    """What was compressed, no more than so many bytes of it, and whether that is all."""
    for bits in (_GZIP_OR_ZLIB, -zlib.MAX_WBITS):  # what calls itself deflate may come without its wrapping
        reader = zlib.decompressobj(bits)
        try:
            text = reader.decompress(content, most)
        except zlib.error:
            continue
        return text, reader.eof and not reader.unused_data
    return b"", False
