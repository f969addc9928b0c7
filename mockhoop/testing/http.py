"""The control API from the outside: one call, one answer (only importer of http.client)."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from mockhoop.errors import MockhoopError

_SECONDS = 70.0


class ControlError(MockhoopError):
    """The control API says no; the text says why and what to do. ``problem`` is its whole answer."""

    def __init__(self, method: str, path: str, status: int, problem: Any) -> None:
        detail = problem.get("detail", problem) if isinstance(problem, dict) else problem
        super().__init__(f"{method} {path}: {status}: {detail}")
        self.status = status
        self.problem = problem


class ControlClient:
    """Calls the control API of a server on this machine. Safe to use from any thread: each call has a connection."""

    def __init__(self, host: str, port: int, token: str = "") -> None:
        self.host = host
        self.port = port
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, *steps: str, body: Any = None, text: str | None = None) -> Any:
        """The answer to a call; ``steps`` are those of the path, ``body`` is sent as JSON, ``text`` as YAML.

        Raises:
            ControlError: any answer that is not a success.
        """
        path = "/__mockhoop/" + "/".join(quote(step, safe="") for step in steps)
        headers, sent = dict(self._headers), None
        if text is not None:
            headers["Content-Type"], sent = "application/yaml", text.encode()
        elif body is not None:
            headers["Content-Type"], sent = "application/json", json.dumps(body).encode()
        connection = HTTPConnection(self.host, self.port, timeout=_SECONDS)
        try:
            connection.request(method, path, sent, headers)
            response = connection.getresponse()
            content = response.read().decode()
        finally:
            connection.close()
        is_json = (response.getheader("Content-Type") or "").partition(";")[0].endswith("json")
        answer = json.loads(content) if is_json else content
        if response.status >= 400:
            raise ControlError(method, path, response.status, answer)
        return answer
