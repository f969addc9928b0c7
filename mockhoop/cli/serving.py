"""Serving, for the commands that do."""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockhoop.cli.options import contract_path
from mockhoop.cli.progress import Progress
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract

OnReady = Callable[["Contract", str], None]
"""Is told what is served, and where."""


def start(
    specs: tuple[str, ...],
    scenarios: tuple[str, ...],
    *,
    validation: str,
    host: str,
    port: int,
    log_format: str,
    watch: bool = False,
    control_token: str = "",
    on_ready: OnReady | None = None,
    **more: Any,
) -> None:
    """Serve documents until somebody stops it; ``more`` goes into the settings.

    Raises:
        UsageError: what is asked for cannot be served; the text says why.
    """
    gc.disable()  # until we listen: what is made at the start stays
    from mockhoop.pipeline import Validation
    from mockhoop.repertoire import Settings
    from mockhoop.server.run import run
    from mockhoop.service import build

    parts = tuple(map(_part, specs)) if len(specs) > 1 else ()
    single = contract_path(specs[0] if len(specs) == 1 else None)
    settings = Settings(
        contract=single, more=parts, scenarios=scenarios, validation=Validation(validation), **more
    )  # fmt: skip
    service = build(settings, Progress("making the world"))
    _tell_of(service.contract)
    run(
        service,
        host=host,
        port=port,
        log_format=log_format,
        out=sys.stdout,
        err=sys.stderr,
        watch=watch,
        control_token=control_token,
        on_ready=on_ready,
    )


def _part(spec: str) -> tuple[str, Path | str]:
    """A document with its prefix: ``/shop=shop.yaml``, or the name of the file where none is told."""
    prefix, equals, document = spec.partition("=")
    if equals and prefix.startswith("/") and document:
        return prefix.rstrip("/"), contract_path(document)
    if equals and not Path(spec).exists() and "://" not in spec:
        raise UsageError(f'"{spec}" is no document with a prefix, such as /shop=shop.yaml')
    return f"/{Path(spec).stem}", contract_path(spec)


def _tell_of(contract: "Contract") -> None:
    for report in contract.overlays:
        click.echo(f"{report.applied} corrections applied from {report.file}")
        for problem in report.unmatched:
            click.echo(f"Warning: {problem}", err=True)
    for problem in contract.repairs:
        click.echo(f"Warning: {problem}", err=True)
