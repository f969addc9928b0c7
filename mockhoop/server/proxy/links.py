"""Links that a server gives to itself, which are to lead its clients back through the proxy."""

from collections.abc import AsyncIterator
from dataclasses import replace

from mockhoop.messages import Headers
from mockhoop.recording.hosts import Addresses
from mockhoop.server.proxy.outgoing import Begun
from mockhoop.server.proxy.passage import Passage

_OF_THE_BODY = frozenset({"content-length", "content-encoding", "etag", "digest", "repr-digest", "content-digest"})


class Links:
    """Knows the addresses of a server, and those under which its clients call the proxy."""

    def __init__(self, base_url: str, base_path: str) -> None:
        self._addresses = Addresses.of(base_url, base_path)

    def led_back(self, passage: Passage, begun: Begun, headers: Headers) -> tuple[Begun, Headers]:
        """An answer as its client gets it: what is held of it and its headers, with links to the proxy."""
        host = passage.call.headers.get("Host", "")
        if not host:
            return begun, headers
        here = f"http://{host}"
        headers = tuple((name, self._addresses.replaced(text, here)) for name, text in headers)
        text = _read(passage, begun)
        if text is None or not self._addresses.are_in(text):
            return begun, headers
        first = [self._addresses.replaced(text, here).encode()]
        kept = tuple(pair for pair in headers if pair[0].lower() not in _OF_THE_BODY)
        return replace(begun, first=first, rest=_nothing()), (*kept, ("Content-Length", str(len(first[0]))))


def _read(passage: Passage, begun: Begun) -> str | None:
    """The body as a text; None where it is none, or not all of it is here."""
    reading = passage.answer.read(begun.opened.headers)
    if not begun.whole or not reading.whole or reading.encoding or not reading.content:
        return None
    try:
        return reading.content.decode()
    except UnicodeDecodeError:
        return None


async def _nothing() -> AsyncIterator[bytes]:
    pieces: tuple[bytes, ...] = ()
    for piece in pieces:
        yield piece
