"""Seconds from the start of a command to its end, and of a server to its first answer; what is imported meanwhile.

    python tests/bench/startup.py [--runs 5] [--imports]

Each figure is the median of the runs, after one that does not count: it compiles every module, as an installation
does. CPU is the processor's time up to the same moment, which a busy machine distorts less. With ``--imports`` the
packages are listed whose modules take longest to import, by what they take themselves.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

Seconds = tuple[float, float]
"""By the clock, and of the processor."""

MOCKHOOP = (sys.executable, "-m", "mockhoop")
TICK = os.sysconf("SC_CLK_TCK")


def to_the_end(*command: str) -> Callable[[Mapping[str, str]], Seconds]:
    """Measures a command until it ends."""

    def measure(environment: Mapping[str, str]) -> Seconds:
        began, before = time.perf_counter(), os.times()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        ended, after = time.perf_counter(), os.times()
        processor = after.children_user + after.children_system - before.children_user - before.children_system
        return ended - began, processor

    return measure


def to_the_answer(path: str | None) -> Callable[[Mapping[str, str]], Seconds]:
    """Measures a server until it has answered a GET of ``path``; without one, until it is ready."""

    def measure(environment: Mapping[str, str]) -> Seconds:
        began = time.perf_counter()
        command = [*MOCKHOOP, "serve", "-p", "0", "--log-format", "none"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            line = next(line for line in process.stdout if line.startswith("mockhoop-ready "))
            if path is not None:
                ready = json.loads(line.split(" ", 1)[1])
                sign_in = {"Authorization": f"Bearer {ready['token']}"}
                with urllib.request.urlopen(urllib.request.Request(ready["url"] + path, headers=sign_in)) as answer:
                    answer.read()
            return time.perf_counter() - began, processor_time(process.pid)
        finally:
            process.terminate()
            process.communicate()

    return measure


def processor_time(pid: int) -> float:
    """Seconds of the processor that a running process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


MEASURES = {
    "python -c pass": to_the_end(sys.executable, "-c", "pass"),
    "mockhoop --help": to_the_end(*MOCKHOOP, "--help"),
    "mockhoop check (all that is shipped)": to_the_end(*MOCKHOOP, "check"),
    "serve, until it is ready": to_the_answer(None),
    "serve, until GET /sessions": to_the_answer("/sessions"),
    "serve, until GET /sessions?limit=20": to_the_answer("/sessions?limit=20"),
}


def heavy_imports(environment: Mapping[str, str], most: int = 15) -> list[tuple[str, float]]:
    """The packages that take longest to import on the way to a validated answer, in seconds."""
    code = (
        "from mockhoop.resources import spec_dir; import mockhoop.server.run\n"
        "from mockhoop.repertoire import Settings; from mockhoop.service import build\n"
        "contract = build(Settings(contract=spec_dir() / 'hoop.yaml')).contract\n"
        "contract.validator.compile(contract.operations)"
    )
    command = [sys.executable, "-X", "importtime", "-c", code]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    spent: Counter[str] = Counter()
    for own, module in re.findall(r"^import time: +(\d+) \| +\d+ \| +([\w.]+)$", told, re.MULTILINE):
        spent[module.split(".")[0]] += int(own)
    return [(package, microseconds / 1e6) for package, microseconds in spent.most_common(most)]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="How long it takes to start.")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--imports", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        print(f"{'':40}{'median s':>10}{'CPU s':>10}{'best s':>10}{'worst s':>10}")
        for name, measure in MEASURES.items():
            measure(environment)
            runs = [measure(environment) for _ in range(chosen.runs)]
            clock, processor = (statistics.median(values) for values in zip(*runs, strict=True))
            all_by_clock = [run[0] for run in runs]
            print(f"{name:40}{clock:10.3f}{processor:10.3f}{min(all_by_clock):10.3f}{max(all_by_clock):10.3f}")
        for package, seconds in heavy_imports(environment) if chosen.imports else ():
            print(f"{package:40}{seconds:10.3f}")


if __name__ == "__main__":
    main()
