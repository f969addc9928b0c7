"""The benchmarks run and compare what they say they compare; their figures are for people, not for tests."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

BENCH = Path(__file__).parents[1] / "bench"
DOCUMENTS = BENCH.parent / "documents"
MISSING = [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]


@pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)} (Debian: apt-get install wrk util-linux)")
def test_the_throughput_benchmark_prints_every_server_for_every_case() -> None:
    command = [sys.executable, str(BENCH / "throughput.py"), "--rounds", "1", "--seconds", "1"]
    command += ["--cases", "GET by id,list of 20", "--peers", ""]
    table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    rows = re.findall(r"^(GET by id|list of 20) +(bare|mockhoop|mockhoop, access log|naive openapi-core) ", table, re.M)
    assert len(set(rows)) == len(rows) == 8


def test_the_benchmark_of_many_sessions_measures_every_size_and_draws_it(tmp_path: Path) -> None:
    plot = tmp_path / "scale.svg"
    command = [sys.executable, str(BENCH / "scale.py"), "--sizes", "50,200", "--calls", "20", "--svg", str(plot)]
    table = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    rows = re.findall(r"^ +(50|200) .* (\S+) / (\S+) ms .*ms$", table, re.M)
    assert [size for size, *_ in rows] == ["50", "200"]
    assert all(0 < float(median) <= float(most) for _, median, most in rows)
    drawn = ElementTree.fromstring(plot.read_text()).findall("{http://www.w3.org/2000/svg}polyline")
    assert {len(str(line.get("points")).split()) for line in drawn} == {2}


def test_the_sweep_loads_every_document_of_its_own_and_has_its_answers_judged() -> None:
    command = [sys.executable, str(BENCH / "sweep.py"), str(DOCUMENTS), "--json"]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False, timeout=100).stdout)
    assert {(Path(one["path"]).stem, one["outcome"]) for one in found} == {
        (path.stem, "loaded") for path in DOCUMENTS.iterdir()
    }
    assert min(one["valid"] / one["answers"] for one in found) > 0.9


def test_the_sweep_tells_why_a_document_is_refused_and_that_none_failed(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("openapi: 3.0.3\ninfo: {title: No paths, version: '1'}\n")
    command = [sys.executable, str(BENCH / "sweep.py"), str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    assert "the document has no paths" in told
    assert "documents: 0 loaded, 1 refused, 0 failed" in told
