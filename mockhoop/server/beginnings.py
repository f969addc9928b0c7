"""How worlds were before the exchanges in their journals: what a journal in a file begins with."""

from collections import deque
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mockhoop.journals.entry import Beginning
from mockhoop.pipeline import Pipeline, Validation
from mockhoop.stage import Stage
from mockhoop.world.changes import Snapshot

_MOST = 32
"""Of one world; a test that steers it more often has the last ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Noted:
    """A world as it was when so many exchanges (``number``) had been in its journal, and how calls were validated."""

    world: str
    number: int
    snapshot: Snapshot
    stage: Stage
    validation: Validation
    checks: bool

    def told(self) -> Beginning:
        """As it stands in a file."""
        from mockhoop.snapshots import write  # takes long, and not every server writes journals

        text = write(self.snapshot, self.stage.contract)
        return Beginning(world=self.world, snapshot=text, validation=self.validation.value, checks=self.checks)


class Beginnings:
    """Notes worlds before their first calls, and again after a change from outside: not by a call or by time."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Pipeline, deque[Noted]] = WeakKeyDictionary()

    def before_call(self, pipeline: Pipeline) -> None:
        """Note a world of which a call is to come, if that is its first one, or files were read again since."""
        known = self._known.get(pipeline)
        if known is None or known[-1].stage is not pipeline.stage:
            self.note(pipeline)

    def note(self, pipeline: Pipeline) -> None:
        """Note a world as it is now."""
        world = pipeline.world
        known = self._known.setdefault(pipeline, deque(maxlen=_MOST))
        number = world.journal.added
        while known and known[-1].number >= number:  # nothing was said since, or the journal was emptied
            known.pop()
        known.append(
            Noted(world.name, number, world.snapshot(), pipeline.stage, pipeline.validation, pipeline.check_responses)
        )

    def latest(self, pipeline: Pipeline) -> Noted | None:
        """What was noted last of a world."""
        known = self._known.get(pipeline)
        return known[-1] if known else None

    def kept(self, pipeline: Pipeline) -> list[Noted]:
        """What is known of a world as far as its journal goes back, in order; nothing if that is not to its first."""
        journal = pipeline.world.journal
        oldest = journal.added - len(journal)
        return [one for one in self._known.get(pipeline, ()) if one.number >= oldest]
