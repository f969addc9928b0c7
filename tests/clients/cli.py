"""The command line ``hoop``: what it sends and what it prints (section 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from .gateway import Gateway
from .shapes import moment, uuid, words
from .wire import NOTHING, Reply

SECTION = "6"
VERSION = "1.148.0"
OLD_KEY = re.compile(r"xapi-.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\|.*")
"""Keys of the gateway, which go as Api-Key beside the bearer token; those of an organization (hpk_) do not."""
CALLBACK = "http://127.0.0.1:3587/callback"
"""Where it listens while somebody signs in with a browser."""

TEXTS = ([str], None)
SERVER = {"grpc_url": str, "version": str, "feature_flags?": ({str: bool}, None), "auth_method": str}
LISTED = {
    "id": uuid,
    "user": str,
    "user_name": str,
    "user_id": str,
    "connection": str,
    "status": str,
    "start_date": moment,
    "end_date": (moment, None),
}
LIST = {"data": [LISTED], "has_next_page": bool, "total": (int, None), "total_is_capped": bool}
SESSION = {
    **LISTED,
    "resource_name": str,
    "type": str,
    "connection_subtype": str,
    "verb": words("exec", "connect"),
    "exit_code": (int, None),
    "script": {"data": str},
}
RESULT = {"exit_code": int, "output": str, "output_status": str, "session_id": uuid, "has_review": bool}
ROLE = {
    "name": str,
    "command": TEXTS,
    "type": str,
    "subtype": str,
    "agent_id": str,
    "status": str,
    "connection_tags": ({str: str}, None),
}
AGENT = {
    "id": uuid,
    "name": str,
    "mode": str,
    "version": str,
    "hostname": str,
    "platform": str,
    "status": words("CONNECTED", "DISCONNECTED"),
}
PLUGIN = {
    "name": str,
    "source": (str, None),
    "priority": int,
    "connections": [{"id": str, "name": str}],
    "config": ({"id": str}, None),
}
REVIEWED = {"status": str, "review_groups_data": [{"group": str, "status": str}]}
ADMIN_SESSION = {
    "id": uuid,
    "user": str,
    "connection": str,
    "type": str,
    "connection_subtype": str,
    "verb": str,
    "event_size": int,
    "review": (REVIEWED, None),
    "metrics": (dict, None),
    "status": str,
    "exit_code": (int, None),
    "start_date": moment,
}


class Failed(Exception):
    """It ends with an error; the text is what it prints."""


@dataclass
class Cli:
    """One installation with its configuration."""

    gateway: Gateway
    token: str = ""
    grpc_url: str = ""

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with every call."""
        headers = {"Content-Type": "application/json", "User-Agent": f"hoopcli/{VERSION}"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if OLD_KEY.fullmatch(self.token):
            headers["Api-Key"] = self.token
        return headers

    async def call(self, method: str, path: str, body: Any = NOTHING) -> Reply:
        """One call; its address is the configured origin with /api and the path behind it."""
        return await self.gateway.wire(self.headers).ask(SECTION, method, path, body)

    async def get(self, path: str, shape: Any) -> Any:
        """What a command reads; other answers than 200, 201 and 204 are printed as they are."""
        reply = await self.call("GET", path)
        if reply.status not in (200, 201, 204):
            raise Failed(f"{reply.status}: {reply.body.decode()}")
        return reply.read(shape, 200)

    async def login(self, email: str = "", password: str = "") -> str:
        """``hoop login``: "" when it is done, or the address that it opens in a browser."""
        self.token = ""
        method = (await self.call("GET", "/publicserverinfo")).read({"auth_method": str})["auth_method"]
        if method != "local":
            where = "/saml/login" if method == "saml" else "/login"
            return await self._address(f"{where}?{urlencode({'redirect': CALLBACK})}")
        reply = await self.call("POST", "/localauth/login", {"email": email, "password": password})
        if reply.status != 200:
            raise Failed(reply.message(400, 401, 404, 500))
        assert reply.headers.get("Token"), f"{reply}\n[6] hoop login: there is no header Token"
        await self.accept(reply.headers["Token"])
        return ""

    async def _address(self, path: str) -> str:
        reply = await self.call("GET", path)
        if reply.status != 200:
            raise Failed(reply.message(400, 401, 403, 409, 422))
        return str(reply.read({"login_url": str})["login_url"])

    async def accept(self, token: str) -> None:
        """Keep a token, and learn where the other protocol is spoken."""
        self.token = token
        self.grpc_url = (await self.get("/serverinfo", SERVER))["grpc_url"]
        parts = urlsplit(self.grpc_url)
        assert parts.scheme, f"[6] GET /serverinfo: grpc_url {self.grpc_url!r} is no URL"
        assert parts.hostname, f"[6] GET /serverinfo: grpc_url {self.grpc_url!r} is no URL"

    async def sessions_list(self, count: str = "capped", **filters: str) -> tuple[list[list[str]], str]:
        """``hoop sessions list``: the rows of the table, and the line below them."""
        listed = await self.get(f"/sessions?{urlencode({**filters, 'count': count})}", LIST)
        rows = [
            [one["id"], one["user"], one["connection"], "ended" if one["end_date"] else "active"]
            for one in listed["data"]
        ]
        if listed["total"] is None:
            return rows, f"{len(rows)} shown"
        more = "+" if listed["total_is_capped"] else ""
        return rows, f"{len(rows)} of {listed['total']}{more} shown"

    async def sessions_get(self, session_id: str) -> dict[str, Any]:
        """``hoop sessions get ID``."""
        session: dict[str, Any] = await self.get(f"/sessions/{session_id}", SESSION)
        return session

    async def exec_session(self, session_id: str) -> tuple[int, str]:
        """``hoop exec --session ID``: its exit code and what it prints."""
        reply = await self.call("POST", f"/sessions/{session_id}/exec")
        if reply.status >= 400:
            raise Failed(reply.body.decode())
        told = reply.read(RESULT, 200, 202)
        return (told["exit_code"], told["output"]) if reply.status == 200 else (0, "still running")

    async def admin_sessions(self) -> list[tuple[str, str]]:
        """``hoop admin get sessions``: ids, and how many groups have approved."""
        listed = await self.get("/sessions?count=capped", {"data": [ADMIN_SESSION]})
        return [(one["id"], _approvers(one["review"])) for one in listed["data"]]

    async def change(self, method: str, path: str, body: Any = NOTHING) -> Any:
        """``hoop admin create`` and ``delete``: takes 200, 201 and 204."""
        reply = await self.call(method, path, body)
        if reply.status not in (200, 201, 204):
            raise Failed(reply.body.decode())
        return reply.json if reply.body else None


def _approvers(review: dict[str, Any] | None) -> str:
    if review is None:
        return "-"
    groups = review["review_groups_data"]
    return f"{sum(one['status'] == 'APPROVED' for one in groups)}/{len(groups)}"
