"""The benchmark runs and compares what it says it compares; its figures are for people, not for tests."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
MISSING = [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)} (Debian: apt-get install wrk util-linux)")
def test_the_throughput_benchmark_prints_every_server_for_every_case() -> None:
    command = [sys.executable, str(BENCH / "throughput.py"), "--rounds", "1", "--seconds", "1"]
    table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    rows = re.findall(r"^(GET by id|list of 20) +(bare|mockhoop|mockhoop, access log|naive openapi-core) ", table, re.M)
    assert len(set(rows)) == len(rows) == 8
