"""What aiohttp and our own code have to report, as lines of the one log."""

import logging
import re

from aiohttp.http import HttpProcessingError
from aiohttp.http_exceptions import BadHttpMessage

from mockhoop.server.access_log import AccessLog

HTTP_LOGGER = "mockhoop.http"
"""The logger that aiohttp's server is given."""

_LOGGERS = ("mockhoop", "asyncio")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class ServerLog(logging.Handler):
    """Turns log records into lines: a client's broken request into one, a mistake of ours with its traceback."""

    def __init__(self, log: AccessLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            self._log.tell("info", "broken request", status=error.code or 400, reason=_reason(error))
        elif record.levelno >= logging.WARNING:
            traceback = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            self._log.tell(record.levelname.lower(), record.getMessage(), traceback=traceback)


def _reason(error: HttpProcessingError) -> str:
    # Behind its first line, or in all of it, the text quotes what the client sent, and that may be a token.
    if type(error) is BadHttpMessage:
        return error.message.splitlines()[0].rstrip(":.")
    return _WORD.sub(" ", type(error).__name__.removesuffix("Error")).lower()


def attach(log: AccessLog) -> None:
    """Send what is reported from now on to this log and nowhere else."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [ServerLog(log)]
        logger.propagate = False
    # aiohttp takes what is no HTTP at all for a matter of debugging; one line of it is fair.
    logging.getLogger(HTTP_LOGGER).setLevel(logging.DEBUG)
