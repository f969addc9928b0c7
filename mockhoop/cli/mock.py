"""``mockhoop mock``: ``serve`` with the habits of Prism."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import host_option, journal_option, plain_errors, port_option
from mockhoop.cli.serving import start

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract


@click.command("mock", context_settings={"help_option_names": ["--help"]})
@click.argument("document", metavar="DOCUMENT")
@port_option(4010)
@host_option("-h", "--host")
@click.option("--cors/--no-cors", default=True, show_default=True, help="Send CORS headers.")
@click.option("-d", "--dynamic", is_flag=True, help="Make values of the schemas, passing over the examples.")
@click.option("--errors", is_flag=True, help="Refuse what is merely doubtful as well.")
@click.option("--seed", type=int, help="Seed of everything that is made.")
@journal_option
@plain_errors
def command(
    document: str,
    port: int,
    host: str,
    cors: bool,
    dynamic: bool,
    errors: bool,
    seed: int | None,
    journal: Path | None,
) -> None:
    """Serve DOCUMENT, a file or URL, as Prism does: nothing is remembered, and paths have no prefix."""
    start(
        (document,),
        (),
        validation="strict" if errors else "enforce",
        host=host,
        port=port,
        log_format="text",
        on_ready=_tell,
        journal=journal,
        seed=seed,
        cors=cors,
        memory=False,
        callbacks=True,
        prism=True,
        dynamic=dynamic,
        base_path="",
    )


def _tell(contract: "Contract", url: str) -> None:
    for operation in contract.operations:
        click.echo(f"[CLI] ℹ  info      {operation.method:<7} {url}{operation.template}")
    click.echo(f"[CLI] ▶  start     mockhoop is listening on {url}")
