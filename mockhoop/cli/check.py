"""``mockhoop check``."""

from collections.abc import Iterator
from pathlib import Path

import click

from mockhoop.cli.options import USAGE_EXIT_CODE
from mockhoop.errors import Problem, SourceError


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
def command(files: tuple[str, ...]) -> None:
    """Check contracts and scenarios: the FILEs, or all shipped ones.

    The exit code is 0 when all is well, 1 when there are mistakes, 2 when a file cannot be read.
    """
    paths = [Path(file) for file in files] or list(_shipped())
    missing = [path for path in paths if not path.is_file()]
    for path in missing:
        click.echo(f"Error: {path}: there is no such file", err=True)
    mistakes = 0
    for path in paths:
        if path not in missing:
            problems = _check(path)
            mistakes += len(problems)
            for problem in problems:
                click.echo(str(problem), err=True)
            click.echo(f"{path}: {f'{len(problems)} mistakes' if problems else 'ok'}")
    raise SystemExit(USAGE_EXIT_CODE if missing else 1 if mistakes else 0)


def _shipped() -> Iterator[Path]:
    from mockhoop.resources import scenarios_dir, spec_dir

    yield from sorted(spec_dir().glob("*.yaml"))
    yield from sorted(scenarios_dir().glob("*.yaml"))


def _check(path: Path) -> list[Problem]:
    from mockhoop.source import read_source

    try:
        source = read_source(path)
        if isinstance(source.data, dict) and "openapi" in source.data:
            from mockhoop.contract.document import load_contract, refuse_unsound

            contract = load_contract(path)
            refuse_unsound(contract, path)
            return [problem for report in contract.overlays for problem in report.unmatched]
        from mockhoop.scenario.loader import load_scenario

        load_scenario(path)
    except SourceError as error:
        return list(error.problems)
    return []
