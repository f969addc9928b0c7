"""What was said to a world."""

import asyncio
from collections.abc import Iterable
from typing import Any

from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.recall.feed import JournalFeed
from mockhoop.recall.masking import Mask
from mockhoop.recall.search import Search, Wanted
from mockhoop.recall.view import exchange_view
from mockhoop.server import waiting
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer

_WAIT_KEYS = ("count", "seconds")
_DEFAULT_LIMIT = 100


def journal(call: ControlCall) -> Reply:
    """The last exchanges."""
    kept = call.pipeline.world.journal
    limit = int(call.query.get("limit", _DEFAULT_LIMIT))
    shown = _views(call.pipeline, list(kept)[-limit:])
    return answer({"total": kept.added, "kept": len(kept), "exchanges": shown})


def clear_journal(call: ControlCall) -> Reply:
    """Forget the exchanges."""
    call.pipeline.world.journal.clear()
    return DONE


def search_journal(call: ControlCall) -> Reply:
    """The exchanges that meet conditions."""
    return _found(call.pipeline, Search(call.read(Wanted), call.pipeline).found())


def nearest_exchanges(call: ControlCall) -> Reply:
    """The exchanges that come nearest to conditions."""
    return answer(_nearest(Search(call.read(Wanted), call.pipeline), call.pipeline))


async def wait_for_exchanges(call: ControlCall) -> Reply:
    """Wait for exchanges, by real time: what is awaited comes from outside."""
    told, pipeline = call.json, call.pipeline
    count, seconds = told.get("count", 1), told.get("seconds", 5)
    search = Search(call.read(Wanted, _WAIT_KEYS), pipeline)
    news = asyncio.Event()
    with pipeline.world.watched(news.set):
        await waiting.until(lambda: len(search.found()) >= count, news, seconds)
    found = search.found()
    if len(found) < count:
        detail = f"after {seconds:g} seconds {len(found)} of {count} exchanges were there"
        raise Refused(408, detail, nearest=_nearest(search, pipeline))
    return _found(pipeline, found)


def feed(call: ControlCall) -> Reply:
    """Each exchange as it happens."""
    headers = (("Cache-Control", "no-cache"), ("X-Accel-Buffering", "no"))
    return Reply(200, b"", "text/event-stream", headers, feed=JournalFeed(call.pipeline))


def _found(pipeline: Pipeline, found: list[Exchange]) -> Reply:
    return answer({"count": len(found), "exchanges": _views(pipeline, found)})


def _views(pipeline: Pipeline, exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    mask = Mask(pipeline.world)
    return [exchange_view(exchange, pipeline, mask) for exchange in exchanges]


def _nearest(search: Search, pipeline: Pipeline) -> list[dict[str, Any]]:
    return [
        {
            "exchange": exchange_view(exchange, pipeline),
            "misses": [{"condition": miss.condition, "wanted": miss.wanted, "found": miss.found} for miss in misses],
        }
        for exchange, misses in search.nearest()
    ]
