"""Plugins, the connections on which they are used, and the repositories of runbooks (sections 2e and 5 of the clients).

A plugin is as the wire has it. What the sheets do not tell of bodies and refusals is our reading.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Field, Struct, Type
from mockhoop.gateway.records import Connection, Refusal

NAMES: Final = ("access_control", "audit", "dlp", "indexer", "review", "runbooks", "slack", "webhooks")
"""What plugins there can be."""
NO_PLUGIN: Final = Refusal(404, "plugin not found")
NO_CONNECTION: Final = Refusal(404, "plugin connection not found")
NOT_THERE: Final = Refusal(404, "connection not found")
TAKEN: Final = Refusal(400, "plugin already enabled")
SAME_REPOSITORY: Final = Refusal(409, "runbook configuration already exists")
UNKNOWN: Final = Refusal(400, f"unknown plugin, expected one of [{' '.join(NAMES)}]")
NO_REPOSITORY: Final = Refusal(404, "runbook configuration not found")

_CONFIG: Final = Struct("PluginConfig", "openapi", (Field("EnvVars", "envvars", go.TEXT_MAP),))
_CONNECTION: Final = Struct(
    "PluginResourceConnection",
    "openapi",
    (Field("ConnectionID", "id", go.TEXT), Field("Name", "name", go.TEXT), Field("Config", "config", go.TEXTS)),
)
_CONNECTIONS: Final = Type("[]openapi.PluginResourceConnection", go.Kind.LIST, _CONNECTION.type())
_PLUGIN: Final = Struct(
    "Plugin",
    "openapi",
    (
        Field("Name", "name", go.TEXT, required=True),
        Field(
            "Connections", "connections", Type("[]openapi.PluginResourceConnection", go.Kind.LIST, _CONNECTION.type())
        ),
        Field("Config", "config", _CONFIG.type(pointer=True)),
        Field("Source", "source", go.OPTIONAL_TEXT),
        Field("Priority", "priority", go.INT),
    ),
)
_USE: Final = Struct("PluginConnectionRequest", "openapi", (Field("Config", "config", go.TEXTS),))
_REPOSITORY: Final = Struct(
    "RunbookRepository",
    "openapi",
    (
        Field("GitURL", "git_url", go.TEXT, required=True),
        Field("GitUser", "git_user", go.TEXT),
        Field("GitPassword", "git_password", go.TEXT),
        Field("SSHKey", "ssh_key", go.TEXT),
        Field("SSHUser", "ssh_user", go.TEXT),
        Field("SSHKeyPass", "ssh_keypass", go.TEXT),
        Field("SSHKnownHosts", "ssh_known_hosts", go.TEXT),
        Field("GitHookTTL", "git_hook_ttl", go.INT),
    ),
)
_FILE: Final = Struct(
    "RunbookFileCreate",
    "openapi",
    (
        Field("Path", "path", go.TEXT, required=True),
        Field("Content", "content", go.TEXT, required=True),
        Field("CommitMessage", "commit_message", go.TEXT),
        Field("Overwrite", "overwrite", go.BOOL),
    ),
)
_REPOSITORIES: Final = Struct(
    "RunbookConfigurationRequest",
    "openapi",
    (Field("Repositories", "repositories", Type("[]openapi.RunbookRepository", go.Kind.LIST, _REPOSITORY.type())),),
)
_NO_ADDRESS: Final = (
    "Key: 'RunbookConfigurationRequest.Repositories[{}].GitURL' "
    "Error:Field validation for 'GitURL' failed on the 'required' tag"
)

Told = Mapping[str, Any] | Refusal


def read_plugin(body: bytes) -> Told:
    """A plugin as a client tells it; None for what it leaves out."""
    return decode(body, _PLUGIN)


def read_config(body: bytes) -> Told:
    """The settings of a plugin."""
    return decode(body, _CONFIG)


def read_use(body: bytes) -> Told:
    """How a plugin is used on a connection; nothing need be said about it."""
    return decode(body or b"{}", _USE)


def with_reviewers(plugin: Mapping[str, Any], connections: Iterable[Connection]) -> dict[str, Any]:
    """A plugin as it is shown: that for reviews is used wherever a connection names reviewers."""
    known = {use["id"]: use for use in plugin.get("connections") or ()}
    if plugin.get("name") == "review":
        for one in connections:
            if one.reviewers and one.id not in known:
                known[one.id] = {"id": one.id, "name": one.name, "config": list(one.reviewers)}
    return {**plugin, "connections": sorted(known.values(), key=lambda use: str(use.get("name")))}


def using(plugin: Mapping[str, Any], use: Mapping[str, Any]) -> dict[str, Any]:
    """The plugin, used on one more connection or otherwise than before."""
    others = [one for one in plugin["connections"] if one["id"] != use["id"]]
    return {**plugin, "connections": [*others, dict(use)]}


def read_repositories(body: bytes) -> tuple[Mapping[str, Any], ...] | Refusal:
    """All repositories of runbooks; each has to have its address."""
    told = decode(body, _REPOSITORIES)
    if isinstance(told, Refusal):
        return told
    for place, one in enumerate(told["repositories"] or ()):
        if not one["git_url"]:
            return Refusal(400, _NO_ADDRESS.format(place))
    return tuple(map(_known, told["repositories"] or ()))


def read_repository(body: bytes) -> Mapping[str, Any] | Refusal:
    """One repository of runbooks."""
    told = decode(body, _REPOSITORY)
    return told if isinstance(told, Refusal) else _known(told)


def read_file(body: bytes) -> Told:
    """A runbook that somebody wants to have in a repository."""
    return decode(body, _FILE)


def is_repository(told: Mapping[str, Any], own_id: str) -> bool:
    """Whether a repository is meant: by its whole name, or by the last step of that."""
    name = str(told.get("repository", ""))
    return own_id in (name, name.rpartition("/")[2])


def _known(told: Mapping[str, Any]) -> dict[str, Any]:
    """A repository with the name that follows from its address, such as ``github.com/acme/runbooks``."""
    url = str(told["git_url"])
    if "://" in url:
        parts = urlsplit(url)
        name = f"{parts.netloc.rpartition('@')[2]}{parts.path}"
    else:
        name = url.rpartition("@")[2].replace(":", "/", 1)
    return {"repository": name.removesuffix(".git"), **{key: value for key, value in told.items() if value}}
