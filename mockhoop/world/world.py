"""A world: what it began with, and what has changed since."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mockhoop.values.chance import Chance
from mockhoop.world.agenda import Agenda, Happening
from mockhoop.world.changes import (
    Change,
    Count,
    Drop,
    Effect,
    Interrupt,
    MoveClock,
    Put,
    Rebase,
    Recount,
    Restore,
    Schedule,
    Send,
    SetClock,
    Snapshot,
)
from mockhoop.world.clock import Clock
from mockhoop.world.journal import Journal
from mockhoop.world.table import Table

Listener = Callable[["World", Any], None]
"""Is told of each message that a world sends, and with None that something may happen at another time than before."""


Witness = Callable[[tuple[Effect, ...]], Any]
"""Is told of all that changes in a world, by whatever it does."""


def nobody(*told: Any) -> None:
    """Takes no notice."""


class Base:
    """How a world begins: tables, chance and settings. Shared by all worlds that begin the same way; never changed.

    ``settings`` are facts that hold for the whole life of a world, such as the organization. ``clock`` makes the
    clock of a new world; ``opening`` gives the changes with which a world begins, given the instant of its start.
    ``scenario`` is what it was made of, ``made_at`` what "now" meant in that (nanoseconds since 1970). ``rules`` are
    the names of tables whose records make things happen.
    """

    def __init__(
        self,
        *,
        tables: Mapping[str, Table[Any]],
        chance: Chance,
        clock: Callable[[], Clock],
        settings: Any,
        opening: Callable[[int], Iterable[Change]] = lambda _: (),
        scenario: Any = None,
        made_at: int = 0,
        rules: tuple[str, ...] = (),
    ) -> None:
        self.tables = tables
        self.chance = chance
        self.clock = clock
        self.settings = settings
        self.opening = opening
        self.scenario = scenario
        self.made_at = made_at
        self.rules = rules


class World:
    """One isolated universe. Reading is free; changing goes through ``apply``.

    ``era`` counts how often it was taken back to a snapshot: what began in another era has ended. ``changes`` counts
    the changes since it began, ``version`` those of its whole life. ``quiet`` is true while there are no rules by which
    anything could happen.
    """

    def __init__(
        self, base: Base, name: str = "default", listener: Listener = nobody, witness: Witness = nobody
    ) -> None:
        self.name = name
        self.base = base
        self.chance = base.chance
        self.settings = base.settings
        self.journal: Journal[Any] = Journal()
        self.saved: dict[str, Snapshot] = {}
        self.era = 0
        self.version = 0
        self._listener = listener
        self._witness = witness
        self.changes = 0
        self._watchers: list[Callable[[], None]] = []
        self._begin()

    def _begin(self) -> None:
        self.version += 1
        self.clock = self.base.clock()
        self._tables = {name: table.fork() for name, table in self.base.tables.items()}
        self._sequences: dict[str, int] = {}
        self.agenda = Agenda()
        self._listen()
        self.apply(self.base.opening(self.clock.now()))
        self.changes = 0

    def reset(self) -> None:
        """Begin anew, with an empty journal."""
        self._begin()
        self.journal.clear()
        self.interrupt()

    def interrupt(self) -> None:
        """End what goes on, such as streams."""
        self.apply([Interrupt()])

    def table(self, name: str) -> Table[Any]:
        """The table of that name, for reading."""
        return self._tables[name]

    def tables(self) -> Mapping[str, Table[Any]]:
        """All tables by name, for reading."""
        return self._tables

    def counted(self, sequence: str) -> int:
        """How many there have been in this sequence; the number that the next one gets."""
        return self._sequences.get(sequence, 0)

    def snapshot(self) -> Snapshot:
        """All that the world is now; it stays so whatever becomes of the world."""
        tables = {name: table.fork() for name, table in self._tables.items()}
        return Snapshot(self.base, tables, dict(self._sequences), self.agenda.waiting(), self.clock.state())

    def apply(self, changes: Iterable[Change]) -> tuple[Effect, ...]:
        """Make the changes, in order. This is the only door through which a world changes."""
        effects = tuple([Effect(change, self._make(change)) for change in changes])
        if effects:
            self.changes += len(effects)
            self.version += len(effects)
            self._witness(effects)
            self.tell_watchers()
        return effects

    def _make(self, change: Change) -> Any:
        """Make one change; the record that was there before, if it is about one."""
        before = None
        match change:
            case Put(table, record):
                before = self._tables[table].put(record)
                if table in self.base.rules:
                    self.quiet = False
            case Drop(table, key):
                before = self._tables[table].drop(key)
            case Count(sequence):
                self._sequences[sequence] = self.counted(sequence) + 1
            case Recount(sequence):
                self._sequences.pop(sequence, None)
            case Schedule(at, kind, about):
                self.agenda.add(at, kind, about)
                self._listener(self, None)
            case MoveClock(to):
                self.clock.move_to(to)
            case SetClock(state):
                self.clock.set(state)
                self._listener(self, None)
            case Restore(snapshot):
                self._restore(snapshot)
            case Interrupt():
                self.era += 1
            case Rebase(base):
                self._rebase(base)
            case Send(message):
                self._listener(self, message)
        return before

    def _restore(self, snapshot: Snapshot) -> None:
        self.base, self.chance, self.settings = snapshot.base, snapshot.base.chance, snapshot.base.settings
        self._tables = {name: table.fork() for name, table in snapshot.tables.items()}
        self._listen()
        self._sequences = dict(snapshot.sequences)
        self.agenda = Agenda(snapshot.agenda)
        self.clock.set(snapshot.clock)
        self._listener(self, None)
        self.era += 1

    def _rebase(self, base: Base) -> None:
        """Begin on another base, as it is if nothing has changed so far, else with what has changed laid over it."""
        untouched = self.changes == 0
        before, self.base, self.chance, self.settings = self.base, base, base.chance, base.settings
        if untouched:
            self._begin()
            return
        started = self.clock.now()
        known = {(change.kind, change.about) for change in before.opening(started) if isinstance(change, Schedule)}
        self._tables = {name: self._tables[name].rebased(table) for name, table in base.tables.items()}
        self._listen()
        for change in base.opening(started):
            if isinstance(change, Schedule) and (change.kind, change.about) not in known:
                self._make(change)

    def _listen(self) -> None:
        self.quiet = not any(len(self._tables[name]) for name in self.base.rules)

    @property
    def is_watched(self) -> bool:
        """Whether somebody waits for news of it."""
        return bool(self._watchers)

    def settle(self, happen: Callable[["World", Happening], object]) -> None:
        """Let everything happen that is due by now, in order; ``happen`` sees to it that the world changes with it."""
        while (due := self.agenda.take(self.clock.now())) is not None:
            happen(self, due)

    def tell_watchers(self) -> None:
        """Call all who watch."""
        if self._watchers:
            for watcher in tuple(self._watchers):
                watcher()

    @contextmanager
    def watched(self, watcher: Callable[[], None]) -> Iterator[None]:
        """Have ``watcher`` called after every change and every exchange, as long as the context lasts."""
        self._watchers.append(watcher)
        try:
            yield
        finally:
            self._watchers.remove(watcher)
