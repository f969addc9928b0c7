"""The proxy's access log: one structured line for each call, as a server's own has it."""

from contextlib import suppress
from typing import TextIO

from mockhoop.contract.violations import shortened
from mockhoop.gateway.times import rfc3339
from mockhoop.recall.masking import masked
from mockhoop.server.proxy.passage import UPSTREAM, Passage

_LONGEST = 1000
"""Characters of a path, of a query or of what went wrong."""


class PassageLog:
    """Writes a line for each call that went through: ``text`` is logfmt, ``json`` one object a line, ``none`` none."""

    def __init__(self, stream: TextIO, line_format: str) -> None:
        self._stream = stream
        self._format = line_format

    def __call__(self, passage: Passage) -> None:
        """Write the line of a call."""
        if self._format == "none":
            return
        from mockhoop.server.renderers import renderer

        with suppress(BrokenPipeError):  # nobody reads the log any more; the calls go on
            self._stream.write(f"{renderer(self._format)(_event(passage))}\n")
            self._stream.flush()


def _event(passage: Passage) -> dict[str, object]:
    call = passage.call
    event: dict[str, object] = {
        "time": rfc3339(passage.at, "ms"),
        "method": call.method,
        "path": shortened(call.raw_path, _LONGEST),
        "query": shortened(masked(call.raw_query, "***"), _LONGEST),
        "status": passage.status or "",
        "bytes": passage.answer.size,
        "ms": round(passage.seconds * 1000, 3),
        "operation": passage.operation,
        "answered_by": "" if passage.answered_by == UPSTREAM else passage.answered_by,
        "trouble": shortened(passage.trouble, _LONGEST),
        "violations": "; ".join(f"{v.location}{v.pointer} {v.code}" for v in passage.violations),
    }
    return {name: value for name, value in event.items() if value != ""}
