"""Serving changed files as soon as they are saved (only importer of watchfiles)."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from mockhoop.errors import SourceError, UsageError
from mockhoop.repertoire import Repertoire, files, read
from mockhoop.server.access_log import AccessLog
from mockhoop.service import Service

RELOADED = "mockhoop-reloaded"
"""The first word of the line that says, for programs, what came of a changed file; JSON follows."""

_MISSING = "watching files needs the package watchfiles; install it with: pip install 'mockhoop[watch]'"
_SETTLING_MS = 50
"""Saving a file may be several changes; what comes in so short a time is one."""


class Watcher:
    """Takes over changed files of a service as a whole, when they are good; broken ones are told, and nothing else."""

    def __init__(self, service: Service, log: AccessLog, out: TextIO) -> None:
        """Raises UsageError when the library that watches is not installed."""
        try:
            import watchfiles
        except ImportError:
            raise UsageError(_MISSING) from None
        self._awatch = watchfiles.awatch
        self._service = service
        self._log = log
        self._out = out
        self._seen = self._signatures()

    async def watch(self, stop: asyncio.Event) -> None:
        """Watch until stopped."""
        while not stop.is_set():
            # The folders are watched, not the files: editors put a new file in the place of the old one.
            folders = {path.parent for path in self._seen if path.parent.is_dir()}
            # It also yields now and then without news, so that nothing is missed where the system tells nothing.
            async for _ in self._awatch(
                *folders, step=_SETTLING_MS, recursive=False, stop_event=stop, yield_on_timeout=True
            ):
                before, self._seen = self._seen, self._signatures()
                if self._seen != before:
                    await self._reload()
                if not {path.parent for path in self._signatures()} <= folders:
                    break  # the files that were read now are elsewhere as well

    def _signatures(self) -> dict[Path, tuple[int, int, int]]:
        """By what a changed file is told, for each file that there is."""
        found = {}
        for path in files(self._service.repertoire):
            with suppress(OSError):
                stat = path.stat()
                found[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        return found

    async def _reload(self) -> None:
        """Read the files beside what is served, and swap the two if they are good."""
        try:
            fresh = await asyncio.to_thread(_prepared, self._service)
        except UsageError as error:
            problems = [str(one) for one in error.problems] if isinstance(error, SourceError) else [str(error)]
            self._log.tell("error", "not reloaded: the files have mistakes", problems="; ".join(problems))
            self._tell(ok=False, problems=problems)
            return
        misfits = self._service.adopt(fresh)
        self._log.tell("info", "reloaded", misfits=sum(map(len, misfits.values())))
        self._tell(ok=True, misfits=misfits)

    def _tell(self, **facts: object) -> None:
        print(RELOADED, json.dumps(facts, ensure_ascii=False), file=self._out, flush=True)


def _prepared(service: Service) -> Repertoire:
    """A new reading with everything made that its first calls need, off the thread that answers calls."""
    fresh = read(service.settings)
    stage = fresh.stage(fresh.base().chance)
    fresh.contract.validator.compile(stage.contract.operations)
    return fresh
