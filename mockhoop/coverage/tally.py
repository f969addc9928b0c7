"""What was exercised how often, run by run: values that merge in any order, each run counting once."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockhoop.contract.document import Contract
from mockhoop.errors import UsageError
from mockhoop.resources import spec_dir

Counts = Mapping[str, int]
"""How many exchanges exercised each point, by its name."""

_LONG = 16


@dataclass(frozen=True, slots=True)
class Subject:
    """The contract that was exercised: how to name it, and a digest of all that is in it."""

    name: str
    digest: str

    @classmethod
    def of(cls, contract: Contract) -> "Subject":
        """The contract by the name or the path that finds it again; what corrects it is part of the digest."""
        path = contract.path
        name = path.stem if path.parent == spec_dir() else contract.location
        text = json.dumps(contract.document, sort_keys=True, separators=(",", ":"), default=str)
        return cls(name, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LONG])


@dataclass(frozen=True, slots=True)
class Tally:
    """The runs of one contract.

    A run is known by what it counted: the same run told twice, or a run that did exactly the same, is there once.
    """

    subject: Subject
    runs: Mapping[str, Counts] = field(default_factory=dict)

    def counts(self) -> Counter[str]:
        """How often each point was exercised in all the runs."""
        whole: Counter[str] = Counter()
        for counts in self.runs.values():
            whole.update(counts)
        return whole


def one_run(subject: Subject, counts: Counts) -> Tally:
    """The tally of a run; of one that exercised nothing nothing is kept."""
    kept = {name: counts[name] for name in sorted(counts) if counts[name] > 0}
    return Tally(subject, {_identity(kept): kept} if kept else {})


def together(subject: Subject, parts: Iterable[Tally]) -> Tally:
    """One run of several parts that went on side by side: what each of them counted adds up."""
    whole: Counter[str] = Counter()
    for part in parts:
        whole.update(part.counts())
    return one_run(subject, whole)


def merged(subject: Subject, tallies: Mapping[Any, Tally]) -> Tally:
    """The runs of all tallies, which are told by where they are from.

    Raises:
        UsageError: some are of another contract; the text says which, all of them.
    """
    strangers = {where: one.subject for where, one in tallies.items() if one.subject.digest != subject.digest}
    if strangers:
        raise UsageError("\n".join(_refusal(subject, found, where) for where, found in strangers.items()))
    runs: dict[str, Counts] = {}
    for tally in tallies.values():
        runs.update(tally.runs)
    return Tally(subject, {name: runs[name] for name in sorted(runs)})


def _refusal(wanted: Subject, found: Subject, where: Any) -> str:
    if wanted.name == found.name:
        what = f"its runs are of another version of {found.name} (digest {found.digest}, now {wanted.digest})"
        advice = "run the tests again with the contract as it is now, into a new file"
    else:
        what = f"its runs are of the contract {found.name}, not of {wanted.name}"
        advice = f"give --contract {found.name}, or keep one file for each contract"
    return f"{where}: {what} ({advice})"


def _identity(counts: Counts) -> str:
    text = json.dumps(counts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LONG]
