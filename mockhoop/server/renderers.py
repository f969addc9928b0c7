"""How a line of the log is written (only importer of structlog, which takes long to import).

It is imported late, in one thread to warm up or in another because a line is waiting. Both must come this way: two
threads that enter structlog by different doors wait for each other, and one of them gets half a module.
"""

import json
from collections.abc import Callable, Mapping

from structlog.processors import JSONRenderer, LogfmtRenderer

_encode = json.JSONEncoder(default=repr).encode
_RENDERERS: dict[str, Callable[[None, str, dict[str, object]], str | bytes]] = {
    "json": JSONRenderer(serializer=lambda event, **_: _encode(event)),  # json.dumps makes an encoder for each line
    "text": LogfmtRenderer(),
}


def renderer(line_format: str) -> Callable[[Mapping[str, object]], str]:
    """What makes a line, without its end, of an event; a format that is not known is ``text``."""
    render = _RENDERERS.get(line_format, _RENDERERS["text"])
    return lambda event: _text(render(None, "", dict(event)))


def _text(line: str | bytes) -> str:
    return line if isinstance(line, str) else line.decode()
