"""What a scenario says about running scripts, and about the keys with which programs call."""

from dataclasses import dataclass
from typing import Annotated

from mockhoop.gateway.executions import OUTCOMES
from mockhoop.scenario.kinds import Duration, OneOf, Text, Uuid, Whole

Name = Annotated[str, Text(least=1)]
Pattern = Annotated[str, Text(least=1)]
Key = Annotated[str, Text(pattern=r"hpk_[\x21-\x7e]+", of="hpk_ and printable ASCII characters without spaces")]
ExitCode = Annotated[int, Whole(0, 2**15 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """Which scripts are meant. In patterns ``*`` stands for anything, ``?`` for one character, ``[…]`` for some."""

    connection: Annotated[Pattern, "Pattern for the connection's name."] = "*"
    script: Annotated[str, "Pattern for the whole script, in its letter case."] = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What comes of running a script."""

    when: Annotated[Fitting, "Which scripts are meant; when left out, all."] = Fitting()
    takes: Annotated[Annotated[int, Duration()], "How long it runs."] = 120_000_000
    output: Annotated[str, "What it writes; its lines come one after the other, at most one a second."] = ""
    stderr: Annotated[str, "What it writes as errors, after all else."] = ""
    exit_code: Annotated[ExitCode, "How it ends."] = 0
    outcome: Annotated[
        Annotated[str, OneOf(OUTCOMES)],
        "What comes of it: it `ran`, the agent is `offline`, exec is `disabled` on the connection, the AI analyser "
        "blocks it (`blocked`) or demands a `review`, after which it runs, or `guardrails` block it.",
    ] = "ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:  # section 2.1
    """A key of the organization, with which programs call."""

    name: Annotated[Name, "Its name, which is its address too."]
    key: Annotated[Key, "The bearer token; it begins with `hpk_`."]
    groups: Annotated[tuple[Name, ...], "The groups that decide what it may do."] = ()
    id: Annotated[Annotated[str, Uuid()] | None, "Its id; when left out, made from the seed."] = None
