"""mockhoop as a process: started, talked to over real sockets, stopped. Nothing here sleeps for a fixed time."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

MOCKHOOP = (sys.executable, "-m", "mockhoop")
PATIENCE = 60.0
"""Seconds: far more than anything takes, also on a busy machine."""
READY = "mockhoop-ready "

SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
ONE_SESSION = f"""\
mockhoop: 1
clock: {{start: 2024-07-25T15:56:35Z, frozen: true}}
users:
  - {{name: Ada Admin, email: ada@example.com, groups: [admin], token: ada}}
  - {{name: John Wick, email: john.wick@bad.org, groups: [sre], token: johns-secret}}
connections:
  - {{name: pgdemo, type: database, subtype: postgres}}
sessions:
  - {{id: {SESSION}, user: john.wick@bad.org, connection: pgdemo, script: SELECT 1, events: [[0.1, o, "1\\n"]]}}
"""


def eventually(look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """What ``look`` gives as soon as that is true; fails when it stays false."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"still not: {what}"
        time.sleep(0.01)


@dataclass(frozen=True)
class Finished:
    """A process that came to its end."""

    code: int
    out: str
    err: str


def run(*arguments: object, folder: Path, command: tuple[str, ...] = MOCKHOOP) -> Finished:
    """Run a command that ends by itself."""
    done = subprocess.run(
        [*command, *map(str, arguments)], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Answer:
    """A response; ``headers`` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Server:
    """``mockhoop serve`` on a free port, once it is ready."""

    def __init__(
        self, *arguments: object, folder: Path, command: tuple[str, ...] = MOCKHOOP, verb: str = "serve"
    ) -> None:
        # Beside the folder, so that what it leaves in there is its own.
        self._out = folder.with_name(f"{folder.name}-{time.monotonic_ns()}.out")
        self._err = self._out.with_suffix(".err")
        with self._out.open("wb") as out, self._err.open("wb") as err:
            parts = [*command, verb, "-p", "0", *map(str, arguments)]
            self.process = subprocess.Popen(parts, cwd=folder, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        try:
            line = eventually(self._ready_line, "ready")
        except BaseException:
            self.kill()
            raise
        self.ready: dict[str, Any] = json.loads(line.removeprefix(READY))
        self.url: str = self.ready["url"]
        self.port: int = self.ready["port"]

    def _ready_line(self) -> str:
        lines = [line for line in self.out.splitlines(keepends=True) if line.startswith(READY)]
        assert lines or self.process.poll() is None, f"it ended instead of serving: {self.out}{self.log}"
        return lines[0] if lines and lines[0].endswith("\n") else ""

    @property
    def out(self) -> str:
        """What it has written to standard output."""
        return self._out.read_text()

    @property
    def log(self) -> str:
        """What it has written to standard error."""
        return self._err.read_text()

    def logged(self, part: str) -> list[str]:
        """The lines of the log that contain the part, of which one at least will come."""
        eventually(lambda: part in self.log, f"{part} in the log")
        return [line for line in self.log.splitlines() if part in line]

    def get(self, path: str, token: str | None = "ada", **headers: str) -> Answer:
        """GET of a path behind the base path, sent as it stands."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", "/" + self.url.split("/", 3)[3] + path, token, sent)

    def ask(
        self,
        method: str,
        target: str,
        token: str | None = "ada",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Any request, over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            signed_in = {"Authorization": f"Bearer {token}"} if token else {}
            connection.request(method, target, body, {**signed_in, **(headers or {})})
            response = connection.getresponse()
            shown = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, shown, response.read())
        finally:
            connection.close()

    def connect(self, receive_buffer: int | None = None) -> socket.socket:
        """A connection, to say on it whatever there is to say."""
        made = socket.socket()
        made.settimeout(PATIENCE)
        if receive_buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            made.connect(("127.0.0.1", self.port))
        except OSError:
            made.close()
            raise
        return made

    def say(self, data: bytes) -> bytes:
        """Everything that it answers to these bytes, until it closes the connection."""
        with self.connect() as connection:
            connection.sendall(data)
            return rest_of(connection)

    def signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.process.pid, number)

    def ended(self, seconds: float = PATIENCE) -> int:
        """The exit code, when it comes to its end in time."""
        return self.process.wait(timeout=seconds)

    def stop(self) -> int:
        """Stop it as a supervisor would; the exit code."""
        self.signal(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def rest_of(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes the connection."""
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)
