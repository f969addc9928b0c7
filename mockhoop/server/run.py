"""Running a service until somebody stops it."""

import asyncio
import gc
import json
import logging
import os
import signal
from typing import TextIO

from aiohttp import web

from mockhoop.errors import UsageError
from mockhoop.server.access_log import AccessLog
from mockhoop.server.app import make_app
from mockhoop.service import Service

READY = "mockhoop-ready"
"""The first word of the line that says, for programs, that we are listening; JSON follows."""

# Long URLs are the gateway's to judge, not ours: Go takes a megabyte of them.
_LONGEST_LINE = 64 * 1024
_SECONDS_TO_FINISH = 10.0


def run(service: Service, *, host: str, port: int, log_format: str, out: TextIO, err: TextIO) -> None:
    """Serve until SIGTERM or Ctrl-C; calls under way are finished first.

    Raises:
        UsageError: the address cannot be listened on.
    """
    _quiet_server_log(err)
    asyncio.run(_serve(service, host, port, log_format, out, err))


async def _serve(service: Service, host: str, port: int, log_format: str, out: TextIO, err: TextIO) -> None:
    log = AccessLog(err, log_format, service.world.clock) if log_format != "none" else None
    runner = web.AppRunner(
        make_app(service.pipeline, observe=log),
        access_log=None,
        logger=logging.getLogger("mockhoop.http"),
        shutdown_timeout=_SECONDS_TO_FINISH,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    stop = _stop_on_signals()
    await runner.setup()
    try:
        await _listen(runner, host, port)
        _announce(service, runner, host, out)
        await asyncio.gather(stop.wait(), asyncio.to_thread(_warm_up, service))
    finally:
        await runner.cleanup()
        if log is not None:
            log.flush()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
        raise UsageError(
            f"cannot listen on {host} port {port}: {reason}; choose another port with -p, or -p 0 for a free one"
        ) from None


def _announce(service: Service, runner: web.AppRunner, host: str, out: TextIO) -> None:
    port = runner.addresses[0][1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    url = f"http://{shown}:{port}{service.pipeline.profile.base_path}"
    admin = service.first_admin()
    token = admin.token if admin is not None else ""
    print(f"mockhoop serves {service.contract.name} at {url}", file=out)
    if admin is not None and service.contract.profile:
        print(f"token of {admin.email} (admin): {token}", file=out)
        print(f"try: curl -s -H 'Authorization: Bearer {token}' '{url}/sessions?limit=3'", file=out)
    ready = {"url": url, "host": host, "port": port, "token": token, "pid": os.getpid()}
    print(READY, json.dumps(ready), file=out, flush=True)


def _warm_up(service: Service) -> None:
    """What takes long to import and is not needed for the first answer."""
    service.contract.validator.compile(service.contract.operations)
    import structlog  # noqa: F401

    gc.freeze()


class _OneLine(logging.Formatter):
    """A client's broken request is told in one line; a mistake of ours keeps its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and type(error).__module__.startswith("aiohttp."):
            return f"{record.getMessage()}: {str(error).splitlines()[0]}"
        return super().format(record)


def _quiet_server_log(err: TextIO) -> None:
    handler = logging.StreamHandler(err)
    handler.setFormatter(_OneLine("%(levelname)s %(message)s"))
    logger = logging.getLogger("mockhoop")
    logger.handlers = [handler]
    logger.propagate = False
