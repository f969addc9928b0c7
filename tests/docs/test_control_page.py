"""What the page about the control API shows really happens."""

import re
import shutil
from pathlib import Path

import pytest

from .test_readme import ROOT, Shell, as_shown, blocks, commands
from .test_readme import server as server  # a fixture

FOLDER = ROOT / "mockhoop" / "server" / "control"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_examples_with_curl_give_what_they_show(server: tuple[list[str], str], tmp_path: Path) -> None:
    shell = Shell()
    shell.run(f"cd {tmp_path}")
    wrong = []
    for command, shown in (pair for block in blocks(FOLDER / "README.md", "console") for pair in commands(block)):
        real = shell.run(command.replace("8009", server[1]))
        if not as_shown(shown, real):
            wrong.append((command, shown, real))
    shell.close()
    assert not wrong, "\n".join(f"$ {command}\n{shown}--- but:\n{real}" for command, shown, real in wrong)


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", (FOLDER / "README.md").read_text()))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
