"""Coverage files: JSON, the same bytes for the same runs."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mockhoop.coverage.tally import Subject, Tally, merged, one_run
from mockhoop.errors import Problem, SourceError, UsageError

MARK = "mockhoop-coverage"
VERSION = 1
_HINT = "`mockhoop serve --coverage FILE` and `pytest --mockhoop-coverage FILE` write such files"


def write_tally(path: Path, tally: Tally) -> None:
    """Write the runs to a file, whole or not at all.

    Raises:
        UsageError: it cannot be written.
    """
    write_text(path, json.dumps(as_plain(tally), ensure_ascii=False, indent=1) + "\n")


def as_plain(tally: Tally) -> dict[str, Any]:
    """The runs as plain data."""
    runs = [tally.runs[key] for key in sorted(tally.runs)]
    return {
        MARK: VERSION,
        "contract": {"name": tally.subject.name, "digest": tally.subject.digest},
        "runs": [{name: counts[name] for name in sorted(counts)} for counts in runs],
    }


def from_plain(told: Mapping[str, Any]) -> Tally:
    """The runs that plain data tell; raises LookupError, TypeError, ValueError or AttributeError where they do not."""
    subject = Subject(str(told["contract"]["name"]), str(told["contract"]["digest"]))
    runs = [one_run(subject, {str(name): int(count) for name, count in run.items()}) for run in told["runs"]]
    return merged(subject, {str(number): run for number, run in enumerate(runs)})


def write_text(path: Path, text: str) -> None:
    """Write a file, whole or not at all, its folder too. What a link leads to is written, and a device is written to.

    Raises:
        UsageError: it cannot be written.
    """
    there = path.resolve()
    beside = there.with_name(f".{there.name}.{os.getpid()}")
    try:
        if there.exists() and not there.is_file():
            there.write_text(text, encoding="utf-8")
            return
        there.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(there)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None


def read_tally(path: Path) -> Tally:
    """The runs in a file.

    Raises:
        SourceError: it cannot be read, or it is no coverage file.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _refusal(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise _refusal(path, f"this is no JSON: {error}", _HINT) from None
    if not isinstance(told, dict) or MARK not in told:
        raise _refusal(path, "this is no coverage file", _HINT)
    if told[MARK] != VERSION:
        raise _refusal(path, f"this is a coverage file of version {told[MARK]}, and {VERSION} is what can be read here")
    try:
        return from_plain(told)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _refusal(path, f"the coverage file is damaged: {error!r}", "write it anew") from None


def read_tallies(paths: Iterable[Path]) -> dict[Path, Tally]:
    """What several files hold.

    Raises:
        SourceError: files that cannot be read, all of them.
    """
    found: dict[Path, Tally] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            found[path] = read_tally(path)
        except SourceError as error:
            problems += error.problems
    if problems:
        raise SourceError(problems)
    return found


def add_to_file(path: Path, tally: Tally) -> Tally:
    """Merge runs into what a file holds, which may not be there yet; all that it holds now.

    Raises:
        SourceError: it is no coverage file.
        UsageError: it is of another contract, or cannot be written.
    """
    whole = merged(tally.subject, {**_held(path), "what is added": tally})
    write_tally(path, whole)
    return whole


def check_file(path: Path, subject: Subject) -> None:
    """Refuse a file to which runs of this contract cannot be added; raises as ``add_to_file`` does."""
    write_tally(path, merged(subject, _held(path)))


def _held(path: Path) -> dict[str, Tally]:
    return {str(path): read_tally(path)} if path.is_file() else {}


def is_coverage_file(path: Path) -> bool:
    """Whether a file looks like one of coverage rather than a journal, as far as its beginning tells."""
    try:
        with path.open("rb") as file:
            return f'"{MARK}"'.encode() in file.read(256)
    except OSError:
        return False


def _refusal(path: Path, what: str, hint: str = "") -> SourceError:
    return SourceError([Problem(what, str(path), suggestion=hint)])
