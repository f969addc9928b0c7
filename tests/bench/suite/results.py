"""What was measured, as a table for people and as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from suite.cases import AGAIN, DIFFERENT, Case
from suite.load import Load
from suite.servers import BARE


@dataclass
class Measured:
    """A server in a case: its rounds, the bytes of an answer, the megabytes that were resident after the rounds."""

    case: Case
    server: str
    size: int
    rounds: list[Load] = field(default_factory=list)
    memory: float = 0.0
    trouble: str = ""


@dataclass(frozen=True)
class Row:
    """The medians of a server's rounds in a case, and its ratios to the bare handler in the same round."""

    case: str
    kind: str
    server: str
    rate: float
    ratio: float
    least: float
    most: float
    p50: float
    p99: float
    cpu: float
    memory: float
    size: int


@dataclass(frozen=True)
class Start:
    """Seconds from a server's start to its first answer, on which document, and megabytes resident by then."""

    server: str
    document: str
    seconds: float
    memory: float


def rows(measured: Sequence[Measured]) -> list[Row]:
    """A row for each server that came through all rounds of a case, bare first."""
    bare = {one.case.name: one for one in measured if one.server == BARE}
    return [_row(one, bare[one.case.name]) for one in measured if not one.trouble]


def _row(one: Measured, bare: Measured) -> Row:
    ratios = [mine.rate / its.rate for mine, its in zip(one.rounds, bare.rounds, strict=True)]
    middle = [median(values) for values in zip(*((r.rate, r.p50, r.p99, r.cpu) for r in one.rounds), strict=True)]
    rate, p50, p99, cpu = middle
    return Row(
        one.case.name,
        one.case.kind,
        one.server,
        rate,
        median(ratios),
        min(ratios),
        max(ratios),
        p50,
        p99,
        cpu,
        one.memory,
        one.size,
    )


def table(found: Sequence[Row], starts: Sequence[Start]) -> str:
    """Everything, for a terminal or a code block."""
    lines = []
    for kind in (AGAIN, DIFFERENT):
        of_kind = [row for row in found if row.kind == kind]
        if of_kind:
            lines += ["", f"{kind}:", _HEAD, *map(_line, of_kind)]
    lines += ["", f"{'start':<22} {'server':<24} {'s':>8} {'MB':>7}"]
    lines += [f"{one.document:<22} {one.server:<24} {one.seconds:>8.2f} {one.memory:>7.0f}" for one in starts]
    return "\n".join(lines[1:])


_HEAD = (
    f"{'case':<22} {'server':<24} {'calls/s':>8} {'of bare':>8} {'min':>6} {'max':>6} {'p50 ms':>8} {'p99 ms':>8}"
    f" {'CPU µs':>8} {'MB':>7} {'bytes':>7}"
)


def _line(row: Row) -> str:
    return (
        f"{row.case:<22} {row.server:<24} {row.rate:>8.0f} {row.ratio:>8.2f} {row.least:>6.2f} {row.most:>6.2f}"
        f" {row.p50:>8.2f} {row.p99:>8.2f} {row.cpu:>8.0f} {row.memory:>7.0f} {row.size:>7}"
    )


def plain(found: Sequence[Row], starts: Sequence[Start]) -> dict[str, Any]:
    """Everything, as JSON has it."""
    return {"rows": [vars(row) for row in found], "starts": [vars(one) for one in starts]}
