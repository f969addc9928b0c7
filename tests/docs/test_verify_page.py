"""What the page about verify shows really happens."""

import re
import sys
from pathlib import Path

from mockhoop.cli.verify import command

from .test_readme import ROOT, Shell, as_shown, blocks, commands
from .test_readme import server as server  # a fixture

FOLDER = ROOT / "mockhoop" / "verify"
PAGE = (FOLDER / "README.md").read_text()


def test_the_examples_give_what_they_show(server: tuple[list[str], str], tmp_path: Path) -> None:
    shell, port = Shell(), server[1]
    shell.run(f"cd {tmp_path}; alias mockhoop='2>/dev/null {sys.executable} -m mockhoop'")  # without progress
    wrong = []
    for line, shown in (pair for block in blocks(FOLDER / "README.md", "console") for pair in commands(block)):
        real = shell.run(line.replace("8009", port))
        if not as_shown(shown.replace("8009", port), real):
            wrong.append((line, shown, real))
    shell.close()
    assert not wrong, "\n".join(f"$ {line}\n{shown}--- but:\n{real}" for line, shown, real in wrong)


def test_every_module_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+\.py)`", PAGE))
    assert named == {path.name for path in FOLDER.glob("*.py")} - {"__init__.py"}


def test_every_option_is_on_the_page() -> None:
    options = {option for one in command.params for option in one.opts if option.startswith("--")}
    assert {option for option in options if option not in PAGE} == set()


def test_what_the_page_sets_for_a_real_gateway_is_what_the_story_needs() -> None:
    story = (ROOT / "scenarios" / "contract-story.yaml").read_text()
    people = set(re.findall(r"--user (\S+?)=", PAGE)) | {"ada@example.com"}
    assert people == set(re.findall(r"name: [\w ]+, email: (\S+),", story))
    given = re.search(r"given: \{(.*)\}", story)
    assert given is not None
    assert set(re.findall(r"--set (\w+)=", PAGE)) == set(re.findall(r"(\w+): ", given[1]))
