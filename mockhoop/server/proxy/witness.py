"""Who is told of what went through a proxy: the log, observers, and without secrets the tally and the journal."""

import logging
from collections.abc import Sequence

from mockhoop.journals.entry import Entry
from mockhoop.journals.file import JournalWriter
from mockhoop.messages import Headers
from mockhoop.server.proxy.covering import Cover
from mockhoop.server.proxy.log import PassageLog
from mockhoop.server.proxy.passage import Observer, Passage
from mockhoop.server.proxy.summary import Tally
from mockhoop.world.world import World

log = logging.getLogger("mockhoop.proxy")


class Witness:
    """Tells everybody of a call when it is over; ``sent`` are headers that the proxy itself adds to calls."""

    def __init__(
        self,
        world: World,
        lines: PassageLog | None = None,
        journal: JournalWriter | None = None,
        observers: Sequence[Observer] = (),
        sent: Headers = (),
    ) -> None:
        self.tally = Tally()
        self._cover = Cover(world, sent)
        self._lines = lines
        self._journal = journal
        self._observers = tuple(observers)

    def __call__(self, passage: Passage) -> None:
        """Take note of a call that is over; one that its client gave up before an answer began is only logged."""
        if self._lines is not None:
            self._lines(passage)
        if not passage.status:
            self.tally.given_up += 1
            return
        entry = passage.entry(self.tally.calls + 1)
        for observe in self._observers:
            observe(entry)
        covered = self._cover(entry)
        self.tally(covered)
        self.tally.unchecked += bool(passage.unchecked)
        self._write(covered)

    def _write(self, entry: Entry) -> None:
        if self._journal is None:
            return
        try:
            self._journal.add(entry)
        except OSError as error:
            log.warning("the journal ends here, as it cannot be written: %s", error.strerror or error)
            self._journal = None
