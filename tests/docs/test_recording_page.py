"""What the page about recordings shows really happens."""

import os
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest

from .test_readme import ROOT, Shell, as_shown, blocks, commands

FOLDER = ROOT / "mockhoop" / "recording"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_examples_give_what_they_show(tmp_path: Path) -> None:
    shell = Shell()
    shell.run(f'PATH="{Path(sys.executable).parent}{os.pathsep}$PATH"; set -m; cd {tmp_path}')
    ports = free_ports("8021", "8022", "8023")
    wrong = []
    for command, shown in (pair for block in blocks(FOLDER / "README.md", "console") for pair in commands(block)):
        real = shell.run(on(ports, command))
        if not as_shown(on(ports, shown), real):
            wrong.append((command, shown, real))
    shell.close()
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)


def free_ports(*named: str) -> dict[str, str]:
    """A free port for each that the page names."""
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in named]
    ports = {name: str(one.getsockname()[1]) for name, one in zip(named, listening, strict=True)}
    for one in listening:
        one.close()
    return ports


def on(ports: dict[str, str], text: str) -> str:
    """A text of the page with the free ports in it."""
    return re.sub("|".join(ports), lambda found: ports[found[0]], text)


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", (FOLDER / "README.md").read_text()))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
