"""``mockhoop routes``."""

import click

from mockhoop.cli.options import contract_path, plain_errors, spec_argument


@click.command("routes")
@spec_argument
@plain_errors
def command(spec: str | None) -> None:
    """List each operation of a contract, who answers it, and what it does with what is remembered."""
    from mockhoop.repertoire import Settings
    from mockhoop.responders.generic.memory import MemoryResponder
    from mockhoop.service import build

    service = build(Settings(contract=contract_path(spec), scenarios=("empty",)))
    responders = service.pipeline.stage.responders
    width = max((len(key) for key in responders), default=0)
    for key, responder in responders.items():
        told = f": {responder.roles[key]}" if isinstance(responder, MemoryResponder) else ""
        click.echo(f"{key:<{width}}  {responder.name}{told}")
