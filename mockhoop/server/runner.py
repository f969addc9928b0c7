"""aiohttp's runner, set up as every server of ours is."""

import logging
from collections.abc import Sequence

from aiohttp import web

from mockhoop.server.adapter import Adapter, Observer
from mockhoop.server.app import ADAPTER, CONTROL, make_app
from mockhoop.server.ports import WorldPorts
from mockhoop.server.server_log import HTTP_LOGGER
from mockhoop.service import Service

# Go's own bound on a request's head. The adapter refuses a long URL before, with a text and a line in the log.
_LONGEST_LINE = 1024 * 1024


def make_runner(app: web.Application, host: str, *, seconds_to_finish: float) -> web.AppRunner:
    """The runner of an app that listens on a host; calls under way have so long to finish when it is cleaned up."""
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,  # the gateway takes bodies as they come (section 1.3)
        logger=logging.getLogger(HTTP_LOGGER),
        shutdown_timeout=seconds_to_finish,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )
    app[CONTROL].ports = WorldPorts(runner, app[ADAPTER], host)
    return runner


async def set_up(runner: web.AppRunner, adapter: Adapter) -> None:
    """Set a runner up, so that what can be answered at once is answered before the app looks for a route."""
    await runner.setup()
    server = runner.server
    assert server is not None
    handle = server.request_handler

    async def handle_at_once(request: web.BaseRequest) -> web.StreamResponse:
        return adapter.repeated(request) or adapter.at_once(request) or await handle(request)

    server.request_handler = handle_at_once


class Server:
    """A server in the running event loop, for programs that have one of their own."""

    def __init__(
        self, service: Service, host: str, *, seconds_to_finish: float, observers: Sequence[Observer] = ()
    ) -> None:
        app = make_app(service, observers=observers)
        self._adapter = app[ADAPTER]
        self._runner = make_runner(app, host, seconds_to_finish=seconds_to_finish)
        self._host = host

    async def start(self, port: int) -> int:
        """Listen on a port, 0 for a free one; the port that it is. Raises OSError where that cannot be."""
        await set_up(self._runner, self._adapter)
        await web.TCPSite(self._runner, self._host, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Finish the calls that are under way, and listen no longer."""
        await self._runner.cleanup()
