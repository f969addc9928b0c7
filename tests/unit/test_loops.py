"""The event loop of a server: the fastest that is installed."""

import asyncio
import sys

import pytest
import uvloop

from mockhoop.server import loops


async def running() -> asyncio.AbstractEventLoop:
    """The loop in which it is asked."""
    return asyncio.get_running_loop()


def test_a_server_runs_in_the_loop_of_uvloop() -> None:
    assert isinstance(loops.run(running()), uvloop.Loop)


def test_a_server_runs_in_the_loop_of_asyncio_where_uvloop_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert isinstance(loops.run(running()), asyncio.SelectorEventLoop)


def test_what_goes_wrong_in_a_loop_is_raised() -> None:
    async def failing() -> None:
        raise LookupError("told")

    with pytest.raises(LookupError, match="told"):
        loops.run(failing())
