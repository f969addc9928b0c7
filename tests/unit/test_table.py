"""A table gives what a plain list with a loop over all records would give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mockhoop.world.table import Places, Positions, Table, TableSpec, overlay, spec


@dataclass(frozen=True)
class Note:
    id: str
    at: int
    color: str
    tags: tuple[str, ...] = ()


SPEC = TableSpec[Note](
    name="notes",
    key=lambda note: note.id,
    order=lambda note: (note.at, note.id),
    facets={"color": lambda note: (note.color,), "tag": lambda note: note.tags},
)

notes = st.builds(
    Note,
    id=st.sampled_from([f"n{number:02}" for number in range(20)]),
    at=st.integers(0, 12),
    color=st.sampled_from(["red", "green", "blue"]),
    tags=st.lists(st.sampled_from("xyz"), unique=True, max_size=3).map(tuple),
)


several_notes = st.lists(notes, unique_by=lambda note: note.id, max_size=8)
COLORS = ("red", "green", "blue")


class MadeNotes:
    """Notes that are made when they are read; their keys and indexes are known before."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._notes = notes
        self._numbers = {note.id: number for number, note in enumerate(notes)}
        self._places: Places | None = None

    def __len__(self) -> int:
        return len(self._notes)

    def times(self) -> Sequence[int]:
        return [note.at for note in self._notes]

    def key(self, number: int) -> str:
        return self._notes[number].id

    def number(self, key: str) -> int | None:
        return self._numbers.get(key)

    def make(self, number: int) -> Note:
        return replace(self._notes[number])

    def index(self, places: Places) -> "MadeNotes":
        self._places = places
        return self

    def where(self, facet: str, value: str) -> Positions:
        assert self._places is not None
        if facet == "color":
            by_code = self._places.by_code([COLORS.index(note.color) for note in self._notes], len(COLORS))
            return by_code[COLORS.index(value)] if value in COLORS else self._places.at(())
        return self._places.at(number for number, note in enumerate(self._notes) if value in note.tags)

    def values(self, facet: str) -> Iterable[str]:
        return COLORS if facet == "color" else "xyz"


class TableAgainstList(RuleBasedStateMachine):
    """A table and a dict live through the same changes."""

    def __init__(self) -> None:
        super().__init__()
        self.plain: dict[str, Note] = {}
        self.table: Table[Note] = Table(SPEC)
        self.parents: list[tuple[Table[Note], dict[str, Note]]] = []
        self.begun: dict[str, Note] = {}

    @initialize(known=several_notes, made=st.lists(several_notes, max_size=3), large=st.sampled_from([0, 1_000]))
    def begin(self, known: list[Note], made: list[list[Note]], large: int) -> None:
        overlay.LARGE = spec.LARGE = large
        fresh = count()
        parts = [[replace(note, id=f"m{next(fresh):02}") for note in part] for part in made]
        self.table = Table(SPEC, known, [MadeNotes(part) for part in parts])
        self.plain = {note.id: note for part in [known, *parts] for note in part}
        self.begun = dict(self.plain)

    def teardown(self) -> None:
        overlay.LARGE = spec.LARGE = 1_000

    @rule(note=notes)
    def put(self, note: Note) -> None:
        self.plain[note.id] = note
        self.table.put(note)

    @rule(color=st.sampled_from(["red", "blue"]), data=st.data())
    @precondition(lambda self: self.plain)
    def repaint(self, color: str, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.plain)))
        self.plain[key] = replace(self.plain[key], color=color)
        self.table.put(self.plain[key])

    @rule(key=st.sampled_from([f"n{number:02}" for number in range(20)]))
    def drop(self, key: str) -> None:
        self.plain.pop(key, None)
        self.table.drop(key)

    @rule(at=st.integers(0, 12), data=st.data())
    @precondition(lambda self: self.plain)
    def move(self, at: int, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.plain)))
        self.plain[key] = replace(self.plain[key], at=at)
        self.table.put(self.plain[key])

    @rule(data=st.data())
    @precondition(lambda self: self.plain)
    def drop_one(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.plain)))
        assert self.table.drop(key) == self.plain.pop(key)

    @rule()
    def fork(self) -> None:
        self.parents.append((self.table, dict(self.plain)))
        self.table = self.table.fork()

    @invariant()
    def the_same_is_found(self) -> None:
        assert_same(self.table, self.plain)

    @invariant()
    def the_delta_makes_it_out_of_the_beginning(self) -> None:
        changed, gone = self.table.delta()
        assert changed == sorted(changed, key=lambda note: (note.at, note.id))
        kept = {key: note for key, note in self.begun.items() if key not in gone}
        assert kept | {note.id: note for note in changed} == self.plain

    @invariant()
    def parents_did_not_change(self) -> None:
        for table, plain in self.parents:
            assert_same(table, plain)


def assert_same(table: Table[Note], plain: dict[str, Note]) -> None:
    newest = sorted(plain.values(), key=lambda note: (note.at, note.id), reverse=True)
    assert len(table) == len(newest)
    assert list(table) == newest[::-1]
    assert list(table.newest(table.all(), 0, 100)) == newest
    assert list(table.newest(table.all(), 2, 3)) == newest[2:5]
    for color in ("red", "green", "blue", "none"):
        wanted = [note for note in newest if note.color == color]
        assert list(table.newest(table.where("color", color), 0, 100)) == wanted
    for first, last in [(0, 100), (2, 5), (5, 2)]:
        wanted = [note for note in newest if first <= note.at <= last]
        assert list(table.newest(table.between(first, last), 0, 100)) == wanted
    either = [note for note in newest if {"x", "z"} & set(note.tags)]
    assert list(table.newest(table.where_any("tag", ["x", "z"]), 0, 100)) == either
    assert list(table.told(table.all(), lambda note: note.color)) == [note.color for note in newest]
    for low, high in ((0, 12), (3, 7), (7, 3)):
        assert list(table.newest(table.between(low, high), 0, 100)) == [n for n in newest if low <= n.at <= high]
    assert {value for value in table.values("color") if table.where("color", value)} == {n.color for n in newest}
    for key in ("n00", "n07", "n99", "m00", "m01"):
        assert table.get(key) == plain.get(key)


test_a_table_agrees_with_a_plain_list = TableAgainstList.TestCase


@given(st.lists(notes, unique_by=lambda note: note.id))
def test_a_new_table_is_in_order_whatever_the_order_of_its_records(records: list[Note]) -> None:
    assert_same(Table(SPEC, records), {note.id: note for note in records})


def test_a_known_record_takes_the_place_of_one_that_would_be_made_with_its_key() -> None:
    table = Table(SPEC, [Note("n1", 7, "red", ("x",))], [MadeNotes([Note("n0", 9, "blue"), Note("n1", 3, "blue")])])
    assert_same(table, {"n0": Note("n0", 9, "blue"), "n1": Note("n1", 7, "red", ("x",))})


def test_a_change_asks_nothing_of_what_could_be_made() -> None:
    class Untouchable(MadeNotes):
        def make(self, number: int) -> Note:
            raise AssertionError("a record was made")

        def index(self, places: Places) -> MadeNotes:
            raise AssertionError("an index was built")

    table = Table(SPEC, (), [Untouchable([Note("n0", 9, "blue"), Note("n1", 3, "blue")])])
    table.put(Note("n2", 5, "red"))
    table.put(Note("n3", 10, "red"))
    table.drop("n2")
    assert table.delta() == ([Note("n3", 10, "red")], [])


def test_large_indexes_follow_changes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large bitmaps are kept, and changed with the records."""
    monkeypatch.setattr("mockhoop.world.table.overlay.LARGE", 0)
    table = Table(SPEC, [Note(f"n{number}", number, "red") for number in range(5)])
    plain = {note.id: note for note in table}
    assert_same(table, plain)
    for note in (Note("n1", 1, "blue", ("x",)), Note("n9", 3, "red"), Note("n1", 1, "red"), Note("n3", 0, "green")):
        table.put(note)
        plain[note.id] = note
        assert_same(table, plain)
    assert table.drop("n2") == plain.pop("n2")
    assert_same(table, plain)


def test_what_is_read_again_is_the_same_object() -> None:
    table = Table(SPEC, (), [MadeNotes([Note("n0", 9, "blue")])])
    assert table.get("n0") is table.fork().get("n0") is next(iter(table))


@pytest.mark.parametrize(("offset", "limit"), [(5, 1), (0, 0), (9, 9)])
def test_a_page_beyond_the_end_is_empty(offset: int, limit: int) -> None:
    table = Table(SPEC, [Note(f"n{number}", number, "red") for number in range(5)])
    assert list(table.newest(table.all(), offset, limit)) == []


def test_a_table_without_an_order_keeps_the_order_of_arrival() -> None:
    table = Table(TableSpec[Note](name="notes", key=lambda note: note.id), [Note("b", 2, "red"), Note("a", 1, "red")])
    table.put(Note("c", 0, "red"))
    assert [note.id for note in table] == ["b", "a", "c"]


def test_what_is_gone_takes_no_room_for_ever() -> None:
    table = Table(TableSpec("texts", lambda text: text, facets={"first": lambda text: (text[0],)}), ["kept"])
    fork = table.fork()
    for number in range(20_000):
        fork.put(f"{number}")
        if number >= 10:
            fork.drop(f"{number - 10}")
    assert list(fork) == ["kept", *map(str, range(19_990, 20_000))]
    assert fork.delta() == ([str(number) for number in range(19_990, 20_000)], [])
    assert len(fork.where("first", "1")) == 10
    assert len(fork._tail) + len(fork._positions) < 5_000
