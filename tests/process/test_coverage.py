"""Coverage as its users have it: a server that counts, reports of what it counted, and the exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .processes import ONE_SESSION, SESSION, Finished, Server, run

Command = Callable[..., Finished]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what two servers, one after the other, have counted in one file."""
    folder = tmp_path_factory.mktemp("counted")
    (folder / "one.yaml").write_text(ONE_SESSION)
    for path in ("/sessions?limit=1", f"/sessions/{SESSION}"):
        server = Server("-s", "one.yaml", "--coverage", "coverage.json", folder=folder)
        try:
            for _ in range(3):
                assert server.get(path).status == 200
            assert server.stop() == 0
        finally:
            server.kill()
    (folder / "said").write_text(server.out)
    return folder


def test_runs_of_a_server_are_added_to_its_file(counted: Path) -> None:
    runs = json.loads((counted / "coverage.json").read_text())["runs"]
    found = [{name: run.get(name, 0) for name in ("GET /sessions", "GET /sessions/{session_id}: 200")} for run in runs]
    assert sorted(tuple(one.values()) for one in found) == [(0, 3), (3, 0)]
    assert "2 of 230 operations, in 2 runs; see mockhoop coverage coverage.json" in (counted / "said").read_text()


def test_the_report_tells_of_all_runs(counted: Path) -> None:
    told = run("coverage", "coverage.json", "--missing", folder=counted)
    assert told.code == 0, told.err
    assert told.out.startswith("coverage of hoop: ")
    assert "  GET /sessions/{session_id} " in told.out
    assert "parameter GET /sessions: query offset\n" in told.out
    assert "parameter GET /sessions: query limit\n" not in told.out


def test_every_report_is_written(counted: Path) -> None:
    options = [part for name in ("html", "json", "lcov", "cobertura") for part in (f"--{name}", f"made/report.{name}")]
    told = run("coverage", "coverage.json", *options, folder=counted)
    assert told.code == 0, told.err
    beginnings = {path.suffix: path.read_text()[:15] for path in (counted / "made").iterdir()}
    assert beginnings == {
        ".html": "<!DOCTYPE html>",
        ".json": '{\n "contract": ',
        ".lcov": "TN:mockhoop\nSF:",
        ".cobertura": '<?xml version="',
    }


@pytest.mark.parametrize(("percent", "code"), [("0.1", 0), ("99", 1)])
def test_too_little_fails(counted: Path, percent: str, code: int) -> None:
    told = run("coverage", "coverage.json", "--fail-under", percent, folder=counted)
    assert told.code == code
    assert ("is less than the 99 % asked for" in told.err) == bool(code)


def test_runs_of_another_contract_are_refused(counted: Path) -> None:
    told = run("coverage", "coverage.json", "--contract", "hoop-1.49.10", folder=counted)
    assert told.code == 2
    text = "Error: coverage.json: its runs are of the contract hoop, not of hoop-1.49.10 (give --contract hoop, or keep"
    assert told.err == f"{text} one file for each contract)\n"


def test_a_server_of_another_contract_does_not_start_with_that_file(counted: Path) -> None:
    told = run("serve", "hoop-1.49.10", "-p", "0", "--coverage", "coverage.json", folder=counted)
    assert told.code == 2
    assert "its runs are of the contract hoop, not of hoop-1.49.10" in told.err


def test_all_files_that_cannot_be_read_are_told(counted: Path) -> None:
    (counted / "other.json").write_text("{}")
    told = run("coverage", "nothing.json", "other.json", folder=counted)
    assert told.code == 2
    assert "nothing.json: cannot be read: no such file or directory" in told.err
    assert "other.json:1:1: this is no journal" in told.err


def test_a_journal_that_says_nothing_of_the_contract_is_refused(counted: Path) -> None:
    exchange = '{"exchange": {"method": "GET", "path": "/elsewhere", "status": 200}}'
    (counted / "foreign.jsonl").write_text('{"mockhoop-journal": 1, "contract": "hoop"}\n' + exchange)
    told = run("coverage", "foreign.jsonl", folder=counted)
    assert told.code == 2
    text = "Error: foreign.jsonl: none of its exchanges (1) is a call of hoop; give the --contract that they are of\n"
    assert told.err == text


def test_a_journal_is_counted(counted: Path) -> None:
    server = Server("-s", "one.yaml", "--journal", "calls.jsonl", folder=counted)
    try:
        server.get(f"/sessions/{SESSION}?extension=csv")
        assert server.stop() == 0
    finally:
        server.kill()
    told = run("coverage", "calls.jsonl", "coverage.json", "--json", "whole.json", folder=counted)
    assert told.code == 0, told.err
    counts = {one["name"]: one["count"] for one in json.loads((counted / "whole.json").read_text())["points"]}
    assert counts["GET /sessions/{session_id}: query extension"] == 1
    assert counts["response openapi.SessionDownloadLink.download_url"] == 1
    assert counts["GET /sessions/{session_id}: 200"] == 4
    assert counts["GET /sessions: 200"] == 3
