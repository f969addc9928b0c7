"""What every gateway has before anybody sets it up, of the endpoints that only remember (our reading)."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from mockhoop.fixtures.collections import Beginnings
from mockhoop.gateway.plugins import NAMES
from mockhoop.gateway.server_info import ANALYTICS, GRPC_URL


def beginnings_of(release: str) -> Beginnings:
    """The items with which collections begin in a release, by their templates."""
    return {
        "/agents": (_agent(release),),
        "/plugins": tuple(
            {
                "id": _id("plugins", name),
                "name": name,
                "connections": [],
                "config": None,
                "source": None,
                "priority": 0,
            }
            for name in NAMES
        ),
        "/orgs/analytics-mode": ({"analytics_mode": ANALYTICS},),
        "/orgs/hide-role-info": ({"hide_role_info": False},),
        "/serverconfig/auth": (
            {
                "auth_method": "local",
                "admin_role_name": "admin",
                "auditor_role_name": "auditor",
                "api_key": "",
                "rollout_api_key": "",
                "provider_name": "",
                "oidc_config": None,
                "saml_config": None,
                "webapp_users_management_status": "active",
            },
        ),
        "/serverconfig/mcp-auth": (
            {"enabled": False, "client_id": "", "client_secret": "", "groups_claim": "groups", "resource_uri": ""},
        ),
        "/serverconfig/misc": (
            {
                "grpc_server_url": GRPC_URL,
                "postgres_server_config": {"listen_address": "0.0.0.0:15432"},
                "ssh_server_config": {
                    "listen_address": "0.0.0.0:12222",
                    "hosts_key": "",
                    "trusted_cas": [],
                },
                "rdp_server_config": {"listen_address": "0.0.0.0:3389"},
                "http_proxy_server_config": {"listen_address": "0.0.0.0:18888"},
            },
        ),
    }


def _agent(release: str) -> dict[str, Any]:
    return {
        "id": _id("agents", "default"),
        "token": "",
        "name": "default",
        "mode": "standard",
        "status": "CONNECTED",
        "metadata": {},
        "hostname": "agent-default",
        "machine_id": "",
        "kernel_version": "Linux agent-default 6.1.0",
        "version": release,
        "goversion": "1.24.0",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def _id(*key: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(key)))
