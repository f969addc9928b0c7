"""What a responder makes of a call. Deciding alters nothing; the pipeline applies the changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import Violation
from mockhoop.gateway.access import Caller
from mockhoop.messages import Body, Call, Headers, Reply
from mockhoop.scenario.script_model import Action
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change
from mockhoop.world.world import World


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that is still to come: when ``ready`` says so of the world, at the latest at ``until``.

    ``until`` is in nanoseconds since 1970 by the world's clock.
    """

    until: int
    ready: Callable[[World], bool]
    decide: Callable[[World], "Decision"]


@dataclass(slots=True)  # not frozen, which takes long: one is made for each call
class Decision:
    """A reply with its changes. ``refused`` marks a refusal of the gateway's own, which no validation overrides.

    With ``later`` the changes are made at once, and that is what decides about the reply when its time has come.
    ``steady`` promises that the same call gets this again, whatever the time, as long as the world does not change.
    """

    reply: Reply
    changes: tuple[Change, ...] = ()
    refused: bool = False
    later: Later | None = None
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Acted:
    """What changes with an action of a scenario; ``note`` says why it could not be carried out, or not whole."""

    changes: tuple[Change, ...] = ()
    note: str = ""


@dataclass(slots=True)  # not frozen, which takes long: one is made for each call
class Question:
    """Everything that a responder may look at. Nobody changes it."""

    call: Call
    operation: Operation
    path_values: Mapping[str, str]
    caller: Caller
    world: World


class Responder(Protocol):
    """Decides the calls of some operations."""

    @property
    def name(self) -> str:
        """What it is called in lists and logs."""
        ...

    def serves(self, key: str) -> bool:
        """Whether this responder decides calls of the operation with this key."""
        ...

    def decide(self, question: Question) -> Decision:
        """What to make of the call. Must not alter anything."""
        ...


class Profile(Protocol):
    """How a kind of server behaves around its operations: routing, sign-in, refusals, standing headers.

    ``base_path`` stands in front of every path of the contract.
    """

    name: str
    base_path: str
    violations_header: str

    def find(self, call: Call) -> Match | Reply:
        """The operation that a call means, or the answer to a call that means none."""
        ...

    def identify(self, call: Call, operation: Operation, world: World) -> Caller | Decision:
        """The caller, or the decision that refuses the call."""
        ...

    def body_of(self, call: Call) -> Body | None:
        """The call's body as this server reads it, and the media type as which it does.

        None is for a server that takes a body for what its headers say that it is.
        """
        ...

    def doubts(self, call: Call, operation: Operation) -> tuple[Violation, ...]:
        """What is doubtful about a call though it breaks nothing, as warnings."""
        ...

    def refuse(self, violations: tuple[Violation, ...], question: Question) -> Reply:
        """The answer to a call that breaks the contract."""
        ...

    def happen(self, world: World, happening: Happening) -> Iterable[Change]:
        """What changes when something on the world's agenda is due."""
        ...

    def act(self, world: World, action: Action, at: int) -> Acted:
        """What changes when a scenario lets something happen at an instant."""
        ...

    def subject_of(self, world: World, match: Match) -> str:
        """The id of what a call is about, a session for instance; "" when it is about nothing by itself."""
        ...

    def look(self, world: World, match: Match) -> tuple[Change, ...]:
        """What goes on because a call looks at it."""
        ...

    def misfits(self, world: World) -> Iterable[str]:
        """What has changed in a world and does not fit into what it is played on now, each in a sentence."""
        ...

    def listed(self, violations: Iterable[Violation]) -> list[dict[str, Any]]:
        """Violations as they stand in the header ``violations_header``."""
        ...

    def failure(self, status: int, message: str, headers: Headers = ()) -> Reply:
        """An error as this server would write it."""
        ...

    def unauthorized(self) -> Reply:
        """The answer to a caller whose credentials are no longer good."""
        ...

    def standing_headers(self) -> Headers:
        """The headers on every response that is not plain."""
        ...
