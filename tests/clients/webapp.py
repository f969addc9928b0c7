"""The web app as its server sees it: a React shell and ClojureScript pages in one browser, which share a token.

Each method is what a person does or sees: it makes the calls that the app makes, in its order, and fails where what
the app reads is not there. Sections are those of the sheet of clients.
"""

import json
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientResponse

from .gateway import Gateway
from .shapes import address, base64_text, moment, paged, uuid, words
from .wire import NOTHING, Reply

JSON = "application/json"
REACT = {"Accept": "application/json, text/plain, */*", "Content-Type": JSON}
CLOJURE = {"accept": JSON, "Content-Type": JSON, "User-Client": "webapp.core/1.0"}
TOO_LARGE = 4 * 1024 * 1024
"""What has more bytes is not asked for in JSON."""

TEXTS = ([str], None)
STATUSES = words("PENDING", "APPROVED", "REVOKED", "REJECTED", "PROCESSING", "EXECUTED", "UNKNOWN")
PUBLIC = {"auth_method": words("local", "oidc", "saml"), "setup_required": bool}
USER = {
    "id": str,
    "name": str,
    "email": str,
    "is_admin": bool,
    "groups": [str],
    "role": words("admin", "auditor", "standard"),
    "tenancy_type": words("selfhosted", "multitenant"),
    "default_protection_profile": (str, None),
    "show_setup_checklist": bool,
    "show_origin_survey": bool,
    "webapp_users_management": words("on", "off"),
    "pending_org_invitations?": ([dict], None),
}
LICENSE = {"type": words("oss", "enterprise"), "is_valid": bool, "expire_at": int, "features": TEXTS}
SERVER = {
    "license_info?": (LICENSE, None),
    "auth_method": str,
    "analytics_tracking": words("enabled", "disabled"),
    "version": str,
    "api_url": address,
    "redact_provider": str,
    "has_redact_credentials": bool,
    "disable_sessions_download": bool,
    "disable_clipboard_copy_cut": bool,
    "feature_flags?": ({str: bool}, None),
    "postgres_proxy_enabled": bool,
    "tenancy_type": str,
    "has_ask_ai_credentials": bool,
}
FLAGS = [{"name": str, "enabled": bool}]
CREDENTIALS = {
    "items": [
        {
            "id": str,
            "connection_name": str,
            "connection_type": str,
            "connection_subtype": str,
            "session_id": str,
            "created_at": moment,
            "expire_at": (moment, None),
        }
    ]
}
SWITCH = words("enabled", "disabled")
CONNECTION = {
    "id": uuid,
    "name": str,
    "type": str,
    "subtype": str,
    "status": words("online", "offline"),
    "agent_id": str,
    "resource_name": str,
    "command": TEXTS,
    "secret": (dict, None),
    "connection_tags": ({str: str}, None),
    "reviewers": TEXTS,
    "redact_enabled": bool,
    "redact_types": TEXTS,
    "guardrail_rules": TEXTS,
    "jira_issue_template_id": (str, None),
    "force_approve_groups": TEXTS,
    "mandatory_metadata_fields": TEXTS,
    "access_mode_runbooks": SWITCH,
    "access_mode_exec": SWITCH,
    "access_mode_connect": SWITCH,
    "access_schema": SWITCH,
}
REVIEWER = {"email": str, "name?": str}
GROUP = {
    "id": uuid,
    "group": str,
    "status": words("PENDING", "APPROVED", "REJECTED", "REVOKED"),
    "reviewed_by": (REVIEWER, None),
    "review_date": (moment, None),
    "forced_review": bool,
}
WINDOW = {"type": str, "configuration": {"start_time": str, "end_time": str}}
REVIEW = {
    "id": uuid,
    "type": words("onetime", "jit"),
    "status": STATUSES,
    "review_groups_data": [GROUP],
    "time_window": (WINDOW, None),
    "access_request_rule_name": (str, None),
    "force_approval_groups": TEXTS,
    "rejection_reason?": str,
}
ROW = {
    "id": uuid,
    "user_name": str,
    "connection": str,
    "type": str,
    "status": words("open", "ready", "done"),
    "verb": words("exec", "connect"),
    "start_date": moment,
    "review": ({"status": STATUSES}, None),
    "correlation_id?": str,
}
LIST = {"data": [ROW], "has_next_page": bool, "total": (int, None), "total_is_capped": bool}
UNCOUNTED = {**LIST, "total": None}
DETAILS = {
    **ROW,
    "user_id": str,
    "user": str,
    "connection_subtype": str,
    "resource_name": str,
    "role_name": str,
    "end_date": (moment, None),
    "exit_code": (int, None),
    "script": {"data": str},
    "script_size": int,
    "event_size": int,
    "labels": ({str: str}, None),
    "metadata": (dict, None),
    "metrics": (dict, None),
    "integrations_metadata": (dict, None),
    "session_batch_id?": str,
    "ai_analysis": ({"action": str}, None),
    "guardrails_info": ([{"rule_name": str, "direction": str}], None),
    "review": (REVIEW, None),
    "identity_type": words("user", "machine"),
}
TRIPLES = [list]
REPORT = {
    "total_redact_count": int,
    "items": [{"resource": str, "info_type": str, "redact_total": int, "transformed_bytes": int}],
}
RESULT = {
    "session_id": uuid,
    "has_review": bool,
    "output": str,
    "output_status": words("success", "failed", "running", "blocked", ""),
    "exit_code": int,
    "execution_time": int,
    "truncated": bool,
}
LINK = {"download_url": address, "expire_at": moment}


class SessionOver(AssertionError):
    """A call was answered with 401: whichever it was, the app forgets its token and shows /login (1c)."""


@dataclass
class Start:
    """Where the app lands when it is loaded, and what it knows then."""

    page: str
    user: dict[str, Any] = field(default_factory=dict)
    server: dict[str, Any] = field(default_factory=dict)
    flags: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class WebApp:
    """One browser. ``token`` is what its local storage holds; it is never looked into."""

    gateway: Gateway
    token: str = ""

    async def react(self, section: str, method: str, path: str, body: Any = NOTHING) -> Reply:
        """A call of the React shell: axios, with a content type even on GET."""
        return await self._call(REACT, section, method, path, body)

    async def clojure(self, section: str, method: str, path: str, body: Any = NOTHING) -> Reply:
        """A call of a ClojureScript page, which keeps a token that comes with an answer."""
        reply = await self._call(CLOJURE, section, method, path, body)
        if reply.is_success:
            self.token = reply.headers.get("x-new-access-token", self.token)
        return reply

    async def _call(self, headers: Mapping[str, str], section: str, method: str, path: str, body: Any) -> Reply:
        signed_in = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        reply = await self.gateway.wire({**headers, **signed_in}).ask(section, method, path, body)
        if reply.status == 401:
            self.token = ""
            raise SessionOver(f"{reply}\nthe web app logs out")
        return reply

    # Signing in (1c)

    async def log_in(self, email: str, password: str) -> str:
        """Fill in the form of /login; the text above the form, "" when it is gone or shows nothing."""
        form = (await self.react("1c", "GET", "/publicserverinfo")).read(PUBLIC)
        assert form["auth_method"] == "local", "[1c] the form is shown for auth_method local only"
        reply = await self.react("1c", "POST", "/localauth/login", {"email": email, "password": password})
        return self._keep_token(reply)

    async def register(self, email: str, password: str, name: str) -> str:
        """Fill in the form of /setup, as the first admin does; the text above the form."""
        body = {"email": email, "password": password, "name": name}
        return self._keep_token(await self.react("1c", "POST", "/localauth/register", body))

    def _keep_token(self, reply: Reply) -> str:
        if not reply.is_success:
            return reply.message(400, 403, 404, 409)
        assert "Token" in reply.headers, f"{reply}\n[1c] without the header Token the form just stays"
        assert "Token" in reply.exposed, f"{reply}\n[8] the browser hides the header Token, it shows {reply.exposed}"
        self.token = reply.headers["Token"]
        return ""

    # Before any page shows (2a)

    async def load(self, page: str = "/client") -> Start:
        """Load a page; where the app lands."""
        try:
            return await self._load(page)
        except SessionOver:
            return Start("/login")

    async def _load(self, page: str) -> Start:
        (await self.clojure("2a", "GET", "/publicserverinfo")).read(PUBLIC)
        told = await self.react("2a", "GET", "/userinfo")
        if told.status >= 500 or told.json == {}:
            return Start("/login")
        start = Start(page, told.read(USER), (await self.react("2a", "GET", "/serverinfo")).read(SERVER))
        flags = await self.react("2a", "GET", "/feature-flags")
        if not flags.is_success or not isinstance(flags.json, list):
            return Start("/login")
        start.flags = flags.read(FLAGS)
        if start.user["is_admin"] and await self._has_nothing_to_connect_to():
            start.page = "/onboarding/setup"
        (await self.react("2a", "GET", "/connection-credentials")).read(CREDENTIALS)
        return start

    async def _has_nothing_to_connect_to(self) -> bool:
        reply = await self.react("2a", "GET", "/connections?page=1&page_size=1")
        if reply.status >= 500:
            return False
        return bool(reply.read(paged(CONNECTION))["pages"]["total"] == 0)

    # The list of sessions (2b)

    async def sessions(self, limit: int = 20, filters: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What /sessions lists; "Load more" asks for more from the beginning."""
        query = urlencode({"limit": limit, "count": "none", **(filters or {})})
        reply = await self.clojure("2b", "GET", f"/plugins/audit/sessions?{query}")
        listed: dict[str, Any] = reply.read(UNCOUNTED)
        return listed

    async def choices(self) -> tuple[list[str], list[str]]:
        """What the filters of /sessions offer: names of roles, ids of users."""
        roles = (await self.clojure("2b", "GET", "/connections?page_size=50&page=1")).read(paged(CONNECTION))
        users = (await self.clojure("2b", "GET", "/users")).read([{"id": str, "email": str}])
        return [role["name"] for role in roles["data"]], [user["id"] for user in users]

    async def by_ids(self, *ids: str) -> list[dict[str, Any]]:
        """The sessions whose ids were typed into the search."""
        calls = [await self.clojure("2b", "GET", f"/sessions/{one}?event_stream=base64") for one in ids]
        return [reply.read(DETAILS) for reply in calls]

    # One session (2c)

    async def details(self, session_id: str) -> "Details":
        """What opens when a session is clicked."""
        session = (await self.clojure("2c", "GET", f"/sessions/{session_id}")).read(DETAILS)
        if session["verb"] == "exec":
            session = (await self.clojure("2c", "GET", f"/sessions/{session_id}?event_stream=base64")).read(DETAILS)
        full = await self._with_its_recording(session)
        day = session["start_date"][:10]
        report = await self.clojure("2c", "GET", f"/reports/sessions?id={session_id}&start_date={day}")
        if session["review"] is not None:
            (await self.clojure("2c", "GET", f"/connections/{session['connection']}")).read(CONNECTION)
        return Details(full, _parameters(full), report.read(REPORT))

    async def _with_its_recording(self, session: dict[str, Any]) -> dict[str, Any]:
        parts = [
            *(["event_stream"] if session["event_size"] <= TOO_LARGE else []),
            *(["session_input"] if session["script_size"] <= TOO_LARGE else []),
        ]
        if not parts:
            return session
        rendering, stream = _rendering(session)
        query = "&".join([f"expand={','.join(parts)}", *([rendering] if "event_stream" in parts else [])])
        reply = await self.clojure("2c", "GET", f"/sessions/{session['id']}?{query}")
        # What ended without running, rejected for instance, has no recording; the page shows an empty output then.
        has_stream = "event_stream" in parts and session["exit_code"] is not None
        full: dict[str, Any] = reply.read({**DETAILS, "event_stream": stream} if has_stream else DETAILS)
        return full

    async def large_output(self, session_id: str) -> str:
        """The output of a session that has too much of it for JSON."""
        reply = (await self.clojure("2c", "GET", f"/sessions/{session_id}/result/stream")).check()
        kind = reply.headers.get("Content-Type", "")
        assert kind.startswith("text/plain"), f"{reply}\n[2c] it is shown as text, Content-Type is {kind!r}"
        return reply.body.decode()

    async def watch(self, session_id: str) -> AsyncIterator[dict[str, Any]]:
        """What is said in a live session, until its end."""
        headers = {**CLOJURE, "Authorization": f"Bearer {self.token}", "accept": "text/event-stream"}
        async with self.gateway.wire(headers).stream(f"/sessions/{session_id}/stream") as response:
            assert response.status == 200, f"[2c] GET /sessions/{session_id}/stream → {response.status}"
            assert response.content_type == "text/event-stream", f"[2c] the stream is {response.content_type}"
            async for name, data in _frames(response):
                if name == "session_end":
                    return
                assert name == "event", f"[2c] the stream has {name!r}; the page knows event and session_end"
                assert {"time", "type", "payload"} <= data.keys(), f"[2c] an event of the stream is {data}"
                yield data
        raise AssertionError(f"[2c] GET /sessions/{session_id}/stream ended without the event session_end")

    async def buttons(self, session: dict[str, Any], groups: list[str]) -> list[str]:
        """Which buttons stand below a session, for somebody of these groups."""
        review = session["review"]
        if review is None or review["status"] != "PENDING":
            return []
        own = [one for one in review["review_groups_data"] if one["status"] == "PENDING" and one["group"] in groups]
        return ["Approve", "Reject"] if own else []

    async def review(self, review_id: str, **told: Any) -> Reply:
        """Press Approve or Reject: ``status`` and whatever was filled in."""
        return await self.clojure("2c", "PUT", f"/reviews/{review_id}", told)

    async def execute(self, session_id: str) -> dict[str, Any]:
        """Press Execute below an approved session; what the page shows at the end."""
        reply = await self.clojure("2c", "POST", f"/sessions/{session_id}/exec")
        result: dict[str, Any] = reply.read(RESULT, 200, 202)
        return result

    async def is_done(self, session_id: str) -> bool:
        """What the page asks each five seconds while a script runs."""
        session = (await self.clojure("2c", "GET", f"/sessions/{session_id}")).read(DETAILS)
        return bool(session["status"] == "done")

    async def kill(self, session_id: str) -> Reply:
        """Press Kill."""
        reply = await self.clojure("2c", "POST", f"/sessions/{session_id}/kill")
        assert reply.is_success, str(reply)
        return reply

    async def run_again(self, session: dict[str, Any]) -> dict[str, Any]:
        """Press Re-run."""
        (await self.clojure("2c", "GET", "/integrations/jira")).read((dict, None))
        connection = (await self.clojure("2c", "GET", f"/connections/{session['connection']}")).read(CONNECTION)
        body = {
            "script": session["script"]["data"],
            "labels": {"re-run-from": session["id"]},
            "connection": connection["name"],
        }
        result: dict[str, Any] = (await self.clojure("2c", "POST", "/sessions", body)).read(RESULT, 200, 202)
        return result

    async def download(self, session_id: str, query: str) -> Reply:
        """Choose from the download menu: the file that the new tab gets, which sends no token."""
        link = (await self.clojure("2c", "GET", f"/sessions/{session_id}?{query}")).read(LINK)["download_url"]
        assert link.startswith(self.gateway.origin), f"[2c] the new tab opens {link}, not {self.gateway.origin}"
        tab = self.gateway.wire({}, base="")
        return (await tab.ask("2c", "GET", link.removeprefix(self.gateway.origin))).check()

    async def batch(self, batch_id: str, offset: int = 0) -> dict[str, Any]:
        """What /sessions/filtered shows of a batch."""
        query = urlencode({"batch_id": batch_id, "limit": 20, "offset": offset, "count": "none"})
        listed: dict[str, Any] = (await self.clojure("2c", "GET", f"/sessions?{query}")).read(UNCOUNTED)
        return listed

    async def workflow(self, correlation_id: str) -> list[dict[str, Any]]:
        """What /workflows/ID shows: each session with its script."""
        query = urlencode({"correlation_id": correlation_id, "limit": 200, "count": "exact"})
        listed = (await self.clojure("2c", "GET", f"/plugins/audit/sessions?{query}")).read({**LIST, "total": int})
        assert listed["total"] == len(listed["data"]), "[2c] the total of a workflow is not what is listed"
        calls = [
            await self.clojure("2c", "GET", f"/sessions/{row['id']}?expand=session_input") for row in listed["data"]
        ]
        return [reply.read(DETAILS) for reply in calls]

    # The terminal (2d)

    async def run(self, connection: str, script: str) -> dict[str, Any]:
        """Run a script in the terminal. ClojureScript pages do not encode names in paths (8)."""
        found = (await self.clojure("2d", "GET", f"/connections/{connection}")).read(CONNECTION)
        body = {
            "script": script,
            "connection": found["name"],
            "env_vars": None,
            "metadata": {},
            "jira_fields": None,
        }
        result: dict[str, Any] = (await self.clojure("2d", "POST", "/sessions", body)).read(RESULT, 200, 202)
        return result

    # The drawer "Native Connections" (2e)

    async def connect(self, connection: str) -> Reply:
        """Press Connect in the drawer; React encodes names in paths (8)."""
        name = quote(connection, safe="")
        (await self.react("2e", "GET", f"/connections/{name}")).read(CONNECTION)
        return await self.react("2e", "POST", f"/connections/{name}/credentials", {})


@dataclass(frozen=True)
class Details:
    """The page of one session."""

    session: dict[str, Any]
    runbook_parameters: dict[str, Any]
    report: dict[str, Any]

    @property
    def output(self) -> str:
        """The output of a script; only the first element of the stream is shown."""
        return b64decode(self.session["event_stream"][0]).decode()


def _rendering(session: dict[str, Any]) -> tuple[str, Any]:
    """The parameter that asks for the recording as the page shows it, and the shape of that."""
    if session["verb"] == "exec":
        return "event_stream=base64", [base64_text]
    if session["status"] == "done" and session["connection_subtype"] == "postgres":
        return "event_stream=raw-queries", (TRIPLES, None)
    return "", TRIPLES


def _parameters(session: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a runbook, which are JSON in a text: anything else leaves a white page (2c)."""
    text = (session["labels"] or {}).get("runbookParameters", "{}")
    try:
        told: dict[str, Any] = json.loads(text)
    except ValueError:
        raise AssertionError(f"[2c] GET /sessions/{session['id']}: labels.runbookParameters is {text!r}") from None
    return told


async def _frames(response: ClientResponse) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The events of a stream by name, without its comments."""
    while frame := (await response.content.readuntil(b"\n\n")).decode().strip("\n"):
        lines = [line.partition(": ") for line in frame.split("\n") if not line.startswith(":")]
        if lines:
            told = {name: value for name, _, value in lines}
            yield told["event"], json.loads(told["data"])
