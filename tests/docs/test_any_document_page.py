"""What the README shows of another document than Hoop's really happens."""

import json
import shutil
import subprocess
import sys

import pytest

from .test_readme import ROOT, as_shown, blocks, commands


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as the page does (Debian: apt-get install curl)")
def test_a_strangers_document_is_served_and_remembered() -> None:
    (block,) = blocks(ROOT / "README.md", "shell")
    (serve, _), *calls = commands(block)
    arguments = serve.removesuffix(" &").replace("8010", "0").split()[1:]
    command = [sys.executable, "-m", "mockhoop", *arguments, "--log-format", "none"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if line.startswith("mockhoop-ready "))
        port = str(json.loads(ready.split(" ", 1)[1])["port"])
        for call, shown in calls:
            said = subprocess.run(
                ["bash", "-c", call.replace("8010", port)], capture_output=True, text=True, timeout=30
            )
            assert as_shown(shown, said.stdout), said.stdout
    finally:
        process.terminate()
        process.communicate(timeout=15)
