"""What a look at a whole scenario finds: mistakes in values that are right by themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from mockhoop.scenario.kinds import nearest


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: the record that it is in, the path from there, what is wrong and what to do.

    ``first`` is the record that had the same name or id before, at the same path.
    """

    record: object
    path: str
    message: str
    suggestion: str = ""
    first: object | None = None


def unknown(record: object, path: str, what: str, name: str, known: Iterable[str]) -> Finding:
    """The mistake of a name that nothing has."""
    names = sorted(known)
    some = ", ".join(names[:5])
    hint = nearest(name, names) or (f"known {what}s: {some}" if some else f"the scenario has no {what}s")
    return Finding(record, path, f'unknown {what} "{name}"', hint)
