"""Servers for the tests of mockhoop as a process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .processes import ONE_SESSION, Finished, Server, run

Serve = Callable[..., Server]
Run = Callable[..., Finished]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers in an empty folder: ``serve("--no-auth")``. They are gone when the test is over."""
    started: list[Server] = []

    def start(*arguments: object, **options: Any) -> Server:
        started.append(Server(*arguments, folder=tmp_path, **options))
        return started[-1]

    yield start
    for server in started:
        server.kill()


@pytest.fixture
def mockhoop(tmp_path: Path) -> Run:
    """Runs a command that ends by itself, in an empty folder: ``mockhoop("check", "a.yaml")``."""

    def start(*arguments: object, **options: tuple[str, ...]) -> Finished:
        return run(*arguments, folder=tmp_path, **options)

    return start


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as it starts without any arguments but the port; for tests that leave no trace on it."""
    yield from _shared(tmp_path_factory.mktemp("started"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with one session, for tests that leave no trace on it. Nothing makes it write a traceback."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "one.yaml").write_text(ONE_SESSION)
    yield from _shared(folder, "--scenario", "./one.yaml")


def _shared(folder: Path, *arguments: str) -> Iterator[Server]:
    server = Server(*arguments, folder=folder)
    yield server
    server.stop()
    assert "Traceback" not in server.log


@pytest.fixture
def one_session(tmp_path: Path) -> Path:
    """A scenario with one session."""
    path = tmp_path / "one.yaml"
    path.write_text(ONE_SESSION)
    return path
