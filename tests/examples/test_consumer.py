"""A consumer's own tests pass against mockhoop, and the report tells which part of the contract they exercised."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "consumer"
PLAIN = ("-o", "asyncio_default_fixture_loop_scope=function", "-p", "no:cacheprovider", "-q")


@dataclass(frozen=True)
class Run:
    """A run of the consumer's tests: what it wrote to the terminal, and how often each point was exercised."""

    out: str
    counts: Mapping[str, int]
    operations: frozenset[str]


@pytest.fixture(scope="module")
def consumed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The consumer's tests, run as its developers run them, and the report of their coverage."""
    folder = tmp_path_factory.mktemp("projects") / "consumer"
    shutil.copytree(PROJECT, folder)
    options = ("-p", "mockhoop.testing.plugin", "-p", "no:mockhoop", "--mockhoop-coverage", "coverage.json")
    out = _run(folder, "pytest", *PLAIN, *options)
    _run(folder, "mockhoop", "coverage", "coverage.json", "--json", "report.json")
    points = json.loads((folder / "report.json").read_text())["points"]
    called = frozenset(point["name"] for point in points if point["kind"] == "operation" and point["count"])
    return Run(out, {point["name"]: point["count"] for point in points}, called)


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_its_tests_pass_and_the_coverage_is_told_at_the_end(consumed: Run) -> None:
    hit = sum(1 for count in consumed.counts.values() if count)
    assert "7 passed" in consumed.out
    assert f", {hit} of {len(consumed.counts)} points, 5 of 230 operations, in 1 run;" in consumed.out


def test_exactly_the_operations_that_it_calls_are_exercised(consumed: Run) -> None:
    assert consumed.operations == {
        "GET /sessions",
        "POST /sessions",
        "GET /sessions/{session_id}",
        "POST /sessions/{session_id}/exec",
        "GET /sessions/{session_id}/download",
    }


@pytest.mark.parametrize(
    "point",
    [
        "GET /sessions: query offset",
        "GET /sessions: query connection",
        "response openapi.SessionList.has_next_page",
        "GET /sessions/{session_id}: query extension",
        "response openapi.SessionStatusType = ready",
        "response openapi.ReviewStatusType = PENDING",
        "response openapi.SessionDownloadLink.download_url",
        "GET /sessions/{session_id}/download: 410",
        "request openapi.ExecRequest.script",
        "response openapi.ExecResponse.output",
        "review: begins PENDING",
        "review: PENDING → APPROVED",
        "review: PENDING → REJECTED",
        "review: APPROVED → PROCESSING",
        "review: PROCESSING → EXECUTED",
        "session: open → ready",
        "session: ready → open",
    ],
)
def test_what_it_does_is_exercised(consumed: Run, point: str) -> None:
    assert consumed.counts[point] > 0


@pytest.mark.parametrize(
    "point",
    [
        "GET /sessions: query start_date",
        "GET /sessions: 422",
        "GET /sessions/{session_id}: query event_stream = base64",
        "POST /sessions: 202",
        "request openapi.ExecRequest.metadata",
        "PUT /sessions/{session_id}/review",
        "review: APPROVED → REVOKED",
        "session: begins ready",
    ],
)
def test_what_it_does_not_is_told(consumed: Run, point: str) -> None:
    assert consumed.counts[point] == 0
