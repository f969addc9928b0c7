"""Running a service until somebody stops it."""

import asyncio
import errno
import gc
import json
import os
import signal
from collections.abc import Callable, Set
from contextlib import suppress
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Any, TextIO

from aiohttp import web

from mockhoop.contract.document import Contract
from mockhoop.errors import UsageError
from mockhoop.server.access_log import AccessLog
from mockhoop.server.app import ADAPTER, make_app
from mockhoop.server.control.calls import PREFIX
from mockhoop.server.control.guard import Guard
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
_HOST_ADVICE = "--host takes an address of this machine, such as 127.0.0.1"


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
) -> None:
    """Serve until SIGTERM or Ctrl-C; calls under way are finished first. With ``watch``, changed files are taken over.

    Without a control token the control API answers callers on this machine only.

    Raises:
        UsageError: the address cannot be listened on.
    """
    log = AccessLog(err, log_format, service.world.clock)
    attach(log)
    watcher = _watcher(service, log, out) if watch else None
    guard = Guard(control_token, frozenset({host}))
    asyncio.run(_serve(service, host, port, log, out, watcher, guard, on_ready))


def _watcher(service: Service, log: AccessLog, out: TextIO) -> "Watcher":
    from mockhoop.server.watching import Watcher

    return Watcher(service, log, out)


async def _serve(
    service: Service,
    host: str,
    port: int,
    log: AccessLog,
    out: TextIO,
    watcher: "Watcher | None",
    guard: Guard,
    on_ready: OnReady | None,
) -> None:
    app = make_app(service, observe=log.observer, guard=guard)
    runner = make_runner(app, host, seconds_to_finish=_SECONDS_TO_FINISH)
    stop = _stop_on_signals()
    await set_up(runner, app[ADAPTER])
    try:
        await _listen(runner, host, port)
        gc.enable()
        _announce(service, runner, host, out, on_ready)
        async with asyncio.TaskGroup() as tasks:
            if watcher is not None:
                tasks.create_task(watcher.watch(stop))
            await _warm_up_soon(service, stop)
            await stop.wait()
    finally:
        await _take_in_the_rest(runner, app[ADAPTER].taking_in)
        await runner.cleanup()
        log.flush()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    if not host:  # to asyncio that means every address of this machine, which nobody asks for so
        raise UsageError(f"the host is empty; {_HOST_ADVICE}")
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {host} port {port}: {_reason(error)}") from None


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EACCES):
        return f"{os.strerror(error.errno).lower()}; choose another port with -p, or -p 0 for a free one"
    if isinstance(error, OSError) and error.errno == errno.EADDRNOTAVAIL:
        return f"it is no address of this machine; {_HOST_ADVICE}"
    return f"no such host is known; {_HOST_ADVICE}"


async def _take_in_the_rest(runner: web.AppRunner, tasks: Set[asyncio.Task[Any]]) -> None:
    """Stop listening, and wait for the bodies that are still coming; in its own clean-up aiohttp reads no more."""
    for site in list(runner.sites):
        await site.stop()
    if tasks:
        await asyncio.wait(set(tasks), timeout=_SECONDS_TO_TAKE_IN)


def _announce(service: Service, runner: web.AppRunner, host: str, out: TextIO, on_ready: OnReady | None) -> None:
    port = runner.addresses[0][1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    url = f"http://{shown}:{port}{service.pipeline.stage.profile.base_path}"
    admin = service.first_admin()
    token = admin.token if admin is not None else ""
    print(f"mockhoop serves {service.contract.name} at {url}", file=out)
    if admin is not None and service.contract.profile:
        print(f"token of {admin.email} (admin): {token}", file=out)
        sign_in = quote(f"Authorization: Bearer {token}")
        print(f"try: curl -s -H {sign_in} {quote(f'{url}/sessions?limit=3')}", file=out)
    print(f"control API: http://{shown}:{port}{PREFIX}", file=out)
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
