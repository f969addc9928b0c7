"""Failures by name: what an answer has to show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mockhoop.errors import UsageError
from mockhoop.journals.entry import Entry

_HOW = "status=5??, violation, violation=CODE, operation=GET /sessions or body=TEXT"


@dataclass(frozen=True, slots=True)
class Failure:
    """Conditions that an exchange has to meet, all of them; each a name with what is wanted."""

    conditions: tuple[tuple[str, str], ...]

    def shows(self, entry: Entry) -> bool:
        """Whether an exchange shows the failure."""
        return all(_TESTS[name](entry, wanted) for name, wanted in self.conditions)

    def wanted(self, name: str) -> list[str]:
        """What is wanted under a name."""
        return [wanted for told, wanted in self.conditions if told == name]

    def __str__(self) -> str:
        return ", ".join(f"{name}={wanted}" if wanted else name for name, wanted in self.conditions)


def named(kinds: Iterable[str]) -> Failure:
    """The failure that goes by these names.

    Raises:
        UsageError: a name that is not known, or none at all.
    """
    conditions = []
    for kind in kinds:
        name, equals, wanted = (part.strip() for part in kind.partition("="))
        if name not in _TESTS or name in _INNER or (not wanted and (equals or name != "violation")):
            raise UsageError(f"{kind!r} names no failure; write {_HOW}")
        if name == "status" and not any(fnmatchcase(str(status), wanted) for status in range(100, 600)):
            raise UsageError(f"{kind!r}: no answer has such a status; write {_HOW}")
        conditions.append((name, wanted))
    if not conditions:
        raise UsageError(f"name the failure with --failure ({_HOW}) or --number")
    return Failure(tuple(conditions))


def like(entry: Entry) -> Failure:
    """The failure that an answer shows: its operation, its status and what it breaks."""
    call = ("operation", entry.operation) if entry.operation else ("call", f"{entry.method} {entry.path}")
    codes = sorted({str(one.get("code", "")) for one in entry.violations})
    return Failure((call, ("status", str(entry.status)), *(("violation", code) for code in codes)))


def _violates(entry: Entry, wanted: str) -> bool:
    codes = [str(one.get("code", "")) for one in entry.violations]
    return any(fnmatchcase(code, wanted) for code in codes) if wanted else bool(codes)


_TESTS: Mapping[str, Callable[[Entry, str], bool]] = {
    "status": lambda entry, wanted: fnmatchcase(str(entry.status), wanted),
    "violation": _violates,
    "operation": lambda entry, wanted: fnmatchcase(entry.operation, wanted),
    "body": lambda entry, wanted: wanted.encode() in entry.response_body,
    "call": lambda entry, wanted: f"{entry.method} {entry.path}" == wanted,
}
_INNER = ("call",)
