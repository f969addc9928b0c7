"""``mockhoop serve``."""

from pathlib import Path

import click

from mockhoop.cli.options import (
    host_option,
    journal_option,
    log_format_option,
    plain_errors,
    port_option,
    scenario_option,
    validation_option,
)
from mockhoop.cli.serving import start


@click.command("serve")
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@scenario_option
@port_option(8009)
@host_option("--host")
@click.option("--seed", type=int, help="Seed of everything generated; wins over the scenario's.")
@validation_option("enforce")
@click.option("--check-responses", is_flag=True, help="Validate our own answers too, and report what they break.")
@click.option("--no-auth", is_flag=True, help="Ask nobody for credentials (at Hoop everybody is the first admin).")
@click.option("--cors/--no-cors", default=True, show_default=True, help="Send CORS headers.")
@click.option("--memory/--no-memory", default=True, show_default=True, help="Remember what clients add and change.")
@click.option("--callbacks", is_flag=True, help="Send the callbacks that the document describes.")
@click.option("-d", "--dynamic", is_flag=True, help="Make values of the schemas, passing over the examples.")
@click.option("--base-path", metavar="PATH", help="In front of all paths, in the place of the document's server.")
@click.option("--allow-remote", is_flag=True, help="Follow references and redirects to any server.")
@click.option(
    "--control-token",
    envvar="MOCKHOOP_CONTROL_TOKEN",
    default="",
    help="Token of the control API; without one it answers callers on this machine only.",
)
@click.option("-w", "--watch", is_flag=True, help="Serve changed files as soon as they are saved.")
@journal_option
@click.option(
    "--coverage",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Add to this file, at the end, what of the contract was exercised (see `mockhoop coverage`).",
)
@log_format_option
@plain_errors
def command(
    specs: tuple[str, ...],
    scenarios: tuple[str, ...],
    port: int,
    host: str,
    seed: int | None,
    validation: str,
    check_responses: bool,
    no_auth: bool,
    cors: bool,
    memory: bool,
    callbacks: bool,
    dynamic: bool,
    base_path: str | None,
    allow_remote: bool,
    control_token: str,
    watch: bool,
    journal: Path | None,
    coverage: Path | None,
    log_format: str,
) -> None:
    """Serve a contract: Hoop's current one, or SPEC: a file, a URL, or a shipped name such as hoop-1.49.10.

    Several are served at once, each under a prefix: /shop=shop.yaml /billing=billing.yaml.
    """
    start(
        specs,
        scenarios,
        validation=validation,
        host=host,
        port=port,
        log_format=log_format,
        watch=watch,
        control_token=control_token,
        journal=journal,
        coverage=coverage,
        seed=seed,
        check_responses=check_responses,
        require_token=not no_auth,
        cors=cors,
        memory=memory,
        callbacks=callbacks,
        dynamic=dynamic,
        base_path=base_path,
        allow_remote=allow_remote,
    )
