"""``mockhoop coverage``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import contract_path, plain_errors
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract
    from mockhoop.coverage.figures import Figures
    from mockhoop.coverage.tally import Tally

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("coverage")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=_FILE)
@click.option(
    "--contract",
    "specs",
    multiple=True,
    metavar="SPEC",
    help="The contract, as for serve (default: the one that the first FILE names).",
)
@click.option("--missing", is_flag=True, help="List what was never exercised, with its line.")
@click.option("--html", type=_FILE, help="Write a page to this file.")
@click.option("--json", "as_json", type=_FILE, help="Write every point with its count.")
@click.option("--lcov", type=_FILE, help="Write an LCOV tracefile, whose lines are those of the contract's file.")
@click.option("--cobertura", type=_FILE, help="Write Cobertura's XML, likewise.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 when less of the points was exercised.",
)
@plain_errors
def command(
    files: tuple[Path, ...],
    specs: tuple[str, ...],
    missing: bool,
    html: Path | None,
    as_json: Path | None,
    lcov: Path | None,
    cobertura: Path | None,
    fail_under: float | None,
) -> None:
    """Tell how much of a contract was exercised.

    Each FILE is one that `serve --coverage` or `pytest --mockhoop-coverage` has written, or a journal; what is in all
    of them is taken together. The exit code is 0, 1 with less than --fail-under, 2 when a file cannot be read.
    """
    from mockhoop.coverage.figures import Figures, percent_text
    from mockhoop.coverage.terminal import table

    tally, contract = _read(files, specs)
    figures = Figures(contract, tally)
    written = _written(figures, {"html": html, "json": as_json, "lcov": lcov, "cobertura": cobertura})
    click.echo(table(figures, missing=missing), nl=False)
    for path in written:
        click.echo(f"{path} written")
    if fail_under is not None and figures.whole.percent < fail_under:
        whole = figures.whole
        share = f"{percent_text(whole.percent)} ({whole.hit} of {whole.all})"
        click.echo(f"{share} is less than the {fail_under:g} % asked for", err=True)
        raise SystemExit(1)


def _read(files: tuple[Path, ...], specs: tuple[str, ...]) -> "tuple[Tally, Contract]":
    """The runs in all files, and the contract that they are of."""
    from mockhoop.coverage.counting import counted
    from mockhoop.coverage.file import is_coverage_file, read_tallies
    from mockhoop.coverage.plan import Plan
    from mockhoop.coverage.tally import Subject, merged, one_run
    from mockhoop.journals.file import read_journals

    tallies = read_tallies([file for file in files if is_coverage_file(file)])
    journals = read_journals([file for file in files if not is_coverage_file(file)])
    named = [tally.subject.name for tally in tallies.values()] + [journal.contract for journal in journals]
    contract = _contract(specs or tuple(named[:1]))
    plan, subject = Plan(contract), Subject.of(contract)
    for journal in journals:
        for problem in journal.problems:
            click.echo(f"Warning: {problem}", err=True)
        tallies[Path(journal.name)] = one_run(subject, counted(plan, journal.entries))
        if journal.entries and not tallies[Path(journal.name)].runs:
            what = f"none of its exchanges ({len(journal.entries)}) is a call of {subject.name}"
            raise UsageError(f"{journal.name}: {what}; give the --contract that they are of")
    return merged(subject, tallies), contract


def _contract(specs: tuple[str, ...]) -> "Contract":
    from mockhoop.cli.serving import part
    from mockhoop.contract.document import load_contract, load_contracts

    if len(specs) > 1:
        return load_contracts([part(spec) for spec in specs])
    name = specs[0] if specs else ""
    if ", " in name:
        raise UsageError(f"the runs are of several documents ({name}); give each with --contract, as for serve")
    return load_contract(contract_path(name or None))


def _written(figures: "Figures", files: dict[str, Path | None]) -> list[Path]:
    """Write the reports that are asked for, each by its name, to their files."""
    from mockhoop.coverage.as_json import as_json
    from mockhoop.coverage.cobertura import cobertura
    from mockhoop.coverage.file import write_text
    from mockhoop.coverage.lcov import lcov
    from mockhoop.coverage.page import page

    made: dict[str, Callable[[Figures], str]] = {"html": page, "json": as_json, "lcov": lcov, "cobertura": cobertura}
    wanted = {name: path for name, path in files.items() if path is not None}
    for name, path in wanted.items():
        write_text(path, made[name](figures))
    return list(wanted.values())
