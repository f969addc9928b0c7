"""Seconds from the start of a command to its end, and of a server to its first answer; what is imported meanwhile.

    python tests/bench/startup.py [PATH ...] [--runs 5] [--imports]

Without a PATH it is the shipped contract that is served, and other commands are measured too; else each document is,
until it has answered a GET of one of its paths. Each figure is the median of the runs, after one that does not count:
it compiles every module, as an installation does. CPU is the processor's time up to the same moment, which a busy
machine distorts less; MB is the most memory that was in use by then (of a command that ends, no less than this script
has itself). With ``--imports`` the packages are listed whose modules take longest to import, by what they take
themselves.
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
from collections import Counter
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

MOCKHOOP = (sys.executable, "-m", "mockhoop")
TICK = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """What a run took: seconds by the clock and of the processor, and megabytes of memory at the most."""

    clock: float
    processor: float
    memory: float


Measure = Callable[[Mapping[str, str]], Cost]


def to_the_end(*command: str) -> Measure:
    """Measures a command until it ends."""

    def measure(environment: Mapping[str, str]) -> Cost:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        ended = time.perf_counter()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} fails")
        return Cost(ended - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    return measure


def to_the_answer(path: str | None, *documents: str) -> Measure:
    """Measures a server until it has answered a GET of ``path``; without one, until it is ready."""

    def measure(environment: Mapping[str, str]) -> Cost:
        began = time.perf_counter()
        command = [*MOCKHOOP, "serve", *documents, "-p", "0", "--log-format", "none"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            assert process.stdout is not None
            line = next((line for line in process.stdout if line.startswith("mockhoop-ready ")), None)
            if line is None:
                raise SystemExit(f"{' '.join(command)} does not start")
            if path is not None:
                get(json.loads(line.split(" ", 1)[1]), path)
            return Cost(time.perf_counter() - began, processor_time(process.pid), most_memory(process.pid))
        finally:
            process.terminate()
            process.communicate()

    return measure


def get(ready: Mapping[str, str], path: str) -> None:
    """Read the answer to a GET, whatever it says."""
    url = urlsplit(ready["url"])
    connection = HTTPConnection(url.netloc)
    connection.request("GET", url.path + path, headers={"Authorization": f"Bearer {ready['token']}"})
    connection.getresponse().read()
    connection.close()


def first_path(document: str) -> str:
    """A path on which a document has a GET, one without parameters if there is any."""
    from mockhoop.contract.document import load_contract

    templates = [operation.template for operation in load_contract(document).operations if operation.method == "GET"]
    plain = [template for template in templates if "{" not in template]
    return re.sub(r"\{[^{}]*\}", "1", [*plain, *templates, "/"][0])


def processor_time(pid: int) -> float:
    """Seconds of the processor that a running process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def most_memory(pid: int) -> float:
    """Megabytes that a running process has had in memory at the most."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


SHIPPED = {
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
    options.add_argument("documents", nargs="*", metavar="PATH")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--imports", action="store_true")
    chosen = options.parse_args()
    measures = {path: to_the_answer(first_path(path), path) for path in chosen.documents} or SHIPPED
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        print(f"{'':40}{'median s':>10}{'CPU s':>10}{'best s':>10}{'worst s':>10}{'MB':>8}")
        for name, measure in measures.items():
            measure(environment)
            runs = [measure(environment) for _ in range(chosen.runs)]
            usual = Cost(*(statistics.median(values) for values in zip(*runs, strict=True)))
            by_clock = [run.clock for run in runs]
            print(
                f"{name[-40:]:40}{usual.clock:10.3f}{usual.processor:10.3f}{min(by_clock):10.3f}{max(by_clock):10.3f}"
                f"{usual.memory:8.0f}",
                flush=True,
            )
        for package, seconds in heavy_imports(environment) if chosen.imports else ():
            print(f"{package:40}{seconds:10.3f}")


if __name__ == "__main__":
    main()
