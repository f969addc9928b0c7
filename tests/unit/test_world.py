"""A world's clock, journal and snapshots."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.values.chance import Chance
from mockhoop.world import clock as clocks
from mockhoop.world.changes import Count, Drop, Interrupt, MoveClock, Put, Rebase, Restore, Schedule, SetClock
from mockhoop.world.clock import Clock, ClockState, real_clock, virtual_clock
from mockhoop.world.journal import Journal
from mockhoop.world.table import Table, TableSpec
from mockhoop.world.world import Base, World

SECOND = 10**9


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The time of the machine, set by hand."""
    hands = {"monotonic_ns": 0, "time_ns": 5}
    monkeypatch.setattr(clocks.time, "monotonic_ns", lambda: hands["monotonic_ns"])
    monkeypatch.setattr(clocks.time, "time_ns", lambda: hands["time_ns"])
    return hands


def test_a_real_clock_shows_the_time_of_the_machine(machine: dict[str, int]) -> None:
    clock = real_clock()
    machine["time_ns"] = 77
    assert (clock.now(), clock.virtual) == (77, False)


def test_a_virtual_clock_runs_on_from_its_start_at_its_speed(machine: dict[str, int]) -> None:
    clock = virtual_clock(100)
    machine["monotonic_ns"] = 10
    assert clock.now() == 110
    clock.set(ClockState(True, clock.now(), False, 60.0))
    machine["monotonic_ns"] = 12
    assert clock.now() == 110 + 120


def test_a_frozen_clock_moves_only_when_told(machine: dict[str, int]) -> None:
    clock = virtual_clock(100, frozen=True)
    machine["monotonic_ns"] = 10
    clock.move_to(90)
    assert clock.now() == 100
    clock.move_to(130)
    assert clock.now() == 130


def test_a_real_clock_that_is_advanced_is_virtual_and_runs_on(machine: dict[str, int]) -> None:
    clock = real_clock()
    clock.advance(20)
    machine["monotonic_ns"] = 3
    assert (clock.now(), clock.virtual, clock.frozen) == (28, True, False)


@pytest.mark.parametrize("clock", [real_clock, lambda: virtual_clock(70)])
def test_what_is_one_step_has_one_instant_and_takes_its_time(
    machine: dict[str, int], clock: Callable[[], Clock]
) -> None:
    held = clock()
    before = held.now()
    held.hold()
    machine["time_ns"] += 9
    machine["monotonic_ns"] += 9
    assert held.now() == before
    held.release()
    assert held.now() == before + 9


def test_a_real_clock_cannot_be_frozen_without_a_time() -> None:
    assert not Clock(ClockState(False, 0, True)).frozen


@given(st.lists(st.integers(0, 50)), st.integers(1, 10), st.integers(1, 100))
def test_a_journal_keeps_the_newest_that_fit(sizes: list[int], most: int, most_bytes: int) -> None:
    journal: Journal[int] = Journal(most, most_bytes)
    for number, size in enumerate(sizes):
        journal.add(number, size)
    kept = list(journal)
    assert kept == list(range(len(sizes)))[len(sizes) - len(kept) :]
    assert len(kept) <= most
    assert sum(sizes[number] for number in kept) <= most_bytes or len(kept) == 1
    assert journal.added == len(sizes)
    if sizes:
        assert kept  # the newest is kept whatever its size


@dataclass(frozen=True)
class Note:
    id: str
    at: int
    text: str = ""


FACETS = {"text": lambda note: (note.text,)}
SPEC: TableSpec[Note] = TableSpec("notes", lambda note: note.id, lambda note: (note.at, note.id), FACETS)
NOTES = st.builds(Note, st.sampled_from("abcdef"), st.integers(0, 5), st.sampled_from(["x", "y", ""]))
CHANGES = st.one_of(
    NOTES.map(lambda note: Put("notes", note)),
    st.sampled_from("abcdef").map(lambda key: Drop("notes", key)),
    st.sampled_from("pq").map(Count),
    st.integers(0, 9).map(lambda at: Schedule(at, "kind", "about")),
    st.integers(0, 100).map(MoveClock),
    st.builds(ClockState, st.just(True), st.integers(0, 100), st.just(True)).map(SetClock),
)


def base(*notes: Note) -> Base:
    return Base(
        tables={"notes": Table(SPEC, notes)},
        chance=Chance(1),
        clock=lambda: virtual_clock(0, frozen=True),
        settings=None,
        opening=lambda start: [Schedule(start + 1, "opening", "x")],
    )


def seen(world: World) -> object:
    """Everything that a world is."""
    notes = world.table("notes")
    by_text = {text: [notes._at(position) for position in notes.where("text", text)] for text in ("x", "y", "")}
    counts = [world.counted(name) for name in "pq"]
    agenda = [(one.at, one.kind, one.about) for one in world.agenda.waiting()]
    return list(notes), by_text, counts, agenda, world.clock.now()


@given(st.lists(NOTES, max_size=4), st.lists(CHANGES, max_size=12), st.lists(CHANGES, max_size=12))
def test_a_restored_world_is_exactly_as_it_was(notes: list[Note], before: list[object], after: list[object]) -> None:
    world = World(base(*{note.id: note for note in notes}.values()))
    world.apply(before)  # type: ignore[arg-type]
    then, snapshot = seen(world), world.snapshot()
    world.apply(after)  # type: ignore[arg-type]
    world.apply([Restore(snapshot)])
    assert seen(world) == then
    world.apply(after)  # type: ignore[arg-type]
    world.apply([Restore(snapshot)])
    assert seen(world) == then  # the snapshot is good as often as it is asked for


@given(st.lists(NOTES, max_size=4), st.lists(CHANGES, max_size=12))
def test_the_delta_of_a_table_laid_over_its_beginning_gives_the_table(notes: list[Note], changes: list[object]) -> None:
    world = World(base(*{note.id: note for note in notes}.values()))
    world.apply(changes)  # type: ignore[arg-type]
    table = world.table("notes")
    changed, gone = table.delta()
    again = world.base.tables["notes"].fork()
    for key in gone:
        again.drop(key)
    for note in changed:
        again.put(note)
    assert list(again) == list(table)
    assert {note.id for note in changed} & set(gone) == set()


def test_a_reset_begins_anew_and_ends_what_goes_on() -> None:
    world = World(base(Note("a", 1)))
    world.apply([Drop("notes", "a"), Count("p"), Interrupt()])
    era = world.era
    world.journal.add("x", 1)
    world.reset()
    assert (len(world.table("notes")), world.counted("p"), len(world.journal)) == (1, 0, 0)
    assert world.era > era
    assert [one.kind for one in world.agenda.waiting()] == ["opening"]


def test_a_change_tells_what_was_there_before() -> None:
    world = World(base(Note("a", 1)))
    put, again, drop, nothing = world.apply(
        [Put("notes", Note("b", 2)), Put("notes", Note("b", 2, "x")), Drop("notes", "b"), Drop("notes", "b")]
    )
    assert (put.before, again.before, drop.before, nothing.before) == (None, Note("b", 2), Note("b", 2, "x"), None)


def test_on_another_base_what_has_changed_stays() -> None:
    world = World(base(Note("a", 1), Note("b", 2)))
    world.apply([Put("notes", Note("c", 3, "mine")), Drop("notes", "a")])
    world.apply([Rebase(base(Note("a", 1), Note("b", 2, "new"), Note("d", 4)))])
    assert list(world.table("notes")) == [Note("b", 2, "new"), Note("c", 3, "mine"), Note("d", 4)]
