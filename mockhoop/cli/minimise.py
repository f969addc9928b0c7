"""``mockhoop minimise``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import plain_errors, write_file
from mockhoop.cli.replay import contract_option, in_words, opened, world_option
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.journals.file import JournalFile
    from mockhoop.replaying.failures import Failure


@click.command("minimise")
@click.argument("file", metavar="JOURNAL", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="File for pytest."
)
@click.option(
    "-f",
    "--failure",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="What the failing answer shows: status=5??, violation, violation=CODE, operation=… or body=TEXT (contains). "
    "Repeat for what has to hold at once.",
)
@click.option("-n", "--number", type=int, help="The answer to exchange N: its status and what it breaks.", metavar="N")
@world_option
@contract_option
@plain_errors
def command(
    file: Path, output: Path | None, kinds: tuple[str, ...], number: int | None, world: str | None, spec: str | None
) -> None:
    """Cut JOURNAL down to the fewest calls that still show a failure, and write them as a test.

    The failure is what --failure says, or what exchange N shows. Calls are left out and tried again, in a fresh world
    each time, until none can be left out; the test makes those that are left, and asserts the failure. Without -o it
    is printed. The exit code is 1 when the failure does not show, 2 when the journal cannot be read.
    """
    from mockhoop.replaying.drafting import drafted
    from mockhoop.replaying.minimise import minimise
    from mockhoop.replaying.testfile import TestFile, server_settings

    journal, origins = opened(file, world, spec)
    failure = _failure(journal, kinds, number, world)
    server_settings(journal)  # that no test can be written is better known before
    minimal = minimise(journal, origins, failure, _tell, world)
    if minimal is None:
        click.echo(f"{failure}: no answer shows it when the calls are made one after the other", err=True)
        raise SystemExit(1)
    text = TestFile(drafted(minimal, origins, failure), journal).text()
    for played in minimal.trial.played:
        status = played.answer.status if played.answer is not None else None
        click.echo(in_words(played.entry, status), err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    count = len(minimal.trial.steps)
    click.echo(f"{output}: {count} of {minimal.out_of} calls, found in {minimal.trials} trials", err=True)


def _failure(journal: "JournalFile", kinds: tuple[str, ...], number: int | None, world: str | None) -> "Failure":
    from mockhoop.replaying.failures import like, named

    if number is None:
        return named(kinds)
    if kinds:
        raise UsageError("give --failure or --number, not both")
    found = [entry for entry in journal.entries if entry.number == number and world in (None, entry.world)]
    if not found:
        last = max(entry.number for entry in journal.entries)
        raise UsageError(f"{journal.name}: there is no exchange {number} (the last one is {last})")
    worlds = list(dict.fromkeys(entry.world for entry in found))
    if len(worlds) > 1:
        raise UsageError(f"several worlds have an exchange {number}: choose one with --world ({', '.join(worlds)})")
    return like(found[-1])


def _tell(left: int) -> None:
    click.echo(f"{left} {'call shows' if left == 1 else 'calls show'} it", err=True)
