"""What the page about the proxy shows really happens."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from mockhoop.cli.proxy import command
from mockhoop.testing import Mockhoop

from .test_readme import ROOT, Shell, as_shown, blocks, commands
from .test_recording_page import free_ports, on

FOLDER = ROOT / "mockhoop" / "server" / "proxy"
PAGE = FOLDER / "README.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_the_examples_give_what_they_show(tmp_path: Path) -> None:
    shell = Shell()
    shell.run(f'PATH="{Path(sys.executable).parent}{os.pathsep}$PATH"; set -m; cd {tmp_path}')
    ports = free_ports("8021", "8022", "8023", "8024", "8025")
    wrong = []
    for typed, shown in (pair for block in blocks(PAGE, "console") for pair in commands(block)):
        real = shell.run(on(ports, typed))
        if not as_shown(on(ports, shown), real):
            wrong.append((typed, shown, real))
    shell.run("kill $(jobs -p); wait")
    shell.close()
    assert not wrong, "\n".join(f"$ {typed}\n{shown}--- but:\n{real}" for typed, shown, real in wrong)


async def test_the_program_on_the_page_listens(capsys: pytest.CaptureFixture[str]) -> None:
    (text,) = blocks(PAGE, "python")
    names: dict[str, Any] = {}
    exec(text, names)
    async with Mockhoop("empty") as gateway:
        watching = asyncio.create_task(names["watch"](gateway.url))
        shown = ""
        while "listening at http://127.0.0.1:" not in shown:
            await asyncio.wait([watching], timeout=0.01)
            shown += capsys.readouterr().out
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def test_every_option_is_on_the_page() -> None:
    text = PAGE.read_text()
    options = {one.name: one.opts for one in command.params if one.name != "upstream_url"}
    assert {name for name, spelled in options.items() if not any(f"`{one}" in text for one in spelled)} == set()


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", PAGE.read_text()))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}
