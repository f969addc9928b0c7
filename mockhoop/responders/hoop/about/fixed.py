"""Answers that are always the same: what this gateway does not have, and what every gateway says (our reading)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer

_CATALOG: Final = (
    ("linear", "Issues and projects", "https://mcp.linear.app/mcp"),
    ("notion", "Pages and databases", "https://mcp.notion.com/mcp"),
    ("sentry", "Errors and traces", "https://mcp.sentry.dev/mcp"),
)
_EVENTS: Final = (
    ("session.open", "A session began", ("session_id", "connection", "user_email")),
    ("session.close", "A session ended", ("session_id", "connection", "user_email")),
    ("review.created", "Somebody has to decide", ("review_id", "session_id", "user_email")),
    ("review.updated", "Somebody decided", ("review_id", "session_id", "status")),
)
FIXED: Final[Mapping[str, Any]] = {
    "GET /runbooks": {"repositories": [], "errors": []},
    "GET /plugins/runbooks/templates": {"items": [], "commit": "", "commit_author": "", "commit_message": ""},
    "GET /plugins/runbooks/connections/{name}/templates": {
        "items": [],
        "commit": "",
        "commit_author": "",
        "commit_message": "",
    },
    "GET /ai/session-analyzer/system-prompt": {
        "prompt": "You judge what a script could do to the database or server that it is for."
    },
    "GET /mcp-catalog": [
        {
            "name": name,
            "description": description,
            "transport": "streamable-http",
            "url": url,
            "auth": "oauth",
            "auth_modes": ["oauth"],
            "header": "",
            "notes": "",
        }
        for name, description, url in _CATALOG
    ],
    "GET /integrations/aws/organizations": {"items": []},
    "GET /event-routing/catalog": [
        {
            "name": name,
            "category": name.partition(".")[0],
            "description": description,
            "schema": [{"name": field, "type": "string", "required": True} for field in fields],
            "sample_payload": dict.fromkeys(fields, ""),
        }
        for name, description, fields in _EVENTS
    ],
}
"""By the key of the operation."""


def fixed_routes() -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {key: _saying(value) for key, value in FIXED.items()}


def _saying(value: Any) -> Callable[[Question], Decision]:
    return lambda _: answer(value)
