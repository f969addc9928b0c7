"""What the page about coverage shows really happens."""

import re
import shutil
import socket
import sys
from pathlib import Path

import pytest

from .test_readme import ROOT, Shell, as_shown, blocks, commands

FOLDER = ROOT / "mockhoop" / "coverage"


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_examples_give_what_they_show(tmp_path: Path) -> None:
    port, shell = free_port(), Shell()
    shell.run(f"cd {tmp_path}; alias mockhoop='{sys.executable} -m mockhoop'")
    wrong = []
    for command, shown in (pair for block in blocks(FOLDER / "README.md", "console") for pair in commands(block)):
        real = shell.run(command.replace("8009", port))
        if not as_shown(shown, real):
            wrong.append((command, shown, real))
    shell.run("kill $! 2> /dev/null")
    shell.close()
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", (FOLDER / "README.md").read_text()))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
