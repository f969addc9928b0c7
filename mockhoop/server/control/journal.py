"""What was said to a world."""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from io import StringIO
from itertools import zip_longest
from typing import Any

from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.recall.entries import entry_of
from mockhoop.recall.feed import JournalFeed
from mockhoop.recall.masking import Mask
from mockhoop.recall.newcomers import Newcomers
from mockhoop.recall.search import Search, Wanted
from mockhoop.recall.view import exchange_view
from mockhoop.server import waiting
from mockhoop.server.control.calls import DONE, ControlCall, Refused, answer
from mockhoop.server.control.checks import search_findings

JSON_LINES = "application/jsonl"
_NO_BEGINNING = (
    "the journal keeps the last exchanges only, and how the world was before them is not known any more; "
    "`mockhoop serve --journal FILE` writes all into a file"
)
_WAIT_KEYS = ("count", "seconds")
_DEFAULT_LIMIT = 100


def journal(call: ControlCall) -> Reply:
    """The last exchanges."""
    kept = call.pipeline.world.journal
    limit = int(call.query.get("limit", _DEFAULT_LIMIT))
    shown = _views(call.pipeline, list(kept)[-limit:])
    return answer({"total": kept.added, "kept": len(kept), "exchanges": shown})


def export_journal(call: ControlCall) -> Reply:
    """The last exchanges as a file, with how the world was before them."""
    from mockhoop.server.journalling import writer

    pipeline = call.pipeline
    beginnings = call.beginnings.kept(pipeline)
    if not beginnings and len(pipeline.world.journal):
        raise Refused(409, _NO_BEGINNING)
    out, mask = StringIO(), Mask(pipeline.world)
    lines = writer(out, pipeline.stage.contract, call.service.settings)
    first = beginnings[0].number if beginnings else 0
    exchanges = deque(one for one in pipeline.world.journal if one.number > first)
    for one, after in zip_longest(beginnings, beginnings[1:]):
        lines.begin(one.told())
        while exchanges and (after is None or exchanges[0].number <= after.number):
            lines.add(entry_of(exchanges.popleft(), pipeline, mask, kept=True))
    return Reply(200, out.getvalue().encode(), JSON_LINES)


def clear_journal(call: ControlCall) -> Reply:
    """Forget the exchanges."""
    call.pipeline.world.journal.clear()
    return DONE


def search_journal(call: ControlCall) -> Reply:
    """The exchanges that meet conditions."""
    return _found(call.pipeline, _search(call).found())


def nearest_exchanges(call: ControlCall) -> Reply:
    """The exchanges that come nearest to conditions."""
    return answer(_nearest(_search(call), call.pipeline))


async def wait_for_exchanges(call: ControlCall) -> Reply:
    """Wait for exchanges, by real time: what is awaited comes from outside."""
    told, pipeline = call.json, call.pipeline
    count, seconds = int(told.get("count", 1)), told.get("seconds", 5)
    search, newcomers = _search(call, _WAIT_KEYS), Newcomers(pipeline.world.journal, all_kept=True)
    found: list[Exchange] = []

    def enough() -> bool:
        found.extend(exchange for exchange in newcomers.take()[0] if not search.misses(exchange))
        return call.waits.over or len(found) >= count

    with call.waits.news(pipeline.world) as news:
        await waiting.until(enough, news, seconds)
    if len(found) < count:
        if call.waits.over:
            raise Refused(503, "the server stops")
        detail = f"after {seconds:g} seconds {len(found)} of {count} exchanges were there"
        raise Refused(408, detail, nearest=_nearest(search, pipeline))
    return _found(pipeline, found)


def feed(call: ControlCall) -> Reply:
    """Each exchange as it happens."""
    pipeline = call.pipeline

    def is_current() -> bool:
        return call.service.worlds.find(pipeline.world.name) is pipeline

    headers = (("Cache-Control", "no-cache"), ("X-Accel-Buffering", "no"))
    return Reply(200, b"", "text/event-stream", headers, feed=JournalFeed(pipeline, is_current))


def _search(call: ControlCall, without: tuple[str, ...] = ()) -> Search:
    pipeline = call.pipeline
    return Search(call.read(Wanted, lambda wanted: search_findings(pipeline, wanted), without), pipeline)


def _found(pipeline: Pipeline, found: list[Exchange]) -> Reply:
    return answer({"count": len(found), "exchanges": _views(pipeline, found)})


def _views(pipeline: Pipeline, exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    mask = Mask(pipeline.world)
    return [exchange_view(exchange, pipeline, mask) for exchange in exchanges]


def _nearest(search: Search, pipeline: Pipeline) -> list[dict[str, Any]]:
    mask = Mask(pipeline.world)
    return [
        {
            "exchange": exchange_view(exchange, pipeline, mask),
            "misses": [asdict(mask.miss(exchange, miss)) for miss in misses],
        }
        for exchange, misses in search.nearest()
    ]
