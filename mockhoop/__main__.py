"""``python -m mockhoop``."""

from mockhoop.cli import main

main(prog_name="mockhoop")
