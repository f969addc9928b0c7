"""``mockhoop check``."""

from collections.abc import Iterator
from pathlib import Path

import click

from mockhoop.cli.options import USAGE_EXIT_CODE
from mockhoop.errors import Problem, SourceError, UsageError


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def command(files: tuple[str, ...]) -> None:
    """Check contracts and scenarios: the FILEs, or all shipped ones.

    The exit code is 0 when all is well, 1 when there are mistakes, 2 when a file cannot be read.
    """
    paths = [Path(file) for file in files] or list(_shipped())
    unreadable = 0
    mistakes = 0
    for path in paths:
        why_not = _why_not_readable(path)
        if why_not:
            unreadable += 1
            click.echo(f"Error: {path}: {why_not}", err=True)
            continue
        problems = _check(path)
        mistakes += len(problems)
        for problem in problems:
            click.echo(str(problem), err=True)
        click.echo(f"{path}: {_count(problems) if problems else 'ok'}")
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


def _check(path: Path) -> list[Problem]:
    from mockhoop.source import read_source

    try:
        source = read_source(path)
        if isinstance(source.data, dict) and "openapi" in source.data:
            return _check_contract(path)
        from mockhoop.scenario.loader import load_scenario

        load_scenario(path)
    except SourceError as error:
        return list(error.problems)
    except UsageError as error:
        return [Problem(str(error), str(path))]
    return []


def _check_contract(path: Path) -> list[Problem]:
    from mockhoop.repertoire import Settings, refuse_unservable
    from mockhoop.service import build

    contract = build(Settings(contract=path, scenarios=("empty",))).contract
    refuse_unservable(contract)  # a shipped one has been taken on trust
    return [problem for report in contract.overlays for problem in report.unmatched]
