"""Cutting the exchanges of a journal down to the fewest calls that a failure needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mockhoop.journals.file import JournalFile
from mockhoop.replaying.cutting import fewest
from mockhoop.replaying.failures import Failure
from mockhoop.replaying.origins import Origin, Origins
from mockhoop.replaying.player import SERVERS_OWN, instant
from mockhoop.replaying.replay import stretches, worlds_of
from mockhoop.replaying.trials import Step, Trial, Trials

Told = Callable[[int], None]
"""Is told how many calls are left."""

_READING = ("GET", "HEAD", "OPTIONS")
_SECOND = 10**9


@dataclass(frozen=True, slots=True)
class Minimal:
    """The fewest calls that were found, out of how many, in a world that begins like this; and what came of them."""

    origin: Origin
    trial: Trial
    out_of: int
    trials: int


def minimise(
    journal: JournalFile, origins: Origins, failure: Failure, told: Told, world: str | None = None
) -> Minimal | None:
    """The fewest calls that show a failure, in the first world that shows it; None when none does."""
    for name in [world] if world is not None else worlds_of(journal):
        for stretch in stretches(journal, name, origins):
            entries = [entry for entry in stretch.entries if entry.responder != SERVERS_OWN]
            steps = [Step(entry, at=instant(entry)) for entry in entries]
            trials = Trials(origins, stretch.origin, failure)
            first = trials.of(steps)
            if first is not None:
                for count in dict.fromkeys((len(entries), len(first.steps))):
                    told(count)
                return Minimal(stretch.origin, _cut(first, trials, told), len(entries), trials.made)
    return None


def _cut(trial: Trial, trials: Trials, told: Told) -> Trial:
    """Fewer calls, then less waiting between them."""
    best = trial

    def shows(steps: Sequence[Step]) -> bool:
        nonlocal best
        found = trials.of(steps)
        if found is None:
            return False
        if len(found.steps) < len(best.steps):
            told(len(found.steps))
        best = found
        return True

    shows([trial.steps[-1]])
    if len(best.steps) > 1:  # what only reads seldom matters
        shows([step for step in best.steps[:-1] if step.entry.method not in _READING] + [best.steps[-1]])
        fewest(best.steps, shows)
    return _hurried(best, trials)


def _hurried(trial: Trial, trials: Trials) -> Trial:
    """The same calls with as little time between them as it takes, in whole seconds if that will do."""
    steps, best = trial.steps, trial

    def waiting(numbers: Sequence[int]) -> Trial | None:
        return trials.of([step if number in numbers else replace(step, at=None) for number, step in enumerate(steps)])

    def shows(numbers: Sequence[int]) -> bool:
        nonlocal best
        found = waiting(numbers)
        best = found or best
        return found is not None

    fewest(range(len(steps)), shows)
    rounded = [Step(step.entry, wait=-(-wait // _SECOND) * _SECOND) for step, wait in _timed(best)]
    exact = [Step(step.entry, wait=wait) for step, wait in _timed(best)]
    return trials.of(rounded) or trials.of(exact) or best


def _timed(trial: Trial) -> list[tuple[Step, int]]:
    return list(zip(trial.steps, trial.waits, strict=True))
