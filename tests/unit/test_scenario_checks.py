"""Mistakes that show only when a whole scenario is looked at."""

import pytest

from mockhoop.errors import SourceError
from mockhoop.scenario.defaults import review_groups, review_type, session_status
from mockhoop.scenario.loader import parse_scenario
from mockhoop.scenario.model import Connection, Review, ReviewGroup, Scenario, Session

HEAD = """\
mockhoop: 1
users:
  - {name: Ada, email: ada@example.com, token: ada}
connections:
  - {name: pg, type: postgres, reviewers: [sre, dba]}
  - {name: quick, type: postgres, reviewers: [sre, dba, it], min_review_approvals: 2}
"""
ID = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"


def scenario(rest: str) -> Scenario:
    return parse_scenario(HEAD + rest, "f.yaml")


def problems(rest: str) -> list[str]:
    """The mistakes without their places."""
    with pytest.raises(SourceError) as caught:
        scenario(rest)
    return [
        f"{problem.pointer}: {problem.message}" + (f" ({problem.suggestion})" if problem.suggestion else "")
        for problem in caught.value.problems
    ]


def session(fields: str) -> str:
    """A scenario with one session; ``fields`` are added to those that must be there."""
    return f"sessions:\n  - {{user: ada@example.com, connection: pg, {fields}}}\n"


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        (
            "sessions: [{user: Ada@example.com, connection: pg}]",
            '/sessions/0/user: unknown user "Ada@example.com" (did you mean "ada@example.com"?)',
        ),
        (
            "sessions: [{user: null, connection: mysql}]",
            '/sessions/0/connection: unknown connection "mysql" (known connections: pg, quick)',
        ),
        (
            session("review: {status: APPROVED, groups: [{group: sre, by: eve}, dba]}"),
            '/sessions/0/review/groups/0/by: unknown user "eve" (known users: API_KEY, ada@example.com)',
        ),
        (
            "sessions: [{generate: 1, users: [eve], connections: [pgg]}]",
            '/sessions/0/users/0: unknown user "eve" (known users: ada@example.com)',
        ),
        (
            "sessions: [{generate: 1, connections: [pg, quik]}]",
            '/sessions/0/connections/1: unknown connection "quik" (did you mean "quick"?)',
        ),
        (
            f"downloads: {{links: [{{session: {ID}, token: t}}]}}",
            f'/downloads/links/0/session: unknown session "{ID}" (the scenario names no sessions)',
        ),
    ],
    ids=["user", "connection", "reviewer", "users", "connections", "link"],
)
def test_an_unknown_reference_is_told(rest: str, problem: str) -> None:
    assert problems(rest)[0] == problem


def test_the_key_of_the_gateway_itself_is_a_known_user() -> None:
    found = scenario(
        "sessions: [{user: API_KEY, connection: pg, "
        "review: {status: APPROVED, groups: [{group: sre, by: API_KEY}, dba]}}]"
    )
    assert [one.user for one in found.sessions if isinstance(one, Session)] == ["API_KEY"]


def test_an_entry_that_is_broken_otherwise_can_be_referred_to() -> None:
    text = HEAD.replace("token: ada", "tokn: ada").replace("min_review_approvals: 2", "min_review_approvals: 0")
    with pytest.raises(SourceError) as caught:
        parse_scenario(text + "sessions: [{generate: 1}, {user: ada@example.com, connection: quick}]", "f.yaml")
    assert [problem.pointer for problem in caught.value.problems] == [
        "/users/0/tokn",
        "/connections/1/min_review_approvals",
    ]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("token: ada}", "token: ada}\n  - {name: B, email: ada@example.com}", "/users/1/email: the email"),
        (
            "token: ada}",
            "token: ada}\n  - {name: B, email: b, subject: ada@example.com}",
            "/users/1/subject: the",
        ),
        ("token: ada}", "token: ada}\n  - {name: B, email: b, token: ada}", "/users/1/token: the token"),
        ("name: quick", "name: pg", "/connections/1/name: the name"),
    ],
    ids=["email", "subject", "token", "connection"],
)
def test_a_duplicate_is_told_with_where_it_was_first(before: str, after: str, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_scenario(HEAD.replace(before, after), "f.yaml")
    (found,) = caught.value.problems
    assert f"{found.pointer}: {found.message}".startswith(problem)
    first = 5 if "connections" in problem else 3
    assert found.suggestion == f"it is first used in f.yaml:{first}; choose another one"


def test_duplicate_ids_of_sessions_reviews_and_links_are_told() -> None:
    one = f"{{id: {ID}, user: null, connection: pg, review: {{id: {ID}}}}}"
    link = f"{{session: {ID}, token: t}}"
    found = problems(f"sessions: [{one}, {one.replace('1c', '1C')}]\ndownloads: {{links: [{link}, {link}]}}")
    assert [problem.split(":")[0] for problem in found] == [
        "/sessions/1/id",
        "/sessions/1/review/id",
        "/downloads/links/1/session",
    ]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("started: -1h, ended: -2h", "ended: the session ended before it started (swap the two)"),
        (
            "status: open, ended: now",
            "ended: a session that is open has not ended (leave it out, or say status: done)",
        ),
        (
            "status: ready, exit_code: 0",
            "exit_code: a session that is ready has no exit code yet (leave it out, or say status: done)",
        ),
        ("guardrails_info: []", "guardrails_info: the list is never empty (leave it out)"),
        (
            "events: [[0, o, a], [2, o, b], [1.5, o, c]]",
            "events/2/0: the event comes after 2 seconds, it cannot be at 1.5 (put the events in order)",
        ),
        ("events: [[-1, o, a]]", "events/0/0: expected a number of at least 0, not the number -1"),
        ("events: [[0, x, a]]", 'events/0/1: expected one of i, o, e, b, not "x"'),
        (
            "events: [[0, o, '']]",
            "events/0/2: an event without content is never recorded (leave the event out)",
        ),
        (
            'script: "\\e[1m"',
            'script: expected text of printable characters, not "\x1b[1m" (remove the other characters)',
        ),
        (
            "correlation_id: é",
            "correlation_id: expected text of printable ASCII characters, "
            'not "é" (remove the other characters)',
        ),
    ],
    ids=[
        "times", "open ended", "ready exit", "guardrails", "order", "negative", "kind", "payload", "script",
        "correlation",
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_is_told(fields: str, problem: str) -> None:
    assert problems(session(fields)) == [f"/sessions/0/{problem}"]


@pytest.mark.parametrize(
    ("clock", "started", "ended", "is_mistake"),
    [
        ("{}", "2024-01-01T00:00:00Z", "2023-01-01T00:00:00Z", True),
        ("{}", "now", "2023-01-01T00:00:00Z", False),
        ("{start: 2024-01-01T00:00:00Z}", "now", "2023-12-31T23:59:59Z", True),
        ("{start: 2024-01-01T00:00:00Z}", "now", "2024-01-01T00:00:00Z", False),
        ("{start: -1h}", "now", "2023-12-31T23:59:59Z", False),
    ],
    ids=["absolute", "unknown start", "known start", "at once", "relative start"],
)
def test_the_end_is_compared_only_where_both_times_are_known(
    clock: str, started: str, ended: str, is_mistake: bool
) -> None:
    rest = f"clock: {clock}\n" + session(f"started: {started}, ended: {ended}")
    if is_mistake:
        assert problems(rest) == ["/sessions/0/ended: the session ended before it started (swap the two)"]
    else:
        assert scenario(rest).sessions


@pytest.mark.parametrize(
    ("verb", "review", "status", "is_possible"),
    [
        ("exec", "PENDING", "open", True),
        ("exec", "PENDING", "ready", False),
        ("exec", "PENDING", "done", False),
        ("exec", "PENDING", "done, exit_code: 254", True),
        ("exec", "APPROVED", "ready", True),
        ("exec", "APPROVED", "open", False),
        ("exec", "APPROVED", "done", False),
        ("connect", "APPROVED", "ready", True),
        ("connect", "APPROVED", "open", True),
        ("connect", "APPROVED", "done", True),
        ("exec", "REJECTED", "done", True),
        ("exec", "REJECTED", "open", False),
        ("connect", "REVOKED", "done", True),
        ("connect", "REVOKED", "ready", False),
        ("exec", "PROCESSING", "open", True),
        ("exec", "PROCESSING", "ready", True),
        ("exec", "EXECUTED", "done", True),
        ("exec", "EXECUTED", "open", True),
        ("exec", "UNKNOWN", "done", True),
    ],
)
def test_the_status_of_a_session_agrees_with_its_review(verb: str, review: str, status: str, is_possible: bool) -> None:
    rest = session(f"verb: {verb}, review: {{status: {review}}}, status: {status}")
    if is_possible:
        assert scenario(rest).sessions
    else:
        (problem,) = problems(rest)
        assert problem.startswith("/sessions/0/status: a session whose ")
        assert f"review is {review} is" in problem


def test_the_message_about_a_status_says_what_it_could_be() -> None:
    assert problems(session("review: {}, status: done")) == [
        "/sessions/0/status: a session whose onetime review is PENDING is open, it cannot be done "
        "(leave the status out; a session that was killed has exit_code: 254)"
    ]


@pytest.mark.parametrize(
    ("review", "problem"),
    [
        (
            "status: APPROVED, groups: [{group: sre, status: PENDING}, dba]",
            "status: 2 of its groups must approve this review and 1 did, it cannot be APPROVED "
            "(approve more groups, or leave their statuses out)",
        ),
        (
            "status: PENDING, groups: [{group: sre, status: APPROVED}, {group: dba, status: APPROVED}]",
            "status: 2 of its groups must approve this review and 2 did, it cannot be PENDING "
            "(say status: APPROVED, or leave a group PENDING)",
        ),
        (
            "groups: [{group: sre, status: APPROVED}, dba, it], rule: r, min_approvals: 1",
            "status: 1 of its groups must approve this review and 1 did, it cannot be PENDING "
            "(say status: APPROVED, or leave a group PENDING)",
        ),
        (
            "groups: [{group: sre, status: APPROVED, forced: true}, dba]",
            "status: a forced approval approves the whole review, it cannot be PENDING "
            "(say status: APPROVED)",
        ),
        (
            "status: REJECTED, groups: [{group: sre, status: APPROVED}]",
            "status: no group is REJECTED, so the review cannot be "
            "(say which group did it: {group: …, status: REJECTED})",
        ),
        (
            "status: REVOKED, type: jit, groups: [{group: sre, status: APPROVED}]",
            "status: no group is REVOKED, so the review cannot be "
            "(say which group did it: {group: …, status: REVOKED})",
        ),
        (
            "groups: [{group: sre, status: REJECTED}, dba]",
            'groups/0/status: with "sre" REJECTED the whole review is, it cannot be PENDING '
            "(say status: REJECTED for the review)",
        ),
        (
            "groups: [{group: sre, by: ada@example.com}, dba]",
            'groups/0/by: "sre" is PENDING, nobody has decided for it yet '
            "(leave by out, or say what was decided)",
        ),
        (
            "groups: [sre, {group: dba, at: now}]",
            'groups/1/at: "dba" is PENDING, nobody has decided for it yet '
            "(leave at out, or say what was decided)",
        ),
        (
            "groups: [sre, {group: dba, forced: true}]",
            'groups/1/forced: "dba" is PENDING, nobody has decided for it yet '
            "(leave forced out, or say what was decided)",
        ),
        ("status: REVOKED", "status: a onetime review cannot be REVOKED (say type: jit)"),
        (
            "access_duration: 5m",
            "access_duration: a onetime review gives no access for a time (leave it out, or say type: jit)",
        ),
        (
            "revoke_at: now",
            "revoke_at: a onetime review has no revoke_at before it is approved (leave it out)",
        ),
        (
            "rejection_reason: why not",
            "rejection_reason: a review that is PENDING has no rejection_reason "
            "(leave it out, or say status: REJECTED)",
        ),
        (
            "min_approvals: 1",
            "min_approvals: only the review of an access request rule has min_approvals "
            "(say rule: with the rule's name, or set it on the connection)",
        ),
        (
            "force_approval_groups: [sre]",
            "force_approval_groups: only the review of an access request rule has force_approval_groups "
            "(say rule: with the rule's name, or set it on the connection)",
        ),
    ],
    ids=[
        "too few", "enough", "enough by rule", "forced", "nobody rejected", "nobody revoked", "rejected",
        "by", "at", "force on nothing", "onetime revoked", "duration", "revoke_at", "reason", "minimum",
        "forcers",
    ],
)  # fmt: skip
def test_a_review_that_cannot_be_is_told(review: str, problem: str) -> None:
    assert problems(session(f"review: {{{review}}}")) == [f"/sessions/0/review/{problem}"]


@pytest.mark.parametrize(
    "review",
    [
        "status: APPROVED, groups: [{group: sre, status: PENDING}, dba], rule: r, min_approvals: 1",
        "status: APPROVED, groups: [{group: a, status: PENDING}, {group: b, status: APPROVED, forced: true}]",
        "status: PENDING, groups: [{group: sre, status: APPROVED, by: ada@example.com, at: now}, dba]",
        # More approvals than are needed leave the review as it was (section 7.4, 3).
        "groups: [{group: a, status: APPROVED}, {group: b, status: APPROVED}], rule: r, min_approvals: 1",
        # A rule's review is marked EXECUTED by a mere attempt (section 6.2).
        "status: EXECUTED, rule: r, groups: [{group: a, status: PENDING}]",
        "status: REJECTED, rejection_reason: no, groups: [dba, {group: sre, status: REJECTED, forced: true}]",
        "status: REVOKED, type: jit, groups: [sre, dba]",
        "status: PENDING, type: jit, access_duration: 1h, revoke_at: +1h",
        "status: PENDING, groups: []",
        "status: PENDING, time_window: {configuration: {start_time: 9:00, end_time: '06:30'}}",
    ],
)
def test_a_review_that_can_be_is_taken(review: str) -> None:
    assert scenario(session(f"review: {{{review}}}")).sessions


def test_a_connection_can_ask_for_fewer_approvals_than_it_has_reviewers() -> None:
    review = "review: {status: APPROVED, groups: [{group: a, status: APPROVED}, {group: b, status: PENDING}, c]}"
    assert scenario(f"sessions: [{{user: null, connection: quick, {review}}}]").sessions
    with pytest.raises(SourceError, match="3 of its groups must approve this review and 2 did"):
        scenario(session(review))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("generate: -1", "generate: expected a whole number from 0 to 1000000, not the number -1"),
        ("generate: 1000001", "generate: expected a whole number from 0 to 1000000, not the number 1000001"),
        (
            "generate: 1, started: {from: now, to: -1d}",
            "started/to: the end is before the beginning (swap the two)",
        ),
        (
            "generate: 1, verb: {exec: 0}",
            "verb: no weight is above 0 (give at least one of them a weight)",
        ),
        (
            "generate: 1, review: {}",
            "review: no weight is above 0 (give at least one of them a weight)",
        ),
        (
            "generate: 1, status: {done: -1}",
            "status/done: expected a whole number of at least 0, not the number -1",
        ),
    ],
)
def test_sessions_that_cannot_be_generated_are_told(fields: str, problem: str) -> None:
    assert problems(f"sessions: [{{{fields}}}]") == [f"/sessions/0/{problem}"]


def test_sessions_are_generated_only_where_there_are_users_and_connections() -> None:
    with pytest.raises(SourceError) as caught:
        parse_scenario("mockhoop: 1\nsessions: [{generate: 0}, {generate: 1}]", "f.yaml")
    assert str(caught.value).split("\n") == [
        "f.yaml:2:38: there is no connection that sessions could use (add a connection)",
        "f.yaml:2:38: there is no user who could run sessions (add a user)",
    ]


@pytest.mark.parametrize(
    ("review", "status"),
    [
        (None, "done"),
        ("PENDING", "open"),
        ("PROCESSING", "open"),
        ("APPROVED", "ready"),
        ("REJECTED", "done"),
        ("REVOKED", "done"),
        ("EXECUTED", "done"),
        ("UNKNOWN", "done"),
    ],
)
def test_the_status_of_a_session_follows_from_its_review(review: str | None, status: str) -> None:
    told = Session(user=None, connection="pg", review=Review(status=review) if review else None)
    assert session_status(told) == status
    assert session_status(Session(user=None, connection="pg", status="open", review=told.review)) == "open"


@pytest.mark.parametrize(
    ("given", "verb", "type_"), [(None, "exec", "onetime"), (None, "connect", "jit"), ("jit", "exec", "jit")]
)
def test_the_type_of_a_review_follows_from_the_verb(given: str | None, verb: str, type_: str) -> None:
    assert review_type(Review(type=given), verb) == type_


@pytest.mark.parametrize(
    ("status", "given", "settled"),
    [
        ("PENDING", (None, None, None), "PENDING PENDING PENDING"),
        ("PENDING", (None, "APPROVED", None), "PENDING APPROVED PENDING"),
        ("APPROVED", (None, None, None), "APPROVED APPROVED PENDING"),
        ("APPROVED", ("PENDING", None, None), "PENDING APPROVED APPROVED"),
        ("APPROVED", (None, None, "APPROVED"), "APPROVED PENDING APPROVED"),
        ("EXECUTED", (None, None, None), "APPROVED APPROVED PENDING"),
        ("REJECTED", (None, None, None), "REJECTED PENDING PENDING"),
        ("REJECTED", (None, "REJECTED", None), "PENDING REJECTED PENDING"),
        ("REJECTED", ("APPROVED", None, None), "APPROVED REJECTED PENDING"),
        ("REVOKED", (None, None, None), "REVOKED APPROVED APPROVED"),
        ("REVOKED", (None, None, "REVOKED"), "APPROVED APPROVED REVOKED"),
    ],
)
def test_the_groups_decide_what_the_status_of_their_review_needs(
    status: str, given: tuple[str | None, ...], settled: str
) -> None:
    connection = Connection(name="quick", type="postgres", min_review_approvals=2)
    groups = tuple(ReviewGroup(group=f"g{place}", status=one) for place, one in enumerate(given))
    found = review_groups(Review(status=status, groups=groups), connection)
    assert " ".join(str(group.status) for group in found) == settled


@pytest.mark.parametrize(("reviewers", "groups"), [(("sre", "dba"), ["sre", "dba"]), ((), ["admin"])])
def test_the_reviewers_of_a_connection_review_where_no_groups_are_named(
    reviewers: tuple[str, ...], groups: list[str]
) -> None:
    connection = Connection(name="pg", type="postgres", reviewers=reviewers)
    assert [group.group for group in review_groups(Review(), connection)] == groups
