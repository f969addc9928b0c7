"""Steps in the lives of sessions and reviews, as changes tell them."""

from collections.abc import Iterable, Iterator

from mockhoop.exchange import Exchange
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.records import Session
from mockhoop.journals.entry import Transition
from mockhoop.world.changes import Effect, Put

SESSION = "session"
REVIEW = "review"


def transitions(exchange: Exchange) -> tuple[Transition, ...]:
    """The steps that came with an exchange: what it let happen, then what it did itself."""
    effects = [effect for fired in exchange.fired for effect in fired.effects]
    return tuple(steps([*effects, *exchange.effects]))


def steps(effects: Iterable[Effect]) -> Iterator[Transition]:
    """The steps that changes are, in order."""
    for effect in effects:
        match effect:
            case Effect(Put(table, Session() as session), before) if table == SESSIONS:
                yield from _step(SESSION, before.status if before is not None else "", session.status)
                yield from _step(REVIEW, _review(before), _review(session))


def _step(kind: str, before: str, after: str) -> Iterator[Transition]:
    if before != after:
        yield Transition(kind, before, after)


def _review(session: Session | None) -> str:
    return session.review.status if session is not None and session.review is not None else ""
