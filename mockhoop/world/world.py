"""A world: what it began with, and what has changed since."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockhoop.values.chance import Chance
from mockhoop.world.agenda import Agenda, Happening
from mockhoop.world.changes import Change, Count, Drop, MoveClock, Put, Schedule
from mockhoop.world.clock import Clock
from mockhoop.world.table import Table


class Base:
    """How a world begins: tables, chance and settings. Shared by all worlds that begin the same way; never changed.

    ``settings`` are facts that hold for the whole life of a world, such as the organization. ``clock`` makes the
    clock of a new world.
    """

    def __init__(
        self,
        *,
        tables: Mapping[str, Table[Any]],
        chance: Chance,
        clock: Callable[[], Clock],
        settings: Any,
    ) -> None:
        self.tables = tables
        self.chance = chance
        self.clock = clock
        self.settings = settings


class World:
    """One isolated universe. Reading is free; changing goes through ``apply``."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.chance = base.chance
        self.clock = base.clock()
        self.settings = base.settings
        self._tables = {name: table.fork() for name, table in base.tables.items()}
        self._sequences: dict[str, int] = {}
        self._watchers: list[Callable[[], None]] = []
        self.agenda = Agenda()

    def table(self, name: str) -> Table[Any]:
        """The table of that name, for reading."""
        return self._tables[name]

    def counted(self, sequence: str) -> int:
        """How many there have been in this sequence; the number that the next one gets."""
        return self._sequences.get(sequence, 0)

    def apply(self, changes: Iterable[Change]) -> None:
        """Make the changes, in order. This is the only door through which a world changes."""
        for change in changes:
            match change:
                case Put(table, record):
                    self._tables[table].put(record)
                case Drop(table, key):
                    self._tables[table].drop(key)
                case Count(sequence):
                    self._sequences[sequence] = self.counted(sequence) + 1
                case Schedule(at, kind, about):
                    self.agenda.add(at, kind, about)
                case MoveClock(to):
                    self.clock.move_to(to)
        for watcher in tuple(self._watchers):
            watcher()

    def settle(self, happen: Callable[["World", Happening], Iterable[Change]]) -> None:
        """Let everything happen that is due by now, in order; ``happen`` says what changes with it."""
        while (due := self.agenda.take(self.clock.now())) is not None:
            self.apply(happen(self, due))

    @contextmanager
    def watched(self, watcher: Callable[[], None]) -> Iterator[None]:
        """Have ``watcher`` called after every change, as long as the context lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)
