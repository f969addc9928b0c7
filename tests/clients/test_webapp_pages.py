"""Every other page of the web app, call by call (section 2e of the sheet of clients)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse

from .conftest import Start
from .gateway import Gateway
from .shapes import moment, paged, uuid, words
from .webapp import CLOJURE, CONNECTION, CREDENTIALS, LIST, REPORT, STATUSES, TEXTS, WebApp

REACT_PAGE, CLOJURE_PAGE = "react", "clojure"
OK = words("active", "revoked")
USERS = [
    {
        "id": str,
        "name": str,
        "email": str,
        "groups": [str],
        "status": words("active", "inactive", "invited"),
        "role": words("admin", "standard"),
    }
]
GROUPS = ([str], None)
NAMED = {"id": str, "name": str}
KEYS = [
    {
        "id": uuid,
        "name": str,
        "masked_key": str,
        "status": OK,
        "created_at": moment,
        "created_by": str,
        "last_used_at": (moment, None),
        "groups": TEXTS,
    }
]
AUDIT_ROW = {
    "id": str,
    "created_at": moment,
    "actor_email": str,
    "actor_name": str,
    "action": str,
    "resource_type": str,
    "resource_name?": (str, None),
    "http_status": int,
    "client_ip": str,
    "error_message": (str, None),
    "request_payload_redacted": (dict, None),
}
RESOURCE = {"id": str, "name": str, "type": str, "subtype": str, "agent_id": str}
ATTRIBUTE = {"id": str, "name": str}
AGENTS = [{"id": uuid, "name": str, "status": words("CONNECTED", "DISCONNECTED"), "version": str}]
TAGS = {"items": [{"key": str, "value": str}]}
ACCESS_RULE = {
    "name": str,
    "access_type": str,
    "reviewers_groups": TEXTS,
    "approval_required_groups": TEXTS,
    "connection_names": TEXTS,
}
PLUGIN = {"name": str, "connections": ([{"id": str, "name": str}], None), "config": (dict, None)}
MISC = {"grpc_server_url": (str, None)}
HIDE_ROLE_INFO = {"hide_role_info": bool}
TEMPLATES = ([NAMED], None)
SETUP_RUNBOOKS = {"repositories": ([{"git_url": str, "repository": str}], None)}
SIGN_IN = {"auth_method": words("local", "oidc", "saml"), "webapp_users_management_status": words("active", "inactive")}


@dataclass(frozen=True)
class Row:
    """One call of a page. ``missing`` is the text of the 404 that the page takes for "not set up", ANY for any text."""

    page: str
    app: str
    path: str
    shape: Any
    missing: str = ""


ANY = "*"
PAGES = [
    Row("/dashboard", REACT_PAGE, "/sessions?{month}&limit=1&count=exact", {**LIST, "total": int}),
    Row("/dashboard", REACT_PAGE, "/reports/sessions?{days}", REPORT),
    Row("/dashboard", REACT_PAGE, "/reviews", [{"status": STATUSES, "created_at": moment, "session": uuid}]),
    Row("/dashboard", REACT_PAGE, "/connections", [CONNECTION]),
    Row("/agents", REACT_PAGE, "/agents", AGENTS),
    Row("/resources", CLOJURE_PAGE, "/resources?page_size=50&page=1", paged(RESOURCE)),
    Row("/resources", CLOJURE_PAGE, "/connections?page_size=50&page=1", paged(CONNECTION)),
    Row("/resources", CLOJURE_PAGE, "/connections?page_size=50&page=1&search=pg", paged(CONNECTION)),
    Row("/resources", CLOJURE_PAGE, "/connection-tags", TAGS),
    Row("/resources", CLOJURE_PAGE, "/guardrails", [NAMED]),
    Row("/resources", CLOJURE_PAGE, "/attributes", paged(ATTRIBUTE)),
    Row("/roles/:name/configure", REACT_PAGE, "/connections/{connection}", CONNECTION),
    Row("/roles/:name/configure", REACT_PAGE, "/guardrails", [NAMED]),
    Row("/roles/:name/configure", REACT_PAGE, "/integrations/jira/issuetemplates", TEMPLATES),
    Row("/roles/:name/configure", REACT_PAGE, "/attributes", paged(ATTRIBUTE)),
    Row("/roles/:name/configure", REACT_PAGE, "/connection-tags", TAGS),
    Row("/roles/:name/configure", REACT_PAGE, "/users/groups", GROUPS),
    Row("/roles/:name/configure", REACT_PAGE, "/orgs/hide-role-info", HIDE_ROLE_INFO),
    Row("/roles/:name/configure", REACT_PAGE, "/agents", AGENTS),
    Row("/organization/users", REACT_PAGE, "/users", USERS),
    Row("/organization/users", REACT_PAGE, "/users/groups", GROUPS),
    Row("/settings/api-keys", REACT_PAGE, "/api-keys", (KEYS, None)),
    Row("/settings/api-keys/new", REACT_PAGE, "/users/groups", GROUPS),
    Row("/settings/audit-logs", REACT_PAGE, "/users", USERS),
    Row("/settings/audit-logs", REACT_PAGE, "/audit/logs?page=1&page_size=25", paged(AUDIT_ROW)),
    Row(
        "/settings/audit-logs",
        REACT_PAGE,
        "/audit/logs?page=1&page_size=25&actor_email=ada&created_after={day}&created_before={day}",
        paged(AUDIT_ROW),
    ),
    Row("/settings/infrastructure", REACT_PAGE, "/serverconfig/misc", MISC, missing=ANY),
    Row("/settings/infrastructure", REACT_PAGE, "/orgs/analytics-mode", {"analytics_mode": str}),
    Row("/settings/infrastructure", REACT_PAGE, "/orgs/hide-role-info", HIDE_ROLE_INFO),
    Row("/settings/attributes", REACT_PAGE, "/attributes", paged(ATTRIBUTE)),
    Row("/settings/attributes", REACT_PAGE, "/connections", [CONNECTION]),
    Row("/features/access-request", REACT_PAGE, "/access-requests/rules", paged(ACCESS_RULE)),
    Row("/features/access-request/new", REACT_PAGE, "/attributes?page=1&page_size=100", paged(ATTRIBUTE)),
    Row("/features/access-request/new", REACT_PAGE, "/users/groups", GROUPS),
    Row("/features/access-request/new", REACT_PAGE, "/connections?page=1&page_size=50", paged(CONNECTION)),
    Row("/features/access-control", REACT_PAGE, "/plugins/access_control", PLUGIN, missing="plugin not found"),
    Row("/features/access-control", REACT_PAGE, "/users/groups", GROUPS),
    Row("/guardrails", REACT_PAGE, "/guardrails", [NAMED]),
    Row("/guardrails", REACT_PAGE, "/attributes", paged(ATTRIBUTE)),
    Row("/features/data-masking", REACT_PAGE, "/datamasking-rules", [NAMED]),
    Row("/features/data-masking", REACT_PAGE, "/attributes", paged(ATTRIBUTE)),
    Row("/rulepacks", REACT_PAGE, "/rulepacks", paged({"id": str, "display_name": str})),
    Row("/features/event-routing", REACT_PAGE, "/event-routing/subscriptions", object, missing=ANY),
    Row("/features/event-routing", REACT_PAGE, "/event-routing/catalog", object, missing=ANY),
    Row("/features/event-routing", REACT_PAGE, "/connections", [CONNECTION]),
    Row("/ai-agents-identities", REACT_PAGE, "/ai-agents", ([NAMED], None)),
    Row("/features/machine-identities", CLOJURE_PAGE, "/machineidentities", ([NAMED], None)),
    Row("/integrations/slack", REACT_PAGE, "/plugins/slack", PLUGIN, missing="plugin not found"),
    Row("/integrations/slack", REACT_PAGE, "/connections", [CONNECTION]),
    Row("/integrations/webhooks", REACT_PAGE, "/plugins/webhooks", PLUGIN, missing="plugin not found"),
    Row("/integrations/webhooks", REACT_PAGE, "/connections", [CONNECTION]),
    Row("/integrations/authentication", CLOJURE_PAGE, "/serverconfig/auth", SIGN_IN),
    Row("/runbooks", CLOJURE_PAGE, "/runbooks", {"repositories": [dict]}),
    Row("/features/runbooks/setup", CLOJURE_PAGE, "/runbooks/rules", ([NAMED], None)),
    Row("/features/runbooks/setup", CLOJURE_PAGE, "/runbooks/configurations", SETUP_RUNBOOKS, missing=ANY),
    Row("/provisioning", CLOJURE_PAGE, "/resources?page=1&page_size=100", paged(RESOURCE)),
    Row("/integrations/aws-connect", CLOJURE_PAGE, "/dbroles/jobs", {"items": ([dict], None)}),
    Row("/integrations/aws-connect", CLOJURE_PAGE, "/connections", [CONNECTION]),
    Row("Native Connections", REACT_PAGE, "/connections", [CONNECTION]),
    Row("Native Connections", REACT_PAGE, "/connection-credentials", CREDENTIALS),
    Row("/onboarding/setup", CLOJURE_PAGE, "/agents", AGENTS),
    Row("/onboarding/setup", CLOJURE_PAGE, "/orgs/protection-profile", {"profile": (str, None)}),
    Row("/onboarding/setup", CLOJURE_PAGE, "/orgs/onboarding", {"completed": bool, "checks": {str: bool}}),
    Row("command palette", REACT_PAGE, "/search?term=pg", {"connections": [dict], "resources": [dict]}),
]


async def call(gateway: Gateway, row: Row, connection: str) -> Any:
    """What a page reads with one of its calls, as an admin sees it."""
    day = (await gateway.now())[:10]
    path = row.path.format(
        connection=connection,
        day=day,
        days=f"start_date={day}&end_date={day}",
        month=f"start_date={day}T00:00:00.000Z&end_date={day}T23:59:59.000Z",
    )
    app = WebApp(gateway, "ada")
    ask = app.react if row.app == REACT_PAGE else app.clojure
    reply = await ask(f"2e {row.page}", "GET", path)
    if row.missing and reply.status == 404:
        assert reply.headers["Content-Type"].startswith("application/json") or row.shape is object, str(reply)
        assert row.missing == ANY or reply.json["message"] == row.missing, str(reply)
        return None
    return reply.read(row.shape)


@pytest.mark.parametrize("row", PAGES, ids=[f"{row.page} {row.path}" for row in PAGES])
async def test_the_page_gets_what_it_reads(gateway: Gateway, row: Row) -> None:
    await call(gateway, row, "pgdemo")


@pytest.mark.parametrize("row", PAGES, ids=[f"{row.page} {row.path}" for row in PAGES])
async def test_the_page_stands_where_nothing_was_set_up(start: Start, row: Row) -> None:
    """Null where an array is read leaves a white page."""
    await call(await start("empty"), row, "pgdemo")


async def test_resources_come_bare_without_a_page(gateway: Gateway) -> None:
    """/resources branches on the two parameters as /connections does (2a)."""
    (await WebApp(gateway, "ada").clojure("2a", "GET", "/resources")).read([RESOURCE])


async def test_a_key_is_made_and_shown_once(gateway: Gateway) -> None:
    ada = WebApp(gateway, "ada")
    made = (await ada.react("2e /settings/api-keys/new", "POST", "/api-keys", {"name": "ci", "groups": ["sre"]})).read(
        {"id": uuid, "name": str, "key": str, "masked_key": str, "status": OK}, 201
    )
    assert made["key"].startswith("hpk_")
    listed = (await ada.react("2e /settings/api-keys", "GET", "/api-keys")).read(KEYS)
    assert [(one["name"], one["created_by"]) for one in listed] == [("ci", "ada@example.com")]
    assert made["key"] not in json.dumps(listed)


async def test_the_logs_of_the_server_come_as_a_stream(gateway: Gateway) -> None:
    headers = {**CLOJURE, "Authorization": "Bearer ada", "accept": "text/event-stream"}
    async with gateway.wire(headers).stream("/server-logs/stream?backlog=500") as response:
        assert response.status == 200, f"[2e /settings/server-logs] GET /server-logs/stream → {response.status}"
        assert response.content_type == "text/event-stream"
        lines = [line async for line in _until_data(response)]
        last = lines[-1] if lines else b""
        assert last.startswith(b"data: "), f"[2e /settings/server-logs] the stream ends with {last!r}"
        entry = json.loads(last.removeprefix(b"data: "))
        assert {"timestamp", "level", "message", "source"} <= entry.keys(), f"[2e /settings/server-logs] {entry}"


async def _until_data(response: ClientResponse) -> AsyncIterator[bytes]:
    """The lines of a stream up to the first with data."""
    async for line in response.content:
        yield line
        if line.startswith(b"data: "):
            return


async def test_a_native_connection_gives_credentials(gateway: Gateway) -> None:
    reply = await WebApp(gateway, "john").connect("pgdemo")
    made = reply.read({"connection_credentials": dict, "session_id": uuid, "has_review": bool}, 201)
    assert made["has_review"] is False
    listed = (await WebApp(gateway, "john").react("2e", "GET", "/connection-credentials")).read(CREDENTIALS)
    assert made["session_id"] in [one["session_id"] for one in listed["items"]]


async def test_a_native_connection_that_is_reviewed_wants_a_duration(gateway: Gateway) -> None:
    """Section 6.6 of the sheet of behaviour."""
    reply = await WebApp(gateway, "john").connect("pg-payments")
    assert reply.message(400) == "access_duration_seconds is required for review-required connections"


async def test_the_terms_of_a_search_must_be_told(gateway: Gateway) -> None:
    reply = await WebApp(gateway, "ada").react("2e command palette", "GET", "/search?term=")
    assert reply.message(400) == "term parameter is required"


async def test_a_plugin_that_is_not_there_is_told(gateway: Gateway) -> None:
    reply = await WebApp(gateway, "ada").react("2e", "GET", "/plugins/nothing-like-that")
    assert reply.message(404) == "plugin not found"
