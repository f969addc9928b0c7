"""Opening a session: its id, who may, and what is loaded (section 4 of the behaviour sheet)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mockhoop.gateway.access import Caller
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.releases import Feature, Release

BAD_ID = Refusal(500, "failed fetching session")
NOT_FOUND = Refusal(404, "not found")
NOT_ALLOWED = Refusal(403, "user is not allowed to access this session")

# How ids are stored, which is how nearly all are asked for.
_STORED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The database takes braces, any case, and a hyphen after any four digits or none.
_UUID = re.compile(r"(\{)?([0-9a-f]{4}(?:-?[0-9a-f]{4}){7})(?(1)\})", re.IGNORECASE | re.ASCII)


def session_id(text: str) -> str | None:
    """The id as it is stored, or None where the database refuses to read a UUID (section 4.1)."""
    if _STORED.fullmatch(text):
        return text
    found = _UUID.fullmatch(text)
    if found is None:
        return None
    digits = found[2].replace("-", "").lower()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def may_open(session: Session, caller: Caller) -> bool:
    """Owner, admin, auditor, or a member of one of the review's groups (section 4.1)."""
    if may_load_recording(session, caller):
        return True
    return session.review is not None and any(group.group in caller.groups for group in session.review.groups)


def may_load_recording(session: Session, caller: Caller) -> bool:
    """Owner, admin or auditor: also who may download (sections 4.2 and 4.3)."""
    return session.user_id == caller.subject or caller.sees_everything


def opened(find: Callable[[str], Session | None], text: str, caller: Caller) -> Session | Refusal:
    """The session with this id, or the first check that fails: its form, its existence, the caller (section 4.1)."""
    key = session_id(text)
    if key is None:
        return BAD_ID
    session = find(key)
    if session is None:
        return NOT_FOUND
    return session if may_open(session, caller) else NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class Expansion:
    """What ``expand`` asks for: a comma list, nothing trimmed, unknown names ignored (section 4.2)."""

    recording: bool
    input: bool


@lru_cache(maxsize=16)
def expansion(expand: str) -> Expansion:
    """What is to be loaded for this value of ``expand``; no value loads the input only."""
    names = expand.split(",")
    return Expansion(recording="event_stream" in names, input=not expand or "session_input" in names)


def script_shown(session: Session, wanted: Expansion, expand: str, release: Release) -> str | None:
    """The text in ``script.data``, or None for a null ``script`` (sections 0 and 4.2)."""
    if release.has(Feature.SCRIPT_ALWAYS):
        return session.script if wanted.input else ""
    return session.script if expand and wanted.input else None
