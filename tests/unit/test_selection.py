"""What a list is about is found again without a search, and never as it was before a change."""

import pytest

from mockhoop.gateway.access import GATEWAYS_OWN
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.listing import SessionQuery
from mockhoop.gateway.records import Session, changed
from mockhoop.responders.hoop import selection
from mockhoop.scenario.population import SESSION_TABLE
from mockhoop.values.chance import Chance
from mockhoop.world.changes import Put
from mockhoop.world.clock import virtual_clock
from mockhoop.world.table import Table
from mockhoop.world.world import Base, World

ON_PG = SessionQuery(connection="pg%")


def session(number: int, connection: str) -> Session:
    return Session(
        id=str(number), org_id="1", connection=connection, type="custom", verb="exec", status="open", started=number
    )


@pytest.fixture
def base() -> Base:
    table = Table(SESSION_TABLE, [session(1, "pgdemo"), session(2, "mysql"), session(3, "pg-payments")])
    return Base(tables={SESSIONS: table}, chance=Chance(1), clock=lambda: virtual_clock(0), settings=None)


@pytest.fixture
def world(base: Base) -> World:
    return World(base)


def found(world: World, query: SessionQuery = ON_PG) -> list[str]:
    return [world.table(SESSIONS)._at(at).id for at in selection.select(world, query, GATEWAYS_OWN)]


def test_what_fits_no_longer_is_not_found_again(world: World) -> None:
    before = found(world)
    world.apply([Put(SESSIONS, changed(session(1, "pgdemo"), connection="mysql"))])
    assert (before, found(world)) == (["1", "3"], ["3"])


def test_what_is_new_is_found(world: World) -> None:
    before = found(world)
    world.apply([Put(SESSIONS, session(4, "pgdemo"))])
    assert (before, found(world)) == (["1", "3"], ["1", "3", "4"])


def test_a_change_in_one_world_is_none_in_another(base: Base) -> None:
    one, other = World(base), World(base)
    one.apply([Put(SESSIONS, session(4, "pgdemo"))])
    assert (found(one), found(other)) == (["1", "3", "4"], ["1", "3"])


def test_only_so_much_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "_ROOM", 0)
    for number in range(10 * selection._FEWEST):
        found(world, SessionQuery(connection=f"pg{number}%"))
    assert len(world.table(SESSIONS).derived(selection._Fitting)._kept) <= selection._FEWEST


def test_long_patterns_are_not_kept(world: World) -> None:
    found(world, SessionQuery(connection="pg%" * selection._LONGEST))
    assert not world.table(SESSIONS).derived(selection._Fitting)._kept


def test_what_was_found_is_not_looked_for_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found(world)
    monkeypatch.setattr(selection, "_fitting", None)
    assert found(world) == ["1", "3"]
