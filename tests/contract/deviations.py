"""Where the gateway deliberately does other than schemathesis asks of an API, each with its exact condition.

No check is switched off: what a check finds must be in this list, and what is in this list must be found.
"""

import json
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mockhoop.gateway.records import Review

LISTS = frozenset({"GET /sessions", "GET /plugins/audit/sessions"})
SESSIONS = frozenset({"GET /sessions/{session_id}", "GET /plugins/audit/sessions/{session_id}"})
DOWNLOADS = frozenset({"GET /sessions/{session_id}/download", "GET /sessions/{session_id}/download/input"})
DECIDING = frozenset({"PUT /reviews/{id}", "PUT /sessions/{session_id}/review"})
NEW, PROVISION = "POST /sessions", "POST /sessions/provision"
EXEC, KILL = "POST /sessions/{session_id}/exec", "POST /sessions/{session_id}/kill"
METADATA = "PATCH /sessions/{session_id}/metadata"
REVIEW, STREAM, RESULT = (
    "GET /reviews/{id}",
    "GET /sessions/{session_id}/stream",
    "GET /sessions/{session_id}/result/stream",
)
CREATING = frozenset({NEW, PROVISION})
BY_ID = frozenset({REVIEW, STREAM, RESULT, EXEC, KILL, METADATA}) | DECIDING
DECIDED = LISTS | SESSIONS | DOWNLOADS | CREATING | BY_ID | {"GET /reviews"}
"""What the rules about sessions and reviews decide."""

# What the gateway hands to its database as text; the first four as LIKE patterns.
_PATTERNS = ("user", "type", "connection", "review.status")
_TEXTS = (*_PATTERNS, "review.approver", "batch_id", "correlation_id", "jira_issue_key")
_BOUNDS = {"limit": (1, 2**63 - 1), "offset": (0, 10_000)}


@dataclass(frozen=True, slots=True)
class Operations(Container[str]):
    """A class of operations, by what their keys look like."""

    pattern: str

    def __contains__(self, key: object) -> bool:
        return re.fullmatch(self.pattern, str(key)) is not None


ANY = Operations(".*")
WITHOUT_AN_ID = Operations("[A-Z]+ [^{]*")
WITH_A_BODY = Operations("(POST|PUT|PATCH) .*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check had to say against one answer. ``query`` holds the first value of each name, decoded.

    ``declared`` tells whether the body has the form that is declared for JSON, ``sent`` is it if it was a JSON object,
    else None. ``review`` is what the id in the path leads to, as it is after the call; what was refused changed
    nothing.
    """

    checks: frozenset[str]
    operation: str
    method: str
    status: int
    session_id: str
    declared: bool
    sent: Mapping[str, Any] | None
    review: Review | None
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str
    message: str
    reproduce: str

    def __str__(self) -> str:
        checks = "/".join(sorted(self.checks))
        answer = f"{self.status} {self.body[:200]}"
        return f"{checks}: {self.operation} answered {answer}\n{self.message}\n{self.reproduce}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One deliberate deviation: the check that it fails, and when it does.

    ``section`` is that of the behaviour sheet. ``example`` holds values, of the path and of the query, and
    ``body`` what is sent, that provoke the deviation; without them, what schemathesis makes of the contract does.
    """

    what: str
    section: str
    check: str
    operations: Container[str]
    statuses: tuple[int, ...]
    when: Callable[[Finding], bool]
    contracts: tuple[str, ...] = ("hoop.yaml", "hoop-1.49.10.yaml")
    modes: tuple[str, ...] = ("enforce", "report")
    example: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def concerns(self, contract: str, mode: str) -> bool:
        """Whether it is to be expected of this contract in this mode of validation."""
        return contract in self.contracts and mode in self.modes

    def excuses(self, finding: Finding) -> bool:
        """Whether the finding is a case of this deviation."""
        return (
            self.check in finding.checks
            and finding.operation in self.operations
            and finding.status in self.statuses
            and self.when(finding)
        )


def unexcused(findings: Iterable[Finding], deviations: Sequence[Deviation]) -> list[Finding]:
    """The findings that no deviation excuses."""
    return [found for found in findings if not any(deviation.excuses(found) for deviation in deviations)]


def _is_another_method(finding: Finding) -> bool:
    return finding.method != finding.operation.split()[0] and finding.body == "404 page not found"


def _has_no_uuid(finding: Finding) -> bool:
    return _is_no_uuid(finding) and "failed fetching session" in finding.body


def _finds_no_review_by_this(finding: Finding) -> bool:
    return _is_no_uuid(finding) and re.search("failed (fetching|.* failed obtaining) review", finding.body) is not None


def _has_no_uuid_for_metadata(finding: Finding) -> bool:
    return _is_no_uuid(finding) and _says(finding, "failed to update session metadata: ERROR: invalid input syntax")


def _is_no_uuid(finding: Finding) -> bool:
    try:
        UUID(finding.session_id)
    except ValueError:
        return True
    return False


def _asks_for_a_nul(finding: Finding) -> bool:
    return any("\0" in finding.query.get(name, "") for name in _TEXTS) and _failed_listing(finding)


def _ends_in_a_backslash(finding: Finding) -> bool:
    patterns = (finding.query.get(name, "") for name in _PATTERNS)
    backslashes = (len(pattern) - len(pattern.rstrip("\\")) for pattern in patterns)
    return any(count % 2 for count in backslashes) and _failed_listing(finding)


def _failed_listing(finding: Finding) -> bool:
    return "failed listing sessions (v2)" in finding.body


def _pages_below_zero(finding: Finding) -> bool:
    return any(_number(finding, name) < 0 for name in _BOUNDS) and _failed_listing(finding)


def _pages_out_of_bounds(finding: Finding) -> bool:
    """The option that the gateway complains about is a number, and outside of what it takes."""
    for name, (low, high) in _BOUNDS.items():
        if f'invalid \\"{name}\\" option' in finding.body:
            return not low <= _number(finding, name, otherwise=low) <= high
    return False


def _number(finding: Finding, name: str, otherwise: int = 0) -> int:
    text = finding.query.get(name, "")
    return int(text) if re.fullmatch("-?[0-9]+", text) else otherwise


def _is_reported(finding: Finding) -> bool:
    return '"location":"query"' in finding.headers.get("X-Mockhoop-Violations", "")


def _is_reported_of_the_body(finding: Finding) -> bool:
    return '"location":"body' in finding.headers.get("X-Mockhoop-Violations", "")


def _says(finding: Finding, text: str) -> bool:
    """Whether the answer is an error whose message begins so."""
    told = json.loads(finding.body) if finding.body.startswith("{") else {}
    return str(told.get("message")).startswith(text)


_ABOUT_THE_BODY = (
    "the request breaks the contract: body",
    "json: cannot unmarshal",
    "invalid character",
    "EOF",
    "the license is not a JSON object",
)


def _is_no_such_json(finding: Finding) -> bool:
    """A body of a type of which the contract does not say how it has to be is complained about."""
    told = _says_one_of(*_ABOUT_THE_BODY)(finding) or ", expected one of [" in finding.body
    return not finding.declared and (told or _lacks_what_is_required(finding))


def _lacks_what_is_required(finding: Finding) -> bool:
    """Each field that the gateway misses was not sent, or was sent empty."""
    missed = re.findall(r"Key: '\w+\.([\w.[\]]+)' Error:Field validation for '\w+' failed on the 'req", finding.body)
    return bool(missed) and not any(_sent(finding.sent, re.findall(r"\w+", path)) for path in missed)


def _sent(value: Any, path: Sequence[str]) -> Any:
    """What was sent for a field, by its names in Go, which have no underscores."""
    for name in path:
        fields = value if isinstance(value, dict) else dict(enumerate(value or ()))
        value = next((fields[key] for key in fields if str(key).replace("_", "") == name.lower()), None)
    return value


def _says_one_of(*texts: str) -> Callable[[Finding], bool]:
    """Whether the answer is an error whose message begins in one of these ways."""
    return lambda finding: any(_says(finding, text) for text in texts)


def _has_too_big_a_number(finding: Finding) -> bool:
    told = re.search(r"json: cannot unmarshal number (-?\d+) into Go struct field [\w.]+ of type int\W", finding.body)
    return told is not None and not -(2**63) <= int(told[1]) < 2**63


def _pages_where_nothing_is(finding: Finding) -> bool:
    """The option that the gateway complains about is below 1, or no more than a page may hold."""
    asked = {name: _number(finding, name, otherwise=1) for name in ("page", "page_size", "limit")}
    if _says(finding, "page must be"):
        return asked["page"] < 1
    most = {"page_size must be": ("page_size", 100), "limit must be": ("limit", 1000)}
    return any(_says(finding, text) and not 1 <= asked[name] <= high for text, (name, high) in most.items())


def _reports_too_long_a_time(finding: Finding) -> bool:
    """The days are told, or one of them; the other one is today."""
    told = [finding.query[name] for name in ("start_date", "end_date") if finding.query.get(name)]
    return bool(told) and _says(finding, "invalid date range, expected to be between 120 days")


def _searches_for_nothing(finding: Finding) -> bool:
    return not finding.query.get("term") and _says(finding, "term parameter is required")


def _does_not_say_where_else(finding: Finding) -> bool:
    sent = finding.sent or {}
    untold = sent.get("origin") == "other" and not (sent.get("origin_other") or "").strip()
    return untold and _says(finding, "origin_other is required")


def _names_no_connection(finding: Finding) -> bool:
    """By a name that nothing has, or without one: that of null, which is read as an empty object, is empty."""
    return _says(finding, f"connection {(finding.sent or {}).get('connection') or ''} not found")


def _names_no_user(finding: Finding) -> bool:
    return _says(finding, "user campaign not found for exec")


def _is_not_stored(finding: Finding) -> bool:
    script = str((finding.sent or {}).get("script"))
    return re.search(r"[\x00-\x07\x0b\x0e-\x1f\x7f]", script) is not None and _says(finding, "failed creating session")


def _asks_for_a_review_that_cannot_be(finding: Finding) -> bool:
    sent = finding.sent or {}
    too_long = (sent.get("access_duration_sec") or 0) > 48 * 3600
    return _says(finding, "failed creating review") and (too_long or _has_no_times(finding))


def _has_no_times(finding: Finding) -> bool:
    """A time window is sent in which a time is missing, or is none."""
    window = (finding.sent or {}).get("time_window")
    if window is None:
        return False
    times = [window["configuration"].get(name) or "" for name in ("start_time", "end_time")]
    return not all(re.fullmatch("([01]?[0-9]|2[0-3]):[0-5][0-9]", time) for time in times)


def _is_told_of_the_times(finding: Finding) -> bool:
    said = any(_says(finding, text) for text in ("both from and to time", "invalid start_time", "invalid end_time"))
    return said and _has_no_times(finding)


def _decides(finding: Finding) -> str:
    return str((finding.sent or {}).get("status")).upper()


def _has_no_review(finding: Finding) -> bool:
    return finding.review is None and _says(finding, "failed retrieving review")


def _decides_nothing(finding: Finding) -> bool:
    return finding.review is None and _says(finding, "failed updating review status: review not found")


def _revokes_what_runs_once(finding: Finding) -> bool:
    review = finding.review
    approved = review is not None and (review.type, review.status) == ("onetime", "APPROVED")
    return approved and _decides(finding) == "REVOKED" and _says(finding, "failed updating review status: review not f")


def _sets_a_second_window(finding: Finding) -> bool:
    first = finding.review is not None and finding.review.time_window is not None
    second = (finding.sent or {}).get("time_window") is not None
    return first and second and _says(finding, "failed updating review status: time window can only be set once")


def _decides_what_there_is_not(finding: Finding) -> bool:
    known = _decides(finding) in ("APPROVED", "REJECTED", "REVOKED")
    return not known and _says(finding, "failed updating review status: unknown status")


def _comes_at_the_wrong_time(finding: Finding) -> bool:
    if finding.review is None or not _says(finding, "review is in wrong state"):
        return False
    open_for = ("APPROVED",) if _decides(finding) == "REVOKED" else ("APPROVED", "PENDING")
    return finding.review.status not in open_for


def _forces_without_being_allowed(finding: Finding) -> bool:
    """An admin is not eligible only where a group that is not theirs would have to force."""
    return (finding.sent or {}).get("force_review") is True and _says(finding, "not eligible for review")


def _is_the_end_of_a_stream(finding: Finding) -> bool:
    return finding.body == "event: session_end\ndata: {}\n\n" and finding.message.startswith("Event #0: ")


UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
CHANGES = ("hoop.yaml",)
WINDOW = {"type": "time_range", "configuration": {"start_time": "09:00", "end_time": "18:00"}}


def _of(text: str) -> Mapping[str, str]:
    """The id in the path, whatever its name there."""
    return {"session_id": text, "id": text}


DEVIATIONS = (
    Deviation(
        what="a wrong method on a known path is not found, never 405",
        section="1.2; 10, item 40",
        check="unsupported_method",
        operations=WITHOUT_AN_ID,  # where the path holds an id, schemathesis itself takes 404 for an unknown id
        statuses=(404,),
        when=_is_another_method,
    ),
    Deviation(
        what="an id that is no UUID is a failure of the database",
        section="4.1; 5.3; 5.4; 6.3; 10, item 41",
        check="not_a_server_error",
        operations=SESSIONS | {RESULT, STREAM, KILL},
        statuses=(500,),
        when=_has_no_uuid,
        example=_of("no\nuuid"),
    ),
    Deviation(
        what="a NUL in a filter is a failure of the database",
        section="3.1",
        check="not_a_server_error",
        operations=LISTS,
        statuses=(500,),
        when=_asks_for_a_nul,
        example={"user": "a\0b"},
    ),
    Deviation(
        what="a pattern that ends in a single backslash is a failure of the database",
        section="3.1",
        check="not_a_server_error",
        operations=LISTS,
        statuses=(500,),
        when=_ends_in_a_backslash,
        example={"connection": "pg\\"},
    ),
    Deviation(
        what="limit and offset have bounds that the contract does not state",
        section="3.1, rows 10 and 11; 3.2; 10, item 18",
        check="positive_data_acceptance",
        operations=LISTS,
        statuses=(422,),
        when=_pages_out_of_bounds,
        contracts=("hoop.yaml",),
    ),
    Deviation(
        what="a limit or offset below zero is a failure of the database",
        section="0; 9.2",
        check="not_a_server_error",
        operations=LISTS,
        statuses=(500,),
        when=_pages_below_zero,
        contracts=("hoop-1.49.10.yaml",),
        example={"limit": "-1"},
    ),
    Deviation(
        what="what the gateway swallows is only reported, in a header, when validation is asked to report",
        section="4.2; 5.1; 9.2",
        check="negative_data_rejection",
        operations=ANY,
        statuses=(200,),
        when=_is_reported,
        modes=("report",),
    ),
    Deviation(
        what="what the gateway swallows in a body is only reported, when validation is asked to report",
        section="1.4; 6.4",
        check="negative_data_rejection",
        operations=WITH_A_BODY,
        statuses=(200, 201, 202, 204),
        when=_is_reported_of_the_body,
        contracts=CHANGES,
        modes=("report",),
    ),
    Deviation(
        what="an id that is no UUID finds no review, which is a failure of the database",
        section="7.2; 7.3, row 4; 10, item 41",
        check="not_a_server_error",
        operations=DECIDING | {REVIEW},
        statuses=(500,),
        when=_finds_no_review_by_this,
        contracts=CHANGES,
        example=_of("no\nuuid"),
        body={"status": "APPROVED"},
    ),
    Deviation(
        what="an id that is no UUID cannot be given metadata, which is a failure of the database",
        section="6.4; 10, item 41",
        check="not_a_server_error",
        operations=frozenset({METADATA}),
        statuses=(500,),
        when=_has_no_uuid_for_metadata,
        contracts=CHANGES,
        example=_of("no\nuuid"),
        body={"metadata": {}},
    ),
    Deviation(
        what="a session without a review, or none at all, cannot be executed, which is a failure",
        section="6.2, row 1; 10, item 24",
        check="not_a_server_error",
        operations=frozenset({EXEC}),
        statuses=(500,),
        when=_has_no_review,
        contracts=CHANGES,
        example=_of(UNKNOWN_ID),
    ),
    Deviation(
        what="a decision on a review that does not exist is a failure",
        section="7.3, row 4; 10, item 22",
        check="not_a_server_error",
        operations=DECIDING,
        statuses=(500,),
        when=_decides_nothing,
        contracts=CHANGES,
        example=_of(UNKNOWN_ID),
        body={"status": "APPROVED"},
    ),
    Deviation(
        what="a second time window is a failure",
        section="7.3, row 6; 10, item 22",
        check="not_a_server_error",
        operations=DECIDING,
        statuses=(500,),
        when=_sets_a_second_window,
        contracts=CHANGES,
        example=_of("fresh window"),
        body={"status": "APPROVED", "time_window": WINDOW},
    ),
    Deviation(
        what="an unknown decision is a failure",
        section="7.3, row 7; 10, item 22",
        check="not_a_server_error",
        operations=DECIDING,
        statuses=(500,),
        when=_decides_what_there_is_not,
        contracts=CHANGES,
        example=_of("fresh pending"),
        body={"status": "PERHAPS"},
    ),
    Deviation(
        what="what may run once cannot be revoked, which is a failure",
        section="7.3, row 11; 10, item 23",
        check="not_a_server_error",
        operations=DECIDING,
        statuses=(500,),
        when=_revokes_what_runs_once,
        contracts=CHANGES,
        example=_of("fresh approved"),
        body={"status": "REVOKED"},
    ),
    Deviation(
        what="a decision that comes too late, or too early, is a bad request",
        section="7.3, rows 8 and 10; 7.5",
        check="positive_data_acceptance",
        operations=DECIDING,
        statuses=(400,),
        when=_comes_at_the_wrong_time,
        contracts=CHANGES,
    ),
    Deviation(
        what="who may not force a review makes a bad request, admin or not",
        section="7.3, row 12; 7.4",
        check="positive_data_acceptance",
        operations=DECIDING,
        statuses=(400,),
        when=_forces_without_being_allowed,
        contracts=CHANGES,
    ),
    Deviation(
        what="the times of a time window are checked, which the contract does not state",
        section="7.3, rows 2 and 3",
        check="positive_data_acceptance",
        operations=DECIDING,
        statuses=(400,),
        when=_is_told_of_the_times,
        contracts=CHANGES,
    ),
    Deviation(
        what="whatever type a body is said to have, it is read as JSON, of the form that is declared for JSON",
        section="1.4; 1.5",
        check="positive_data_acceptance",
        operations=WITH_A_BODY,
        statuses=(400, 422),
        when=_is_no_such_json,
        contracts=CHANGES,
    ),
    Deviation(
        what="what is required must not be empty either",
        section="1.5; 7.3, row 1",
        check="positive_data_acceptance",
        operations=WITH_A_BODY,
        statuses=(400,),
        when=_lacks_what_is_required,
        contracts=CHANGES,
    ),
    Deviation(
        what="a whole number has 64 bits, which the contract does not state",
        section="1.5",
        check="positive_data_acceptance",
        operations=WITH_A_BODY,
        statuses=(400,),
        when=_has_too_big_a_number,
        contracts=CHANGES,
    ),
    Deviation(
        what="pages have bounds that the contract does not state",
        section="8.7",
        check="positive_data_acceptance",
        operations=frozenset(
            {
                "GET /access-requests/rules",
                "GET /agents",
                "GET /ai/session-analyzer/rules",
                "GET /attributes",
                "GET /audit/logs",
                "GET /connections",
                "GET /metrics/sessions",
                "GET /resources",
                "GET /rulepacks",
            }
        ),
        statuses=(400, 422),
        when=_pages_where_nothing_is,
        contracts=CHANGES,
    ),
    Deviation(
        what="a search for nothing is a bad request, and not a break of the contract",
        section="8.3",
        check="positive_data_acceptance",
        operations=frozenset({"GET /search"}),
        statuses=(400,),
        when=_searches_for_nothing,
        example={"term": ""},
        contracts=CHANGES,
    ),
    Deviation(
        what="a report is about 120 days at most",
        section="8.7",
        check="positive_data_acceptance",
        operations=frozenset({"GET /reports/sessions"}),
        statuses=(400,),
        when=_reports_too_long_a_time,
        example={"start_date": "2024-01-01", "end_date": "2024-12-31"},
        contracts=CHANGES,
    ),
    Deviation(
        what="who heard of it elsewhere has to say where, which no schema can say",
        section="none; our reading of the published text",
        check="positive_data_acceptance",
        operations=frozenset({"POST /users/self/signup-origin"}),
        statuses=(400,),
        when=_does_not_say_where_else,
        body={"origin": "other"},
        contracts=CHANGES,
    ),
    Deviation(
        what="what is there already is a bad request where no conflict is published",
        section="none; our reading of the published answers",
        check="positive_data_acceptance",
        operations=frozenset({"POST /resources", "POST /plugins"}),
        statuses=(400,),
        when=_says_one_of("resource already exists", "connection already exists", "plugin already enabled"),
        contracts=CHANGES,
    ),
    Deviation(
        what="a resource with roles stays",
        section="none; our reading of the published answers",
        check="positive_data_acceptance",
        operations=frozenset({"DELETE /resources/{name}"}),
        statuses=(400,),
        when=_says_one_of("resource has roles"),
        example={"name": "reviewed"},
        contracts=CHANGES,
    ),
    Deviation(
        what="names and tags of connections have a form that the contract does not state",
        section="8.7, of filters",
        check="positive_data_acceptance",
        operations=frozenset(
            {
                "PATCH /connections/{nameOrID}",
                "POST /connections",
                "POST /resources",
                "PUT /connections/{nameOrID}",
            }
        ),
        statuses=(422,),
        when=_says_one_of("name must contain", "keys of connection_tags", "values of connection_tags"),
        contracts=CHANGES,
    ),
    Deviation(
        what="a filter of connections has a form that the contract does not state",
        section="8.7",
        check="positive_data_acceptance",
        operations=frozenset({"GET /connections"}),
        statuses=(422,),
        when=_says_one_of("option values must contain", "invalid connection ID format"),
        example={"type": "-x"},
        contracts=CHANGES,
    ),
    Deviation(
        what="a switch that the gateway does not have is a bad request",
        section="none; our reading of the published answers",
        check="positive_data_acceptance",
        operations=frozenset({"PUT /feature-flags/{name}"}),
        statuses=(400,),
        when=_says_one_of("unknown feature flag"),
        contracts=CHANGES,
    ),
    Deviation(
        what="nobody comes back from a sign-in that nobody began",
        section="2.5",
        check="positive_data_acceptance",
        operations=frozenset({"GET /callback", "POST /saml/callback"}),
        statuses=(400,),
        when=_says_one_of("failed to retrieve login state internally"),
        example={"state": "unknown", "code": "none"},
        contracts=CHANGES,
    ),
    Deviation(
        what="organizations are made only where a gateway serves many",
        section="8.2",
        check="positive_data_acceptance",
        operations=frozenset({"POST /signup"}),
        statuses=(400,),
        when=_says_one_of("signup is only available in multi tenant setups"),
        contracts=CHANGES,
    ),
    Deviation(
        what="a connection that does not exist is a bad request",
        section="6.1, row 6; 6.5",
        check="positive_data_acceptance",
        operations=CREATING,
        statuses=(400,),
        when=_names_no_connection,
        contracts=CHANGES,
    ),
    Deviation(
        what="a user that does not exist is a bad request",
        section="6.5",
        check="positive_data_acceptance",
        operations=frozenset({PROVISION}),
        statuses=(400,),
        when=_names_no_user,
        contracts=CHANGES,
    ),
    Deviation(
        what="a script that the database does not take is a failure",
        section="6.1, row 10; 6.5",
        check="not_a_server_error",
        operations=CREATING,
        statuses=(500,),
        when=_is_not_stored,
        contracts=CHANGES,
        body={"connection": "bash", "user_email": "ada@example.com", "script": "\a"},
    ),
    Deviation(
        what="a review that cannot be made is a failure, and the session is there",
        section="6.5",
        check="not_a_server_error",
        operations=frozenset({PROVISION}),
        statuses=(500,),
        when=_asks_for_a_review_that_cannot_be,
        contracts=CHANGES,
        body={"connection": "bash", "user_email": "ada@example.com", "access_duration_sec": 48 * 3600 + 1},
    ),
    Deviation(
        what="schemathesis takes the schema of a stream, which is bytes, for that of each event",
        section="5.4; 10, item 43",
        check="response_schema_conformance",
        operations=frozenset({STREAM}),
        statuses=(200,),
        when=_is_the_end_of_a_stream,
        contracts=CHANGES,
    ),
)
