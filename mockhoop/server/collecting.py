"""Counting what calls exercise of the contract, beside answering them: in a thread of its own."""

import logging
from collections import Counter
from collections.abc import Iterable
from queue import Queue
from threading import Thread
from time import sleep

from mockhoop.contract.document import Contract
from mockhoop.coverage.plan import Plan
from mockhoop.coverage.tally import Subject, Tally, one_run
from mockhoop.exchange import Exchange
from mockhoop.journals.entry import Entry
from mockhoop.pipeline import Pipeline
from mockhoop.recall.transitions import steps
from mockhoop.service import Service
from mockhoop.world.changes import Effect

log = logging.getLogger("mockhoop.server")

_BATCH = 16
_BATCH_BYTES = 256 * 1024
_MOST_BATCHES = 128
"""How much may wait to be looked at; then answering waits, so that memory does not grow without an end."""
_MOST_STEADY = 2_048
_MOST_STEADY_BYTES = 8 * 1024 * 1024
"""Answers that may be given again: how many of them are kept, to be looked at once only."""

_Batch = list[tuple[Exchange, int]]


class Collector:
    """Is told of exchanges and changes, and tells in the end what they have exercised.

    An answer that is given again counts again without being looked at. What happens in a world counts whoever brought
    it about: a call, the clock, or the control API.
    """

    def __init__(self, service: Service) -> None:
        self._plan = Plan(service.contract)
        self._counts: Counter[str] = Counter()
        self._batch: _Batch = []
        self._steady: dict[int, tuple[Exchange, int]] = {}
        self._batch_bytes = self._steady_bytes = 0
        self._batches: Queue[_Batch | None] = Queue(_MOST_BATCHES)
        self._thread: Thread | None = None
        service.witness = self._witness

    def __call__(self, exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:  # noqa: ARG002
        """Take note of an exchange."""
        if pipeline.stage.contract is not self._plan.contract:
            self._begin_with(pipeline.stage.contract)
        if exchange.steady is None:
            self._wait((exchange, 1))
            return
        known = self._steady.get(id(exchange.call))
        self._steady[id(exchange.call)] = (exchange, 1) if known is None else (known[0], known[1] + 1)
        if known is None:
            self._steady_bytes += _size(exchange)
            while len(self._steady) > _MOST_STEADY or self._steady_bytes > _MOST_STEADY_BYTES:
                self._let_go_of_the_oldest()

    def tally(self) -> Tally:
        """What was exercised so far, as one run. No exchange may come meanwhile."""
        self._finish()
        return one_run(Subject.of(self._plan.contract), self._counts)

    def _witness(self, effects: Iterable[Effect]) -> None:
        self._counts.update(name for step in steps(effects) if (name := self._plan.transition(step)))

    def _begin_with(self, contract: Contract) -> None:
        """Another reading of the files: what was exercised of the one before says nothing of it."""
        self._finish()
        self._plan, self._counts = Plan(contract), Counter()

    def _let_go_of_the_oldest(self) -> None:
        """One at a time: many at once would keep answers waiting."""
        oldest = self._steady.pop(next(iter(self._steady)))
        self._steady_bytes -= _size(oldest[0])
        self._wait(oldest)

    def _wait(self, one: tuple[Exchange, int]) -> None:
        self._batch.append(one)
        self._batch_bytes += _size(one[0])
        if len(self._batch) >= _BATCH or self._batch_bytes >= _BATCH_BYTES:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work, name="mockhoop-coverage", daemon=True)
            self._thread.start()
        self._batches.put(self._batch)
        self._batch, self._batch_bytes = [], 0

    def _finish(self) -> None:
        while self._steady:
            self._let_go_of_the_oldest()
        self._hand_over()
        self._batches.put(None)
        assert self._thread is not None
        self._thread.join()
        self._thread = None

    def _work(self) -> None:
        counts: Counter[str] = Counter()
        while (batch := self._batches.get()) is not None:
            for exchange, times in batch:
                for name in self._looked_at(exchange):
                    counts[name] += times
                sleep(0)  # answering goes first
        self._counts.update(counts)

    def _looked_at(self, exchange: Exchange) -> Iterable[str]:
        try:
            return self._plan.hits(_entry(exchange))
        except Exception:  # who answers must not wait for a thread that has ended
            log.exception("%s %s does not count", exchange.call.method, exchange.call.raw_path)
            return ()


def _size(exchange: Exchange) -> int:
    return len(exchange.call.body) + len(exchange.reply.body)


def _entry(exchange: Exchange) -> Entry:
    """What counts of an exchange. Of an answer that was never given whole, nothing does."""
    call, reply = exchange.call, exchange.reply
    broken = reply.delivery is not None and bool(reply.delivery.drop)
    headers = reply.headers if not reply.content_type else (("Content-Type", reply.content_type), *reply.headers)
    return Entry(
        method=call.method,
        path=call.raw_path,
        query=call.raw_query,
        request_headers=tuple(call.headers.items()),
        request_body=call.body,
        status=0 if broken else reply.status,
        response_headers=headers,
        response_body=reply.body,
        operation=exchange.operation,
    )
