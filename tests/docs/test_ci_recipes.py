"""The recipes for CI servers are what those servers read, and what their jobs run passes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockhoop.source import parse_source
from mockhoop.testing import Mockhoop

from .test_readme import ROOT

CONSUMER = ROOT / "tests" / "examples" / "consumer"


def recipe(name: str) -> str:
    found = re.search(rf"<!-- {name} recipe -->\n```\w+\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    assert found is not None
    return found[1]


def github_jobs() -> dict[str, list[str]]:
    told = parse_source(recipe("github"), "github.yaml").data
    return {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in told["jobs"].items()}


def gitlab_jobs() -> dict[str, list[str]]:
    return {name: job["script"] for name, job in parse_source(recipe("gitlab"), "gitlab.yaml").data.items()}


JOBS: dict[str, dict[str, list[str]]] = {"github": github_jobs(), "gitlab": gitlab_jobs()}


def played(commands: list[str], folder: Path, **variables: str) -> None:
    """Run a job's commands as a CI server does, but without installing anything."""
    shutil.copytree(CONSUMER, folder / "work")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    options = "-p mockhoop.testing.plugin -p no:mockhoop -o asyncio_default_fixture_loop_scope=function"
    environment = {**os.environ, "PATH": path, "PYTEST_ADDOPTS": options, "MOCKHOOP": str(ROOT), **variables}
    script = "\n".join(["set -euo pipefail", 'pip() { test "$1" = install && test -e "$2"; }', *commands])
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder / "work", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("server", JOBS)
def test_the_tests_of_a_consumer_pass_and_are_reported(server: str, tmp_path: Path) -> None:
    played(JOBS[server]["tests"], tmp_path)
    written = {path.name for path in (tmp_path / "work").iterdir()}
    assert written >= {"junit.xml", "coverage.json", "coverage.html", "cobertura.xml"}


@pytest.mark.parametrize("server", JOBS)
def test_a_gateway_is_verified(server: str, tmp_path: Path) -> None:
    with Mockhoop() as gateway:
        played(JOBS[server]["gateway"], tmp_path, GATEWAY=gateway.api_url, MOCKHOOP_TOKEN="ada")
    assert {path.name for path in (tmp_path / "work").iterdir()} & {"verify.html", "verify.xml"}


def test_what_the_jobs_keep_is_what_they_write() -> None:
    told: dict[str, Any] = parse_source(recipe("github"), "github.yaml").data["jobs"]
    kept = [step["with"]["path"] for job in told.values() for step in job["steps"] if "upload" in step.get("uses", "")]
    assert kept == ["coverage.html", "verify.html"]
    assert all(f" {name}" in str(JOBS["github"]) for name in kept)


def test_the_container_serves_on_the_port_that_it_exposes() -> None:
    lines = recipe("container").splitlines()
    assert lines[0].startswith("FROM python:3")
    assert "EXPOSE 8009" in lines
    assert lines[-2:] == ['ENTRYPOINT ["mockhoop"]', 'CMD ["serve", "--host", "0.0.0.0"]']
