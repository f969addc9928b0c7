"""``mockhoop replay``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import contract_path, plain_errors
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.journals.entry import Entry
    from mockhoop.journals.file import JournalFile
    from mockhoop.replaying.origins import Origins

_MOST = 5
"""Of the differences in one answer."""

world_option = click.option("--world", metavar="NAME", help="Only the exchanges of this world.")
contract_option = click.option(
    "--contract", "spec", metavar="SPEC", help="Contract to play against (default: the one that the journal names)."
)


@click.command("replay")
@click.argument("file", metavar="JOURNAL", type=click.Path(path_type=Path))
@world_option
@contract_option
@plain_errors
def command(file: Path, world: str | None, spec: str | None) -> None:
    """Make the calls of JOURNAL again, and compare the answers, byte for byte.

    Each world begins as the journal says that it began, and every call comes at its time; nobody waits. A journal is
    what `mockhoop serve --journal FILE` writes. The exit code is 0 when all answers are the same, 1 when some are not,
    2 when the file cannot be read.
    """
    from mockhoop.replaying.replay import replay

    journal, origins = opened(file, world, spec)
    result = replay(journal, origins, world)
    for note in result.notes:
        click.echo(f"Warning: {note}", err=True)
    for finding in result.findings:
        click.echo(in_words(finding.entry))
        for one in finding.differences[:_MOST]:
            click.echo(f"  {one}")
        if len(finding.differences) > _MOST:
            click.echo(f"  and {len(finding.differences) - _MOST} more differences")
    compared = result.same + len(result.findings)
    played = "1 exchange played" if compared == 1 else f"{compared} exchanges played"
    click.echo(f"{played}: {len(result.findings) or 'none'} answered otherwise")
    raise SystemExit(1 if result.findings else 0)


def opened(file: Path, world: str | None, spec: str | None) -> "tuple[JournalFile, Origins]":
    """A journal, and what makes its worlds; of what cannot be read is told.

    Raises:
        UsageError: it is no journal, it has no such world, or its contract is not here.
    """
    from mockhoop.journals.file import read_journal
    from mockhoop.replaying.origins import Origins, service_of
    from mockhoop.replaying.replay import worlds_of

    journal = read_journal(file)
    for problem in journal.problems:
        click.echo(f"Warning: {problem}", err=True)
    known = worlds_of(journal)
    if not known:
        raise UsageError(f"{file}: there is no exchange in this journal")
    if world is not None and world not in known:
        raise UsageError(f"{file}: there is no world {world!r} in this journal (worlds: {', '.join(known)})")
    contract, more = _documents(journal, spec)
    return journal, Origins(service_of(journal, contract, more))


def in_words(entry: "Entry", status: int | None = None) -> str:
    """An exchange in a line, with the ``status`` that it has this time."""
    who = f" by {entry.caller}" if entry.caller else ""
    where = f" in the world {entry.world}" if entry.world != "default" else ""
    return f"{entry.number}. {entry.method} {entry.target}{who}{where} → {entry.status if status is None else status}"


def _documents(journal: "JournalFile", spec: str | None) -> tuple[Path | str, tuple[tuple[str, Path | str], ...]]:
    """The contract to play against, or several with their prefixes."""
    told = journal.settings.get("more")
    if spec is None and isinstance(told, list):
        if not all(isinstance(one, list) and len(one) == 2 for one in told):
            raise UsageError(f"{journal.name} does not tell what was served; name it with --contract")
        return "", tuple((str(prefix), contract_path(str(document))) for prefix, document in told)
    try:
        return contract_path(spec or journal.contract or None), ()
    except UsageError as error:
        if spec is not None:
            raise
        raise UsageError(f"{journal.name} is of another contract: {error}; name one with --contract") from None
