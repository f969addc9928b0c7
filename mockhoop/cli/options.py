"""Options and arguments that several commands share, and the errors of all of them."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from mockhoop.errors import UsageError
from mockhoop.resources import spec_dir

F = TypeVar("F", bound=Callable[..., Any])

USAGE_EXIT_CODE = 2
_OWN = "control"  # the contract of our own control API
_SUFFIXES = (".yaml", ".yml", ".json")

spec_argument = click.argument("spec", required=False, metavar="[SPEC]")
scenario_option = click.option(
    "-s",
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="FILE",
    help="Scenario file, or the name of a shipped one (default: default). Repeat to layer several.",
)

journal_option = click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every exchange into FILE, for `mockhoop replay`; what is in it is replaced.",
)


log_format_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json", "none"]),
    default="text",
    show_default=True,
    help="One line for each request, on standard error.",
)


def port_option(default: int) -> Callable[[F], F]:
    """The port to listen on."""
    kind = click.IntRange(0, 65535)
    return click.option("-p", "--port", type=kind, default=default, show_default=True, help="0 picks a free one.")


def host_option(*names: str) -> Callable[[F], F]:
    """The address to listen on."""
    return click.option(*names, default="127.0.0.1", show_default=True, help="Address to listen on.")


def validation_option(default: str) -> Callable[[F], F]:
    """What is done about calls that break the contract."""
    return click.option(
        "--validation",
        type=click.Choice(["enforce", "strict", "report", "off"]),
        default=default,
        show_default=True,
        help="Refuse calls that break the contract (strict: doubtful ones too), only report them, or do not look.",
    )


def contract_path(spec: str | None) -> Path | str:
    """The document that is meant: a path, a URL, or the name of a shipped contract such as ``hoop-1.49.10``.

    Raises:
        UsageError: there is neither a file nor a contract of that name.
    """
    if spec is None:
        return spec_dir() / "hoop.yaml"
    if spec.startswith(("http://", "https://")):
        return spec
    path = Path(spec)
    shipped = {file.stem: file for file in sorted(spec_dir().glob("*.yaml")) if file.stem != _OWN}
    if path.exists() or path.name != spec or path.suffix in _SUFFIXES:
        return path
    if spec in shipped:
        return shipped[spec]
    known = ", ".join(shipped)
    raise UsageError(f'there is no contract "{spec}" (shipped contracts: {known}; or give the path of a file)')


def plain_errors(command: F) -> F:
    """Turn our own errors into a clear text and exit code 2; a traceback helps nobody who uses us."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except UsageError as error:
            click.echo(f"Error: {error}", err=True)
            raise click.exceptions.Exit(USAGE_EXIT_CODE) from None

    return run  # type: ignore[return-value]


def write_file(path: Path, text: str) -> None:
    """Write what a command gives into a file. Raises UsageError where that cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
