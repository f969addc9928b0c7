"""Sessions made from the seed: each a function of the seed and its own number, so that order does not matter."""

from array import array
from typing import TYPE_CHECKING, Any

from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Event, Recording, Review, Session
from mockhoop.scenario import model
from mockhoop.scenario.draws import NO_REVIEW, Draws
from mockhoop.scenario.reviews import Reviewed, make_review
from mockhoop.scenario.session_index import SessionIndex
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
from mockhoop.values.lots import NumberedIds
from mockhoop.world.table import Places

if TYPE_CHECKING:
    from mockhoop.values.transcripts import Transcript

_NOTHING_FOUND = Event(0.0, "e", b"no log found on disk")
_RISKS = (
    ("low", "Reads a few rows", "The script reads data and changes nothing."),
    ("medium", "Touches personal data", "The script reads columns that hold personal data."),
    ("high", "Reads without a limit", "The script reads a whole table."),
)
_GUARDRAILS = (
    {
        "rule_name": "personal-data",
        "rule": {"type": "pattern_match", "pattern_regex": r"[\w.-]+@example\.(com|net|org)"},
        "direction": "output",
        "message": "the output names people",
    },
)


_VARIANTS = 30  # as many transcripts there are for a subtype and a verb
# What each byte of a session's own digest decides.
_VARIANT, _HELD, _EMAILS, _NAMES, _METADATA, _LABELS, _ANALYSED, _GUARDED, _MACHINE = range(9)


class GeneratedSessions:
    """The sessions of one ``generate`` entry of a scenario, which a table has made when they are read."""

    def __init__(self, told: model.GeneratedSessions, setting: Setting, chance: Chance, latest: int) -> None:
        self._setting = setting
        self._chance = chance
        self._batch = told.batch
        self._draws = Draws(told, setting, chance, latest)
        self._ids = NumberedIds(chance.at("id"))
        self._review_ids = NumberedIds(chance.at("review id"))
        self._recordings: dict[tuple[str, str, int], tuple[Transcript, Recording]] = {}

    def __len__(self) -> int:
        return self._draws.count

    def times(self) -> "array[int]":
        """When each of them started."""
        return self._draws.times()

    def key(self, number: int) -> str:
        """The id of a session."""
        return self._ids.id_of(number)

    def number(self, key: str) -> int | None:
        """The number of the session with this id."""
        return self._ids.number_of(key, len(self))

    def index(self, places: Places) -> SessionIndex:
        """By what they are found."""
        return SessionIndex(self._draws, self._review_ids, self._batch, places)

    def make(self, number: int) -> Session:
        """The session with this number."""
        draws, dice = self._draws, self._chance.digest(number)
        connection = draws.connections[draws.connection[number]]
        user = draws.users[draws.user[number]] if draws.users else None
        review_status = draws.review_status(number)
        verb, status = draws.verb(number, review_status), draws.session_status(number, review_status)
        about = Reviewed(user.email if user is not None else "", verb, draws.started(number), connection)
        review = None if review_status == NO_REVIEW else self._review(number, review_status, about)
        content, whole = self._content(connection.subtype, verb, int(_share(dice, _VARIANT) * _VARIANTS))
        still_held = _share(dice, _HELD) < 0.5
        recording, ended, exit_code = _outcome(status, about.started, review, whole, content, still_held=still_held)
        size = recording.size if ended is not None else 0
        masked = draws.masked[number] == 1 and status == "done" and not _refused(review)
        return Session(
            id=self.key(number),
            org_id=self._setting.organization_id,
            connection=connection.name,
            type=connection.type,
            connection_subtype=connection.subtype,
            connection_tags=connection.tags or {},
            verb=verb,
            status=status,
            started=about.started,
            ended=ended,
            script=content.script,
            exit_code=exit_code,
            event_size=size,
            recording=recording,
            review=review,
            metrics=None if ended is None else standard_metrics(size, _found(dice) if masked else None),
            session_batch_id=self._batch,
            integrations_metadata=_issue(draws.issue[number]),
            correlation_id=f"deploy-{workflow}" if (workflow := draws.workflow[number]) else None,
            **self._extras(number, dice, verb, reviewed=review is not None),
            **owner_fields(user.email if user is not None else None, self._setting.people),
        )

    def _content(self, subtype: str, verb: str, variant: int) -> "tuple[Transcript, Recording]":
        """What is said: one of a pool of transcripts, whose recordings the sessions share."""
        key = (subtype, verb, variant)
        made = self._recordings.get(key)
        if made is None:
            from mockhoop.values.transcripts import transcript  # many modules, which an empty world never needs

            found = transcript(self._chance, *key)
            events = (Event(*event) for event in found.events)
            made = self._recordings[key] = (found, make_recording(events, found.wire_protocol))
        return made

    def _review(self, number: int, status: str, about: Reviewed) -> Review:
        groups = self._draws.reviewers(number, about.connection)
        told = model.Review(
            id=self._review_ids.id_of(number),
            status=status,
            groups=tuple(model.ReviewGroup(group=group) for group in groups) or None,
            rejection_reason="Not during business hours" if status == "REJECTED" else None,
        )
        return make_review(told, about, self._setting.people, self._chance.at(number), self._setting.start)

    def _extras(self, number: int, dice: bytes, verb: str, *, reviewed: bool) -> dict[str, Any]:
        """What only some sessions have, and no list is filtered by."""
        chance, extras = self._chance, dict[str, Any]()
        if _share(dice, _METADATA) < 0.1:
            extras["metadata"] = {"ticket": f"CHG-{chance.between(1000, 9999, number, 'ticket')}"}
        if _share(dice, _LABELS) < 0.05:
            extras["labels"] = {"re-run-from": chance.uuid(number, "re-run")}
        if verb == "exec" and _share(dice, _ANALYSED) < 0.15:
            level, title, explanation = chance.choice(_RISKS, number, "risk")
            extras["ai_analysis"] = {
                "risk_level": level,
                "title": title,
                "explanation": explanation,
                "action": "require_access_request" if reviewed else "allow_execution",
            }
        if _share(dice, _GUARDED) < 0.05:
            extras["guardrails_info"] = _GUARDRAILS
        if _share(dice, _MACHINE) < 0.05:
            extras["identity_type"] = "machine"
            extras["machine_identity_id"] = chance.uuid(number, "machine")
        return extras


def _refused(review: Review | None) -> bool:
    return review is not None and review.status in ("REJECTED", "REVOKED")


def _outcome(
    status: str, started: int, review: Review | None, whole: Recording, content: "Transcript", *, still_held: bool
) -> tuple[Recording, int | None, int | None]:
    """The recording, end and exit code that go with a status (sections 4.5 and 7.6)."""
    if review is not None and _refused(review):
        # A waiting execution that the gateway still held is closed with a note; any other is only marked done.
        if review.status == "REJECTED" and still_held:
            return make_recording((_NOTHING_FOUND,)), _after_reviews(review, started), KILLED
        return make_recording(()), None, None
    if status == "done":
        return whole, end_of(started, review, whole), content.exit_code
    if status == "ready" or (review is not None and review.status == "PENDING"):
        return make_recording(()), None, None
    # Running: what was flushed so far is a beginning of the whole.
    return make_recording(whole.events[: len(whole.events) // 2], whole.wire_protocol), None, None


def _after_reviews(review: Review, started: int) -> int:
    dates = [group.review_date for group in review.groups if group.review_date is not None]
    return to_microseconds(max([started, *dates]) + SECOND)


def _found(dice: bytes) -> dict[str, int]:
    return {"EMAIL_ADDRESS": 1 + int(40 * _share(dice, _EMAILS)), "PERSON": 1 + int(20 * _share(dice, _NAMES))}


def _share(dice: bytes, which: int) -> float:
    """One of the sixteen dice of a session: a number from 0 (included) to 1 (excluded)."""
    return dice[which] / 256


def _issue(number: int) -> dict[str, str] | None:
    if not number:
        return None
    return {"jira_issue_key": f"OPS-{number}", "jira_issue_url": f"https://jira.example.com/browse/OPS-{number}"}
