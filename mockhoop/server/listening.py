"""Listening on an address until somebody says that it is enough."""

import asyncio
import errno
import os
import signal

from aiohttp import web

from mockhoop.errors import UsageError

_HOST_ADVICE = "--host takes an address of this machine, such as 127.0.0.1"


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def listen(runner: web.AppRunner, host: str, port: int) -> int:
    """Listen on a port of a host, 0 for a free one; the port that it is.

    Raises:
        UsageError: the address cannot be listened on.
    """
    if not host:  # to asyncio that means every address of this machine, which nobody asks for so
        raise UsageError(f"the host is empty; {_HOST_ADVICE}")
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {host} port {port}: {_reason(error)}") from None
    return int(runner.addresses[0][1])


def shown_address(host: str, port: int) -> str:
    """The address under which callers on this machine reach a host that is listened on."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EACCES):
        return f"{os.strerror(error.errno).lower()}; choose another port with -p, or -p 0 for a free one"
    if isinstance(error, OSError) and error.errno == errno.EADDRNOTAVAIL:
        return f"it is no address of this machine; {_HOST_ADVICE}"
    return f"no such host is known; {_HOST_ADVICE}"
