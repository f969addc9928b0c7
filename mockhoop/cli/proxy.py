"""``mockhoop proxy``."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click

from mockhoop.cli.options import (
    contract_path,
    host_option,
    journal_option,
    log_format_option,
    plain_errors,
    port_option,
    scenario_option,
    validation_option,
)
from mockhoop.cli.upstream import reaching_options, upstream_of
from mockhoop.errors import UsageError


@click.command("proxy")
@click.argument("upstream_url", metavar="UPSTREAM")
@reaching_options
@click.option("--contract", "spec", metavar="SPEC", help="Contract that is held against calls (default: Hoop's).")
@port_option(8011)
@host_option("--host")
@validation_option("report")
@click.option("--fallback", is_flag=True, help="Let the mock answer what UPSTREAM does not implement.")
@scenario_option
@click.option("--lead-back", is_flag=True, help="Have UPSTREAM's links to itself lead through the proxy.")
@journal_option
@click.option("--fail-on-violation", is_flag=True, help="Exit with 1 if anything broke the contract.")
@log_format_option
@plain_errors
def command(
    upstream_url: str,
    headers: tuple[str, ...],
    timeout: str,
    ca_file: Path | None,
    insecure: bool,
    spec: str | None,
    port: int,
    host: str,
    validation: str,
    fallback: bool,
    scenarios: tuple[str, ...],
    lead_back: bool,
    journal: Path | None,
    fail_on_violation: bool,
    log_format: str,
) -> None:
    """Pass calls on to UPSTREAM, such as https://use.hoop.dev/api, and tell what breaks the contract.

    Each violation is told in a header of the answer, in the log, in the journal, and at the end.
    """
    if scenarios and not fallback:
        raise UsageError("a scenario is what the mock plays: give --fallback as well, or leave -s out")
    upstream = upstream_of(upstream_url, headers=headers, timeout=timeout, ca_file=ca_file, insecure=insecure)
    from mockhoop.pipeline import Validation
    from mockhoop.repertoire import Settings
    from mockhoop.server.journalling import writer
    from mockhoop.server.proxy.run import run_proxy
    from mockhoop.service import build

    played = scenarios or (() if fallback else ("empty",))
    service = build(Settings(contract=contract_path(spec), scenarios=played, validation=Validation(validation)))
    with ExitStack() as stack:
        out = stack.enter_context(_opened(journal)) if journal is not None else None
        tally = run_proxy(
            service,
            upstream,
            host=host,
            port=port,
            log_format=log_format,
            out=sys.stdout,
            err=sys.stderr,
            fallback=fallback,
            lead_back=lead_back,
            journal=writer(out, service.contract, service.settings) if out is not None else None,
        )
    click.echo(tally.text(len(service.contract.operations)))
    failed = fail_on_violation and tally.failed(strict=validation == "strict")
    raise SystemExit(1 if failed else 0)


def _opened(journal: Path) -> TextIO:
    try:
        return journal.open("w", encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise UsageError(f"the journal {journal} cannot be written: {(error.strerror or str(error)).lower()}") from None
