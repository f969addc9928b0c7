"""The access log: one structured line for each exchange, written in batches off the request's path."""

import asyncio
import re
from collections import deque
from typing import TextIO

from mockhoop.gateway.times import rfc3339
from mockhoop.pipeline import Exchange
from mockhoop.world.clock import Clock

FORMATS = ("text", "json", "none")

_PERIOD = 0.05
_FULL = 2000
_SECRET = re.compile(r"((?:^|&)(?:token|__token)=)[^&]*")


class AccessLog:
    """Collects exchanges and writes them as lines: ``text`` is logfmt, ``json`` one object a line."""

    def __init__(self, stream: TextIO, line_format: str, clock: Clock) -> None:
        self._stream = stream
        self._format = line_format
        self._clock = clock
        self._waiting: deque[tuple[int, Exchange, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __call__(self, exchange: Exchange, seconds: float) -> None:
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
            render = _renderer(self._format)
            lines = [f"{render(None, 'info', _event(*entry))}\n" for entry in self._waiting]
            self._waiting.clear()
            self._stream.write("".join(lines))
            self._stream.flush()


def _renderer(line_format: str):  # type: ignore[no-untyped-def]
    from structlog.processors import JSONRenderer, LogfmtRenderer

    return JSONRenderer() if line_format == "json" else LogfmtRenderer()


def _event(instant: int, exchange: Exchange, seconds: float) -> dict[str, object]:
    call = exchange.call
    event: dict[str, object] = {
        "time": rfc3339(instant, "ms"),
        "method": call.method,
        "path": call.raw_path,
        "query": _SECRET.sub(r"\1***", call.raw_query),
        "status": exchange.reply.status,
        "bytes": len(exchange.reply.body),
        "ms": round(seconds * 1000, 3),
        "caller": exchange.caller,
        "operation": exchange.operation,
    }
    if exchange.violations:
        event["violations"] = "; ".join(f"{v.location}{v.pointer} {v.code}" for v in exchange.violations)
    return {name: value for name, value in event.items() if value != ""}
