"""Running a proxy until somebody stops it, or inside a program that has an event loop of its own."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TextIO
from urllib.parse import urlsplit

from aiohttp import web

from mockhoop.errors import UsageError
from mockhoop.journals.file import JournalWriter
from mockhoop.server import loops
from mockhoop.server.access_log import AccessLog
from mockhoop.server.control.calls import PREFIX
from mockhoop.server.listening import listen, shown_address, stop_on_signals
from mockhoop.server.proxy.answers import as_it_was_said
from mockhoop.server.proxy.fallback import mock
from mockhoop.server.proxy.links import Links
from mockhoop.server.proxy.log import PassageLog
from mockhoop.server.proxy.passage import Observer
from mockhoop.server.proxy.passing import Targets, origin
from mockhoop.server.proxy.relay import Relay
from mockhoop.server.proxy.summary import Tally
from mockhoop.server.proxy.witness import Witness
from mockhoop.server.run import READY
from mockhoop.server.server_log import HTTP_LOGGER, attach
from mockhoop.service import Service
from mockhoop.transport import HttpTransport, Upstream, is_loopback
from mockhoop.world.clock import real_clock

MOST_COPIED = 8 * 1024 * 1024
"""Bytes of each body that are kept while it goes through, for those who look into it afterwards."""

_SECONDS_TO_FINISH = 10.0
_LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Running:
    """A proxy that listens: ``url`` is where its clients find the API, ``mock_url`` where the mock listens, if any."""

    url: str
    port: int
    tally: Tally
    mock_url: str = ""


@asynccontextmanager
async def proxying(
    service: Service,
    upstream: Upstream,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    fallback: bool = False,
    observers: Sequence[Observer] = (),
    journal: JournalWriter | None = None,
    lines: PassageLog | None = None,
    most_copied: int = MOST_COPIED,
    lead_back: bool = False,
) -> AsyncIterator[Running]:
    """A context in which a proxy listens, in the running event loop.

    The contract that is held against calls, and in which mode, are the service's; with ``fallback`` it answers what the
    upstream does not implement. ``observers``, each a ``Callable[[Entry], None]``, are told of every exchange when it
    is over: with its secrets, its bodies of up to ``most_copied`` bytes each, their compression undone. The journal
    gets the same without secrets. With ``lead_back`` the upstream's links to itself lead its clients back here, as far
    as answers are held; what is told of them is as the upstream said it.

    Raises:
        UsageError: it cannot listen there, or the upstream's certificates cannot be read.
    """
    profile = service.pipeline.stage.profile
    targets = Targets.of(profile.base_path, upstream.base_url)
    witness = Witness(service.world, lines, journal, observers, upstream.headers)
    async with AsyncExitStack() as stack:
        server = replace(upstream, base_url=origin(upstream.base_url))
        there = await stack.enter_async_context(HttpTransport(server, anonymous=True))
        here = await stack.enter_async_context(mock(service)) if fallback else None
        links = Links(upstream.base_url, profile.base_path).led_back if lead_back else None
        relay = Relay(
            service, there, targets, witness, real_clock(), most_copied=most_copied, mock=here, lead_back=links
        )
        runner = _runner(relay)
        await runner.setup()
        stack.push_async_callback(relay.finish)
        stack.push_async_callback(runner.cleanup)
        at = await listen(runner, host, port)
        url = f"{shown_address(host, at)}{profile.base_path}"
        yield Running(url, at, witness.tally, here.upstream.base_url if here is not None else "")


def run_proxy(
    service: Service,
    upstream: Upstream,
    *,
    host: str,
    port: int,
    log_format: str,
    out: TextIO,
    err: TextIO,
    fallback: bool = False,
    observers: Sequence[Observer] = (),
    journal: JournalWriter | None = None,
    most_copied: int = MOST_COPIED,
    lead_back: bool = False,
) -> Tally:
    """Pass calls on until SIGTERM or Ctrl-C; what was seen until then. The arguments are those of ``proxying``.

    ``out`` is told where it listens, last by the line ``mockhoop-ready {...}``; ``err`` gets a line for each call.

    Raises:
        UsageError: it cannot listen there, it would call itself, or the upstream's certificates cannot be read.
    """
    _refuse_itself(upstream, host, port)
    attach(AccessLog(err, log_format, real_clock()))

    async def run() -> Tally:
        stop = stop_on_signals()
        lines = PassageLog(err, log_format)
        async with proxying(
            service,
            upstream,
            host=host,
            port=port,
            fallback=fallback,
            observers=observers,
            journal=journal,
            lines=lines,
            most_copied=most_copied,
            lead_back=lead_back,
        ) as running:
            _announce(service, upstream, host, running, out)
            # It takes long to import what validates, and the first call would have to wait for it.
            warming = asyncio.create_task(asyncio.to_thread(lambda: service.contract.validator))
            await stop.wait()
            with suppress(Exception):  # what goes wrong here goes wrong again, and is told, in the call that needs it
                await warming
        return running.tally

    return loops.run(run())


def _runner(relay: Relay) -> web.AppRunner:
    @web.middleware
    async def everything(request: web.Request, handler: object) -> web.StreamResponse:  # noqa: ARG001
        return await relay.handle(request)

    # Not a route: what a router does not take for a path, such as the target of CONNECT, is to be answered as well.
    app = web.Application(middlewares=[everything])
    app.on_response_prepare.append(as_it_was_said)

    async def close(app: web.Application) -> None:  # noqa: ARG001
        relay.close()

    app.on_shutdown.append(close)
    return web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        handler_cancellation=True,  # who goes away ends the call that is made for him
        logger=logging.getLogger(HTTP_LOGGER),
        shutdown_timeout=_SECONDS_TO_FINISH,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
    )


def _refuse_itself(upstream: Upstream, host: str, port: int) -> None:
    asked = urlsplit(upstream.base_url)
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104
    same = host == asked.hostname or (upstream.is_loopback and (everywhere or is_loopback(host)))
    if port and same and asked.port == port:
        raise UsageError(f"{upstream.base_url} is the address of this proxy itself; choose another port with -p")


def _announce(service: Service, upstream: Upstream, host: str, running: Running, out: TextIO) -> None:
    print(f"mockhoop passes calls of {service.contract.name} at {running.url} on to {upstream.base_url}", file=out)
    if running.mock_url:
        print(f"the mock answers what is not implemented there (control API: {running.mock_url}{PREFIX})", file=out)
    ready = {"url": running.url, "host": host, "port": running.port, "upstream": upstream.base_url, "pid": os.getpid()}
    if running.mock_url:
        ready["mock"] = running.mock_url
    print(READY, json.dumps(ready), file=out, flush=True)
