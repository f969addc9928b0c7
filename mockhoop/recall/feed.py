"""A journal as it grows, as server-sent events."""

from mockhoop.gateway.wire import dumps
from mockhoop.pipeline import Pipeline
from mockhoop.recall.masking import Mask
from mockhoop.recall.view import exchange_view
from mockhoop.world.clock import SECOND

KEEPALIVE = 15 * SECOND


class JournalFeed:
    """Every exchange from now on, for one reader; who reads too slowly is told how many were let go of meanwhile."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._told = pipeline.world.journal.added
        self._greeted = False

    def advance(self, now: int) -> tuple[bytes, int | None]:
        """Events for the exchanges since the last time."""
        journal = self._pipeline.world.journal
        if journal.added < self._told:  # the world began anew
            self._told = 0
        fresh = [exchange for exchange in journal if exchange.number > self._told]
        lost = journal.added - self._told - len(fresh)
        self._told = journal.added
        mask = Mask(self._pipeline.world)
        parts = [b": connected\n\n"] if not self._greeted else []
        self._greeted = True
        if lost:
            parts.append(_event("lost", {"count": lost}))
        parts += [_event("exchange", exchange_view(exchange, self._pipeline, mask)) for exchange in fresh]
        return b"".join(parts) or b": keepalive\n\n", now + KEEPALIVE


def _event(name: str, data: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), dumps(data))
