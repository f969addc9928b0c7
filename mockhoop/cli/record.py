"""``mockhoop record``."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from mockhoop.cli.options import contract_path, host_option, log_format_option, plain_errors, port_option
from mockhoop.cli.upstream import reaching_options, upstream_of
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.contract.document import Contract
    from mockhoop.recording.recorder import Recorder
    from mockhoop.transport import Upstream

_MOST_COPIED = 64 * 1024 * 1024
"""Bytes of a body; an answer with a longer one cannot be replayed."""


@click.command("record")
@click.argument("upstream_url", metavar="[UPSTREAM]", required=False)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The scenario to write."
)
@click.option("--force", is_flag=True, help="Write over a FILE that is there.")
@click.option("--har", type=click.Path(path_type=Path), help="Take the calls of a HAR file in the place of a server's.")
@click.option("--base-url", metavar="URL", help="Where in the HAR file the API is (default: where most calls fit).")
@click.option(
    "--contract", "spec", metavar="SPEC", help="Contract that the scenario is for (default: Hoop's current one)."
)
@port_option(8011)
@host_option("--host")
@reaching_options
@log_format_option
@plain_errors
def command(
    upstream_url: str | None,
    output: Path,
    force: bool,
    har: Path | None,
    base_url: str | None,
    spec: str | None,
    port: int,
    host: str,
    headers: tuple[str, ...],
    timeout: str,
    ca_file: Path | None,
    insecure: bool,
    log_format: str,
) -> None:
    """Pass calls on to UPSTREAM, such as https://use.hoop.dev/api, and write a scenario that replays them.

    It is written when the command is stopped, with Ctrl-C or SIGTERM. What is secret is redacted, and told. The exit
    code is 1 when there was nothing to record.
    """
    _refuse_both_or_neither(upstream_url, har, base_url)
    _refuse_unwritable(output, force=force)
    serve = " ".join(["mockhoop serve", *([quote(spec)] if spec else []), "--scenario", quote(str(output))])
    if har is not None:
        recorder = _of_har(har, base_url or "", spec, serve)
    else:
        upstream = upstream_of(str(upstream_url), headers=headers, timeout=timeout, ca_file=ca_file, insecure=insecure)
        recorder = _of_calls(upstream, spec, serve, host=host, port=port, log_format=log_format)
    _finish(recorder, output, serve)


def _refuse_both_or_neither(upstream_url: str | None, har: Path | None, base_url: str | None) -> None:
    if (upstream_url is None) == (har is None):
        what = "give one of them" if har is None else "leave one of them out"
        raise UsageError(f"calls come from UPSTREAM, such as https://use.hoop.dev/api, or from --har FILE; {what}")
    if base_url is not None and har is None:
        raise UsageError("--base-url says where in a HAR file the API is; it goes with --har")


def _refuse_unwritable(output: Path, *, force: bool) -> None:
    """Refuse at the beginning what would fail at the end."""
    if output.is_dir():
        raise UsageError(f"{output} is a folder; -o names the file to write")
    if output.exists() and not force:
        raise UsageError(f"{output} is there already; write another file, or over this one with --force")
    folder = output.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        what = "is no folder that can be written to" if folder.is_dir() else "is no folder"
        raise UsageError(f"{output} cannot be written: {folder} {what}")


def _of_calls(
    upstream: "Upstream", spec: str | None, serve: str, *, host: str, port: int, log_format: str
) -> "Recorder":
    from mockhoop.pipeline import Validation
    from mockhoop.recording.recorder import Recorder
    from mockhoop.repertoire import Settings
    from mockhoop.server.proxy.run import run_proxy
    from mockhoop.service import build

    settings = Settings(contract=contract_path(spec), scenarios=("empty",), validation=Validation.REPORT)
    service = build(settings)
    recorder = Recorder(service.contract, upstream.base_url, serve, upstream.headers)
    run_proxy(
        service,
        upstream,
        host=host,
        port=port,
        log_format=log_format,
        out=sys.stdout,
        err=sys.stderr,
        observers=[recorder.add],
        most_copied=_MOST_COPIED,
        lead_back=True,
    )
    return recorder


def _of_har(har: Path, base_url: str, spec: str | None, serve: str) -> "Recorder":
    from mockhoop.contract.document import load_contract
    from mockhoop.recording.har import of_api, read_har
    from mockhoop.recording.recorder import Recorder, base_path_of

    contract: Contract = load_contract(contract_path(spec))
    read = read_har(har)
    if read.problem is not None:
        click.echo(f"Warning: {read.problem}", err=True)
    base, entries = of_api(read, contract.operations, base_path_of(contract), base_url)
    recorder = Recorder(contract, base, serve)
    for entry in entries:
        recorder.add(entry)
    for why, count in read.left_out.items():
        recorder.leave_out(why, count)
    return recorder


def _finish(recorder: "Recorder", output: Path, serve: str) -> None:
    """Write what was gathered, and tell about it."""
    from mockhoop.recording.writing import told_redactions

    recording = recorder.recording()
    if recording.calls:
        _write(output, recording.text)
        calls, answers = _counted(recording.calls, "call"), _counted(len(recording.answers), "answer")
        click.echo(f"{calls} recorded as {answers} in {output}")
    else:
        click.echo("nothing was recorded, and nothing is written", err=True)
    for why, count in recording.left_out.items():
        click.echo(f"left out: {_counted(count, 'call')} {why}")
    if recording.redactions:
        click.echo("redacted:")
        for line in told_redactions(recording.redactions):
            click.echo(f"  {line}")
    if recording.calls:
        click.echo(f"serve it with: {serve}")
    raise SystemExit(0 if recording.calls else 1)


def _write(output: Path, text: str) -> None:
    """Write the whole file or nothing: what was there stays until it is all on the disk."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(output)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{output} cannot be written: {reason} ({_kept_elsewhere(text)})") from None


def _kept_elsewhere(text: str) -> str:
    """Keep a scenario where there may be room for it: calls cannot be made again so easily."""
    from tempfile import NamedTemporaryFile

    try:
        with NamedTemporaryFile("w", encoding="utf-8", prefix="mockhoop-", suffix=".yaml", delete=False) as file:
            file.write(text)
    except OSError:
        return "nor can anything else"
    return f"what was recorded is kept in {file.name}"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
