"""Running a service until somebody stops it."""

import asyncio
import gc
import json
import os
from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Any, TextIO

from aiohttp import web

from mockhoop.contract.document import Contract
from mockhoop.server import loops
from mockhoop.server.access_log import AccessLog
from mockhoop.server.adapter import Observer
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.control.calls import PREFIX
from mockhoop.server.control.guard import Guard
from mockhoop.server.listening import listen, shown_address, stop_on_signals
from mockhoop.server.runner import make_runner, set_up
from mockhoop.server.server_log import attach
from mockhoop.service import Service

if TYPE_CHECKING:
    from mockhoop.server.watching import Watcher

OnReady = Callable[[Contract, str], None]
"""Is told what is served, and where."""

READY = "mockhoop-ready"
"""The first word of the line that says, for programs, that we are listening; JSON follows."""

_SECONDS_TO_FINISH = 10.0
_SECONDS_TO_TAKE_IN = 5.0
_SECONDS_FOR_FIRST_ANSWERS = 0.3
_MOST_PREPARED = 500
"""Of operations; the plans of others are made when they are first called."""


def run(
    service: Service,
    *,
    host: str,
    port: int,
    log_format: str,
    out: TextIO,
    err: TextIO,
    watch: bool = False,
    control_token: str = "",
    on_ready: OnReady | None = None,
    observers: Sequence[Observer] = (),
    beginnings: Beginnings | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; calls under way are finished first. With ``watch``, changed files are taken over.

    Without a control token the control API answers callers on this machine only. ``observers`` are told of exchanges
    beside the log; who has something to finish when all is over does that after this returns.

    Raises:
        UsageError: the address cannot be listened on.
    """
    log = AccessLog(err, log_format, service.world.clock)
    attach(log)
    watcher = _watcher(service, log, out) if watch else None
    guard = Guard(control_token, frozenset({host}))
    told = [one for one in (log.observer, *observers) if one is not None]
    loops.run(_serve(service, host, port, log, told, beginnings, out, watcher, guard, on_ready))


def _watcher(service: Service, log: AccessLog, out: TextIO) -> "Watcher":
    from mockhoop.server.watching import Watcher

    return Watcher(service, log, out)


async def _serve(
    service: Service,
    host: str,
    port: int,
    log: AccessLog,
    observers: Sequence[Observer],
    beginnings: Beginnings | None,
    out: TextIO,
    watcher: "Watcher | None",
    guard: Guard,
    on_ready: OnReady | None,
) -> None:
    app = make_app(service, observers=observers, beginnings=beginnings, guard=guard)
    runner = make_runner(app, host, seconds_to_finish=_SECONDS_TO_FINISH)
    stop = stop_on_signals()
    await set_up(runner, app[ADAPTER])
    try:
        at = await listen(runner, host, port)
        gc.enable()
        _announce(service, host, at, out, on_ready)
        async with asyncio.TaskGroup() as tasks:
            if watcher is not None:
                tasks.create_task(watcher.watch(stop))
            await _warm_up_soon(service, stop)
            await stop.wait()
    finally:
        await _take_in_the_rest(runner, app[ADAPTER].taking_in)
        await runner.cleanup()
        log.flush()


async def _take_in_the_rest(runner: web.AppRunner, tasks: Set[asyncio.Task[Any]]) -> None:
    """Stop listening, and wait for the bodies that are still coming; in its own clean-up aiohttp reads no more."""
    for site in list(runner.sites):
        await site.stop()
    if tasks:
        await asyncio.wait(set(tasks), timeout=_SECONDS_TO_TAKE_IN)


def _announce(service: Service, host: str, port: int, out: TextIO, on_ready: OnReady | None) -> None:
    here = shown_address(host, port)
    url = f"{here}{service.pipeline.stage.profile.base_path}"
    admin = service.first_admin()
    token = admin.token if admin is not None else ""
    print(f"mockhoop serves {service.contract.name} at {url}", file=out)
    if admin is not None and service.contract.profile:
        print(f"token of {admin.email} (admin): {token}", file=out)
        sign_in = quote(f"Authorization: Bearer {token}")
        print(f"try: curl -s -H {sign_in} {quote(f'{url}/sessions?limit=3')}", file=out)
    print(f"control API: {here}{PREFIX}", file=out)
    if on_ready is not None:
        on_ready(service.contract, url)
    ready = {"url": url, "host": host, "port": port, "token": token, "pid": os.getpid()}
    print(READY, json.dumps(ready), file=out, flush=True)


async def _warm_up_soon(service: Service, stop: asyncio.Event) -> None:
    """Prepare for later calls, but let the first ones be answered before."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), _SECONDS_FOR_FIRST_ANSWERS)
        return
    # What goes wrong here goes wrong again, and is told, in the call that needs it.
    await asyncio.gather(asyncio.to_thread(_warm_up, service), return_exceptions=True)


def _warm_up(service: Service) -> None:
    """What takes long to import and is not needed for the first answer."""
    service.contract.validator.compile(islice(service.contract.operations, _MOST_PREPARED))
    import mockhoop.server.renderers  # noqa: F401

    gc.freeze()
