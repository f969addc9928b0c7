"""Writing what is said to all worlds into a journal, in batches off the request's path."""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

from mockhoop.contract.document import Contract
from mockhoop.errors import UsageError
from mockhoop.exchange import Exchange
from mockhoop.journals.file import JournalWriter
from mockhoop.pipeline import Pipeline
from mockhoop.recall.entries import entry_of
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.server.beginnings import Beginnings, Noted

log = logging.getLogger("mockhoop.server")

_PERIOD = 0.05
_FULL = 500
_FULL_BYTES = 8 * 1024 * 1024
_ELSEWHERE = ("contract", "more", "scenarios", "seed", "validation", "check_responses")
"""Settings that a file tells of each world, or in its first line."""


class JournalKeeper:
    """Is told of exchanges, and writes them into a file with the beginnings of their worlds. Used as a context."""

    def __init__(self, path: Path, contract: Contract, settings: Settings, beginnings: Beginnings) -> None:
        """Begin a file, in the place of one that is there. Raises UsageError where that cannot be."""
        self._path = path
        self._beginnings = beginnings
        try:
            self._out = path.open("w", encoding="utf-8")
            self._writer: JournalWriter | None = writer(self._out, contract, settings)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(f"the journal {path} cannot be written: {reason}") from None
        self._written: WeakKeyDictionary[Pipeline, Noted] = WeakKeyDictionary()
        self._waiting: deque[tuple[Exchange, Pipeline, Noted | None]] = deque()
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> "JournalKeeper":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flush()
        try:
            self._out.close()
        except OSError as failure:
            self._end(failure)

    def __call__(self, exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:  # noqa: ARG002
        """Take note of an exchange."""
        self._waiting.append((exchange, pipeline, self._beginnings.latest(pipeline)))
        self._bytes += len(exchange.call.body) + len(exchange.reply.body)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PERIOD, self.flush)
        elif len(self._waiting) >= _FULL or self._bytes >= _FULL_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting, self._bytes = self._waiting, deque(), 0
        try:
            for one in waiting:
                self._write(*one)
        except OSError as error:
            self._end(error)

    def _end(self, error: OSError) -> None:
        """Tell that nothing more can be written, once: what is left of a line fails again when the file is closed."""
        if self._writer is not None:
            log.error("the journal %s ends here: %s", self._path, (error.strerror or str(error)).lower())
        self._writer = None

    def _write(self, exchange: Exchange, pipeline: Pipeline, noted: Noted | None) -> None:
        if self._writer is None:
            return
        if noted is not None and self._written.get(pipeline) is not noted:
            self._written[pipeline] = noted
            self._writer.begin(noted.told())
        self._writer.add(entry_of(exchange, pipeline))


def writer(out: Any, contract: Contract, settings: Settings) -> JournalWriter:
    """Writes journals of what is served."""
    shipped = contract.path.parent == spec_dir() and not settings.more
    name = contract.path.stem if shipped else contract.location or contract.name
    return JournalWriter(out, name, contract.release, _told(settings))


def _told(settings: Settings) -> Mapping[str, Any]:
    """Settings other than usual."""
    usual = {one.name: one.default for one in fields(Settings)}
    told = {name: value for name, value in asdict(settings).items() if name not in _ELSEWHERE and value != usual[name]}
    more = [[prefix, str(document)] for prefix, document in settings.more]
    return {**told, "more": more} if more else told
