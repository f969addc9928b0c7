"""What a scenario can say: what a world begins with, what happens in it, and what must hold."""

from dataclasses import dataclass
from typing import Annotated

from mockhoop.scenario.answer_model import Answer
from mockhoop.scenario.beginning_model import (
    FRIENDLY_TYPES,
    MOST_GENERATED,
    Clock,
    Connection,
    DayHours,
    Downloads,
    Event,
    GeneratedSessions,
    GeneratedUsers,
    Link,
    Name,
    Organization,
    Review,
    ReviewGroup,
    ServiceAccount,
    Session,
    SignIn,
    Span,
    TimeWindow,
    Token,
    User,
)
from mockhoop.scenario.execution_model import ApiKey, Execution
from mockhoop.scenario.kinds import Version
from mockhoop.scenario.script_model import Expectation, Fault, Progress, PutItem, State, TimelineEntry

LANGUAGE_VERSION = 1

__all__ = [
    "FRIENDLY_TYPES",
    "LANGUAGE_VERSION",
    "MOST_GENERATED",
    "Clock",
    "Connection",
    "DayHours",
    "Downloads",
    "Event",
    "GeneratedSessions",
    "GeneratedUsers",
    "Link",
    "Name",
    "Organization",
    "Review",
    "ReviewGroup",
    "Scenario",
    "ServiceAccount",
    "Session",
    "SignIn",
    "Span",
    "TimeWindow",
    "Token",
    "User",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What a world starts with, and what happens in it."""

    mockhoop: Annotated[Annotated[int, Version(LANGUAGE_VERSION)], "1, the version of the language."]
    title: Annotated[str, "What the scenario is about, in one line."] = ""
    description: Annotated[str, "What it shows, at any length."] = ""
    seed: Annotated[int | None, "The seed of all that is generated; `--seed` wins over it."] = None
    clock: Annotated[Clock, "The clock; when left out, the time is real."] = Clock()
    organization: Annotated[Organization, "The tenant that everything belongs to."] = Organization()
    users: Annotated[tuple[User | GeneratedUsers, ...], "Who can sign in."] = ()
    connections: Annotated[tuple[Connection, ...], "What can be reached."] = ()
    sessions: Annotated[tuple[Session | GeneratedSessions, ...], "What was done."] = ()
    executions: Annotated[tuple[Execution, ...], "What comes of running scripts; the first that fits counts."] = ()
    api_key: Annotated[
        Token | None,
        "The gateway's own key, for the header `Api-Key`: who has it is an admin; when left out, there is none.",
    ] = None
    api_keys: Annotated[tuple[ApiKey, ...], "The keys of the organization, for programs."] = ()
    service_accounts: Annotated[tuple[ServiceAccount, ...], "Programs that sign in as people do."] = ()
    sign_in: Annotated[SignIn, "How people sign in."] = SignIn()
    items: Annotated[
        tuple[PutItem, ...], "What else is remembered at the beginning, such as guard rails, or the pets of a shop."
    ] = ()
    downloads: Annotated[Downloads, "The download links."] = Downloads()
    include: Annotated[
        tuple[Name, ...], "Scenarios below this one: shipped ones by name, or paths from this file."
    ] = ()
    states: Annotated[tuple[State, ...], "The states of the scenario; it begins in the first one."] = ()
    timeline: Annotated[tuple[TimelineEntry, ...], "What happens by itself."] = ()
    faults: Annotated[tuple[Fault, ...], "What goes wrong."] = ()
    answers: Annotated[tuple[Answer, ...], "What calls are answered, whatever the world would say."] = ()
    progress: Annotated[Progress, "How what takes its time goes on by itself."] = Progress()
    expect: Annotated[tuple[Expectation, ...], "Calls with what must come of them."] = ()
