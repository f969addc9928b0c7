"""Conditions on requests that no request can meet."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from mockhoop.scenario.execution_checks import covers
from mockhoop.scenario.findings import Finding
from mockhoop.scenario.kinds import nearest
from mockhoop.scenario.script_model import Matching

_WILD = frozenset("*?[")


def check_matching(matching: Matching, sessions: Iterable[str]) -> Iterator[Finding]:
    """Everything about conditions that contradict each other, or name what is not there."""
    method, _, template = (matching.operation or "").partition(" ")
    if matching.operation is not None:
        if matching.session is not None and "{" not in template:
            message = f"requests of {matching.operation} are about no session"
            yield Finding(matching, "session", message, "leave it out, or choose an operation on a session")
        if matching.method is not None and not fnmatchcase(method, matching.method):
            message = f"the operation has the method {method}"
            yield Finding(matching, "method", message, "leave it out: the operation says it")
        if matching.path is not None and not _WILD.intersection(matching.path) and not _fits(matching.path, template):
            yield Finding(matching, "path", f"no path of {template} is like this", "leave one of the two out")
    if matching.session is not None and matching.session not in sessions:
        some = ", ".join(sorted(sessions)[:3])
        hint = nearest(matching.session, sessions) or (f"known sessions: {some}" if some else "the scenario has none")
        yield Finding(matching, "session", f'unknown session "{matching.session}"', hint)


def _fits(path: str, template: str) -> bool:
    pattern = "".join(
        "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", template)
    )
    return re.fullmatch(pattern, path) is not None


def takes_all_of(wide: Matching, narrow: Matching) -> bool:
    """Whether what meets the narrow conditions surely meets the wide ones, as far as it is easily told."""
    for name in ("operation", "session"):
        wanted = getattr(wide, name)
        if wanted is not None and wanted != getattr(narrow, name):
            return False
    for name in ("path", "method", "caller"):
        wanted, given = getattr(wide, name), getattr(narrow, name)
        if wanted is not None and (given is None or not covers(wanted, given)):
            return False
    for name in ("query", "headers", "body"):
        inner = getattr(narrow, name) or {}
        for key, wanted in (getattr(wide, name) or {}).items():
            given = inner.get(key)
            if given is None or (wanted != given and not (isinstance(wanted, str) and covers(wanted, str(given)))):
                return False
    return True
