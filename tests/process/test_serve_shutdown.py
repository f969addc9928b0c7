"""Stopping ``mockhoop serve``: with exit code 0, at once, and with the calls under way finished."""

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from mockhoop.server.app import make_app
from mockhoop.service import Service

from .conftest import Serve
from .processes import MOCKHOOP, ONE_SESSION, PATIENCE, SESSION, Server, eventually, rest_of

TEXT = ("x" * 99 + "\n") * 60_000
"""Six million bytes: more than all buffers between the server and a client that does not read."""
SOON = 8.0
"""Seconds: less than calls under way would be given to finish."""

both_signals = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])


@both_signals
def test_a_signal_ends_it_with_exit_code_0(serve: Serve, number: signal.Signals) -> None:
    server = serve("-s", "empty")
    server.signal(number)
    assert (server.ended(), server.log) == (0, "")


def test_connections_on_which_nothing_is_asked_do_not_delay_the_end(serve: Serve) -> None:
    server = serve("-s", "empty")
    with server.connect() as silent, server.connect() as begun, server.connect() as kept:
        begun.sendall(b"GET /api/sess")
        kept.sendall(b"GET /api/sessions HTTP/1.1\r\nHost: x\r\n\r\n")
        assert kept.recv(1 << 16).startswith(b"HTTP/1.1 401 ")
        server.signal(signal.SIGTERM)
        assert server.ended(SOON) == 0
        assert silent.recv(1) == b""


def refuses_connections(server: Server) -> bool:
    try:
        server.connect().close()
    except ConnectionError:
        return True
    return False


@pytest.fixture
def long_download(serve: Serve, tmp_path: Path) -> tuple[Server, str]:
    """A server, and the target of a download link to a long recording."""
    session = {"id": SESSION, "user": "ada@example.com", "connection": "pgdemo", "events": [[0.1, "o", TEXT]]}
    scenario = {
        "mockhoop": 1,
        "users": [{"name": "Ada", "email": "ada@example.com", "groups": ["admin"], "token": "ada"}],
        "connections": [{"name": "pgdemo", "type": "database", "subtype": "postgres"}],
        "sessions": [session],
    }
    (tmp_path / "long.json").write_text(json.dumps(scenario))
    server = serve("-s", "./long.json")
    link = urlsplit(server.get(f"/sessions/{SESSION}?extension=csv").json["download_url"])
    return server, f"{link.path}?{link.query}"


@both_signals
def test_a_download_under_way_is_finished_however_slowly_it_is_read(
    long_download: tuple[Server, str], number: signal.Signals
) -> None:
    server, target = long_download
    with server.connect(receive_buffer=4096) as slow:
        slow.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        begun = slow.recv(1000)
        server.signal(number)
        eventually(lambda: refuses_connections(server), "no new connections")
        head, _, body = (begun + rest_of(slow)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body.decode() == TEXT
    assert server.ended() == 0


async def test_it_does_not_end_before_a_response_has_left_it(service: Callable[..., Service], tmp_path: Path) -> None:
    # More than the system takes from a server in one go, and less than asyncio would wait for by itself.
    path = tmp_path / "short.yaml"
    path.write_text(ONE_SESSION.replace("1\\n", "x" * 50_000))
    runner = web.AppRunner(make_app(service(path)))
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as client:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await web.SockSite(runner, listening).start()
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, listening.getsockname())
        request = f"GET /api/sessions/{SESSION}?expand=event_stream&event_stream=utf8 HTTP/1.1\r\nHost: x\r\n"
        await loop.sock_sendall(client, f"{request}Authorization: Bearer johns-secret\r\n\r\n".encode())
        said = await loop.sock_recv(client, 1000)
        ending = asyncio.create_task(runner.cleanup())
        done, _ = await asyncio.wait({ending}, timeout=0.2)
        assert not done
        while part := await loop.sock_recv(client, 4096):
            said += part
        await ending
    assert said.count(b"x") >= 50_000


def test_a_body_under_way_is_still_taken_in_and_answered(serve: Serve) -> None:
    server = serve("-s", "empty")
    with server.connect() as slow:
        slow.sendall(b"POST /api/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert slow.recv(1 << 16).startswith(b"HTTP/1.1 100 Continue")
        server.signal(signal.SIGTERM)
        eventually(lambda: refuses_connections(server), "no new connections")
        slow.sendall(b"body")
        assert rest_of(slow).startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert server.ended() == 0


def test_what_was_answered_last_is_in_the_log(serve: Serve) -> None:
    server = serve("-s", "empty")
    server.get("/sessions?mark=the-last-one")
    server.stop()
    assert "the-last-one" in server.log


# Building a world of this size takes seconds; nobody waits for its end here.
MANY = """\
mockhoop: 1
users: [{name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: pgdemo, type: database, subtype: postgres}]
sessions: [{generate: 1000000}, {generate: 1000000}, {generate: 1000000}, {generate: 1000000}]
"""
# In the background of a shell Ctrl-C is ignored from birth.
MINDING_CTRL_C = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from mockhoop.cli import main; main(prog_name='mockhoop')",
)


class Terminal:
    """A command whose standard error is a terminal."""

    def __init__(self, folder: Path, *command: str) -> None:
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        self._seen = b""

    def seen(self) -> str:
        """What has been written so far."""
        try:
            while part := os.read(self._ours, 1 << 16):
                self._seen += part
        except (BlockingIOError, OSError):  # nothing there, or nobody any more
            pass
        return self._seen.decode()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def building(tmp_path: Path) -> Iterator[Terminal]:
    """A server that has been making a large world for so long that it shows its progress."""
    (tmp_path / "many.yaml").write_text(MANY)
    terminal = Terminal(tmp_path, *MINDING_CTRL_C, "serve", "-p", "0", "-s", "./many.yaml")
    eventually(lambda: "making the world" in terminal.seen(), "a progress bar")
    yield terminal
    terminal.close()


def test_a_world_that_takes_long_to_make_shows_its_progress(building: Terminal) -> None:
    eventually(lambda: "%" in building.seen(), "a percentage")


def test_ctrl_c_while_the_world_is_made_ends_without_a_traceback(building: Terminal) -> None:
    building.process.send_signal(signal.SIGINT)
    assert building.process.wait(timeout=PATIENCE) == 1
    assert "Traceback" not in building.seen()


def test_a_program_that_reads_the_log_gets_no_bar_drawn_into_it(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(MANY)
    log = tmp_path / "log"
    with log.open("wb") as err:
        command = [*MOCKHOOP, "serve", "-p", "0", "-s", "./many.yaml"]
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=err)
    try:
        eventually(log.read_text, "the beginning of the bar")
        assert log.read_text() == "making the world\n"
    finally:
        process.kill()
        process.wait()
