"""The state machine of reviews: every check in its order, and what becomes of a review (sections 7.3 to 7.6)."""

from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest

from mockhoop.gateway.access import Caller
from mockhoop.gateway.bodies import ReviewRequest
from mockhoop.gateway.records import (
    REVIEW_STATUSES,
    Connection,
    Refusal,
    Review,
    Reviewer,
    ReviewGroup,
    Session,
    TimeWindow,
)
from mockhoop.gateway.releases import Release
from mockhoop.gateway.reviews import Case, decide, needed, session_after
from mockhoop.gateway.times import SECOND

NOW = 1_721_922_995_317_601_123  # 2024-07-25T15:56:35.317601123Z
EARLIER = NOW - 600 * SECOND
MINUTES_30 = 1800 * SECOND
OWNER = "erin"
LATEST, SEED = Release.parse("1.148.0"), Release.parse("1.49.10")
REQUESTS = ("APPROVED", "REJECTED", "REVOKED")
TYPES = ("onetime", "jit")
WINDOW = TimeWindow(type="time_range", configuration={"start_time": "09:00", "end_time": "18:00"})
OTHER_WINDOW = TimeWindow(type="anything", configuration={"start_time": "22:00", "end_time": "06:00"})
NEW_ID = "new-entry"

PREFIX = "failed updating review status: "
WRONG_STATE = Refusal(400, "review is in wrong state")
SELF_APPROVAL = Refusal(400, "unable to self approve review")
NOT_ELIGIBLE = Refusal(400, "not eligible for review")
NO_CONNECTION = Refusal(500, PREFIX + "failed fetching connection for review, err=<nil>")
SECOND_WINDOW = Refusal(500, PREFIX + "time window can only be set once")
UNKNOWN_STATUS = Refusal(500, PREFIX + "unknown status")
NOT_FOUND = Refusal(500, PREFIX + "review not found")

Statuses = tuple[tuple[str, str], ...]
"""Names of groups with their statuses, in order."""


def caller(subject: str, *groups: str) -> Caller:
    return Caller(subject, f"{subject}@example.com", subject.title(), groups, f"U-{subject}")


ROLES = {
    "owner": caller(OWNER, "engineering"),
    "owner without groups": caller(OWNER),
    "owner in a group": caller(OWNER, "engineering", "sre"),
    "owner in the force list": caller(OWNER, "leads"),
    "admin owner": caller(OWNER, "staff", "admin"),
    "admin owner in a group": caller(OWNER, "admin", "dba"),
    "member": caller("dora", "dba"),
    "member of two": caller("mia", "sre", "dba"),
    "member of all": caller("max", "dba", "sre", "ops"),
    "member in the force list": caller("lee", "sre", "leads"),
    "only in the force list": caller("lena", "leads"),
    "admin": caller("ada", "staff", "admin"),
    "admin in a group": caller("amy", "admin", "sre"),
    "admin in the force list": caller("art", "admin", "leads"),
    "auditor": caller("otto", "auditor"),
    "stranger": caller("nick", "engineering"),
    "stranger without groups": caller("nora"),
}


def groups_of(statuses: Statuses, *, forced: str = "") -> tuple[ReviewGroup, ...]:
    """Entries as they stand in a review that was begun earlier."""
    before = Reviewer(id="before", email="before@example.com")
    return tuple(
        ReviewGroup(id=f"id-{name}", group=name)
        if status == "PENDING"
        else ReviewGroup(
            id=f"id-{name}",
            group=name,
            status=status,
            reviewed_by=before,
            review_date=EARLIER,
            forced_review=name == forced,
        )
        for name, status in statuses
    )


def make_review(status: str = "PENDING", kind: str = "onetime", statuses: Statuses = (), **more: Any) -> Review:
    return Review(
        id="review",
        type=kind,
        status=status,
        created_at=EARLIER,
        access_duration=MINUTES_30 if kind == "jit" else 0,
        **{"groups": groups_of(statuses), **more},
    )


def make_connection(**more: Any) -> Connection:
    return Connection(id="c", name="pgdemo", type="database", **more)


SESSION = Session(
    id="session",
    org_id="o",
    connection="pgdemo",
    type="database",
    verb="exec",
    status="open",
    started=EARLIER,
    user_id=OWNER,
    user="erin@example.com",
)


def put(
    review: Review,
    who: Caller,
    status: str = "APPROVED",
    *,
    connection: Connection | None = None,
    gone: bool = False,
    release: Release = LATEST,
    now: int = NOW,
    **request: Any,
) -> Review | Refusal:
    """What becomes of a review that ``who`` decides; ``gone`` takes its connection away."""
    case = Case(
        review=review,
        session=replace(SESSION, review=review),
        connection=None if gone else connection or make_connection(),
        caller=who,
        now=now,
        new_id=NEW_ID,
    )
    return decide(case, ReviewRequest(status=status, **request), release)


def done(outcome: Review | Refusal) -> Review:
    assert isinstance(outcome, Review), outcome
    return outcome


def statuses_of(review: Review) -> Statuses:
    return tuple((group.group, group.status) for group in review.groups)


def entry(review: Review, name: str) -> ReviewGroup:
    return next(group for group in review.groups if group.group == name)


# The table of section 7.5, for a review of one group, decided by its member.

REVOKED_ONETIME = NOT_FOUND
TRANSITIONS: dict[tuple[str, str], tuple[str | Refusal, str | Refusal]] = {
    # from, requested                onetime          jit
    ("PENDING", "APPROVED"): ("APPROVED", "APPROVED"),
    ("PENDING", "REJECTED"): ("REJECTED", "REJECTED"),
    ("PENDING", "REVOKED"): (WRONG_STATE, WRONG_STATE),
    ("APPROVED", "APPROVED"): ("APPROVED", "APPROVED"),
    ("APPROVED", "REJECTED"): ("REJECTED", "REJECTED"),
    ("APPROVED", "REVOKED"): (REVOKED_ONETIME, "REVOKED"),
    ("REJECTED", "APPROVED"): (WRONG_STATE, WRONG_STATE),
    ("REJECTED", "REJECTED"): (WRONG_STATE, WRONG_STATE),
    ("REJECTED", "REVOKED"): (WRONG_STATE, WRONG_STATE),
    ("REVOKED", "APPROVED"): (WRONG_STATE, WRONG_STATE),
    ("REVOKED", "REJECTED"): (WRONG_STATE, WRONG_STATE),
    ("REVOKED", "REVOKED"): (WRONG_STATE, WRONG_STATE),
    ("PROCESSING", "APPROVED"): (WRONG_STATE, WRONG_STATE),
    ("PROCESSING", "REJECTED"): (WRONG_STATE, WRONG_STATE),
    ("PROCESSING", "REVOKED"): (WRONG_STATE, WRONG_STATE),
    ("EXECUTED", "APPROVED"): (WRONG_STATE, WRONG_STATE),
    ("EXECUTED", "REJECTED"): (WRONG_STATE, WRONG_STATE),
    ("EXECUTED", "REVOKED"): (WRONG_STATE, WRONG_STATE),
    ("UNKNOWN", "APPROVED"): (WRONG_STATE, WRONG_STATE),
    ("UNKNOWN", "REJECTED"): (WRONG_STATE, WRONG_STATE),
    ("UNKNOWN", "REVOKED"): (WRONG_STATE, WRONG_STATE),
} | {(status, "foo"): (UNKNOWN_STATUS, UNKNOWN_STATUS) for status in REVIEW_STATUSES}


@pytest.mark.parametrize("force", [False, True], ids=["voted", "forced"])
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("before", "requested"), TRANSITIONS, ids="-".join)
def test_a_review_goes_where_the_table_says(before: str, requested: str, kind: str, force: bool) -> None:
    """Section 7.5."""
    expected = TRANSITIONS[before, requested][TYPES.index(kind)]
    review = make_review(before, kind, (("dba", "APPROVED" if before == "APPROVED" else "PENDING"),))
    trusted = make_connection(force_approve_groups=("dba",))
    outcome = put(review, ROLES["member"], requested, connection=trusted, force=force)
    assert (outcome.status if isinstance(outcome, Review) else outcome) == expected


def test_the_table_is_complete() -> None:
    assert set(TRANSITIONS) == set(product(REVIEW_STATUSES, (*REQUESTS, "foo")))


# Who may do what with a pending review of dba and sre (section 7.4). An outcome is the review's status and its groups.

PENDING_TWO: Statuses = (("dba", "PENDING"), ("sre", "PENDING"))
UNCHANGED = ("PENDING", PENDING_TWO)


def two(dba: str, sre: str, *more: tuple[str, str]) -> Statuses:
    return (("dba", dba), ("sre", sre), *more)


P, A, R = "PENDING", "APPROVED", "REJECTED"
MAY: dict[str, tuple[Any, Any]] = {
    # role                           approves                            rejects
    "owner": (SELF_APPROVAL, (R, two(P, P, ("engineering", R)))),
    "owner without groups": (SELF_APPROVAL, (R, two(P, P, ("", R)))),
    "owner in a group": (SELF_APPROVAL, (R, two(P, R))),
    "owner in the force list": (SELF_APPROVAL, (R, two(P, P, ("leads", R)))),
    "admin owner": (UNCHANGED, (R, two(P, P, ("admin", R)))),
    "admin owner in a group": ((P, two(A, P)), (R, two(R, P))),
    "member": ((P, two(A, P)), (R, two(R, P))),
    "member of two": ((A, two(A, A)), (R, two(R, R))),
    "member of all": ((A, two(A, A)), (R, two(R, R))),
    "member in the force list": ((P, two(P, A)), (R, two(P, R))),
    "only in the force list": (NOT_ELIGIBLE, NOT_ELIGIBLE),
    "admin": (UNCHANGED, (R, two(P, P, ("admin", R)))),
    "admin in a group": ((P, two(P, A)), (R, two(P, R))),
    "admin in the force list": (UNCHANGED, (R, two(P, P, ("admin", R)))),
    "auditor": (NOT_ELIGIBLE, NOT_ELIGIBLE),
    "stranger": (NOT_ELIGIBLE, NOT_ELIGIBLE),
    "stranger without groups": (NOT_ELIGIBLE, NOT_ELIGIBLE),
}


@pytest.mark.parametrize("requested", ["APPROVED", "REJECTED"])
@pytest.mark.parametrize("role", ROLES)
def test_who_may_decide_a_pending_review(role: str, requested: str) -> None:
    """Section 7.4, normal review."""
    outcome = put(make_review(statuses=PENDING_TWO), ROLES[role], requested)
    shown = (outcome.status, statuses_of(outcome)) if isinstance(outcome, Review) else outcome
    assert shown == MAY[role][requested == "REJECTED"]


V = "REVOKED"
MAY_REVOKE: dict[str, Any] = {
    "owner": two(A, A, ("engineering", V)),
    "owner without groups": two(A, A, ("", V)),
    "owner in a group": two(A, V),
    "owner in the force list": two(A, A, ("leads", V)),
    "admin owner": two(A, A, ("admin", V)),
    "admin owner in a group": two(V, A),
    "member": two(V, A),
    "member of two": two(V, V),
    "member of all": two(V, V),
    "member in the force list": two(A, V),
    "only in the force list": NOT_ELIGIBLE,
    "admin": two(A, A, ("admin", V)),
    "admin in a group": two(A, V),
    "admin in the force list": two(A, A, ("admin", V)),
    "auditor": NOT_ELIGIBLE,
    "stranger": NOT_ELIGIBLE,
    "stranger without groups": NOT_ELIGIBLE,
}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_revoke_access(role: str) -> None:
    """Section 7.4, normal review."""
    outcome = put(make_review("APPROVED", "jit", two(A, A)), ROLES[role], "REVOKED")
    assert (statuses_of(outcome) if isinstance(outcome, Review) else outcome) == MAY_REVOKE[role]
    assert isinstance(outcome, Refusal) or outcome.status == "REVOKED"


# Whose list counts when a review is forced. ``leads`` is the caller's group; the rule's list is null or a tuple.

LEADS = ("leads",)
FORCE_LISTS: list[tuple[str | None, tuple[str, ...] | None, tuple[str, ...], bool]] = [
    # rule     its list      the connection's   allowed
    (None, None, (), False),
    (None, None, LEADS, True),
    (None, LEADS, (), False),  # a list without a rule says nothing
    (None, (), LEADS, True),
    ("rule", LEADS, (), True),
    ("rule", LEADS, LEADS, True),
    ("rule", (), LEADS, False),  # empty is not null
    ("rule", ("others",), LEADS, False),
    ("rule", None, LEADS, True),  # null leaves it to the connection
    ("rule", None, (), False),
    ("", LEADS, (), False),  # an empty name is no rule
]


@pytest.mark.parametrize(("rule", "of_rule", "of_connection", "allowed"), FORCE_LISTS)
@pytest.mark.parametrize("role", ["only in the force list", "member in the force list", "admin in the force list"])
def test_who_may_force(
    role: str, rule: str | None, of_rule: tuple[str, ...] | None, of_connection: tuple[str, ...], allowed: bool
) -> None:
    """Section 7.4, forced review."""
    review = make_review(statuses=PENDING_TWO, access_request_rule_name=rule, force_approval_groups=of_rule)
    connection = make_connection(force_approve_groups=of_connection)
    outcome = put(review, ROLES[role], connection=connection, force=True)
    assert (outcome == NOT_ELIGIBLE) is not allowed


@pytest.mark.parametrize("role", ["admin", "admin in a group", "member", "auditor", "stranger"])
def test_nobody_forces_from_outside_the_list(role: str) -> None:
    """Section 7.4: admins included, and members of the review's groups."""
    trusting = make_connection(force_approve_groups=LEADS)
    assert put(make_review(statuses=PENDING_TWO), ROLES[role], connection=trusting, force=True) == NOT_ELIGIBLE


@pytest.mark.parametrize(("status", "allowed"), [("APPROVED", False), ("REJECTED", True)])
def test_an_owner_who_may_force_rejects_but_does_not_approve(status: str, allowed: bool) -> None:
    """Section 7.4: self-approval is looked at first."""
    trusting = make_connection(force_approve_groups=LEADS)
    outcome = put(
        make_review(statuses=PENDING_TWO), ROLES["owner in the force list"], status, connection=trusting, force=True
    )
    assert outcome == SELF_APPROVAL if not allowed else done(outcome).status == "REJECTED"


def test_a_forced_decision_adds_its_group_and_decides() -> None:
    """Section 7.4."""
    trusting = make_connection(force_approve_groups=LEADS)
    lena = ROLES["only in the force list"]
    after = done(put(make_review(statuses=PENDING_TWO), lena, connection=trusting, force=True))
    assert after.status == "APPROVED"
    assert statuses_of(after) == two(P, P, ("leads", A))
    assert entry(after, "leads") == ReviewGroup(
        id=NEW_ID,
        group="leads",
        status="APPROVED",
        reviewed_by=Reviewer(id="lena", name="Lena", email="lena@example.com", slack_id="U-lena"),
        review_date=NOW,
        forced_review=True,
    )


def test_a_forced_decision_of_a_group_that_is_asked_adds_nothing() -> None:
    """Section 7.4: only the group that may force is set, not the caller's other ones."""
    trusting = make_connection(force_approve_groups=("sre",))
    after = done(put(make_review(statuses=PENDING_TWO), ROLES["member of two"], connection=trusting, force=True))
    assert (after.status, statuses_of(after)) == ("APPROVED", two(P, A))
    assert [group.forced_review for group in after.groups] == [False, True]


@pytest.mark.parametrize("who", ["member", "admin", "admin in the force list"])
def test_that_a_review_was_forced_is_lost_at_the_next_update(who: str) -> None:
    """Section 7.4."""
    trusting = make_connection(force_approve_groups=LEADS)
    forced = done(
        put(make_review(statuses=PENDING_TWO), ROLES["only in the force list"], connection=trusting, force=True)
    )
    after = done(put(forced, ROLES[who], connection=trusting))
    assert not any(group.forced_review for group in after.groups)
    assert entry(after, "leads").status == "APPROVED"


def test_a_second_forced_decision_forgets_the_first() -> None:
    """Section 7.4."""
    trusting = make_connection(force_approve_groups=("leads", "sre"))
    review = make_review(statuses=PENDING_TWO)
    first = done(put(review, ROLES["only in the force list"], connection=trusting, force=True))
    second = done(put(first, ROLES["member of two"], connection=trusting, force=True))
    assert [(group.group, group.forced_review) for group in second.groups if group.status == "APPROVED"] == [
        ("sre", True),
        ("leads", False),
    ]


# How many approvals it takes, out of three groups (section 7.4). 0 approvals of a minimum cannot be asked for.

NEEDED: list[tuple[str | None, int | None, int | None, int]] = [
    # rule   its minimum  the connection's  needed
    (None, None, None, 3),
    (None, None, 1, 1),
    (None, None, 2, 2),
    (None, None, 9, 3),
    (None, 1, None, 3),  # a minimum without a rule says nothing
    (None, 1, 2, 2),
    ("rule", None, None, 3),
    ("rule", None, 1, 3),  # with a rule the connection's minimum says nothing
    ("rule", 1, None, 1),
    ("rule", 2, 1, 2),
    ("rule", 9, None, 3),
]


def asking(rule: str | None, of_rule: int | None, of_connection: int | None, statuses: Statuses) -> tuple[Any, Any]:
    review = make_review(statuses=statuses, access_request_rule_name=rule, min_approvals=of_rule)
    return review, make_connection(min_review_approvals=of_connection)


@pytest.mark.parametrize(("rule", "of_rule", "of_connection", "expected"), NEEDED)
def test_how_many_groups_must_approve(
    rule: str | None, of_rule: int | None, of_connection: int | None, expected: int
) -> None:
    """Section 7.4."""
    review, connection = asking(rule, of_rule, of_connection, (*PENDING_TWO, ("ops", P)))
    assert needed(review, connection) == expected


@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize(("rule", "of_rule", "of_connection", "enough"), NEEDED)
def test_exactly_enough_approvals_approve(
    rule: str | None, of_rule: int | None, of_connection: int | None, enough: int, before: int
) -> None:
    """Section 7.4, 3: neither fewer nor more."""
    statuses = tuple((name, A if place < before else P) for place, name in enumerate(("ops", "sre", "dba")))
    review, connection = asking(rule, of_rule, of_connection, statuses)
    after = done(put(review, ROLES["member"], connection=connection))
    assert after.status == ("APPROVED" if before + 1 == enough else "PENDING")


def test_one_approval_too_many_leaves_the_review_pending_for_good() -> None:
    """Section 7.4, 3."""
    review, one = asking("rule", 1, None, PENDING_TWO)
    both = done(put(review, ROLES["member of two"], connection=one))
    assert (both.status, statuses_of(both), both.revoke_at) == ("PENDING", two(A, A), None)
    for role in ("member", "member of two", "admin", "admin in a group"):
        assert done(put(both, ROLES[role], connection=one)).status == "PENDING"
    assert done(put(both, ROLES["admin"], "REJECTED", connection=one)).status == "REJECTED"


@pytest.mark.parametrize(
    ("statuses", "minimum", "after"),
    [
        pytest.param(two(P, P), None, "PENDING", id="none of two"),
        pytest.param(two(A, P), None, "PENDING", id="one of two"),
        pytest.param(two(A, A), None, "APPROVED", id="two of two"),
        pytest.param(two(A, P), 1, "APPROVED", id="one of one"),
        pytest.param(two(A, A), 1, "PENDING", id="two of one"),
    ],
)
def test_an_admin_from_outside_only_makes_the_approvals_be_counted(
    statuses: Statuses, minimum: int | None, after: str
) -> None:
    """Section 7.4, 2: no group is set."""
    connection = make_connection(min_review_approvals=minimum)
    review = make_review(statuses=statuses)
    approved = done(put(review, ROLES["admin"], connection=connection))
    assert (approved.status, approved.groups) == (after, review.groups)


# The checks and their order (section 7.3, rows 5 to 12), in every combination of what can be wrong.


class Wrong(NamedTuple):
    """What is wrong with a request. ``who`` is a role."""

    gone: bool
    window: str
    requested: str
    before: str
    kind: str
    who: str
    force: bool


CHECKS = (
    (5, NO_CONNECTION, lambda w: w.gone),
    (6, SECOND_WINDOW, lambda w: w.window == "second"),
    (7, UNKNOWN_STATUS, lambda w: w.requested not in REQUESTS),
    (8, WRONG_STATE, lambda w: w.before not in ("PENDING", "APPROVED")),
    (9, SELF_APPROVAL, lambda w: w.requested == "APPROVED" and w.who.startswith("owner")),
    (10, WRONG_STATE, lambda w: w.requested == "REVOKED" and w.before != "APPROVED"),
    (11, NOT_FOUND, lambda w: w.requested == "REVOKED" and w.kind == "onetime"),
    (12, NOT_ELIGIBLE, lambda w: w.who == "stranger" or (w.force and "force list" not in w.who)),
)
WRONGS = [
    Wrong(*wrong)
    for wrong in product(
        (False, True),
        ("none", "first", "second"),
        (*REQUESTS, "PENDING", "EXECUTED", ""),
        REVIEW_STATUSES,
        TYPES,
        ("owner", "owner in the force list", "admin owner", "member", "member in the force list", "admin", "stranger"),
        (False, True),
    )
]


def refusal_of(wrong: Wrong, release: Release = LATEST) -> Refusal | None:
    review = make_review(
        wrong.before, wrong.kind, PENDING_TWO, time_window=WINDOW if wrong.window == "second" else None
    )
    outcome = put(
        review,
        ROLES[wrong.who],
        wrong.requested,
        connection=make_connection(force_approve_groups=LEADS),
        gone=wrong.gone,
        release=release,
        time_window=None if wrong.window == "none" else OTHER_WINDOW,
        force=wrong.force,
    )
    return outcome if isinstance(outcome, Refusal) else None


@pytest.mark.parametrize(("row", "text"), [(row, text) for row, text, _ in CHECKS] + [(0, None)])
def test_the_first_check_that_fails_answers(row: int, text: Refusal | None) -> None:
    """Section 7.3: row 0 stands for those that pass them all."""
    firsts = {wrong: next((row for row, _, fails in CHECKS if fails(wrong)), 0) for wrong in WRONGS}
    cases = [wrong for wrong, first in firsts.items() if first == row]
    assert len(cases) > 20
    assert {refusal_of(wrong) for wrong in cases} == {text}


def test_older_releases_refuse_with_the_bare_text() -> None:
    """Section 9.2."""
    for wrong in WRONGS:
        refusal = refusal_of(wrong)
        bare = refusal and Refusal(refusal.status, refusal.message.removeprefix(PREFIX))
        assert refusal_of(wrong, SEED) == bare, wrong


# Everything against everything: an oracle on names and statuses, written straight from sections 7.3 to 7.5.


class Situation(NamedTuple):
    """A request on a review. ``lists`` are the force lists of rule and connection, ``minimums`` theirs too."""

    before: str
    requested: str
    kind: str
    role: str
    statuses: Statuses
    rule: str | None
    force: bool
    minimums: tuple[int | None, int | None]
    lists: tuple[tuple[str, ...] | None, tuple[str, ...]]


STARTS: tuple[Statuses, ...] = (
    (("dba", P), ("sre", P), ("ops", P)),
    (("dba", A), ("sre", P), ("ops", A)),
    (("sre", A), ("dba", A)),
    (("ops", P),),
    (),
)


def situations(before: str, requested: str, kind: str) -> Any:
    voted = product((False,), product((None, 1, 2), (None, 1, 2)), [(LEADS, LEADS)])
    forced = product((True,), [(None, 2)], product((None, (), LEADS, ("sre", "leads")), ((), LEADS, ("dba",))))
    for role, statuses, rule, settings in product(ROLES, STARTS, (None, "rule"), (*voted, *forced)):
        yield Situation(before, requested, kind, role, statuses, rule, *settings)


def oracle(told: Situation) -> Refusal | tuple[str, Statuses]:
    """The review's status and its groups after the request, or why not."""
    who = ROLES[told.role]
    owner, admin = who.subject == OWNER, "admin" in who.groups
    if told.before not in ("PENDING", "APPROVED"):
        return WRONG_STATE
    if told.requested == "APPROVED" and owner and not admin:
        return SELF_APPROVAL
    if told.requested == "REVOKED" and told.before != "APPROVED":
        return WRONG_STATE
    if told.requested == "REVOKED" and told.kind == "onetime":
        return NOT_FOUND
    entries = dict(told.statuses)
    if told.force:
        of_rule, of_connection = told.lists
        trusted = of_rule if told.rule is not None and of_rule is not None else of_connection
        chosen = [name for name in trusted if name in who.groups][:1]
        if not chosen:
            return NOT_ELIGIBLE
        return told.requested, tuple((entries | dict.fromkeys(chosen, told.requested)).items())
    mine = [name for name in entries if name in who.groups]
    if not mine and not owner and not admin:
        return NOT_ELIGIBLE
    entries |= dict.fromkeys(mine, told.requested)
    if told.requested != "APPROVED":
        if not mine:
            entries["admin" if admin else (*who.groups, "")[0]] = told.requested
        return told.requested, tuple(entries.items())
    minimum = told.minimums[0] if told.rule is not None else told.minimums[1]
    wanted = len(entries) if minimum is None else min(len(entries), minimum)
    approved = list(entries.values()).count("APPROVED")
    return ("APPROVED" if approved == wanted else told.before), tuple(entries.items())


def asked(told: Situation) -> tuple[Review, Review | Refusal]:
    review = make_review(
        told.before,
        told.kind,
        told.statuses,
        access_request_rule_name=told.rule,
        min_approvals=told.minimums[0],
        force_approval_groups=told.lists[0],
    )
    connection = make_connection(min_review_approvals=told.minimums[1], force_approve_groups=told.lists[1])
    return review, put(review, ROLES[told.role], told.requested, connection=connection, force=told.force)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("requested", REQUESTS)
@pytest.mark.parametrize("before", REVIEW_STATUSES)
def test_every_situation_comes_out_as_the_rules_say(before: str, requested: str, kind: str) -> None:
    """Sections 7.3 to 7.5."""
    for told in situations(before, requested, kind):
        review, outcome = asked(told)
        shown = (outcome.status, statuses_of(outcome)) if isinstance(outcome, Review) else outcome
        assert shown == oracle(told), told
        if isinstance(outcome, Review):
            check_the_rest(told, review, outcome)


def check_the_rest(told: Situation, before: Review, after: Review) -> None:
    """Who decided is noted where something was decided, and nothing else has changed (section 7.4)."""
    touched = [group for group in after.groups if group.review_date == NOW]
    assert all(group.status == told.requested for group in touched), told
    assert all(group.reviewed_by.id == ROLES[told.role].subject for group in touched if group.reviewed_by), told
    assert [group.forced_review for group in touched] == [told.force] * len(touched), told
    kept = [group for group in after.groups if group not in touched]
    assert all(group in before.groups for group in kept), told
    until = NOW + before.access_duration if after.status == "APPROVED" else before.revoke_at
    assert after == replace(before, status=after.status, groups=after.groups, revoke_at=until), told


# What else an update leaves behind


def test_an_earlier_decision_for_the_group_is_written_over() -> None:
    """Section 7.4, 1."""
    review = make_review(groups=groups_of(two(A, P), forced="dba"))
    after = done(put(review, ROLES["member"]))
    reviewer = Reviewer(id="dora", name="Dora", email="dora@example.com", slack_id="U-dora")
    assert entry(after, "dba") == ReviewGroup(
        id="id-dba", group="dba", status="APPROVED", reviewed_by=reviewer, review_date=NOW, forced_review=False
    )


@pytest.mark.parametrize(("kind", "until"), [("onetime", NOW), ("jit", NOW + MINUTES_30)])
def test_an_approval_says_until_when_it_holds(kind: str, until: int) -> None:
    """Section 7.4, 5."""
    assert done(put(make_review(kind=kind, statuses=(("dba", P),)), ROLES["member"])).revoke_at == until


@pytest.mark.parametrize(("kind", "until"), [("onetime", 0), ("jit", MINUTES_30)])
@pytest.mark.parametrize("role", ["member", "admin"])
def test_a_repeated_approval_counts_the_time_anew(role: str, kind: str, until: int) -> None:
    """Sections 7.4, 5, and 7.5: also where nothing else changes."""
    review = make_review("APPROVED", kind, (("dba", A),), revoke_at=EARLIER + until)
    later = NOW + 60 * SECOND
    assert done(put(review, ROLES[role], now=later)).revoke_at == later + until


@pytest.mark.parametrize("requested", ["REJECTED", "REVOKED"])
def test_taking_an_approval_back_leaves_its_time(requested: str) -> None:
    """Section 7.4, 5."""
    review = make_review("APPROVED", "jit", (("dba", A),), revoke_at=EARLIER + MINUTES_30)
    assert done(put(review, ROLES["member"], requested)).revoke_at == EARLIER + MINUTES_30


REASONS = [
    # before, type, requested, reason, stored
    ("PENDING", "onetime", "REJECTED", "too risky", "too risky"),
    ("APPROVED", "jit", "REJECTED", "too risky", "too risky"),
    ("PENDING", "onetime", "REJECTED", "", None),
    ("PENDING", "onetime", "REJECTED", " ", " "),
    ("PENDING", "onetime", "APPROVED", "fine", None),
    ("APPROVED", "jit", "REVOKED", "over", None),
]


@pytest.mark.parametrize(("before", "kind", "requested", "reason", "stored"), REASONS)
def test_a_reason_is_kept_only_with_a_rejection(
    before: str, kind: str, requested: str, reason: str, stored: str | None
) -> None:
    """Section 7.3: and only a text that is not empty."""
    review = make_review(before, kind, (("dba", P),))
    assert done(put(review, ROLES["member"], requested, rejection_reason=reason)).rejection_reason == stored


WINDOWS = [
    # before, type, role, requested, stored
    ("PENDING", "onetime", "member of two", "APPROVED", True),
    ("PENDING", "onetime", "member", "APPROVED", True),  # also a partial approval
    ("PENDING", "onetime", "admin", "APPROVED", True),  # also one that sets no group
    ("APPROVED", "jit", "member", "APPROVED", True),
    ("PENDING", "onetime", "member", "REJECTED", False),
    ("APPROVED", "jit", "member", "REVOKED", False),
]


@pytest.mark.parametrize(("before", "kind", "role", "requested", "stored"), WINDOWS)
def test_a_time_window_is_kept_only_with_an_approval(
    before: str, kind: str, role: str, requested: str, stored: bool
) -> None:
    """Section 7.3: whatever its type."""
    after = done(put(make_review(before, kind, PENDING_TWO), ROLES[role], requested, time_window=OTHER_WINDOW))
    assert after.time_window == (OTHER_WINDOW if stored else None)


def test_a_time_window_stays_as_it_was_first_set() -> None:
    """Section 7.3, row 6."""
    first = done(put(make_review(statuses=PENDING_TWO), ROLES["member"], time_window=WINDOW))
    assert put(first, ROLES["admin in a group"], time_window=OTHER_WINDOW) == SECOND_WINDOW
    assert done(put(first, ROLES["admin in a group"])).time_window == WINDOW


# The effect on the session (section 7.6)

EFFECTS = {
    "PENDING": None,
    "APPROVED": "ready",
    "REJECTED": "done",
    "REVOKED": "done",
    "PROCESSING": None,
    "EXECUTED": None,
    "UNKNOWN": None,
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("before", ["open", "ready", "done"])
@pytest.mark.parametrize("status", EFFECTS)
def test_the_session_follows_its_review(status: str, before: str, kind: str) -> None:
    """Section 7.6: its status only; an update sets neither an end nor an exit code."""
    review = make_review(status, kind, (("dba", P),))
    session = replace(SESSION, status=before)
    assert session_after(session, review) == replace(session, status=EFFECTS[status] or before, review=review)


# The story of section 7.7


def test_two_groups_approve_one_after_the_other() -> None:
    """Section 7.7."""
    first = done(put(make_review(statuses=PENDING_TWO), ROLES["member"]))
    assert (first.status, statuses_of(first)) == ("PENDING", two(A, P))
    assert put(first, ROLES["owner in a group"]) == SELF_APPROVAL
    unchanged = done(put(first, ROLES["admin"]))
    assert unchanged == first
    second = done(put(unchanged, caller("sue", "sre")))
    assert (second.status, statuses_of(second)) == ("APPROVED", two(A, A))
    assert session_after(SESSION, second).status == "ready"
    third = done(put(second, ROLES["admin"], "REJECTED", rejection_reason="changed my mind"))
    assert session_after(SESSION, third).status == "done"
    assert {put(third, who, status) for who in ROLES.values() for status in REQUESTS} == {WRONG_STATE}
