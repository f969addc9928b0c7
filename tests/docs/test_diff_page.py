"""What the page about differences shows really happens."""

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from .test_readme import ROOT, Shell, as_shown, blocks, commands

PAGE = ROOT / "mockhoop" / "diff" / "README.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_examples_give_what_they_show(tmp_path: Path) -> None:
    shell = Shell()
    shell.run(f'PATH="{Path(sys.executable).parent}{os.pathsep}$PATH"; set -m; cd {tmp_path}; ln -s {ROOT}/spec spec')
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    wrong = []
    for command, shown in (pair for block in blocks(PAGE, "console") for pair in commands(block)):
        real = shell.run(command.replace("8009", port))
        if not as_shown(shown, real):
            wrong.append((command, shown, real))
    shell.close()
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)
