"""What is due comes in the order in which it is due; equals in the order in which they were put down."""

from hypothesis import given
from hypothesis import strategies as st

from mockhoop.world.agenda import Agenda

INSTANTS = st.lists(st.integers(0, 20))


def agenda_of(instants: list[int]) -> Agenda:
    """An agenda with a happening for each instant, about its place in the list."""
    agenda = Agenda()
    for place, at in enumerate(instants):
        agenda.add(at, "kind", str(place))
    return agenda


def taken(agenda: Agenda, now: int) -> list[tuple[int, int]]:
    """All that is due: instants with places."""
    due = []
    while (happening := agenda.take(now)) is not None:
        due.append((happening.at, int(happening.about)))
    return due


@given(INSTANTS, st.integers(0, 20))
def test_what_is_due_is_taken_in_order_and_nothing_else(instants: list[int], now: int) -> None:
    agenda = agenda_of(instants)
    in_order = sorted((at, place) for place, at in enumerate(instants))
    assert taken(agenda, now) == [one for one in in_order if one[0] <= now]
    assert taken(agenda, 20) == [one for one in in_order if one[0] > now]


@given(INSTANTS)
def test_the_next_is_the_earliest(instants: list[int]) -> None:
    assert agenda_of(instants).next_at() == min(instants, default=None)


def test_what_is_put_down_for_an_instant_gone_by_happens_at_once() -> None:
    agenda = agenda_of([100])
    agenda.take(100)
    agenda.add(1, "kind", "7")
    assert taken(agenda, 100) == [(1, 7)]


def test_a_happening_says_what_it_is_and_about_what() -> None:
    agenda = Agenda()
    agenda.add(5, "finish", "a session")
    happening = agenda.take(5)
    assert happening is not None
    assert (happening.kind, happening.about) == ("finish", "a session")
