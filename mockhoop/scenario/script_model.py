"""What happens in a world: the timeline, the faults, the states between which both change, and what must hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from mockhoop.gateway.records import REVIEW_STATUSES, SESSION_STATUSES, USER_STATUSES
from mockhoop.scenario.beginning_model import Connection, Event, GeneratedSessions, Session
from mockhoop.scenario.kinds import Duration, OneOf, Real, Text, Uuid, When, Whole
from mockhoop.scenario.times import Moment

Name = Annotated[str, Text(least=1)]
Id = Annotated[str, Uuid()]
Length = Annotated[int, Duration()]
At = Annotated[Moment, When()]
Pattern = Annotated[str, Text(least=1)]
OperationKey = Annotated[
    str, Text(pattern=r"[A-Z]+ /.*", of='a method and a path template, such as "GET /sessions/{session_id}"')
]
ItemPath = Annotated[str, Text(pattern=r"/.+", of="a path such as /pets/7")]
Url = Annotated[str, Text(pattern=r"https?://\S+", of="an http or https address")]
Groups = tuple[Name, ...]
KeptName = Annotated[str, Text(pattern=r"[A-Za-z_][A-Za-z0-9_]*", of="a name of letters, digits and _")]
Place = Annotated[
    str,
    Text(
        pattern=r"(?:/(?:[^~]|~[01])*|[-!#$%&'*+.^_`|~0-9A-Za-z]+)",
        of="a pointer such as /session_id, or the name of a header",
    ),
]

DROPS = ("before-headers", "reset", "empty", "mid-body", "garbage", "stall", "hang")
"""How an answer can be broken: closed or reset before a byte of it, without its body, cut in the middle of the body,
with garbage behind its head, standing still in its middle, or never sent."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A state of the scenario; a bare name is one that is not final."""

    SHORTHAND: ClassVar = "name"

    name: Annotated[Name, "Its name, to which `in` and `enter` refer."]
    final: Annotated[bool, "Whether nothing more happens once it is entered."] = False


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Which requests are meant: those for which everything that is given holds.

    In patterns ``*`` stands for anything, ``?`` for one character, ``[…]`` for some.
    """

    operation: Annotated[OperationKey | None, "The operation; when left out, any."] = None
    path: Annotated[Pattern | None, "Pattern for the path behind the base path, such as `/sessions/*/download`."] = None
    method: Annotated[Pattern | None, "Pattern for the method."] = None
    query: Annotated[Mapping[str, str] | None, "Patterns for the first values of query parameters, by name."] = None
    headers: Annotated[Mapping[str, str] | None, "Patterns for the values of headers, by name."] = None
    body: Annotated[Mapping[str, Any] | None, "Values of the keys of a JSON body; texts are patterns."] = None
    caller: Annotated[Pattern | None, "Pattern for the email of who calls."] = None
    session: Annotated[Id | None, "The id of the session that the request is about."] = None


@dataclass(frozen=True, kw_only=True)
class Occasion(Matching):
    """Requests at which something happens; of those that match, the nth and no other when that is given."""

    nth: Annotated[
        Annotated[int, Whole(1)] | None,
        "The how manyth of the requests that match; when left out, each. With `times`, each nth of them.",
    ] = None


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A state of things; all that is given must hold."""

    session: Annotated[Id | None, "The id of the session."] = None
    status: Annotated[Annotated[str, OneOf(SESSION_STATUSES)] | None, "The session's status."] = None
    review: Annotated[Annotated[str, OneOf(REVIEW_STATUSES)] | None, "The status of the session's review."] = None
    state: Annotated[Name | None, "The scenario's state."] = None


@dataclass(frozen=True, kw_only=True)
class Approve:
    """Approve the review of a session, as a member of a group would."""

    MARK: ClassVar = "approve"

    approve: Annotated[Id, "The session's id."]
    group: Annotated[Name | None, "For which group; when left out, for each that is pending."] = None
    by: Annotated[Name | None, "The email of who does it; when left out, somebody suitable."] = None


@dataclass(frozen=True, kw_only=True)
class Reject:
    """Reject the review of a session."""

    MARK: ClassVar = "reject"

    reject: Annotated[Id, "The session's id."]
    group: Annotated[Name | None, "For which group; when left out, for the first."] = None
    by: Annotated[Name | None, "The email of who does it; when left out, somebody suitable."] = None
    reason: Annotated[Name | None, "Why."] = None


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """Revoke an approved jit review."""

    MARK: ClassVar = "revoke"

    revoke: Annotated[Id, "The session's id."]
    group: Annotated[Name | None, "For which group; when left out, for the first."] = None
    by: Annotated[Name | None, "The email of who does it; when left out, somebody suitable."] = None


@dataclass(frozen=True, kw_only=True)
class Finish:
    """End a session, as its script would end it."""

    MARK: ClassVar = "finish"

    finish: Annotated[Id, "The session's id."]
    exit_code: Annotated[Annotated[int, Whole(-(2**15), 2**15 - 1)], "How it ends."] = 0


@dataclass(frozen=True, kw_only=True)
class Append:
    """Append events to the recording of a session that goes on; who watches its stream sees them."""

    MARK: ClassVar = "append"

    append: Annotated[Id, "The session's id."]
    events: Annotated[tuple[Event, ...], "The events; their seconds count from now."]


@dataclass(frozen=True, kw_only=True)
class Create:
    """Create sessions, told in detail or generated; now is the moment at which it happens."""

    MARK: ClassVar = "create"

    create: Annotated[Session | GeneratedSessions, "The session, as in the list of sessions."]


@dataclass(frozen=True, kw_only=True)
class Remove:
    """Remove a session, as the clean-up of old ones does."""

    MARK: ClassVar = "remove"

    remove: Annotated[Id, "The session's id."]


@dataclass(frozen=True, kw_only=True)
class ExpireLink:
    """Let the pending download link of a session expire."""

    MARK: ClassVar = "expire_link"

    expire_link: Annotated[Id, "The session's id."]


@dataclass(frozen=True, kw_only=True)
class ExpireToken:
    """Let the bearer token of a user expire: from now on it is refused."""

    MARK: ClassVar = "expire_token"

    expire_token: Annotated[Name, "The user's email."]


@dataclass(frozen=True, kw_only=True)
class UserChange:
    """What becomes of a user; what is left out stays."""

    email: Annotated[Name, "The user's email."]
    name: Annotated[Name | None, "The name that is shown."] = None
    groups: Annotated[Groups | None, "The groups that the user belongs to from now on."] = None
    status: Annotated[Annotated[str, OneOf(USER_STATUSES)] | None, "Only active users can sign in."] = None
    token: Annotated[Name | None, "The bearer token from now on."] = None


@dataclass(frozen=True, kw_only=True)
class ChangeUser:
    """Change a user, or add one who is not there yet."""

    MARK: ClassVar = "user"

    user: Annotated[UserChange, "Who, and what becomes of the user."]


@dataclass(frozen=True, kw_only=True)
class ChangeConnection:
    """Put a connection in the place of the one with its name, or add it."""

    MARK: ClassVar = "connection"

    connection: Annotated[Connection, "The connection, as in the list of connections."]


@dataclass(frozen=True, kw_only=True)
class RemoveConnection:
    """Remove a connection; its sessions stay."""

    MARK: ClassVar = "remove_connection"

    remove_connection: Annotated[Name, "The connection's name."]


@dataclass(frozen=True, kw_only=True)
class PutItem:
    """Put an item into a collection of the document, or change the one that is there."""

    MARK: ClassVar = "item"

    item: Annotated[ItemPath, "Its own path behind the base path, such as `/pets/7`."]
    fields: Annotated[Mapping[str, Any], "What it has from now on; the rest stays, or is made up."] = field(
        default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class RemoveItem:
    """Remove an item from a collection of the document, or with `*` as the last step all of them."""

    MARK: ClassVar = "remove_item"

    remove_item: Annotated[ItemPath, "Its own path behind the base path, such as `/pets/7` or `/pets/*`."]


@dataclass(frozen=True, kw_only=True)
class SendWebhook:
    """Send a webhook of the document."""

    MARK: ClassVar = "send"

    send: Annotated[Name, "Its name in the document."]
    to: Annotated[Url, "The address that it is sent to."]
    body: Annotated[Any, "The body; when left out, made from its schema."] = None


@dataclass(frozen=True, kw_only=True)
class Enter:
    """Enter another state of the scenario."""

    MARK: ClassVar = "enter"

    enter: Annotated[Name, "The state's name."]


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """Let another entry of the timeline happen."""

    MARK: ClassVar = "trigger"

    trigger: Annotated[Name, "The entry's name."]


@dataclass(frozen=True, kw_only=True)
class Restart:
    """Restart the gateway: what it holds in memory is lost (download links, running scripts, waiting clients)."""

    MARK: ClassVar = "restart"

    restart: Annotated[bool, "Write `true`."]


Action = (
    Approve
    | Reject
    | Revoke
    | Finish
    | Append
    | Create
    | Remove
    | ExpireLink
    | ExpireToken
    | ChangeUser
    | ChangeConnection
    | RemoveConnection
    | PutItem
    | RemoveItem
    | SendWebhook
    | Enter
    | Trigger
    | Restart
)


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """Something that happens by itself. It has one trigger: when, after, at, reached or told."""

    name: Annotated[
        Name | None, "By which `trigger` and the control API refer to it; when left out, `timeline-<index>`."
    ] = None
    in_: Annotated[Name | None, "Only in this state of the scenario; when left out, in any."] = None
    when: Annotated[Occasion | None, "At a request, before it is answered."] = None
    after: Annotated[Length | None, "After this time, from the world's start or from when the state is entered."] = None
    at: Annotated[At | None, "At this moment."] = None
    reached: Annotated[Reached | None, "As soon as things stand like this."] = None
    told: Annotated[bool, "Only when it is told to: by `trigger`, or through the control API."] = False
    times: Annotated[
        Annotated[int, Whole(1)] | None,
        "How often it happens at most; `null`: always. With `after`: so often, one after the other.",
    ] = 1
    do: Annotated[tuple[Action, ...], "What happens, in order."] = ()
    sequence: Annotated[
        tuple[tuple[Action, ...], ...],
        "What happens the first time, the second time and so on; `[]` for nothing. In the place of `do` and `times`.",
    ] = ()


@dataclass(frozen=True, kw_only=True)
class Respond:
    """An answer in the place of the real one; a bare number is its status."""

    SHORTHAND: ClassVar = "status"

    status: Annotated[Annotated[int, Whole(200, 599)], "The status."]
    body: Annotated[Any, "The body: a text as it stands, anything else as JSON; when left out, none."] = None
    headers: Annotated[Mapping[str, str] | None, "Headers beside the usual ones, by name."] = None


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """Any time in a range, each as likely as the others."""

    from_: Annotated[Length, "The shortest."]
    to: Annotated[Length, "The longest."]


@dataclass(frozen=True, kw_only=True)
class Normal:
    """A normal distribution; what would be below zero is zero."""

    mean: Annotated[Length, "The mean."]
    deviation: Annotated[Length, "The standard deviation."]


@dataclass(frozen=True, kw_only=True)
class Lognormal:
    """A lognormal distribution: most are quick, a few very slow."""

    median: Annotated[Length, "Half of them are quicker."]
    sigma: Annotated[Annotated[float, Real(0)], "The standard deviation of the logarithm."]


Percentile = Annotated[str, Text(pattern=r"p(?:0|[1-9]\d?(?:\.\d+)?|100)", of="p and a number up to 100, such as p99")]


@dataclass(frozen=True, kw_only=True)
class Delay:
    """How long an answer is held back; a bare duration is the same for all. Exactly one is given."""

    SHORTHAND: ClassVar = "fixed"

    fixed: Annotated[Length | None, "Always as long."] = None
    uniform: Annotated[Uniform | None, "Anything in a range."] = None
    normal: Annotated[Normal | None, "Around a mean."] = None
    lognormal: Annotated[Lognormal | None, "Mostly short, seldom very long."] = None
    percentiles: Annotated[
        Mapping[Percentile, Length] | None,
        "Durations by percentile, such as `{p50: 100ms, p99: 5s}`; linear in between.",
    ] = None


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """So many requests in a stretch of time; more are answered with 429 and Retry-After."""

    requests: Annotated[Annotated[int, Whole(1)], "How many, for each caller."]
    per: Annotated[Annotated[int, Duration(least=1)], "In how long a time; it begins with the first of them."]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with requests that match. Of those that fit a request, the first of each kind acts."""

    name: Annotated[
        Name | None, "By which the control API and the journal refer to it; when left out, `fault-<index>`."
    ] = None
    in_: Annotated[Name | None, "Only in this state of the scenario; when left out, in any."] = None
    when: Annotated[Matching, "Which requests; when left out, all."] = Matching()
    skip: Annotated[Annotated[int, Whole(0)], "How many of them pass before it acts."] = 0
    times: Annotated[Annotated[int, Whole(1)] | None, "How often it acts; when left out, always."] = None
    share: Annotated[Annotated[float, Real(0, 1)], "On which share of them it acts, drawn by the seed."] = 1.0
    respond: Annotated[Respond | None, "Answer this, and do nothing else."] = None
    delay: Annotated[Delay | None, "Hold the answer back."] = None
    drop: Annotated[Annotated[str, OneOf(DROPS)] | None, "Break the answer."] = None
    bytes_per_second: Annotated[Annotated[int, Whole(1)] | None, "Send the body no faster."] = None
    rate_limit: Annotated[RateLimit | None, "Answer no more requests than that."] = None
    expired_credentials: Annotated[bool, "Refuse the caller, as if the token had expired."] = False


@dataclass(frozen=True, kw_only=True)
class ReviewProgress:
    """When a review that a client caused is decided by itself; exactly one of after and reads is given."""

    after: Annotated[Length | None, "After this time; `0s`: at once."] = None
    reads: Annotated[Annotated[int, Whole(1)] | None, "When its session or review is read for the nth time."] = None
    to: Annotated[Annotated[str, OneOf(("APPROVED", "REJECTED"))], "How it is decided."] = "APPROVED"


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """When a script that a client runs ends, whatever executions say; exactly one of after and reads is given."""

    after: Annotated[Length | None, "After this time; `0s`: at once."] = None
    reads: Annotated[
        Annotated[int, Whole(1)] | None, "When its session is read for the nth time; the run is answered with 202."
    ] = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How what takes its time goes on by itself."""

    reviews: Annotated[ReviewProgress | None, "Reviews; when left out, people decide them."] = None
    runs: Annotated[RunProgress | None, "Scripts; when left out, as `executions` say."] = None


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A call with what must come of it; they are made in order, in one world.

    In its texts ``${name}`` stands for a value that was given or kept before; ``$${`` is written for a plain ``${``.
    """

    name: Annotated[Name | None, "What it shows, in a few words, for reports."] = None
    given: Annotated[
        Mapping[KeptName, Any] | None,
        "Values for this call and later ones, by name; `mockhoop verify --set` gives others in their place.",
    ] = None
    advance: Annotated[Length | None, "How much time goes by before the call; a gateway that is real has its own."] = (
        None
    )
    call: Annotated[
        Annotated[str, Text(pattern=r"[A-Z]+ (?:/|\$\{)\S*", of="a method and a path with its query")],
        "The call, such as `GET /sessions?limit=20`, or a link that was kept: `GET ${link}`.",
    ]
    user: Annotated[Name | None, "The email of who calls; when left out, the first admin."] = None
    with_: Annotated[
        Mapping[str, str] | None, "Headers that are sent beside the usual ones; one that is empty is not sent."
    ] = None
    send: Annotated[Any, "The JSON body that is sent."] = None
    status: Annotated[Annotated[int, Whole(100, 599)] | None, "The status."] = None
    broken: Annotated[bool, "Whether the answer breaks off or never comes."] = False
    headers: Annotated[Mapping[str, str] | None, "Patterns for headers of the answer, by name."] = None
    text: Annotated[Pattern | None, "Pattern for the body as a text."] = None
    body: Annotated[
        Any,
        "The JSON body, as far as it is told; `{length: n}` counts a list or a text, `{contains: …}` is one item of a "
        "list.",
    ] = None
    keep: Annotated[
        Mapping[KeptName, Place] | None,
        "What is kept of the answer for later calls, by name: a pointer into its body, such as `/session_id`, or the "
        "name of a header.",
    ] = None
