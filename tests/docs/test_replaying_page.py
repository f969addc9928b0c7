"""What the page about journals shows really happens: recorded, replayed, cut down, and run as a test."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .test_readme import ROOT, Shell, as_shown, blocks, commands

FOLDER = ROOT / "mockhoop" / "replaying"
PAGE = [pair for block in blocks(FOLDER / "README.md", "console") for pair in commands(block)]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell()
    aliases = " ".join(f"{name}='{sys.executable} -m {name}'" for name in ("mockhoop", "pytest"))
    shell.run(f"cd {tmp_path}; alias {aliases}")
    yield shell
    shell.run("kill %1")
    shell.close()


def port_of_server(shell: Shell, command: str) -> str:
    shell.run(f"{command} -p 0 --log-format none > ready.txt 2> wrong.txt &")
    said = shell.run("for _ in $(seq 600); do grep ^mockhoop-ready ready.txt && break; sleep 0.1; done; cat wrong.txt")
    found = re.search(r'"port": (\d+)', said)
    assert found, said
    return found[1]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_page_gives_what_it_shows(shell: Shell) -> None:
    (serve, _), *rest = PAGE
    port = port_of_server(shell, serve)
    wrong = []
    for command, shown in rest:
        real = shell.run(command.replace("8009", port))
        if not as_shown(shown, real):
            wrong.append((command, shown, real))
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", (FOLDER / "README.md").read_text()))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
