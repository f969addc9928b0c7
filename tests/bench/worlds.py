"""What worlds cost: making, resetting, saving and steering them, and a day of a busy scenario, in one process.

    python tests/bench/worlds.py

Figures are medians of several runs on this machine; memory is what Python's allocator has given out.
"""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from statistics import median
from time import perf_counter

from mockhoop.contract.document import load_contract
from mockhoop.repertoire import Repertoire, Settings
from mockhoop.resources import scenarios_dir, spec_dir
from mockhoop.scenario.loader import load_scenario, parse_scenario
from mockhoop.service import Service
from mockhoop.testing import Mockhoop
from mockhoop.world.changes import Restore

CONTRACT = load_contract(spec_dir() / "hoop.yaml")
BUSY = """
mockhoop: 1
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
users: [{name: Ada, email: ada@example.com, groups: [admin], token: ada}]
connections: [{name: pg, type: database, subtype: postgres}]
timeline: [{after: 1m, times: null, do: [{create: {user: ada@example.com, connection: pg}}]}]
"""
UNUSED = (
    "import sys, time; began = time.perf_counter(); import mockhoop.testing.plugin; print(time.perf_counter() - began)"
)


def service_of(scenario: object) -> Service:
    """A service that serves a scenario."""
    return Service(Repertoire(Settings(contract=CONTRACT.path, scenarios=()), CONTRACT, scenario))  # type: ignore[arg-type]


def timed(work: Callable[[], object], runs: int = 20) -> float:
    """The median of some runs, in milliseconds."""
    found = []
    for _ in range(runs):
        began = perf_counter()
        work()
        found.append(perf_counter() - began)
    return median(found) * 1000


def main() -> None:
    """Print the figures."""
    default = service_of(load_scenario(scenarios_dir() / "default.yaml"))
    world = default.world
    print(f"reset the default world      {timed(world.reset):9.3f} ms")
    print(f"save a snapshot              {timed(world.snapshot):9.3f} ms")
    snapshot = world.snapshot()
    print(f"restore a snapshot           {timed(lambda: world.apply([Restore(snapshot)])):9.3f} ms")
    default.worlds.get("warm")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(200):
        default.worlds.get(f"w{number}")
    print(f"an untouched world           {(tracemalloc.get_traced_memory()[0] - before) / 200 / 1000:9.1f} kB")
    tracemalloc.stop()
    busy = service_of(parse_scenario(BUSY, "busy.yaml")).pipeline

    def day() -> None:
        busy.world.reset()
        at = busy.world.clock.now() + 86_400 * 10**9
        assert len(busy.stage.unfolding.set_clock(busy.world, at=at, frozen=True, speed=1.0)) == 1440

    print(f"24 hours with 1,440 events   {timed(day, 5):9.1f} ms")
    began = perf_counter()
    with Mockhoop() as server:
        server.client.call("GET", "health")
        print(f"Mockhoop() to first answer   {(perf_counter() - began) * 1000:9.1f} ms (in a warm process)")
        mine = server.world("mine")
        mine.begin()
        print(
            f"a fresh world for a test     {timed(lambda: (mine.begin(), mine.drop())):9.3f} ms (two calls over HTTP)"
        )
    unused = [float(subprocess.check_output([sys.executable, "-c", f"import pytest; {UNUSED}"])) for _ in range(5)]
    print(f"the plugin, when unused      {median(unused) * 1000:9.3f} ms")


if __name__ == "__main__":
    main()
