"""Which operations only read, and which answers come to no end."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl

from mockhoop.contract.operations import Operation
from mockhoop.errors import UsageError
from mockhoop.scenario.kinds import nearest

_STREAM = "text/event-stream"
# GET, and yet they change something: a link is used up, a sign-in begins or ends.
_CHANGING = ("*/download", "*/download/input", "*/login", "*/callback", "*/authorize")
CHANGING_PARAMETERS = frozenset({"extension"})
"""With these, reading makes something: a link to download a session takes the place of the one before it."""


def only_reads(operation: Operation) -> bool:
    """Whether the operation changes nothing, whoever calls it."""
    reads = operation.method in ("GET", "HEAD")
    return reads and not any(fnmatchcase(operation.template, pattern) for pattern in _CHANGING)


def call_reads(operation: Operation, query: str) -> bool:
    """Whether a call of the operation with this query changes nothing."""
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return only_reads(operation) and not names & CHANGING_PARAMETERS


def comes_to_an_end(operation: Operation) -> bool:
    """Whether a successful answer is one that can be read whole."""
    responses = operation.definition.get("responses") or {}
    contents = [set(one.get("content") or ()) for status, one in responses.items() if str(status).startswith("2")]
    return {_STREAM} not in contents


def chosen(operations: Iterable[Operation], include: Iterable[str], exclude: Iterable[str]) -> list[Operation]:
    """The operations that are wanted; names may be patterns, such as ``GET /sessions*``.

    Raises:
        UsageError: a name that no operation has.
    """
    known = list(operations)
    keys = [one.key for one in known]
    wanted = {key for name in include for key in _named("--include", name, keys)} or set(keys)
    unwanted = {key for name in exclude for key in _named("--exclude", name, keys)}
    return [one for one in known if one.key in wanted - unwanted]


def _named(option: str, name: str, keys: list[str]) -> list[str]:
    found = [key for key in keys if key == name or fnmatchcase(key, name)]
    if not found:
        hint = nearest(name, keys) or "mockhoop routes lists the operations"
        raise UsageError(f'{option}: the contract has no operation "{name}" ({hint})')
    return found
