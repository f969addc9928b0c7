"""What the gateway tells of itself, and what it is told (sections 1.6 and 8.3).

The keys are those of the sheet; what a gateway has that nobody set up is our reading.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from mockhoop.gateway import gotypes as go
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.gotypes import Field, Struct
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.times import SECOND

NO_FLAG: Final = Refusal(400, "unknown feature flag")
ANALYTICS: Final = "disabled"
"""So that web apps load nothing from elsewhere (section 8.3)."""
GRPC_URL: Final = "grpc://127.0.0.1:8010"
_YEARS: Final = 10


@dataclass(frozen=True, slots=True)
class Flag:
    """A switch of the gateway's: something that is tried out."""

    name: str
    description: str
    stability: str = "experimental"
    components: tuple[str, ...] = ("gateway",)
    default: bool = False


FLAGS: Final = {
    flag.name: flag
    for flag in (
        Flag("experimental.rdp_v2", "New IronRDP-based proxy", components=("gateway", "agent")),
        Flag("experimental.tunnel_token_renewal", "New tokens are handed out shortly before the old ones expire"),
        Flag("experimental.ai_agents", "Identities for AI agents"),
        Flag("beta.session_live_stream", "Sessions can be watched as they go on", "beta", default=True),
        Flag("beta.rulepacks", "Rules come in packs", "beta"),
    )
}
FLAG_FIELDS: Fields = {
    "name": lambda view: view.flag.name,
    "description": lambda view: view.flag.description,
    "default": lambda view: view.flag.default,
    "stability": lambda view: view.flag.stability,
    "components": lambda view: list(view.flag.components),
    "enabled": lambda view: view.enabled,
}


@dataclass(frozen=True, slots=True)
class FlagView:
    """A switch as it stands."""

    flag: Flag
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerView:
    """What a gateway is. ``api_url`` has no path; ``license`` is that which was told, empty without one."""

    version: str
    commit: str
    auth_method: str
    api_url: str
    now: int
    downloads_enabled: bool = True
    misc: Mapping[str, Any]
    analytics_mode: str = ANALYTICS
    flags: Mapping[str, bool]
    license: Mapping[str, Any]


SERVER_FIELDS: Fields = {
    "version": lambda view: view.version,
    "commit_sha": lambda view: view.commit,
    "log_level": lambda _: "INFO",
    "go_debug": lambda _: "",
    "auth_method": lambda view: view.auth_method,
    "redact_provider": lambda _: "mspresidio",
    "has_redact_credentials": lambda _: True,
    "has_webhook_app_key": lambda _: False,
    "has_idp_audience": lambda _: False,
    "has_idp_custom_scopes": lambda _: False,
    "has_ask_ai_credentials": lambda _: False,
    "has_ssh_client_host_key": lambda _: False,
    "postgres_proxy_enabled": lambda view: bool((view.misc.get("postgres_server_config") or {}).get("listen_address")),
    "api_url": lambda view: view.api_url,
    "grpc_url": lambda view: view.misc.get("grpc_server_url") or GRPC_URL,
    "tenancy_type": lambda _: "selfhosted",
    "license_info": lambda view: view,
    "idp_provider_name": lambda _: "unknown",
    "disable_sessions_download": lambda view: not view.downloads_enabled,
    "disable_clipboard_copy_cut": lambda _: False,
    "analytics_tracking": lambda view: "disabled" if view.analytics_mode == "disabled" else "enabled",
    "analytics_mode": lambda view: view.analytics_mode,
    "feature_flags": lambda view: dict(view.flags) or ABSENT,
}


def _told(name: str, default: Callable[[ServerView], Any]) -> Callable[[ServerView], Any]:
    """What the license says; for a gateway without one, its default."""
    return lambda view: _payload(view).get(name) or default(view)


def _payload(view: ServerView) -> Mapping[str, Any]:
    found = view.license.get("payload")
    return found if isinstance(found, Mapping) else {}


def _expires(view: ServerView) -> int:
    told = _payload(view).get("expire_at")
    return told if isinstance(told, int) and not isinstance(told, bool) else years_later(view.now // SECOND, _YEARS)


def _is_valid(view: ServerView) -> bool:
    return _expires(view) > view.now // SECOND


LICENSE_FIELDS: Fields = {
    "key_id": lambda view: view.license.get("key_id") or "",
    "allowed_hosts": _told("allowed_hosts", lambda _: ["*"]),
    "type": _told("type", lambda _: "oss"),
    "issued_at": _told("issued_at", lambda view: view.now // SECOND),
    "expire_at": _expires,
    "features": _told("features", lambda _: []),
    "is_valid": _is_valid,
    "status": lambda view: "valid" if _is_valid(view) else "expired",
    "verified_host": lambda view: urlsplit(view.api_url).hostname or "",
    "verify_error": lambda view: "" if _is_valid(view) else "license expired",
}


def years_later(seconds: int, years: int) -> int:
    """The same day and time of a later year, in seconds since 1970; the 29th of February may be the 1st of March."""
    at = datetime.fromtimestamp(seconds, UTC)
    try:
        later = at.replace(year=at.year + years)
    except ValueError:
        later = at.replace(year=at.year + years, month=3, day=1)
    return int(later.timestamp())


_FLAG_UPDATE: Final = Struct("FeatureFlagUpdateRequest", "openapi", (Field("Enabled", "enabled", go.BOOL),))
_PROFILE: Final = Struct(
    "OrgProtectionProfileRequest",
    "openapi",
    (Field("Profile", "profile", go.OPTIONAL_TEXT), Field("Source", "source", go.TEXT, required=True)),
)


def read_flag(body: bytes) -> bool | Refusal:
    """Whether a switch is to be on."""
    told = decode(body, _FLAG_UPDATE)
    return told if isinstance(told, Refusal) else bool(told["enabled"])


def read_profile(body: bytes) -> dict[str, str | None] | Refusal:
    """The protection profile that is chosen, with the attribute that binds it; nulls for none."""
    told = decode(body, _PROFILE)
    if isinstance(told, Refusal):
        return told
    profile = told["profile"] or None
    return {
        "profile": profile,
        "attribute_name": None if profile is None else f"hoop_protection_profile-{profile.replace('-', '_')}",
    }
