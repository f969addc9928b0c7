"""What sessions cost when there are many: does anything but the start grow with the number of those that nobody reads?

    python tests/bench/scale.py [--sizes 1000,10000,100000,1000000] [--calls 2000] [--svg FILE] [--json]

Each size is measured in a process of its own, in which the pipeline answers without a socket: how long it takes from
reading the files to the first list, what a session takes of memory until it is read, and then calls with ids, filters
and offsets that are drawn anew each time. Filters are asked for once before; what that took is a column of its own.
Times are those of the processor, so that what else the machine does matters less.
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from time import process_time
from typing import Any
from urllib.parse import urlencode

from suite.curves import Curve, svg

SIZES = (1_000, 10_000, 100_000, 1_000_000)
SCENARIO = """
mockhoop: 1
include: [default]
sessions:
  - generate: {size}
    started: {{from: -365d, to: now}}
    verb: {{exec: 4, connect: 1}}
    review: {{none: 12, PENDING: 1, APPROVED: 2, EXECUTED: 3}}
"""
FILTERS = {
    "connection": ("pgdemo", "%pg%", "bash-prod"),
    "type": ("database", "custom"),
    "user": ("john.wick@bad.org", "dora@example.com", "%example%"),
    "review.status": ("PENDING", "", "%E%"),
    "review.approver": ("dora@example.com", "john.wick@bad.org"),
    "correlation_id": ("deploy-7", "deploy-100"),
    "jira_issue_key": ("OPS-7,OPS-8", "ops-300"),
    "start_date": ("2024-01-01T00:00:00Z",),
}
COLUMNS = {
    "start": "start (s)",
    "memory": "bytes each",
    "filters": "indexes (s)",
    "get": "GET by id",
    "list": "filtered list",
    "count": "exact count",
    "first": "first change",
    "change": "change",
    "report": "report of a day",
}


class Bench:
    """A service with so many generated sessions."""

    def __init__(self, scenario: Path, calls: int) -> None:
        began = process_time()
        from mockhoop.messages import AnyCase, Call
        from mockhoop.repertoire import Settings
        from mockhoop.resources import spec_dir
        from mockhoop.service import build
        from mockhoop.values.chance import Chance

        headers = AnyCase({"Authorization": "Bearer ada"})
        self._call: Callable[[str, str], Call] = lambda path, query: Call("GET", f"/api{path}", query, headers)
        self.service = build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=(str(scenario),)))
        self.first = json.loads(self.ask("/sessions", "limit=20"))
        self.start = process_time() - began
        self.memory = resident()
        self._chance = Chance(1)
        self._calls = calls

    def ask(self, path: str, query: str = "") -> bytes:
        """The body of an answer."""
        outcome = self.service.pipeline.answer(self._call(path, query))
        assert outcome.reply.status == 200, outcome.reply.body
        return outcome.reply.body

    def figures(self) -> dict[str, float]:
        """Seconds, but for the memory; those of many calls are the median and the 99th percentile."""
        filters = timed(self._ask_for_every_filter)
        found = {"start": self.start, "memory": self.memory, "filters": filters, "first": timed(next(self._changes()))}
        for name, calls in (
            ("get", self._gets()),
            ("list", self._lists("none")),
            ("count", self._lists("exact")),
            ("change", self._changes()),
        ):
            found[f"{name}_50"], found[f"{name}_99"] = spread([timed(call) for call in calls])
        found["report"] = timed(lambda: self.ask("/reports/sessions"))
        return found

    def _ask_for_every_filter(self) -> None:
        for name, values in FILTERS.items():
            for value in values:
                self.ask("/sessions", urlencode({name: value}))

    def _ids(self) -> list[str]:
        """Of sessions all over the store."""
        table = self.service.world.table("sessions")
        everything = table.all()
        places = [self._chance.below(len(everything), "place", number) for number in range(self._calls)]
        return [session.id for place in places for session in table.newest(everything, place, 1)]

    def _gets(self) -> Iterator[Callable[[], object]]:
        for own_id in self._ids():
            yield lambda own_id=own_id: self.ask(f"/sessions/{own_id}")  # type: ignore[misc]

    def _lists(self, count: str) -> Iterator[Callable[[], object]]:
        """Any combination of filters, at any offset."""
        for number in range(self._calls):
            own = self._chance.at(count, number)
            options = {
                name: own.choice(values, name) for name, values in FILTERS.items() if own.happens(0.3, "has", name)
            }
            query = urlencode({**options, "count": count, "offset": own.below(10_001, "offset")})
            yield lambda query=query: self.ask("/sessions", query)  # type: ignore[misc]

    def _changes(self) -> Iterator[Callable[[], object]]:
        """Sessions that end, those that begin, and their indexes with them."""
        from mockhoop.world.changes import Put

        world = self.service.world
        for number, own_id in enumerate(self._ids()):
            session = world.table("sessions").get(own_id)
            changed = replace(session, status="open", correlation_id=f"deploy-{number % 200}")
            if number % 2:
                changed = replace(changed, id=self._chance.uuid("new", number), started=world.clock.now())
            yield lambda changed=changed: world.apply([Put("sessions", changed)])  # type: ignore[misc]


def timed(work: Callable[[], object]) -> float:
    """So many seconds it takes."""
    began = process_time()
    work()
    return process_time() - began


def spread(seconds: Sequence[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    cuts = quantiles(seconds, n=100)
    return cuts[49], cuts[98]


def resident() -> int:
    """The bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def measured(size: int, calls: int) -> dict[str, float]:
    """The figures of one size, from a process of its own."""
    command = [sys.executable, __file__, "--one", str(size), "--calls", str(calls)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # type: ignore[no-any-return]


def one(size: int, calls: int) -> dict[str, float]:
    """The figures of one size."""
    gc.disable()  # as a server does while it starts
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder, "scenario.yaml")
        scenario.write_text(SCENARIO.format(size=size))
        return Bench(scenario, calls).figures()


def row(figures: dict[str, float]) -> dict[str, str]:
    """The figures as they are shown."""

    def shown(name: str) -> str:
        if name in ("start", "filters"):
            return f"{figures[name]:.2f}"
        if name == "memory":
            return f"{figures[name]:,.0f}"
        if name in figures:
            return f"{figures[name] * 1000:.2f} ms"
        return f"{figures[f'{name}_50'] * 1000:.3f} / {figures[f'{name}_99'] * 1000:.3f} ms"

    return {title: shown(name) for name, title in COLUMNS.items()}


def table(found: dict[int, dict[str, float]]) -> str:
    """The figures of all sizes, a line for each."""
    rows = [{"sessions": f"{size:,}", **row(figures)} for size, figures in found.items()]
    widths = {name: max(len(name), *(len(one[name]) for one in rows)) for name in rows[0]}
    lines = [widths.keys(), *(one.values() for one in rows)]
    return "\n".join(
        "  ".join(text.rjust(width) for text, width in zip(line, widths.values(), strict=True)) for line in lines
    )


def curves(found: dict[int, dict[str, float]]) -> list[Curve]:
    """What is drawn: milliseconds by the number of sessions."""
    names = {"start": "start", "filters": "all indexes", "report": "report of a day"}
    names |= {f"{name}_99": f"{COLUMNS[name]}, 99 of 100" for name in ("get", "list", "count", "change")}
    return [Curve(title, {size: one[name] * 1000 for size, one in found.items()}) for name, title in names.items()]


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description="What sessions cost when there are many.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(one(options.one, options.calls)))
        return
    nothing = measured(0, options.calls)["memory"]
    sizes = map(int, options.sizes.split(","))
    found: dict[int, dict[str, Any]] = {size: measured(size, options.calls) for size in sizes}
    for size, figures in found.items():
        figures["memory"] = max(0, figures["memory"] - nothing) / size
    print(json.dumps(found) if options.json else table(found))
    if not options.json:
        print("Of many calls: the median / what 99 of 100 stay below.")
    if options.svg is not None:
        options.svg.write_text(svg(curves(found), "What calls cost by the number of generated sessions"))


if __name__ == "__main__":
    main()
