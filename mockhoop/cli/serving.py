"""Serving, for the commands that do."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockhoop.cli.options import contract_path
from mockhoop.cli.progress import Progress
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract
    from mockhoop.server.collecting import Collector
    from mockhoop.service import Service

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
    journal: Path | None = None,
    coverage: Path | None = None,
    **more: Any,
) -> None:
    """Serve documents until somebody stops it; ``more`` goes into the settings, what is said into a ``journal``,
    what of the contract was exercised into a file of ``coverage``.

    Raises:
        UsageError: what is asked for cannot be served; the text says why.
    """
    gc.disable()  # until we listen: what is made at the start stays
    from mockhoop.pipeline import Validation
    from mockhoop.repertoire import Settings
    from mockhoop.server.adapter import Observer
    from mockhoop.server.beginnings import Beginnings
    from mockhoop.server.run import run
    from mockhoop.service import build

    parts = tuple(map(part, specs)) if len(specs) > 1 else ()
    single = contract_path(specs[0] if len(specs) == 1 else None)
    settings = Settings(
        contract=single, more=parts, scenarios=scenarios, validation=Validation(validation), **more
    )  # fmt: skip
    service = build(settings, Progress("making the world"))
    _tell_of(service.contract)
    beginnings = Beginnings()
    with ExitStack() as finishing:
        observers: list[Observer] = []
        if journal is not None:
            from mockhoop.server.journalling import JournalKeeper

            keeper = JournalKeeper(journal, service.contract, settings, beginnings)
            observers.append(finishing.enter_context(keeper))
        if coverage is not None:
            observers.append(finishing.enter_context(_collecting(service, coverage)))
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
            observers=observers,
            beginnings=beginnings,
        )


def part(spec: str) -> tuple[str, Path | str]:
    """A document with its prefix: ``/shop=shop.yaml``, or the name of the file where none is told."""
    prefix, equals, document = spec.partition("=")
    if equals and prefix.startswith("/") and document:
        return prefix.rstrip("/"), contract_path(document)
    if equals and not Path(spec).exists() and "://" not in spec:
        raise UsageError(f'"{spec}" is no document with a prefix, such as /shop=shop.yaml')
    return f"/{Path(spec).stem}", contract_path(spec)


@contextmanager
def _collecting(service: "Service", path: Path) -> "Iterator[Collector]":
    """What counts; a file that cannot be added to is refused at once, not in the end."""
    from mockhoop.coverage.figures import Figures
    from mockhoop.coverage.file import add_to_file, check_file
    from mockhoop.coverage.tally import Subject
    from mockhoop.coverage.terminal import summary
    from mockhoop.server.collecting import Collector

    check_file(path, Subject.of(service.contract))
    collector = Collector(service)
    yield collector
    whole = add_to_file(path, collector.tally())
    click.echo(f"{summary(Figures(service.contract, whole))}; see mockhoop coverage {path}")


def _tell_of(contract: "Contract") -> None:
    for report in contract.overlays:
        click.echo(f"{report.applied} corrections applied from {report.file}")
        for problem in report.unmatched:
            click.echo(f"Warning: {problem}", err=True)
    for problem in contract.repairs:
        click.echo(f"Warning: {problem}", err=True)
