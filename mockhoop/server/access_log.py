"""The log: one structured line for each exchange, written in batches off the request's path."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import TextIO

from mockhoop.contract.violations import shortened
from mockhoop.exchange import Exchange
from mockhoop.gateway.times import rfc3339
from mockhoop.pipeline import Pipeline
from mockhoop.recall.masking import masked
from mockhoop.world.clock import Clock

FORMATS = ("text", "json", "none")

_PERIOD = 0.05
_FULL = 100
# Nobody reads more of a path or a query, and a log file is not the place to keep it.
_LONGEST = 1000


class AccessLog:
    """Collects exchanges and writes them as lines: ``text`` is logfmt, ``json`` one object a line.

    With ``none`` it is not told of exchanges, and writes only what has gone wrong, as text.
    """

    def __init__(self, stream: TextIO, line_format: str, clock: Clock) -> None:
        self._stream = stream
        self._format = line_format
        self._clock = clock
        self._waiting: deque[tuple[int, Exchange, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def observer(self) -> "AccessLog | None":
        """Who is to be told of exchanges; nobody when the format is ``none``."""
        return self if self._format != "none" else None

    def __call__(self, exchange: Exchange, seconds: float, pipeline: Pipeline) -> None:  # noqa: ARG002
        """Take note of an exchange."""
        self._waiting.append((self._clock.now(), exchange, seconds))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PERIOD, self.flush)
        elif len(self._waiting) >= _FULL:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            events = [_event(*entry) for entry in self._waiting]
            self._waiting.clear()
            self._write(events)

    def tell(self, level: str, event: str, *, traceback: str = "", **facts: object) -> None:
        """Write at once something that is no exchange, after what is waiting.

        A traceback is one field of a JSON line; in text it follows its line, as people are used to.
        """
        if self._format == "none" and level == "info":
            return
        self.flush()
        line: dict[str, object] = {"time": self._now(), "level": level, "event": event, **facts}
        if traceback and self._format == "json":
            line["traceback"] = traceback
        self._write([line], after=f"{traceback}\n" if traceback and self._format != "json" else "")

    def _now(self) -> str:
        return rfc3339(self._clock.now(), "ms")

    def _write(self, events: list[dict[str, object]], after: str = "") -> None:
        from mockhoop.server.renderers import renderer

        render = renderer(self._format)
        lines = [f"{render(event)}\n" for event in events]
        with suppress(BrokenPipeError):  # nobody reads the log any more; the calls go on
            self._stream.write("".join([*lines, after]))
            self._stream.flush()


def _event(instant: int, exchange: Exchange, seconds: float) -> dict[str, object]:
    call = exchange.call
    event: dict[str, object] = {
        "time": rfc3339(instant, "ms"),
        "method": call.method,
        "path": shortened(call.raw_path, _LONGEST),
        "query": shortened(masked(call.raw_query, "***"), _LONGEST),
        "status": exchange.reply.status,
        "bytes": len(exchange.reply.body),
        "ms": round(seconds * 1000, 3),
        "caller": exchange.caller,
        "operation": exchange.operation,
    }
    if exchange.violations:
        event["violations"] = "; ".join(f"{v.location}{v.pointer} {v.code}" for v in exchange.violations)
    return {name: value for name, value in event.items() if value != ""}
