"""The servers of a document, of which only the path matters here."""

from collections.abc import Mapping
from typing import Any


def base_path(document: Mapping[str, Any]) -> str:
    """The path part of the first server, its variables standing for their defaults."""
    server: Mapping[str, Any] = next(iter(document.get("servers") or ()), {})
    url = str(server.get("url", ""))
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    path = url.split("://", 1)[-1]
    return ("/" + path.split("/", 1)[1] if "/" in path else "").rstrip("/")
