"""Finding exchanges: those that meet conditions, and those that come nearest to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario import engine
from mockhoop.scenario.matching import Facts, Matcher, Miss, fits
from mockhoop.scenario.script_model import Matching, Pattern

_NEAREST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Matching):
    """Which exchanges are meant: those for which everything that is given holds."""

    status: Annotated[Pattern | None, "Pattern for the status, such as 404 or 5??."] = None
    responder: Annotated[Pattern | None, "Who answered: hoop, generic or scripted."] = None
    refused: Annotated[bool | None, "Whether it is a refusal: a status of 400 or more."] = None
    unmatched: Annotated[bool | None, "Whether the contract has no such operation."] = None


class Search:
    """Asks exchanges of one world whether they are wanted."""

    def __init__(self, wanted: Wanted, pipeline: Pipeline) -> None:
        self._wanted = wanted
        self._matcher = Matcher(wanted)
        self._pipeline = pipeline

    def found(self) -> list[Exchange]:
        """The exchanges that meet every condition, in the order of the journal."""
        return [exchange for exchange in self._pipeline.world.journal if not self.misses(exchange)]

    def misses(self, exchange: Exchange) -> list[Miss]:
        """The conditions that an exchange does not meet."""
        return [*self._matcher.misses(facts_of(exchange, self._pipeline)), *self._own_misses(exchange)]

    def nearest(self) -> list[tuple[Exchange, list[Miss]]]:
        """The exchanges that miss fewest conditions, of equals the newest first."""
        judged = [(exchange, self.misses(exchange)) for exchange in reversed(self._pipeline.world.journal)]
        return sorted((one for one in judged if one[1]), key=lambda one: len(one[1]))[:_NEAREST]

    def _own_misses(self, exchange: Exchange) -> Iterator[Miss]:
        wanted = self._wanted
        found = {
            "status": (wanted.status, str(exchange.reply.status)),
            "responder": (wanted.responder, exchange.responder),
        }
        for name, (pattern, value) in found.items():
            if pattern is not None and not fits(value, pattern):
                yield Miss(name, pattern, value)
        truths = {
            "refused": (wanted.refused, exchange.reply.status >= 400),
            "unmatched": (wanted.unmatched, not exchange.operation),
        }
        for name, (truth, is_so) in truths.items():
            if truth is not None and truth != is_so:
                yield Miss(name, str(truth).lower(), str(is_so).lower())


def facts_of(exchange: Exchange, pipeline: Pipeline) -> Facts:
    """What conditions look at in an exchange that is over."""
    profile, world = pipeline.stage.profile, pipeline.world

    def session() -> str:
        match = profile.find(exchange.call)
        return "" if isinstance(match, Reply) else profile.subject_of(world, match)

    path = exchange.call.path
    inside = path[len(profile.base_path) :] if path.startswith(f"{profile.base_path}/") else path
    return Facts(exchange.call, exchange.operation, inside, exchange.caller, session)


def near_operations(exchange: Exchange, pipeline: Pipeline) -> list[str]:
    """For a call that means no operation: those that look most like it."""
    facts = facts_of(exchange, pipeline)
    keys = [operation.key for operation in pipeline.stage.contract.operations]
    return get_close_matches(f"{exchange.call.method} {facts.path}", keys, n=_NEAREST, cutoff=0.5)


def near_rules(exchange: Exchange, pipeline: Pipeline) -> list[tuple[str, Miss]]:
    """The faults and entries of the timeline that an exchange missed by a single condition."""
    facts = facts_of(exchange, pipeline)
    judged = ((name, matcher.misses(facts)) for name, matcher in engine.matchers(pipeline.world))
    return [(name, misses[0]) for name, misses in judged if len(misses) == 1]
