"""Sessions made from the seed: each a function of the seed and its own number, so that order does not matter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Connection, Event, Recording, Review, Session, User
from mockhoop.scenario import model
from mockhoop.scenario.defaults import status_after
from mockhoop.scenario.reviews import Reviewed, make_review
from mockhoop.scenario.sessions import (
    KILLED,
    Setting,
    end_of,
    owner_fields,
    standard_metrics,
    to_microseconds,
)
from mockhoop.scenario.times import SECOND
from mockhoop.values.chance import Chance
from mockhoop.world.table import Deferred

if TYPE_CHECKING:
    from mockhoop.values.transcripts import Transcript

_DEFAULT_SPAN = 30 * 86_400 * SECOND
_LONGEST = 3600 * SECOND  # half an hour until it is reviewed, and less than that until it has ended
# Only access for a time is revoked, and only scripts are processed and executed (sections 7.1 and 7.5).
_VERBS_OF_REVIEWS = {"REVOKED": "connect", "PROCESSING": "exec", "EXECUTED": "exec", "UNKNOWN": "exec"}
_NOTHING_FOUND = Event(0.0, "e", b"no log found on disk")
_RISKS = (
    ("low", "Reads a few rows", "The script reads data and changes nothing."),
    ("medium", "Touches personal data", "The script reads columns that hold personal data."),
    ("high", "Reads without a limit", "The script reads a whole table."),
)
_GUARDED = (
    {
        "rule_name": "personal-data",
        "rule": {"type": "pattern_match", "pattern_regex": r"[\w.-]+@example\.(com|net|org)"},
        "direction": "output",
        "message": "the output names people",
    },
)


class SessionGenerator:
    """Makes the sessions of one ``generate`` entry of a scenario."""

    def __init__(self, told: model.GeneratedSessions, setting: Setting, chance: Chance, latest: int) -> None:
        self._setting = setting
        self._chance = chance
        self._verbs: Mapping[str, int] = told.verb or {"exec": 1}
        self._statuses: Mapping[str, int] = told.status or {"done": 1}
        self._reviews: Mapping[str, int] = told.review or {"none": 1}
        self._batch = told.batch
        self._users = _chosen_users(told, setting)
        self._connections = [setting.connections[name] for name in told.connections or setting.connections]
        self._reviewer_groups = setting.people.groups()
        span = told.started
        self._from = span.from_.resolve(latest) if span is not None else latest - _DEFAULT_SPAN
        self._to = span.to.resolve(latest) if span is not None else latest
        self._recordings: dict[tuple[str, str, int], tuple[Transcript, Recording]] = {}

    def session(self, number: int) -> Deferred[Session]:
        """The session with this number in its entry: what it is found by now, what was said in it when it is read."""
        chance = self._chance.at(number)
        outline = self._outline(chance)
        return Deferred(outline, partial(self._filled, outline, chance))

    def _outline(self, chance: Chance) -> Session:
        connection = chance.choice(self._connections, "connection")
        review_status = chance.weighted(self._reviews, "review")
        verb = _VERBS_OF_REVIEWS.get(review_status) or chance.weighted(self._verbs, "verb")
        user = chance.choice(self._users, "user") if self._users else None
        started = self._started(chance)
        review = self._review(review_status, chance, connection, verb, user, started)
        return Session(
            id=chance.uuid("id"),
            org_id=self._setting.organization_id,
            connection=connection.name,
            type=connection.type,
            connection_subtype=connection.subtype,
            connection_tags=connection.tags or {},
            verb=verb,
            status=status_after(review.status) if review is not None else chance.weighted(self._statuses, "status"),
            started=started,
            review=review,
            session_batch_id=self._batch,
            **_extras(chance, verb, reviewed=review is not None),
            **owner_fields(user.email if user is not None else None, self._setting.people),
        )

    def _filled(self, outline: Session, chance: Chance) -> Session:
        content, recording = self._content(outline, chance)
        shown, ended, exit_code = _outcome(outline, recording, content, chance)
        size = shown.size if ended is not None else 0
        ran = outline.status == "done" and not _refused(outline.review)
        return replace(
            outline,
            ended=ended,
            script=content.script,
            exit_code=exit_code,
            event_size=size,
            recording=shown,
            metrics=None if ended is None else standard_metrics(size, _redacted(chance) if ran else None),
        )

    def _content(self, outline: Session, chance: Chance) -> "tuple[Transcript, Recording]":
        """What is said: one of a pool of transcripts, whose recordings the sessions share."""
        from mockhoop.values.transcripts import VARIANTS, transcript  # many modules, which an empty world never needs

        key = (outline.connection_subtype, outline.verb, chance.below(VARIANTS, "variant"))
        made = self._recordings.get(key)
        if made is None:
            found = transcript(self._chance, *key)
            events = (Event(*event) for event in found.events)
            made = self._recordings[key] = (found, make_recording(events, found.wire_protocol))
        return made

    def _started(self, chance: Chance) -> int:
        """Some time in the span, early enough for the session to end in it where the span is long enough."""
        latest = max(self._from, self._to - _LONGEST)
        return to_microseconds(self._from + chance.below(latest - self._from + 1, "started"))

    def _review(
        self, status: str, chance: Chance, connection: Connection, verb: str, user: User | None, started: int
    ) -> Review | None:
        if status == "none":
            return None
        groups: Sequence[str] = connection.reviewers
        if not groups and self._reviewer_groups:
            groups = (chance.choice(self._reviewer_groups, "review group"),)
        told = model.Review(
            status=status,
            groups=tuple(model.ReviewGroup(group=group) for group in groups) or None,
            rejection_reason="Not during business hours" if status == "REJECTED" else None,
        )
        about = Reviewed(user.email if user is not None else "", verb, started, connection)
        return make_review(told, about, self._setting.people, chance, self._setting.start)


def _chosen_users(told: model.GeneratedSessions, setting: Setting) -> list[User]:
    if told.users:
        return [setting.people.by_email[email] for email in told.users]
    return [user for user in setting.people.users if user.status == "active"]


def _refused(review: Review | None) -> bool:
    return review is not None and review.status in ("REJECTED", "REVOKED")


def _outcome(
    outline: Session, recording: Recording, content: "Transcript", chance: Chance
) -> tuple[Recording, int | None, int | None]:
    """The recording, end and exit code that go with a status (sections 4.5 and 7.6)."""
    review, started = outline.review, outline.started
    if _refused(review):
        # A waiting execution that the gateway still held is closed with a note; any other is only marked done.
        if review is not None and review.status == "REJECTED" and chance.happens(0.5, "still held"):
            return make_recording((_NOTHING_FOUND,)), _after_reviews(review, started), KILLED
        return make_recording(()), None, None
    if outline.status == "done":
        return recording, end_of(started, review, recording), content.exit_code
    if outline.status == "ready" or (review is not None and review.status == "PENDING"):
        return make_recording(()), None, None
    # Running: what was flushed so far is a beginning of the whole.
    return make_recording(recording.events[: len(recording.events) // 2], recording.wire_protocol), None, None


def _after_reviews(review: Review, started: int) -> int:
    dates = [group.review_date for group in review.groups if group.review_date is not None]
    return to_microseconds(max([started, *dates]) + SECOND)


def _redacted(chance: Chance) -> dict[str, int] | None:
    if not chance.happens(0.3, "redacted"):
        return None
    return {"EMAIL_ADDRESS": chance.between(1, 40, "emails"), "PERSON": chance.between(1, 20, "names")}


def _extras(chance: Chance, verb: str, *, reviewed: bool) -> dict[str, Any]:
    """What only some sessions have."""
    extras: dict[str, Any] = {}
    if chance.happens(0.15, "jira"):
        key = f"OPS-{chance.between(1, 400, 'issue')}"
        extras["integrations_metadata"] = {
            "jira_issue_key": key,
            "jira_issue_url": f"https://jira.example.com/browse/{key}",
        }
    if chance.happens(0.15, "correlated"):
        extras["correlation_id"] = f"deploy-{chance.between(1, 200, 'workflow')}"
    if chance.happens(0.1, "metadata"):
        extras["metadata"] = {"ticket": f"CHG-{chance.between(1000, 9999, 'ticket')}"}
    if chance.happens(0.05, "labels"):
        extras["labels"] = {"re-run-from": chance.uuid("re-run")}
    if verb == "exec" and chance.happens(0.15, "analysed"):
        level, title, explanation = chance.choice(_RISKS, "risk")
        extras["ai_analysis"] = {
            "risk_level": level,
            "title": title,
            "explanation": explanation,
            "action": "require_access_request" if reviewed else "allow_execution",
        }
    if chance.happens(0.05, "guarded"):
        extras["guardrails_info"] = _GUARDED
    if chance.happens(0.05, "machine"):
        extras["identity_type"] = "machine"
        extras["machine_identity_id"] = chance.uuid("machine")
    return extras
