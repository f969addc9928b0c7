"""The event loop of ``mockhoop serve``: uvloop's, and without it that of asyncio."""

import signal
import sys

from .conftest import Serve

PROGRAM = "from mockhoop.cli import main; main()"
WITHOUT_UVLOOP = (sys.executable, "-c", f"import sys; sys.modules['uvloop'] = None; {PROGRAM}")
ONLY_WITH_UVLOOP = (sys.executable, "-c", f"import asyncio; asyncio.new_event_loop = None; {PROGRAM}")


def test_it_serves_and_stops_where_uvloop_is_missing(serve: Serve) -> None:
    server = serve("-s", "empty", command=WITHOUT_UVLOOP)
    assert server.get("/sessions", token=None).status == 401
    server.signal(signal.SIGTERM)
    assert server.ended() == 0
    assert "Traceback" not in server.log


def test_it_needs_no_loop_of_asyncio_where_uvloop_is_there(serve: Serve) -> None:
    server = serve("-s", "empty", command=ONLY_WITH_UVLOOP)
    assert server.get("/sessions", token=None).status == 401
