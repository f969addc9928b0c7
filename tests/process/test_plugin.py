"""The pytest plugin as its users have it: installed, in a run of pytest of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ASYNC = """
import asyncio, aiohttp, httpx, pytest

async def test_aiohttp(hoop):
    async with aiohttp.ClientSession(headers=hoop.headers()) as client:
        async with client.get(f"{hoop.api_url}/sessions") as response:
            assert response.status == 200
    hoop.journal.assert_called("GET /sessions", times=1)

async def test_httpx(hoop):
    async with httpx.AsyncClient(headers=hoop.headers()) as client:
        assert (await client.get(f"{hoop.api_url}/sessions")).status_code == 200
"""
MANY = """
import pytest, requests

@pytest.mark.parametrize("number", range(20))
def test_each_has_a_world_of_its_own(hoop, number):
    before = requests.get(f"{hoop.api_url}/sessions?limit=1", headers=hoop.headers()).json()["total"]
    for _ in range(number):
        requests.post(f"{hoop.api_url}/sessions", json={"connection": "pgdemo", "script": "x"}, headers=hoop.headers())
    after = requests.get(f"{hoop.api_url}/sessions?limit=1", headers=hoop.headers()).json()["total"]
    assert after == before + number
    assert len(hoop.journal) == number + 2
"""
FAILING = """
import requests

def test_what_fails(hoop):
    requests.get(f"{hoop.api_url}/sessions?limit=3", headers=hoop.headers("john"))
    hoop.journal.assert_called("GET /sessions", query={"limit": "20"})
"""
OVERRIDDEN = """
import pytest

@pytest.fixture(scope="session")
def mockhoop_settings():
    return {"scenario": "empty", "seed": 9}

def test_the_settings_are_ours(hoop):
    assert len(list(hoop.state.sessions)) == 0

@pytest.mark.mockhoop(scenario="pagination")
def test_the_marker_wins(hoop):
    assert hoop.clock.now.startswith("2024")
"""
UNUSED = """
import sys

def test_nothing_heavy_was_imported():
    assert "mockhoop.testing.plugin" in sys.modules
    heavy = {"aiohttp", "yaml", "faker", "openapi_core", "orjson", "mockhoop.service", "mockhoop.testing.http"}
    assert heavy & set(sys.modules) == set()
"""


ASYNC_OPTIONS = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")


def run(folder: Path, content: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_users.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options, str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100)


def outcome(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_async_tests_use_any_client(tmp_path: Path) -> None:
    assert "2 passed" in outcome(run(tmp_path, ASYNC, *ASYNC_OPTIONS, "-W", "error"))


def test_every_test_has_a_world_of_its_own_also_in_parallel(tmp_path: Path) -> None:
    assert "20 passed" in outcome(run(tmp_path, MANY, "-n", "2"))


def test_a_failing_test_shows_the_nearest_exchange_and_its_journal(tmp_path: Path) -> None:
    result = run(tmp_path, FAILING)
    assert result.returncode == 1
    assert "query limit: wanted 20, found 3" in result.stdout
    assert "journal of the world test-what-fails-1" in result.stdout
    assert "1. GET /api/sessions?limit=3 → 200 by john.wick@bad.org" in result.stdout


def test_settings_are_overridden_and_the_marker_wins(tmp_path: Path) -> None:
    assert "2 passed" in outcome(run(tmp_path, OVERRIDDEN, "--strict-markers"))


def test_who_does_not_use_it_imports_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others import what they like
    assert "1 passed" in outcome(run(tmp_path, UNUSED, "-p", "mockhoop.testing.plugin"))


@pytest.mark.parametrize("number", range(2))
def test_the_examples_of_its_page_pass(tmp_path: Path, number: int) -> None:
    page = (Path(__file__).parents[2] / "mockhoop" / "testing" / "README.md").read_text()
    blocks = [part.partition("```")[0] for part in page.split("```python\n")[1:]]
    assert len(blocks) == 3
    assert "passed" in outcome(run(tmp_path, blocks[number]))


def test_the_example_without_pytest_runs() -> None:
    page = (Path(__file__).parents[2] / "mockhoop" / "testing" / "README.md").read_text()
    block = page.split("```python\n")[3].partition("```")[0]
    result = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith("http://127.0.0.1:"), result.stderr
    assert result.stdout.rstrip().endswith(" ada")
