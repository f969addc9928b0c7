"""A journal as it grows, as server-sent events."""

from collections.abc import Callable

from mockhoop.gateway.wire import dumps_plain
from mockhoop.pipeline import Pipeline
from mockhoop.recall.masking import Mask
from mockhoop.recall.newcomers import Newcomers
from mockhoop.recall.view import exchange_view
from mockhoop.world.clock import DAY

_FAR = 3_650 * DAY
"""News wakes a feed; nothing that is due by the clock does, however fast it runs."""
_QUIET = 15
"""After so many looks at which there was nothing to tell, a comment says that the feed is still there."""


class JournalFeed:
    """Every exchange from now on, for one reader; who reads too slowly is told how many were let go of meanwhile.

    It goes on when its world begins anew, and ends when the world is another one: when ``is_current`` says no.
    """

    def __init__(self, pipeline: Pipeline, is_current: Callable[[], bool]) -> None:
        self._pipeline = pipeline
        self._is_current = is_current
        self._newcomers = Newcomers(pipeline.world.journal)
        self._looks = 0
        self._greeting = b": connected\n\n"

    def advance(self, now: int) -> tuple[bytes, int | None]:
        """Events for the exchanges since the last time."""
        fresh, lost = self._newcomers.take()
        mask = Mask(self._pipeline.world)
        parts = [self._greeting, *([_event("lost", {"count": lost})] if lost else ())]
        parts += [_event("exchange", exchange_view(exchange, self._pipeline, mask)) for exchange in fresh]
        self._greeting = b""
        return b"".join(parts) or self._sign_of_life(), now + _FAR if self._is_current() else None

    def _sign_of_life(self) -> bytes:
        self._looks = (self._looks + 1) % _QUIET
        return b"" if self._looks else b": keepalive\n\n"


def _event(name: str, data: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), dumps_plain(data))
