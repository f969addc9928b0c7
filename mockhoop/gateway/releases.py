"""What changed between the gateway's releases: one table instead of comparisons spread over the code."""

import re
from enum import Enum
from typing import NamedTuple

_RELEASE = re.compile(r"(\d+)\.(\d+)\.(\d+)", re.ASCII)


class Release(NamedTuple):
    """A release of the gateway; later releases compare greater."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Release":
        """Reads a release such as ``1.49.10``. Raises ValueError for anything but three numbers."""
        found = _RELEASE.fullmatch(text)
        if not found:
            raise ValueError(f'"{text}" is not a release; write three numbers, for example 1.49.10')
        return cls(*map(int, found.groups()))

    def has(self, feature: "Feature") -> bool:
        """Whether this release behaves as the feature says."""
        return feature.since <= self and (feature.until is None or self < feature.until)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Feature(Enum):
    """What some releases do and others do not (sections 0, 9 and 9.2).

    Each has what it is, the first release with it and, where it went away, the first one without it.
    """

    BATCH_FILTER = ("GET /sessions filters by batch_id", "1.48.0")
    JIRA_FILTER = ("GET /sessions filters by jira_issue_key", "1.48.2")
    CORRELATION_FILTER = ("GET /sessions filters by correlation_id", "1.59.0")
    SCRIPT_ALWAYS = ("script is always an object in GET /sessions/{id}", "1.51.1")
    ORGANIZATION_KEYS = ("the organisation has keys (hpk_…), which are bearer tokens", "1.59.0")
    EXPOSE_HEADERS = ("Access-Control-Expose-Headers is on every response", "1.60.0")
    STRICT_PAGING = ("limit and offset are checked, and offset has a maximum", "1.144.0")
    COUNT_MODES = ("count exists, total may be capped or null, has_next_page looks one row ahead", "1.144.0")
    PREFIXED_DATE_ERROR = ("the text about a bad date names the option", "1.144.0")
    PREFIXED_REVIEW_ERROR = ("the 500 of a review update says what failed", "1.50.0")
    # The sheet knows it of 1.49.10 only; 1.50.0 is the next release that touched what a download contains.
    DOWNLOAD_500_STATUS = ("the 500 bodies of a download repeat the status", "0.0.0", "1.50.0")

    def __init__(self, what: str, since: str, until: str | None = None) -> None:
        self.what = what
        self.since = Release.parse(since)
        self.until = Release.parse(until) if until else None
