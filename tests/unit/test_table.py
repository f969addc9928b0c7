"""A table gives what a plain list with a loop over all records would give."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mockhoop.world.table import Table, TableSpec


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


class TableAgainstList(RuleBasedStateMachine):
    """A table and a dict live through the same changes."""

    def __init__(self) -> None:
        super().__init__()
        self.plain: dict[str, Note] = {}
        self.table: Table[Note] = Table(SPEC)
        self.parents: list[tuple[Table[Note], dict[str, Note]]] = []

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

    @rule()
    def fork(self) -> None:
        self.parents.append((self.table, dict(self.plain)))
        self.table = self.table.fork()

    @invariant()
    def the_same_is_found(self) -> None:
        assert_same(self.table, self.plain)

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
    either = [note for note in newest if {"x", "z"} & set(note.tags)]
    assert list(table.newest(table.where_any("tag", ["x", "z"]), 0, 100)) == either
    for low, high in ((0, 12), (3, 7), (7, 3)):
        assert list(table.newest(table.between(low, high), 0, 100)) == [n for n in newest if low <= n.at <= high]
    assert {value for value in table.values("color") if table.where("color", value)} == {n.color for n in newest}
    for key in ("n00", "n07", "n99"):
        assert table.get(key) == plain.get(key)


test_a_table_agrees_with_a_plain_list = TableAgainstList.TestCase


@given(st.lists(notes, unique_by=lambda note: note.id))
def test_a_new_table_is_in_order_whatever_the_order_of_its_records(records: list[Note]) -> None:
    assert_same(Table(SPEC, records), {note.id: note for note in records})


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
