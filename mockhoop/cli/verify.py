"""``mockhoop verify``."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from time import gmtime, strftime
from typing import TYPE_CHECKING, Any

import click

from mockhoop.cli.options import contract_path, plain_errors
from mockhoop.cli.progress import Progress
from mockhoop.cli.upstream import reaching_options, seconds_of, upstream_of
from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.verify.outcome import Report
    from mockhoop.verify.target import Target, Wanted

_POLITE = 10.0
"""Calls in a second to a server elsewhere, unless told otherwise."""
_report_file = click.Path(dir_okay=False, path_type=Path)


@click.command("verify")
@click.option("--base-url", required=True, metavar="URL", help="The server, such as http://127.0.0.1:8009/api.")
@click.option("--contract", "spec", metavar="SPEC", help="Contract to hold it against (default: Hoop's current one).")
@click.option(
    "-s",
    "--scenario",
    "names",
    multiple=True,
    metavar="FILE",
    help="Scenario to play: a file, or a shipped one by name (default: for Hoop, all shipped ones). Repeatable.",
)
@click.option("--only", type=click.Choice(["scenarios", "contract"]), help="Verify one of the two only.")
@click.option("--token", envvar="MOCKHOOP_TOKEN", show_envvar=True, default="", help="Bearer token of an admin there.")
@click.option("--user", "users", multiple=True, metavar="EMAIL=TOKEN", help="Token of a scenario's person. Repeatable.")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="Value in the place of one that is given. Repeatable."
)
@reaching_options
@click.option("--allow-writes", is_flag=True, help="Also make calls that change something, on a server elsewhere.")
@click.option("--rate", type=click.FloatRange(0), help=f"Calls in a second, 0 for any number (elsewhere: {_POLITE:g}).")
@click.option("--time-limit", metavar="DURATION", help="How long all of it may take, such as 5m.")
@click.option("--include", multiple=True, metavar="OPERATION", help="Make up calls of this one only. Repeatable.")
@click.option("--exclude", multiple=True, metavar="OPERATION", help="Make up no calls of this one. Repeatable.")
@click.option(
    "--examples",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="How many calls to make up of each operation.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the calls that are made up.")
@click.option("--report-junit", type=_report_file, metavar="FILE", help="Write JUnit XML.")
@click.option("--report-json", type=_report_file, metavar="FILE", help="Write JSON.")
@click.option("--report-html", type=_report_file, metavar="FILE", help="Write one page of HTML.")
@plain_errors
def command(**told: Any) -> None:
    """Hold a server against what scenarios expect, and against the contract.

    The expectations of scenarios are played in order, with values carried from answer to call. A mockhoop plays each in
    a world of its own; of any other gateway --token and --user tell who is who, and --set what its things are called.
    Then calls are made up from the contract. Every answer is validated.

    On this machine everything is played. Elsewhere only what reads is, unless --allow-writes is given. The exit code is
    0 when all is well, 1 when something failed, 2 when the server cannot be asked.
    """
    from mockhoop.transport import TransportError
    from mockhoop.verify.outcome import Report

    target = _target(told)
    wanted = _wanted(told, target)
    writers = _reports(told)
    report = Report(target=target.upstream.base_url, contract=Path(target.contract.name).name)
    started = strftime("%Y-%m-%dT%H:%M:%S", gmtime())
    try:
        _verify(told, target, wanted, report)
    except TransportError as error:
        report.broken_off = str(error)
    except KeyboardInterrupt:
        report.broken_off = "it was interrupted"
    if not report.calls and not report.broken_off:
        report.broken_off = "nothing could be verified; the report says why"
    unwritten = list(filter(None, [_write(path, write(report, started)) for path, write in writers.items()]))
    _tell(report)
    if unwritten:
        raise UsageError("\n".join(unwritten))
    raise SystemExit(report.exit_code)


def _verify(told: Mapping[str, Any], target: "Target", wanted: "Wanted", report: "Report") -> None:
    from mockhoop.verify.pace import Pace
    from mockhoop.verify.run import verify

    rate = told["rate"]
    if rate is None:
        rate = 0.0 if target.upstream.is_loopback else _POLITE
    limit = told["time_limit"]
    pace = Pace(rate, seconds_of("--time-limit", limit) if limit else 0.0)
    # Who is told to end in the middle, such as by a CI server, leaves as much behind as one who is interrupted.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(verify(target, wanted, pace, report, Progress))


def _tell(report: "Report") -> None:
    from mockhoop.verify.reports.text import text_report

    click.echo(text_report(report), nl=False)
    if report.broken_off:
        click.echo(f"Error: {report.broken_off}", err=True)


def _target(told: Mapping[str, Any]) -> "Target":
    from mockhoop.contract.document import load_contract
    from mockhoop.verify.target import Target

    reaching = {name: told[name] for name in ("headers", "timeout", "ca_file", "insecure")}
    upstream = upstream_of(told["base_url"].rstrip("/"), **reaching)
    return Target(
        upstream=upstream,
        contract=load_contract(contract_path(told["spec"])),
        token=told["token"],
        tokens=dict(_pair("--user", one, "erin@example.com=TOKEN") for one in told["users"]),
        may_write=told["allow_writes"] or upstream.is_loopback,
    )


def _wanted(told: Mapping[str, Any], target: "Target") -> "Wanted":
    from mockhoop.verify.reading import chosen
    from mockhoop.verify.target import Wanted

    chosen(target.contract.operations, told["include"], told["exclude"])  # a mistake in them is told at once
    scenarios = {} if told["only"] == "contract" else _scenarios(told["names"], target.contract.profile)
    if told["only"] == "scenarios" and not scenarios:
        raise UsageError("the shipped scenarios are those of Hoop's contract: name one of yours with --scenario")
    values = dict(_pair("--set", one, "connection=pg-prod") for one in told["values"])
    known = {name for one in scenarios.values() for step in one.expect for name in step.given or {}}
    _refuse_unknown("--set", "gives a value called", values, known)
    people = {one.email for scenario in scenarios.values() for one in scenario.users if hasattr(one, "email")}
    _refuse_unknown("--user", "has a person called", target.tokens, people)
    return Wanted(
        scenarios=scenarios,
        values=values,
        examples=0 if told["only"] == "scenarios" else told["examples"],
        seed=told["seed"],
        include=told["include"],
        exclude=told["exclude"],
    )


def _refuse_unknown(option: str, what: str, named: Mapping[str, Any], known: set[str]) -> None:
    for name in sorted(named.keys() - known if known else ()):
        raise UsageError(f"{option} {name}: no scenario {what} {name} (known: {', '.join(sorted(known))})")


def _scenarios(names: tuple[str, ...], profile: str) -> dict[str, Any]:
    from mockhoop.scenario.loader import load_scenario, resolve_scenario, shipped_scenarios

    if not names and profile != "hoop":
        return {}
    if not names:
        loaded = {name: load_scenario(path) for name, path in shipped_scenarios().items()}
        return {name: one for name, one in loaded.items() if one.expect}
    loaded = {name: load_scenario(resolve_scenario(name)) for name in names}
    idle = [name for name, one in loaded.items() if not one.expect]
    if idle:
        raise UsageError(f'the scenario "{idle[0]}" expects nothing (write calls under expect)')
    return loaded


def _reports(told: Mapping[str, Any]) -> dict[Path, Callable[["Report", str], bytes]]:
    """What is written where; said now if that cannot be, and not when all is done."""
    from mockhoop.verify.outcome import Report
    from mockhoop.verify.reports.data import json_report
    from mockhoop.verify.reports.junit import junit_report
    from mockhoop.verify.reports.page import html_report

    wanted = {"report_junit": junit_report, "report_json": json_report, "report_html": html_report}
    writers: dict[Path, Callable[[Report, str], bytes]] = {
        told[option]: write for option, write in wanted.items() if told[option] is not None
    }
    for path in writers:
        if not path.parent.is_dir():
            raise UsageError(f"{path} cannot be written: there is no folder {path.parent}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"{path} cannot be written: permission denied")
    return writers


def _write(path: Path, content: bytes) -> str:
    """Write a report; why that cannot be, if it cannot."""
    try:
        path.write_bytes(content)
    except OSError as error:
        return f"{path} cannot be written: {(error.strerror or str(error)).lower()}"
    return ""


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name.strip():
        # What is given is not repeated: it may be a token.
        raise UsageError(f"{option}: what is given has no = in it, or nothing in front (write {option} {example})")
    return name.strip(), value.strip()
