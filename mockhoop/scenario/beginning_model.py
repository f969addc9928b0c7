"""What a world begins with, field by field: the types, limits and words from which it is read and documented.

Each field is ``Annotated`` with its documentation and, where a plain type does not say enough, with a kind. A
trailing underscore is not part of a key (``from_`` is written ``from``). A class may tell how else it is
written: ``MARK`` is the key that distinguishes it from the other choice, ``SHORTHAND`` the field that a bare
value stands for, ``ROW`` that it is a list of its fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from mockhoop.gateway.downloads import LINK_LIFETIME
from mockhoop.gateway.records import (
    AUTH_METHODS,
    CONNECTION_TYPES,
    GROUP_STATUSES,
    REVIEW_STATUSES,
    REVIEW_TYPES,
    SESSION_STATUSES,
    USER_STATUSES,
    VERBS,
)
from mockhoop.scenario.kinds import (
    ClockTime,
    Duration,
    OneOf,
    Payload,
    Real,
    Text,
    Uuid,
    When,
    Whole,
)
from mockhoop.scenario.times import NOW, Moment

MOST_GENERATED = 1_000_000

FRIENDLY_TYPES = {
    "app": "application",
    "cli": "command-line",
    "command": "command-line",
    "command_line": "command-line",
    "commandline": "command-line",
    "db": "database",
    "http": "httpproxy",
    "http-proxy": "httpproxy",
    "http_proxy": "httpproxy",
    "postgresql": "postgres",
    "sqlserver": "mssql",
}

Name = Annotated[str, Text(least=1)]
ConnectionName = Annotated[str, Text(least=1, most=128)]
Label = Annotated[str, Text(most=255)]
Token = Annotated[str, Text(least=1, pattern=r"[\x21-\x7e]+", of="printable ASCII characters without spaces")]
Correlation = Annotated[str, Text(most=255, pattern=r"[\x20-\x7e]*", of="printable ASCII characters")]
# The gateway's database refuses the other control characters (section 6.1).
Script = Annotated[str, Text(pattern=r"[^\x00-\x07\x0b\x0e-\x1f\x7f]*", of="printable characters")]
Id = Annotated[str, Uuid()]
At = Annotated[Moment, When()]
Length = Annotated[int, Duration()]
Count = Annotated[int, Whole(0, MOST_GENERATED)]
Weight = Annotated[int, Whole(0)]
Approvals = Annotated[int, Whole(1)]
SessionStatus = Annotated[str, OneOf(SESSION_STATUSES)]
ReviewStatus = Annotated[str, OneOf(REVIEW_STATUSES)]
UserStatus = Annotated[str, OneOf(USER_STATUSES)]
Verb = Annotated[str, OneOf(VERBS)]
Groups = tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The world's clock."""

    start: Annotated[At | None, "When the world starts; when left out, now."] = None
    frozen: Annotated[bool, "Whether time stands still until it is told to go on."] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The tenant that everything belongs to."""

    id: Annotated[Id | None, "Its id; when left out, made from the seed."] = None
    name: Annotated[Name | None, "Its name; when left out, `default`."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who can sign in."""

    name: Annotated[Name, "The name that is shown."]
    email: Annotated[Name, "The address by which sessions and reviews in a scenario refer to the user."]
    groups: Annotated[Groups, "The groups that the user belongs to; `admin` and `auditor` are special."] = ()
    token: Annotated[Token | None, "The bearer token; when left out, made from the seed."] = None
    subject: Annotated[Name | None, "What the gateway calls user id; when left out, the email."] = None
    status: Annotated[UserStatus, "Only active users can sign in."] = "active"
    slack_id: Annotated[str, "The user's id in Slack."] = ""
    password: Annotated[
        str | None, "For local sign-in; when left out, that of `sign_in`; an empty one lets nobody in."
    ] = None
    picture: Annotated[str, "The address of a picture."] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedUsers:
    """A number of users made from the seed."""

    MARK: ClassVar = "generate"

    generate: Annotated[Count, "How many, up to a million."]
    groups: Annotated[Groups, "The groups that each of them belongs to."] = ()
    status: Annotated[UserStatus, "Only active users can sign in."] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccount:  # section 2.1
    """A program that signs in with a token of the identity provider."""

    subject: Annotated[Name, "Its subject, which is its address too."]
    name: Annotated[Name, "The name that is shown."]
    groups: Annotated[Groups, "The groups that it belongs to."] = ()
    token: Annotated[Token | None, "The bearer token; when left out, made from the seed."] = None
    status: Annotated[UserStatus, "Only active ones can sign in."] = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:  # sections 2.4 and 2.5
    """How people sign in."""

    method: Annotated[
        Annotated[str, OneOf(AUTH_METHODS)], "With a password here (`local`), or with an identity provider."
    ] = "local"
    password: Annotated[str, "The password of users for whom none is told."] = "hoop"  # noqa: S105 - of a mock
    refresh: Annotated[
        bool, "Whether an expired token of the identity provider is renewed by the request that brings it."
    ] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A database or server that the gateway reaches."""

    name: Annotated[ConnectionName, "The name by which sessions refer to it."]
    type: Annotated[Annotated[str, OneOf(CONNECTION_TYPES, FRIENDLY_TYPES)], "What it is."]
    subtype: Annotated[
        str, "What exactly it is, for example `postgres`; scripts and recordings that are generated look like it."
    ] = ""
    reviewers: Annotated[Groups, "The groups that review what is done with it."] = ()
    tags: Annotated[Mapping[str, str] | None, "Tags; each session keeps those of its time."] = None
    resource_name: Annotated[str | None, "The resource behind it; when left out, the name."] = None
    id: Annotated[Id | None, "Its id; when left out, made from the seed."] = None
    min_review_approvals: Annotated[
        Approvals | None, "Approvals that are enough; when left out, all groups must approve."
    ] = None
    force_approve_groups: Annotated[Groups, "The groups that may force a review."] = ()
    more: Annotated[
        Mapping[str, Any], "Other properties, by their names in the API, such as `access_mode_exec: disabled`."
    ] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time, both ends included."""

    from_: Annotated[At, "The earliest moment."]
    to: Annotated[At, "The latest moment."] = NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedSessions:
    """A number of sessions made from the seed. A weight says how often something is the case."""

    MARK: ClassVar = "generate"

    generate: Annotated[Count, "How many, up to a million."]
    started: Annotated[Span | None, "When they started; when left out, in the last 30 days."] = None
    verb: Annotated[Mapping[Verb, Weight] | None, "Weights of the verbs; when left out, all `exec`."] = None
    status: Annotated[
        Mapping[SessionStatus, Weight] | None,
        "Weights of the statuses of those without a review; when left out, all `done`.",
    ] = None
    review: Annotated[
        Mapping[Annotated[str, OneOf(("none", *REVIEW_STATUSES))], Weight] | None,
        "Weights of the statuses of their reviews, and of `none`; when left out, no session has a review.",
    ] = None
    users: Annotated[Groups, "The emails of who runs them; when left out, all active users."] = ()
    connections: Annotated[Groups, "The connections they use; when left out, all connections."] = ()
    batch: Annotated[Label | None, "The `session_batch_id` that they share."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:  # section 4.4
    """One event of a recording, written as a list: ``[0.27, o, "hello\\n"]``."""

    ROW: ClassVar = True

    seconds: Annotated[Annotated[float, Real(0)], "Seconds since the recording started; never less than before."]
    kind: Annotated[
        Annotated[str, OneOf(("i", "o", "e", "b"))],
        "`i` for input, `o` for output, `e` for the closing error text, `b` for a bitmap.",
    ]
    payload: Annotated[Annotated[bytes, Payload()], "What was said: text, or `{base64: …}` for bytes."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGroup:
    """One group's part in a review; a bare name is a group for which the status follows from the review."""

    SHORTHAND: ClassVar = "group"

    group: Annotated[str, "The group's name."]
    status: Annotated[
        Annotated[str, OneOf(GROUP_STATUSES)] | None,
        "What the group decided; when left out, what the review's status needs.",
    ] = None
    by: Annotated[Name | None, "The email of who decided, or `API_KEY`; when left out, somebody suitable."] = None
    at: Annotated[At | None, "When it was decided; when left out, some time after the review was created."] = None
    forced: Annotated[bool, "Whether the decision was forced upon the review."] = False
    id: Annotated[Id | None, "Its id; when left out, made from the seed."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHours:
    """Two times of day in UTC; when the end is before the start, the window reaches over midnight."""

    start_time: Annotated[Annotated[str, ClockTime()], "When the window opens."]
    end_time: Annotated[Annotated[str, ClockTime()], "When the window closes."]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWindow:  # section 7.3
    """When an approved session may run."""

    configuration: Annotated[DayHours, "The times."]
    type: Annotated[Name, "The gateway knows only `time_range`, but stores anything."] = "time_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of a session."""

    id: Annotated[Id | None, "Its id; when left out, made from the seed."] = None
    type: Annotated[
        Annotated[str, OneOf(REVIEW_TYPES)] | None, "When left out, `onetime` for `exec` and `jit` for `connect`."
    ] = None
    status: Annotated[ReviewStatus, "How it stands."] = "PENDING"
    groups: Annotated[
        tuple[ReviewGroup, ...] | None, "Who reviews; when left out, the connection's reviewers, else `admin`."
    ] = None
    created_at: Annotated[At | None, "When left out, when the session started."] = None
    access_duration: Annotated[
        Length | None, "How long a `jit` review gives access; when left out, 30m. A `onetime` review has none."
    ] = None
    revoke_at: Annotated[At | None, "When access ends; when left out, the approval and the duration."] = None
    time_window: Annotated[TimeWindow | None, "When the session may run; when left out, always."] = None
    rule: Annotated[Name | None, "The access request rule that asked for it (`access_request_rule_name`)."] = None
    min_approvals: Annotated[
        Approvals | None, "Approvals that are enough, with a rule; when left out, all groups must approve."
    ] = None
    force_approval_groups: Annotated[Groups | None, "Groups that may force it, with a rule."] = None
    rejection_reason: Annotated[Name | None, "Why it was rejected."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:  # what follows from the review: section 7.6
    """One session, told in detail.

    The status, when left out, follows from the review: PENDING and PROCESSING give open, APPROVED gives
    ready, all others and no review at all give done.
    """

    user: Annotated[Name | None, "The email of who runs it, or `API_KEY`; `null`: a session without owner."]
    connection: Annotated[ConnectionName, "The name of the connection it uses."]
    id: Annotated[Id | None, "Its id; when left out, made from the seed."] = None
    verb: Annotated[Verb, "What is done: `exec` runs a script, `connect` opens a connection."] = "exec"
    status: Annotated[SessionStatus | None, "When left out, it follows from the review, else `done`."] = None
    started: Annotated[At, "When it started."] = NOW
    ended: Annotated[At | None, "When left out, a done session ended right after its last event."] = None
    script: Annotated[Script, "The input."] = ""
    events: Annotated[
        tuple[Event, ...] | None, "The recording; an empty list: an empty one, `null`: not even that."
    ] = ()
    wire_protocol: Annotated[bool, "Whether the recording is that of a database protocol."] = False
    exit_code: Annotated[
        Annotated[int, Whole(-(2**15), 2**15 - 1)] | None,
        "When left out, 0 for a session that ran, else none.",
    ] = None
    labels: Annotated[Mapping[str, str] | None, "Labels; `null`: unset."] = None
    metadata: Annotated[Mapping[str, Any] | None, "Metadata; `null`: unset."] = None
    integrations_metadata: Annotated[Mapping[str, Any] | None, "`jira_issue_key` and `jira_issue_url`."] = None
    metrics: Annotated[Mapping[str, Any] | None, "When left out, those of a session in its status."] = None
    batch: Annotated[Label | None, "The `session_batch_id`."] = None
    correlation_id: Annotated[Correlation | None, "What the client called the session."] = None
    review: Annotated[Review | None, "Its review; `null`: none."] = None
    ai_analysis: Annotated[Mapping[str, Any] | None, "What the analyser thought of the script."] = None
    guardrails_info: Annotated[tuple[Mapping[str, Any], ...] | None, "The guardrails that were hit."] = None
    identity_type: Annotated[Annotated[str, OneOf(("user", "machine"))], "Who runs it."] = "user"
    machine_identity_id: Annotated[Id | None, "The machine's id."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:  # section 4.3
    """A download link that waits to be used."""

    session: Annotated[Id, "The id of the session, which is told in detail."]
    token: Annotated[Token, "The token in the link."]
    expires: Annotated[At | None, "When left out, the world's start and the ttl."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """The download links of sessions."""

    ttl: Annotated[Annotated[int, Duration(least=1)], "How long a link can be used."] = LINK_LIFETIME
    enabled: Annotated[bool, "Whether sessions may be downloaded at all."] = True
    links: Annotated[tuple[Link, ...], "Links that are already there, at most one for each session."] = ()
