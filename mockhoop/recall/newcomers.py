"""A journal as it grows."""

from itertools import takewhile

from mockhoop.exchange import Exchange
from mockhoop.world.journal import Journal


class Newcomers:
    """The exchanges that come into a journal, for one reader; also those that are there already, if ``all_kept``."""

    def __init__(self, journal: Journal[Exchange], *, all_kept: bool = False) -> None:
        self._journal = journal
        self._told = 0 if all_kept else journal.added

    def take(self) -> tuple[list[Exchange], int]:
        """The exchanges since the last time, in order, and how many there were beside them that are gone by now."""
        journal = self._journal
        if journal.added < self._told:  # it was cleared
            self._told = 0
        fresh = list(takewhile(lambda exchange: exchange.number > self._told, reversed(journal)))[::-1]
        lost = journal.added - self._told - len(fresh)
        self._told = journal.added
        return fresh, lost
