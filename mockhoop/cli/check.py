"""``mockhoop check``."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import USAGE_EXIT_CODE, contract_path, plain_errors
from mockhoop.errors import Problem, SourceError, UsageError

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--contract", "spec", metavar="SPEC", help="Contract on which scenarios are proved (default: Hoop's current one)."
)
@plain_errors
def command(files: tuple[str, ...], spec: str | None) -> None:
    """Check contracts and scenarios: the FILEs, or all shipped ones.

    A scenario is proved: held against the contract, played to its end in every order, every answer validated, its
    expectations met. What is odd in a contract but can be served is told as a warning. The exit code is 0 when all is
    well, 1 when there are mistakes, 2 when a file cannot be read.
    """
    paths = [Path(file) for file in files] or list(_shipped())
    checking = _Checking(contract_path(spec))
    unreadable = 0
    mistakes = 0
    for path in paths:
        why_not = _why_not_readable(path)
        if why_not:
            unreadable += 1
            click.echo(f"Error: {path}: {why_not}", err=True)
            continue
        problems, proved = checking.check(path)
        mistakes += len(problems)
        for problem in problems:
            click.echo(str(problem), err=True)
        click.echo(f"{path}: {_count(problems) if problems else f'ok{proved}'}")
    raise SystemExit(USAGE_EXIT_CODE if unreadable else 1 if mistakes else 0)


def _count(problems: list[Problem]) -> str:
    return "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"


def _why_not_readable(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _shipped() -> Iterator[Path]:
    from mockhoop.resources import scenarios_dir, spec_dir

    yield from sorted(spec_dir().glob("*.yaml"))
    yield from sorted(scenarios_dir().glob("*.yaml"))


class _Checking:
    """Checks files one after the other; the contract on which scenarios are proved is read once."""

    def __init__(self, contract: Path | str) -> None:
        self._path = contract

    @cached_property
    def _contract(self) -> "Contract":
        from mockhoop.contract.document import load_contract

        return load_contract(self._path)

    def check(self, path: Path) -> tuple[list[Problem], str]:
        """The mistakes in a file, and how much of it was proved."""
        from mockhoop.source import read_source

        try:
            source = read_source(path)
            if isinstance(source.data, dict) and "openapi" in source.data:
                return _check_contract(path), ""
            return self._prove(path)
        except SourceError as error:
            return list(error.problems), ""
        except UsageError as error:
            return [Problem(str(error), str(path))], ""

    def _prove(self, path: Path) -> tuple[list[Problem], str]:
        from mockhoop.proof.prove import prove
        from mockhoop.scenario.loader import load_scenario

        proof = prove(load_scenario(path), self._contract)
        parts = f"{proof.answers} answers, {proof.steps} steps, {proof.states} states"
        return list(proof.problems), f" ({parts}{'' if proof.complete else ', not all that can happen'})"


def _check_contract(path: Path) -> list[Problem]:
    from mockhoop.repertoire import Settings, refuse_unservable
    from mockhoop.service import build

    contract = build(Settings(contract=path, scenarios=("empty",))).contract
    refuse_unservable(contract)  # a shipped one has been taken on trust
    for warning in contract.warnings:
        click.echo(f"Warning: {warning}", err=True)
    return [problem for report in contract.overlays for problem in report.unmatched]
