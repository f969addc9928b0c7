"""``mockhoop serve``."""

import gc
import sys
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import contract_path, plain_errors, scenario_option, spec_argument
from mockhoop.cli.progress import Progress

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract


@click.command("serve")
@spec_argument
@scenario_option
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=8009, show_default=True, help="0 picks a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--seed", type=int, help="Seed of everything generated; wins over the scenario's.")
@click.option(
    "--validation",
    type=click.Choice(["enforce", "report", "off"]),
    default="enforce",
    show_default=True,
    help="Refuse calls that break the contract, only report them, or do not look.",
)
@click.option("--check-responses", is_flag=True, help="Validate our own answers too, and report what they break.")
@click.option("--no-auth", is_flag=True, help="Treat every caller as the first admin.")
@click.option("--cors/--no-cors", default=True, show_default=True, help="Send the gateway's CORS headers.")
@click.option(
    "--control-token",
    envvar="MOCKHOOP_CONTROL_TOKEN",
    default="",
    help="Token of the control API; without one it answers callers on this machine only.",
)
@click.option("-w", "--watch", is_flag=True, help="Serve changed files as soon as they are saved.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json", "none"]),
    default="text",
    show_default=True,
    help="One line for each request, on standard error.",
)
@plain_errors
def command(
    spec: str | None,
    scenarios: tuple[str, ...],
    port: int,
    host: str,
    seed: int | None,
    validation: str,
    check_responses: bool,
    no_auth: bool,
    cors: bool,
    control_token: str,
    watch: bool,
    log_format: str,
) -> None:
    """Serve a contract: Hoop's current one, or SPEC (a file, or a shipped name such as hoop-1.49.10)."""
    gc.disable()  # until we listen: what is made at the start stays
    from mockhoop.pipeline import Validation
    from mockhoop.repertoire import Settings
    from mockhoop.server.run import run
    from mockhoop.service import build

    settings = Settings(
        contract=contract_path(spec),
        scenarios=scenarios or ("default",),
        seed=seed,
        validation=Validation(validation),
        check_responses=check_responses,
        require_token=not no_auth,
        cors=cors,
    )
    service = build(settings, Progress("making the world"))
    _tell_of_overlays(service.contract)
    run(
        service,
        host=host,
        port=port,
        log_format=log_format,
        out=sys.stdout,
        err=sys.stderr,
        watch=watch,
        control_token=control_token,
    )


def _tell_of_overlays(contract: "Contract") -> None:
    for report in contract.overlays:
        click.echo(f"{report.applied} corrections applied from {report.file}")
        for problem in report.unmatched:
            click.echo(f"Warning: {problem}", err=True)
