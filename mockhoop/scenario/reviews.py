"""Reviews as a scenario tells them: what it leaves out follows from the review's status (sections 3b.4 and 7.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mockhoop.gateway.access import ADMIN_GROUP, AUDITOR_GROUP
from mockhoop.gateway.records import Connection, Review, Reviewer, ReviewGroup, TimeWindow, User
from mockhoop.scenario import model
from mockhoop.scenario.defaults import APPROVED_ONCE, review_groups, review_type
from mockhoop.scenario.times import SECOND
from mockhoop.values.chance import Chance

JIT_DURATION = 30 * 60 * SECOND
_MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class People:
    """The users of a world, by email and by group."""

    users: Sequence[User]
    by_email: Mapping[str, User]
    by_group: Mapping[str, Sequence[User]]

    @classmethod
    def of(cls, users: Sequence[User]) -> "People":
        """The given users."""
        by_group: dict[str, list[User]] = {}
        for user in users:
            for group in dict.fromkeys(user.groups):
                by_group.setdefault(group, []).append(user)
        return cls(users, {user.email: user for user in users}, by_group)

    def groups(self) -> list[str]:
        """The groups that may review, in a fixed order: all but those that stand for a role."""
        return sorted(self.by_group.keys() - {ADMIN_GROUP, AUDITOR_GROUP})

    def reviewer(self, email: str) -> Reviewer:
        """The reviewer with this address; the gateway's own key has no name (section 6.5)."""
        user = self.by_email.get(email)
        if user is None:
            return Reviewer(id=email, email=email)
        return Reviewer(id=user.subject, name=user.name, email=user.email, slack_id=user.slack_id)

    def someone_for(self, group: str, owner: str, chance: Chance) -> Reviewer:
        """A member of the group who is not the owner; failing that an admin, or the owner."""
        for candidates in (
            [user for user in self.by_group.get(group, ()) if user.email != owner],
            self.by_group.get(ADMIN_GROUP, ()),
        ):
            if candidates:
                return self.reviewer(chance.choice(candidates, "reviewer", group).email)
        return self.reviewer(owner)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review is about: the session's owner, verb and start, and its connection."""

    owner: str
    verb: str
    started: int
    connection: Connection


def make_review(told: model.Review, about: Reviewed, people: People, chance: Chance, start: int) -> Review:
    """The review record; ``start`` is the world's start, to which relative moments refer."""
    kind = review_type(told, about.verb)
    created = told.created_at.resolve(start) if told.created_at is not None else about.started
    groups = _groups(told, about, people, chance, created, start)
    duration = told.access_duration
    if duration is None:
        duration = JIT_DURATION if kind == "jit" else 0
    return Review(
        id=told.id.lower() if told.id else chance.uuid("review"),
        type=kind,
        status=told.status,
        created_at=created,
        access_duration=duration,
        revoke_at=_revoke_at(told, groups, created, duration, start),
        groups=groups,
        time_window=_time_window(told.time_window),
        access_request_rule_name=told.rule,
        min_approvals=told.min_approvals,
        force_approval_groups=told.force_approval_groups,
        rejection_reason=told.rejection_reason,
    )


def _groups(
    told: model.Review, about: Reviewed, people: People, chance: Chance, created: int, start: int
) -> tuple[ReviewGroup, ...]:
    listed = told.groups
    if listed is None and not about.connection.reviewers:
        listed = (model.ReviewGroup(group=ADMIN_GROUP),)
    settled = review_groups(told if listed is told.groups else replace(told, groups=listed), about.connection)
    groups = []
    for place, group in enumerate(settled):
        own = chance.at("group", place)
        decided = group.status != "PENDING"
        by = people.reviewer(group.by) if group.by else people.someone_for(group.group, about.owner, own)
        at = group.at.resolve(start) if group.at is not None else created + _delay(own)
        groups.append(
            ReviewGroup(
                id=group.id.lower() if group.id else own.uuid("id"),
                group=group.group,
                status=group.status or "PENDING",
                reviewed_by=by if decided else None,
                review_date=at if decided else None,
                forced_review=group.forced,
            )
        )
    return tuple(groups)


def _delay(chance: Chance) -> int:
    """How long a reviewer takes: from ten seconds to half an hour, in whole milliseconds."""
    return chance.between(10_000, 1_800_000, "review delay") * _MILLISECOND


def _revoke_at(
    told: model.Review, groups: tuple[ReviewGroup, ...], created: int, duration: int, start: int
) -> int | None:
    """Set at the approval that made the review APPROVED: then, plus the duration (section 7.4)."""
    if told.revoke_at is not None:
        return told.revoke_at.resolve(start)
    if told.status not in (*APPROVED_ONCE, "REVOKED"):
        return None
    # A revocation leaves it as the approval set it, and takes the place of one group's approval.
    approvals = (group.review_date for group in groups if group.status == "APPROVED")
    return max((date for date in approvals if date is not None), default=created) + duration


def _time_window(told: model.TimeWindow | None) -> TimeWindow | None:
    if told is None:
        return None
    hours = told.configuration
    return TimeWindow(type=told.type, configuration={"start_time": hours.start_time, "end_time": hours.end_time})
