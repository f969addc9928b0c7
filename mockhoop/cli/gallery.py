"""``mockhoop gallery``."""

from pathlib import Path

import click

from mockhoop.cli.options import contract_path, plain_errors, spec_argument


@click.command("gallery")
@spec_argument
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="Folder to write the answers to.")
@click.option("--seed", type=int, help="Seed of everything that is made.")
@plain_errors
def command(spec: str | None, folder: Path | None, seed: int | None) -> None:
    """Make every answer that a document declares: each operation, status and media type, and check each of them.

    The exit code is 0 when all of them keep the contract, 1 when some do not.
    """
    from mockhoop.proof.gallery import pictures
    from mockhoop.repertoire import Settings
    from mockhoop.service import build

    service = build(Settings(contract=contract_path(spec), seed=seed, scenarios=("empty",)))
    made = broken = 0
    for picture in pictures(service.pipeline.stage):
        made += 1
        broken += bool(picture.problems)
        for problem in picture.problems:
            click.echo(f"{picture.title}: {problem}", err=True)
        if folder is not None:
            path = folder / picture.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture.body)
    click.echo(f"{made} answers of {len(service.contract.operations)} operations, {broken} of them break the contract")
    raise SystemExit(1 if broken else 0)
