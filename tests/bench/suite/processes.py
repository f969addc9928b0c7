"""Servers as processes, each pinned to a core with everything that it starts itself."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 60.0


class NotStarted(Exception):
    """A server does not answer."""


@dataclass
class Process:
    """A server that runs: where it is, what stands in front of its paths, and how long its first answer took."""

    port: int
    base: str
    group: int
    first_answer: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def processor_time(self) -> float:
        """Seconds of the processor that it and what it has started have had."""
        return sum((int(stat[11]) + int(stat[12])) / TICK for _, stat in self._members())

    def memory(self) -> float:
        """Megabytes that are resident now."""
        return sum(int(stat[21]) for _, stat in self._members()) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _members(self) -> Iterator[tuple[int, list[str]]]:
        """The processes of its group, with what Linux says of each after its name."""
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                stat = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(stat[2]) == self.group:
                yield int(path.parent.name), stat

    def call(self, method: str, path: str, body: str = "", within: float = 10) -> tuple[int, bytes, dict[str, str]]:
        """The answer to a call: its status, body and headers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=within)
        try:
            headers = {**self.headers, **({"Content-Type": "application/json"} if body else {})}
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            return response.status, response.read(), dict(response.getheaders())
        finally:
            connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *, port: int, base: str, core: int, first: str, headers: Mapping[str, str], folder: Path
) -> Iterator[Process]:
    """A server pinned to a core, once it has answered a GET of ``first`` in some way.

    Raises:
        NotStarted: it ended, or took too long.
    """
    began = time.perf_counter()
    log = (folder / f"{port}.log").open("wb")
    started = subprocess.Popen(
        ["taskset", "-c", str(core), *command], cwd=folder, stdout=log, stderr=log, start_new_session=True
    )
    server = Process(port, base, started.pid, headers=headers)
    try:
        while not _answers(server, base + first):
            if started.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise NotStarted((folder / f"{port}.log").read_text(errors="replace").strip()[-300:])
            time.sleep(0.01)
        server.first_answer = time.perf_counter() - began
        yield server
    finally:
        _end(started)
        log.close()


def _answers(server: Process, path: str) -> bool:
    try:
        return server.call("GET", path)[0] > 0
    except (OSError, HTTPException):
        return False


def _end(started: subprocess.Popen[bytes]) -> None:
    """End a process with all that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(started.pid, number)
        except ProcessLookupError:
            break
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            continue
    started.wait()
