"""The bytes of sessions are made once, and never those of another state of a session."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway.records import Connection, Session, changed
from mockhoop.responders.hoop import session_json

MOST = 4


def session(id: str, connection: str) -> Session:
    return Session(
        id=id,
        org_id="1",
        connection=connection,
        type="custom",
        connection_subtype="",
        connection_tags={},
        verb="exec",
        status="open",
        started=0,
        user_id="u",
        user="u",
        user_name="u",
        script="",
    )


@pytest.fixture(scope="module")
def most() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_json, "_KEPT", MOST)
        yield MOST


steps = st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from(["read", "change", "change connection"])))


@given(steps)
def test_what_is_kept_is_what_would_be_made_now(most: int, told: list[tuple[str, str]]) -> None:
    sessions = {id: session(id, "c") for id in "abcdefg"}
    connections: dict[str, Connection | None] = {"c": Connection(id="c", name="c", type="custom")}
    kept = session_json._Kept(lambda one, connection: f"{one.status} {connection}".encode())
    versions = count()
    for id, step in told:
        if step == "change":
            sessions[id] = changed(sessions[id], status=str(next(versions)))
        elif step == "change connection":
            connections["c"] = Connection(id="c", name=str(next(versions)), type="custom")
        page = [sessions[id], sessions["a"]]
        expected = [f"{one.status} {connections['c']}".encode() for one in page]
        assert kept.of_page(page, connections.get) == expected
        assert [kept.get(one, connections["c"]) for one in page] == expected
        assert len(kept._entries) + len(kept._older) <= most


def test_what_was_asked_for_is_made_once(most: int) -> None:
    made: list[str] = []

    def encode(one: Session, connection: Any) -> bytes:
        made.append(one.id)
        return one.id.encode()

    kept = session_json._Kept(encode)
    sessions = [session(id, "c") for id in "ab"]
    for _ in range(3):
        kept.of_page(sessions, lambda _: None)
    assert made == ["a", "b"]


def test_what_is_asked_for_again_and_again_outlives_what_is_not(most: int) -> None:
    made: list[str] = []

    def encode(one: Session, connection: Any) -> bytes:
        made.append(one.id)
        return one.id.encode()

    kept = session_json._Kept(encode)
    popular = session("popular", "c")
    for number in range(20):
        kept.get(popular, None)
        kept.get(session(str(number), "c"), None)
    assert made.count("popular") == 1
