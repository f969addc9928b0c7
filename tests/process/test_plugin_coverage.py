"""Coverage of the contract in a run of pytest."""

from pathlib import Path

import pytest

from .test_plugin import ASYNC_OPTIONS, run

TWO = """
import requests

def test_a_list(hoop):
    requests.get(f"{hoop.api_url}/sessions?limit=1", headers=hoop.headers())

def test_an_approval(hoop):
    asked = {"connection": "pg-payments", "script": "SELECT 1"}
    session = requests.post(f"{hoop.api_url}/sessions", json=asked, headers=hoop.headers("john")).json()["session_id"]
    hoop.perform({"approve": session})
"""


def test_workers_count_together_what_one_process_counts(tmp_path: Path) -> None:
    alone = run(tmp_path, TWO, *ASYNC_OPTIONS, "--mockhoop-coverage", "alone.json")
    shared = run(tmp_path, TWO, *ASYNC_OPTIONS, "-n", "2", "--mockhoop-coverage", "shared.json")
    assert alone.returncode == shared.returncode == 0, alone.stdout + shared.stdout
    assert (tmp_path / "alone.json").read_text() == (tmp_path / "shared.json").read_text()
    assert '"review: PENDING → APPROVED": 1' in (tmp_path / "alone.json").read_text()
    summary = "2 of 230 operations, in 1 run; see mockhoop coverage"
    assert f"{summary} alone.json" in alone.stdout
    assert f"{summary} shared.json" in shared.stdout


def test_too_little_fails_a_run_whose_tests_pass_and_replaces_its_file(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text("what an earlier run has left")
    options = ("--mockhoop-coverage", "c.json", "--mockhoop-coverage-fail-under", "60")
    result = run(tmp_path, TWO, *ASYNC_OPTIONS, *options)
    assert result.returncode == 1
    assert "2 passed" in result.stdout
    assert "(less than the 60 % asked for)" in result.stdout
    assert (tmp_path / "c.json").read_text().startswith('{\n "mockhoop-coverage": 1')


@pytest.mark.parametrize(("wanted", "code"), [((), 0), (("--mockhoop-coverage-fail-under", "1"), 1)])
def test_a_run_without_the_fixture_has_nothing_to_tell(tmp_path: Path, wanted: tuple[str, ...], code: int) -> None:
    result = run(tmp_path, "def test_nothing(): pass", *ASYNC_OPTIONS, "--mockhoop-coverage", "c.json", *wanted)
    assert result.returncode == code
    assert "no test has used the fixture hoop, so nothing of the contract was exercised" in result.stdout
    assert not (tmp_path / "c.json").exists()


def test_who_only_collects_is_told_nothing(tmp_path: Path) -> None:
    options = ("--mockhoop-coverage", "c.json", "--mockhoop-coverage-fail-under", "1", "--collect-only")
    result = run(tmp_path, TWO, *ASYNC_OPTIONS, *options)
    assert result.returncode == 0
    assert "mockhoop:" not in result.stdout


def test_a_share_without_a_file_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, TWO, *ASYNC_OPTIONS, "--mockhoop-coverage-fail-under", "60")
    assert result.returncode == 4
    assert "--mockhoop-coverage-fail-under needs --mockhoop-coverage FILE" in result.stderr
