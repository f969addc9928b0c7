"""Finding exchanges: those that meet conditions, and those that come nearest to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, zip_longest
from typing import Annotated, Any

from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Pipeline
from mockhoop.scenario import engine
from mockhoop.scenario.answers import near_answers
from mockhoop.scenario.kinds import Kind, describe
from mockhoop.scenario.matching import Facts, Matcher, Miss, fits
from mockhoop.scenario.script_model import Matching, Pattern
from mockhoop.scenario.times import Unfit

_NEAREST = 3
_LONGEST_PATH = 200
_ALIKE = 0.6
"""From 0 to 1: what is less alike was hardly meant."""


@dataclass(frozen=True, slots=True)
class Status(Kind):
    """A status as a number, or a pattern for it."""

    @property
    def expects(self) -> str:
        return "a status such as 404, or a pattern such as 5??"

    def read(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise Unfit(f"expected {self.expects}, not {describe(value)}")
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted(Matching):
    """Which exchanges are meant: those for which everything that is given holds."""

    status: Annotated[Annotated[str, Status()] | None, "The status, or a pattern for it such as 5??."] = None
    responder: Annotated[Pattern | None, "Who answered: hoop, generic, scripted or recorded."] = None
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
            "refused": (wanted.refused, is_refusal(exchange)),
            "unmatched": (wanted.unmatched, not exchange.operation),
        }
        for name, (truth, is_so) in truths.items():
            if truth is not None and truth != is_so:
                yield Miss(name, str(truth).lower(), str(is_so).lower())


def is_refusal(exchange: Exchange) -> bool:
    """Whether the answer says no."""
    return exchange.reply.status >= 400


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
    wanted = facts_of(exchange, pipeline).path[:_LONGEST_PATH]
    steps = wanted.split("/")
    keys: dict[str, list[str]] = {}
    for operation in pipeline.stage.contract.operations:
        keys.setdefault(_filled(operation.template, steps), []).append(operation.key)
    own = f"{exchange.call.method} "
    found = get_close_matches(wanted, keys, n=_NEAREST, cutoff=_ALIKE)
    near = [key for path in found for key in sorted(keys[path], key=lambda one: not one.startswith(own))]
    return near[:_NEAREST]


def _filled(template: str, steps: list[str]) -> str:
    """A path of the operation, its parameters as in the steps of a call."""
    given = zip_longest(template.split("/"), steps[: template.count("/") + 1])
    return "/".join(step if step and own.startswith("{") else own for own, step in given)


def near_rules(exchange: Exchange, pipeline: Pipeline) -> list[tuple[str, Miss]]:
    """The faults, entries of the timeline and answers of which an exchange met every condition but one."""
    facts = facts_of(exchange, pipeline)
    judged = ((name, matcher.misses(facts)) for name, matcher in engine.matchers(pipeline.world) if len(matcher) > 1)
    rules = [(name, misses[0]) for name, misses in judged if len(misses) == 1]
    answers = near_answers(pipeline.world, exchange.call, pipeline.stage.profile.base_path)
    return [*rules, *islice((one for one in answers if one[0] not in exchange.rules), _NEAREST)]
