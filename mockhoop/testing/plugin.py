"""The pytest plugin: a server for the run, and for each test a world of its own in it.

It is imported in every run of pytest where mockhoop is installed; what it needs is imported when a test uses it.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockhoop.testing.client import WorldView
    from mockhoop.testing.embedded import Mockhoop

_MARKER = "mockhoop(scenario=None, seed=None, validation=None): what the world of the fixture hoop begins with"
_LONGEST_NAME = 50
_WORLD: "pytest.StashKey[WorldView]" = pytest.StashKey()
_COUNT: "pytest.StashKey[int]" = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_COUNT] = 0


@pytest.fixture(scope="session")
def mockhoop_settings() -> Mapping[str, Any]:
    """The arguments of ``Mockhoop`` for the server of this run; override it to have others."""
    return {}


@pytest.fixture(scope="session")
def mockhoop_server(mockhoop_settings: Mapping[str, Any]) -> "Iterator[Mockhoop]":
    """A server for the whole run, in this process, on a free port."""
    from mockhoop.testing.embedded import Mockhoop

    with Mockhoop(**mockhoop_settings) as server:
        yield server


@pytest.fixture
def hoop(request: pytest.FixtureRequest, mockhoop_server: "Mockhoop") -> "Iterator[WorldView]":
    """A fresh world for this test alone, as its marker ``mockhoop`` says; gone after the test."""
    marker = request.node.get_closest_marker("mockhoop")
    request.config.stash[_COUNT] += 1
    words = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name)[:_LONGEST_NAME].strip("-")
    world = mockhoop_server.world(f"{words}-{request.config.stash[_COUNT]}")
    world.begin(**(marker.kwargs if marker is not None else {}))
    request.node.stash[_WORLD] = world
    yield world
    world.drop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of its world with a test that fails."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if world is not None and report.when == "call" and report.failed:
        report.sections.append((f"journal of the world {world.name}", world.journal.text() or "nothing was called"))
    return report
