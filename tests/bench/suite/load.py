"""The load generator: wrk on a core of its own, told by a script what to send."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from suite.cases import DIFFERENT, Asked, Case
from suite.processes import Process

CONNECTIONS = 32
TOKEN = "ada"
_SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Load:
    """What a round of load came to: calls per second, milliseconds of latency, microseconds of CPU for each call."""

    rate: float
    p50: float
    p99: float
    cpu: float


class WrongAnswers(Exception):
    """Under load the answers were not what the case asks for."""


@contextmanager
def pool_file(calls: Sequence[Asked]) -> Iterator[str]:
    """The calls, as the script reads them."""
    with NamedTemporaryFile("w", suffix=".calls") as file:
        file.writelines(f"{call.method}\t{call.path}\t{call.body}\n" for call in calls)
        file.flush()
        yield file.name


def load(server: Process, case: Case, calls: str, seconds: int, core: int) -> Load:
    """One round of load.

    Raises:
        WrongAnswers: an answer had another kind of status than the case wants, or a connection broke.
    """
    different = "different" if case.kind == DIFFERENT else "again"
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    command += ["-s", str(_SCRIPT), "-H", f"Authorization: Bearer {TOKEN}", server.address, "--"]
    command += [calls, server.base, different, "follows" if case.follows else "alone"]
    before = server.processor_time()
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    spent = server.processor_time() - before
    try:
        found = json.loads(told.splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"wrk fails:\n{told}") from None
    refused = found["requests"] if case.status == 4 else 0
    if found["statuses"] != refused or found["broken"] or not found["requests"]:
        raise WrongAnswers(f"{found['statuses']} of {found['requests']} answers refuse, {found['broken']} broke off")
    count = found["requests"] / (2 if case.follows else 1)
    rate = count / (found["microseconds"] / 1e6)
    return Load(rate, found["p50"] / 1000, found["p99"] / 1000, spent / count * 1e6)
