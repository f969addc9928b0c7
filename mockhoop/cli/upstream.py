"""A server that a command makes calls to: its address, and how it is reached."""

import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mockhoop.errors import UsageError

if TYPE_CHECKING:
    from mockhoop.transport import Upstream

F = TypeVar("F", bound=Callable[..., Any])

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")

_OPTIONS = (
    click.option(
        "-H",
        "--header",
        "headers",
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Header to send with each call; a client's of that name gives way. Repeat for more.",
    ),
    click.option(
        "--timeout",
        metavar="DURATION",
        default="60s",
        show_default=True,
        help="How long to wait for an answer to begin.",
    ),
    click.option("--ca-file", type=click.Path(path_type=Path), help="File of certificates (PEM) to trust."),
    click.option("--insecure", is_flag=True, help="Take any certificate."),
)


def reaching_options(command: F) -> F:
    """The options that say how a server is reached; ``upstream_of`` takes them."""
    return reduce(lambda inner, option: option(inner), reversed(_OPTIONS), command)


def upstream_of(
    upstream_url: str, *, headers: tuple[str, ...], timeout: str, ca_file: Path | None, insecure: bool
) -> "Upstream":
    """The server that is meant.

    Raises:
        UsageError: its address, a header or the time is none; the text says why.
    """
    from mockhoop.transport import Upstream

    return Upstream(
        base_url=upstream_url if "://" in upstream_url else f"http://{upstream_url}",
        headers=tuple(map(_header, headers)),
        seconds=seconds_of("--timeout", timeout),
        verify_tls=not insecure,
        ca_file=ca_file,
    )


def seconds_of(option: str, text: str) -> float:
    """The seconds that an option tells. Raises UsageError where it tells none."""
    from mockhoop.scenario.times import Unfit, parse_duration

    try:
        found = parse_duration(text)
    except Unfit as unfit:
        raise UsageError(f"{option}: {unfit.message} ({unfit.suggestion or 'write 30s or 5m'})") from None
    if found <= 0:
        raise UsageError(f"{option}: the time is too short (write 30s or 5m)")
    return found / 1e9


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        # What stands behind the colon may be a token, and so may all of it where there is none.
        shown = f'"{name}: …"' if colon else "what is given"
        raise UsageError(f"--header: {shown} is no header (write --header 'Authorization: Bearer …')")
    return name, value
