"""What chance gives each generated session of that by which lists find it, in columns."""

from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property

from mockhoop.gateway.records import Connection, User
from mockhoop.scenario import model
from mockhoop.scenario.defaults import status_after
from mockhoop.scenario.sessions import MICROSECOND, Setting
from mockhoop.scenario.times import SECOND
from mockhoop.values.chance import Chance
from mockhoop.values.lots import Lots, column

NO_REVIEW = "none"
_DEFAULT_SPAN = 30 * 86_400 * SECOND
_LONGEST = 3600 * SECOND  # half an hour until it is reviewed, and less than that until it has ended
# Only access for a time is revoked, and only scripts are processed and executed (sections 7.1 and 7.5).
_VERBS_OF_REVIEWS = {"REVOKED": "connect", "PROCESSING": "exec", "EXECUTED": "exec", "UNKNOWN": "exec"}
# Fifteen in a hundred have an issue, as many belong to a workflow, and in thirty something was masked.
_ISSUES = (6_800, *[3] * 400)
_WORKFLOWS = (6_800, *[6] * 200)
_MASKED = (7, 3)


class Draws:
    """The columns of one ``generate`` entry of a scenario; each is drawn when it is first needed.

    ``issue`` and ``workflow`` are 0 for a session that has none.
    """

    def __init__(self, told: model.GeneratedSessions, setting: Setting, chance: Chance, latest: int) -> None:
        self.count = told.generate
        self._chance = chance
        self.connections: list[Connection] = [
            setting.connections[name] for name in told.connections or setting.connections
        ]
        self.users = _chosen_users(told, setting)
        self.groups = setting.people.groups()
        self.reviews, self.review = self._lots(told.review or {NO_REVIEW: 1}, "review")
        self.statuses, self.status = self._lots(told.status or {"done": 1}, "status")
        self._verbs, self._verb = self._lots(told.verb or {"exec": 1}, "verb")
        self.connection = self._even(len(self.connections), "connection")
        self.user = self._even(len(self.users), "user")
        self.group = self._even(len(self.groups), "review group")
        self.issue = Lots(chance, self.count, _ISSUES, "issue")
        self.workflow = Lots(chance, self.count, _WORKFLOWS, "workflow")
        self.masked = Lots(chance, self.count, _MASKED, "masked")
        self._first, self._steps = _span(told, latest)

    def started(self, number: int) -> int:
        """When a session started: any microsecond of the span, early enough to end in it where that is long enough."""
        return self._first + (self._instants[number] * self._steps >> 64) * MICROSECOND

    def times(self) -> "array[int]":
        """When each of them started."""
        first, steps = self._first, self._steps
        return array("q", [first + (drawn * steps >> 64) * MICROSECOND for drawn in self._instants])

    def review_status(self, number: int) -> str:
        """The status of a session's review, or that it has none."""
        return self.reviews[self.review[number]]

    def verb(self, number: int, review_status: str) -> str:
        """The verb: that of its review's status where there is only one."""
        return _VERBS_OF_REVIEWS.get(review_status) or self._verbs[self._verb[number]]

    def session_status(self, number: int, review_status: str) -> str:
        """The status: what its review makes of it, and without one what chance says."""
        return self.statuses[self.status[number]] if review_status == NO_REVIEW else status_after(review_status)

    def reviewers(self, number: int, connection: Connection) -> Sequence[str]:
        """The groups of a review: the connection's, else the one that was drawn."""
        drawn = self.group[number]
        return connection.reviewers or self.groups[drawn : drawn + 1]

    @cached_property
    def _instants(self) -> "array[int]":
        return column(self._chance, self.count, "Q", "started")

    def _lots(self, weights: Mapping[str, int], key: str) -> tuple[list[str], Lots]:
        return list(weights), Lots(self._chance, self.count, list(weights.values()), key)

    def _even(self, options: int, key: str) -> Lots:
        return Lots(self._chance, self.count, [1] * max(1, options), key)


def _chosen_users(told: model.GeneratedSessions, setting: Setting) -> list[User]:
    if told.users:
        return [setting.people.by_email[email] for email in told.users]
    return [user for user in setting.people.users if user.status == "active"]


def _span(told: model.GeneratedSessions, latest: int) -> tuple[int, int]:
    """The first microsecond in which one may start, and how many there are."""
    span = told.started
    first = span.from_.resolve(latest) if span is not None else latest - _DEFAULT_SPAN
    end = span.to.resolve(latest) if span is not None else latest
    last = max(first, end - _LONGEST)
    return first - first % MICROSECOND, (last - first) // MICROSECOND + 1
