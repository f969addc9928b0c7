"""Where the gateway deliberately does other than schemathesis asks of an API, each with its exact condition.

No check is switched off: what a check finds must be in this list, and what is in this list must be found.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

LISTS = frozenset({"GET /sessions", "GET /plugins/audit/sessions"})
SESSIONS = frozenset({"GET /sessions/{session_id}", "GET /plugins/audit/sessions/{session_id}"})
DOWNLOADS = frozenset({"GET /sessions/{session_id}/download", "GET /sessions/{session_id}/download/input"})
EVERYTHING = LISTS | SESSIONS | DOWNLOADS

# What the gateway hands to its database as text; the first four as LIKE patterns.
_PATTERNS = ("user", "type", "connection", "review.status")
_TEXTS = (*_PATTERNS, "review.approver", "batch_id", "correlation_id", "jira_issue_key")
_BOUNDS = {"limit": (1, 2**63 - 1), "offset": (0, 10_000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check had to say against one answer. ``query`` holds the first value of each name, decoded."""

    checks: frozenset[str]
    operation: str
    method: str
    status: int
    session_id: str
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

    ``section`` is that of the behaviour sheet. ``example`` holds values, of the path and of the query, that
    provoke the deviation; without one, what schemathesis makes of the contract does.
    """

    what: str
    section: str
    check: str
    operations: frozenset[str]
    statuses: tuple[int, ...]
    when: Callable[[Finding], bool]
    contracts: tuple[str, ...] = ("hoop.yaml", "hoop-1.49.10.yaml")
    modes: tuple[str, ...] = ("enforce", "report")
    example: Mapping[str, str] = field(default_factory=dict)

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
    return finding.method != "GET" and finding.body == "404 page not found"


def _has_no_uuid(finding: Finding) -> bool:
    try:
        UUID(finding.session_id)
    except ValueError:
        return "failed fetching session" in finding.body
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


DEVIATIONS = (
    Deviation(
        what="a wrong method on a known path is not found, never 405",
        section="1.2; 10, item 40",
        check="unsupported_method",
        operations=LISTS,  # where the path holds an id, schemathesis itself takes 404 for an unknown id
        statuses=(404,),
        when=_is_another_method,
    ),
    Deviation(
        what="an id that is no UUID is a failure of the database",
        section="4.1; 10, item 41",
        check="not_a_server_error",
        operations=SESSIONS,
        statuses=(500,),
        when=_has_no_uuid,
        example={"session_id": "no\nuuid"},
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
        operations=EVERYTHING,
        statuses=(200,),
        when=_is_reported,
        modes=("report",),
    ),
)
