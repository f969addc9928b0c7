"""The report as a text, for people at a terminal."""

from collections import Counter
from collections.abc import Iterator

from mockhoop.verify.outcome import Part, Report, State, Step

_MOST_REASONS = 6


def text_report(report: Report) -> str:
    """What failed with all that is known of it; of the rest, how much it is."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    about = f" ({report.about})" if report.about else ""
    yield f"{report.target}{about}, held against {report.contract}"
    yield from (f"note: {note}" for note in report.notes)
    for part in report.parts:
        yield from _part(part)
    yield f"{summary(report)} in {report.seconds:.1f} s"


def summary(report: Report) -> str:
    """How many steps came out how, in a line."""
    counts = [(report.count(state), state.value) for state in State]
    return ", ".join(f"{count} {word}" for count, word in counts if count or word == "passed")


def _part(part: Part) -> Iterator[str]:
    if part.why:
        yield f"{part.name}: left out: {part.why}"
        return
    counts = ", ".join(f"{part.count(state)} {state.value}" for state in State if part.count(state))
    yield f"{part.name}: {counts or 'nothing yet'}"
    for step in part.steps:
        if step.state is State.FAILED:
            yield from _failure(step)
    reasons = Counter(step.why for step in part.steps if step.state is State.SKIPPED)
    for reason, count in reasons.most_common(_MOST_REASONS):
        yield f"  skipped {count}: {reason}"
    if len(reasons) > _MOST_REASONS:
        yield f"  and for {len(reasons) - _MOST_REASONS} more reasons"


def _failure(step: Step) -> Iterator[str]:
    yield f"  FAILED {step.name}{f' (as {step.user})' if step.user else ''}"
    if step.exchange is not None:
        yield f"    {step.exchange.method} {step.exchange.target} -> {step.exchange.status}"
    yield from (f"    {problem}" for problem in step.problems)
