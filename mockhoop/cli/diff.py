"""``mockhoop diff``."""

from pathlib import Path

import click

from mockhoop.cli.options import contract_path, plain_errors, write_file


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--journal",
    "journals",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Journal of a consumer; repeat it for several. Tells who feels each change.",
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the changes as JSON.")
@plain_errors
def command(old: str, new: str, journals: tuple[Path, ...], json_file: Path | None) -> None:
    """Tell what changed between two versions of a contract, and which changes break clients.

    OLD and NEW are files, URLs or names of shipped contracts. With journals of consumers (`mockhoop serve --journal
    FILE`), each change is held against what they sent and were given. The exit code is 1 when a change breaks clients,
    or with journals, when it breaks one of these consumers; else 0.
    """
    import json

    from mockhoop.contract.document import load_contract
    from mockhoop.diff.comparing import compared
    from mockhoop.diff.consumers import Consumers
    from mockhoop.diff.report import data, is_breaking, judged, lines
    from mockhoop.journals.file import read_journals

    before, after = load_contract(contract_path(old)), load_contract(contract_path(new))
    read = read_journals(journals)
    for problem in (problem for journal in read for problem in journal.problems):
        click.echo(f"Warning: {problem}", err=True)
    consumers = Consumers(before, after, read) if read else None
    for name in consumers.strangers if consumers is not None else ():
        click.echo(f"Warning: {name}: none of its exchanges is a call of {old}, so that it feels nothing", err=True)
    found = judged(compared(before, after), consumers)
    for line in lines(found, before, after):
        click.echo(line)
    if json_file is not None:
        write_file(json_file, json.dumps(data(found, before, after), indent=2, ensure_ascii=False) + "\n")
    raise SystemExit(1 if is_breaking(found) else 0)
