"""The pytest plugin: a server for the run, and for each test a world of its own in it.

It is imported in every run of pytest where mockhoop is installed; what it needs is imported when a test uses it.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockhoop.coverage.tally import Tally
    from mockhoop.testing.client import WorldView
    from mockhoop.testing.embedded import Mockhoop

_MARKER = "mockhoop(scenario=None, seed=None, validation=None): what the world of the fixture hoop begins with"
_LONGEST_NAME = 50
_WORLD: "pytest.StashKey[WorldView]" = pytest.StashKey()
_COUNT: "pytest.StashKey[int]" = pytest.StashKey()
_TALLIES: "pytest.StashKey[list[Tally]]" = pytest.StashKey()
_TOLD: "pytest.StashKey[tuple[str, bool]]" = pytest.StashKey()
_FILE, _FAIL_UNDER = "mockhoop_coverage", "mockhoop_coverage_fail_under"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options for coverage of the contract."""
    group = parser.getgroup("mockhoop", "coverage of the contract")
    group.addoption(
        "--mockhoop-coverage",
        type=Path,
        metavar="FILE",
        help="Write what the tests exercise of the contract to this file; `mockhoop coverage FILE` shows it.",
    )
    group.addoption(
        "--mockhoop-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="Fail the run when less of the contract's points is exercised.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)
    config.stash[_COUNT] = 0
    config.stash[_TALLIES] = []
    if config.getoption(_FAIL_UNDER) is not None and config.getoption(_FILE) is None:
        raise pytest.UsageError(
            "--mockhoop-coverage-fail-under needs --mockhoop-coverage FILE, which has what is counted"
        )


@pytest.fixture(scope="session")
def mockhoop_settings() -> Mapping[str, Any]:
    """The arguments of ``Mockhoop`` for the server of this run; override it to have others."""
    return {}


@pytest.fixture(scope="session")
def mockhoop_server(pytestconfig: pytest.Config, mockhoop_settings: Mapping[str, Any]) -> "Iterator[Mockhoop]":
    """A server for the whole run, in this process, on a free port."""
    from mockhoop.testing.embedded import Mockhoop

    counts = {"coverage": True} if pytestconfig.getoption(_FILE) is not None else {}
    with Mockhoop(**{**mockhoop_settings, **counts}) as server:
        yield server
    if server.tally is not None:
        pytestconfig.stash[_TALLIES].append(server.tally)


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


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist counted."""
    parts = getattr(node, "workeroutput", {}).get(_FILE)
    if parts:
        from mockhoop.testing.covering import heard

        node.config.stash[_TALLIES] += heard(parts)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the coverage of the run, or send it to the process that does; fail the run where there is too little."""
    config = session.config
    if config.getoption(_FILE) is None or config.option.collectonly:
        return
    tallies = config.stash[_TALLIES]
    if hasattr(config, "workeroutput"):
        if tallies:
            from mockhoop.testing.covering import told

            config.workeroutput[_FILE] = told(tallies)
        return
    text, enough = _coverage(tallies, config.getoption(_FILE), config.getoption(_FAIL_UNDER))
    config.stash[_TOLD] = text, enough
    if not enough and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _coverage(tallies: "list[Tally]", path: Path, wanted: float | None) -> tuple[str, bool]:
    """What is told of the coverage of the run, and whether that is enough."""
    if not tallies:
        return "mockhoop: no test has used the fixture hoop, so nothing of the contract was exercised", not wanted
    from mockhoop.errors import UsageError
    from mockhoop.testing.covering import kept, line

    try:
        figures = kept(tallies, path)
    except UsageError as error:
        return f"mockhoop: the coverage of this run cannot be told: {error}", False
    enough = wanted is None or figures.whole.percent >= wanted
    return line(figures, path) + ("" if enough else f" (less than the {wanted:g} % asked for)"), enough


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell how much of the contract was exercised."""
    text, enough = config.stash.get(_TOLD, ("", True))
    if text:
        terminalreporter.write_line(text, green=enough, red=not enough)
