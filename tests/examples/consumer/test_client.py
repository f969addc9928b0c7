"""The client against mockhoop: nothing here waits, and every test has a world of its own."""

import pytest
import requests
from client import Client, NotYet, Refused

ASKED = ("pg-payments", "SELECT count(*) FROM payments")


@pytest.fixture
def john(hoop):
    """A client of John's, for whom time goes by without waiting."""
    hoop.clock.freeze()
    return Client(hoop.api_url, hoop.token("john"), pause=lambda seconds: hoop.clock.advance(f"{seconds:g}s"))


@pytest.fixture
def ada(hoop):
    """A client of the admin's."""
    return Client(hoop.api_url, hoop.token("ada"), pause=lambda seconds: None)


def test_all_pages_are_listed(hoop, ada):
    found = [session["id"] for session in ada.sessions()]
    assert len(set(found)) == len(found) == len(list(hoop.state.sessions))
    assert hoop.journal.count("GET /sessions") == -(-len(found) // 100)


def test_a_filter_is_kept_on_every_page(hoop, ada):
    assert {session["connection"] for session in ada.sessions(connection="pgdemo")} == {"pgdemo"}


def test_a_page_that_fails_is_asked_for_again(hoop, ada):
    hoop.faults.add("GET /sessions", times=1, respond=503)
    assert len(list(ada.sessions())) == len(list(hoop.state.sessions))


def test_it_waits_for_an_approval_then_runs_and_downloads(hoop, john):
    session = john.run(*ASKED)
    hoop.perform({"approve": session})
    john.wait_for_approval(session)
    output = john.execute(session)
    assert output
    assert john.download(session).replace("\r", "") == output


def test_it_gives_up_when_nobody_decides(hoop, john):
    session = john.run(*ASKED)
    before = hoop.clock.now
    with pytest.raises(NotYet, match="in 20 seconds"):
        john.wait_for_approval(session, looks=4)
    assert hoop.clock.now > before
    hoop.journal.assert_called("GET /sessions/{session_id}", times=4)


def test_a_rejection_is_told_with_its_reason(hoop, john):
    session = john.run(*ASKED)
    hoop.perform({"reject": session, "reason": "not today"})
    with pytest.raises(Refused, match="not today"):
        john.wait_for_approval(session)


def test_a_link_that_has_expired_is_asked_for_again(hoop, john):
    session = john.run("pgdemo", "SELECT 1")
    link = john.link(session)
    hoop.clock.advance("5m1s")
    assert requests.get(link).status_code == 410
    assert john.download(session, link)
