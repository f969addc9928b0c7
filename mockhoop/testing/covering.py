"""The coverage of a run of pytest: what its servers counted, also those of other processes, as one run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockhoop.cli.options import contract_path
from mockhoop.coverage.figures import Figures, figures_of
from mockhoop.coverage.file import as_plain, from_plain, write_tally
from mockhoop.coverage.tally import Tally, merged, together
from mockhoop.coverage.terminal import summary


def told(tallies: list[Tally]) -> list[dict[str, Any]]:
    """What a process of several counted, to be sent to the one that tells of all."""
    return [as_plain(tally) for tally in tallies]


def heard(parts: list[Mapping[str, Any]]) -> list[Tally]:
    """What other processes counted."""
    return [from_plain(part) for part in parts]


def kept(tallies: list[Tally], path: Path) -> Figures:
    """The figures of all that was counted in the run, which is written to the file, in the place of what it held.

    Raises:
        UsageError: the servers had different contracts, or the file cannot be written.
    """
    subject = tallies[0].subject
    merged(subject, {f"a server of {tally.subject.name}": tally for tally in tallies})
    whole = together(subject, tallies)
    write_tally(path, whole)
    return figures_of(whole, contract_path(subject.name))


def line(figures: Figures, path: Path) -> str:
    """What is told at the end of the run."""
    return f"mockhoop: {summary(figures)}; see mockhoop coverage {path}"
