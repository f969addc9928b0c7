"""What the README shows really happens: its console blocks are played, in order, in one shell."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockhoop.cli.serve import command as serve_command
from mockhoop.responders.hoop.profile import HoopProfile
from mockhoop.scenario.loader import parse_scenario
from mockhoop.server.control.calls import PREFIX

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


def blocks(page: Path, kind: str) -> list[str]:
    return [text for language, text in BLOCK.findall(page.read_text()) if language == kind]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with what it is said to print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def as_shown(shown: str, real: str) -> bool:
    pattern = ".*?".join(map(re.escape, shown.strip().split(ANYTHING)))
    return re.fullmatch(pattern, real.strip(), re.DOTALL) is not None


class Shell:
    """One bash for all commands, so that variables and aliases last."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.run("shopt -s expand_aliases")

    def run(self, command: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}\necho; echo '<end>'\n")
        self.process.stdin.flush()
        lines = iter(self.process.stdout.readline, "<end>\n")
        return "".join(lines)

    def close(self) -> None:
        self.process.communicate(timeout=10)


@pytest.fixture
def server() -> Iterator[tuple[list[str], str]]:
    """A server on a free port: the lines that it printed at its start, and its port."""
    command = [sys.executable, "-m", "mockhoop", "serve", "-p", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("mockhoop-ready "):
            break
    yield lines, str(json.loads(lines[-1].split(" ", 1)[1])["port"])
    process.terminate()
    process.communicate(timeout=15)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_walk_through_gives_what_it_shows(server: tuple[list[str], str]) -> None:
    started, port = server
    shell = Shell()
    shell.run(f'PATH="{Path(sys.executable).parent}{os.pathsep}$PATH"')
    wrong = []
    for command, shown in (pair for block in blocks(ROOT / "README.md", "console") for pair in commands(block)):
        shown = shown.replace("8009", port)
        real = "".join(started) if "mockhoop serve" in command else shell.run(command.replace("8009", port))
        if not as_shown(shown, real):
            wrong.append((command, shown, real))
    shell.close()
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)


@pytest.mark.parametrize("page", ["README.md", "scenarios/README.md"])
def test_every_complete_scenario_on_a_page_loads(page: str) -> None:
    texts = blocks(ROOT / page, "yaml")
    assert texts
    for text in texts:
        parse_scenario(text, page)


def test_every_option_of_serve_is_in_the_readme() -> None:
    help_text = subprocess.run(
        [sys.executable, "-m", "mockhoop", "serve", "--help"], capture_output=True, text=True, check=True
    ).stdout
    page = (ROOT / "README.md").read_text()
    options = set(re.findall(r"--[a-z][a-z-]+", help_text)) - {"--help"}
    assert options
    assert {option for option in options if f"`{option}`" not in page and f"`{option} " not in page} == set()


def test_every_shipped_scenario_is_in_both_pages() -> None:
    names = {path.stem for path in (ROOT / "scenarios").glob("*.yaml")}
    for page in ("README.md", "scenarios/README.md"):
        text = (ROOT / page).read_text()
        assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_test_that_the_page_about_the_contracts_names_is_there() -> None:
    named = re.findall(r"`((?:unit|integration|contract)/\S+\.py)`", (ROOT / "spec" / "README.md").read_text())
    assert len(named) > 30
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []


def test_the_example_of_a_test_passes(tmp_path: Path) -> None:
    (text,) = blocks(ROOT / "README.md", "python")
    (tmp_path / "test_example.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in result.stdout, result.stdout


def test_the_vite_proxy_leads_to_what_is_served() -> None:
    (config,) = blocks(ROOT / "README.md", "js")
    proxy = json.loads(re.search(r"proxy: (\{.*\})", config)[1])  # type: ignore[index]
    assert set(proxy) == {HoopProfile.base_path, PREFIX}
    default = next(one.default for one in serve_command.params if one.name == "port")
    assert set(proxy.values()) == {f"http://localhost:{default}"}
