"""What the gateway tells of itself, and its switches (sections 1.6 and 8.3 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from mockhoop.fixtures.items import ITEMS, Item, key_of
from mockhoop.gateway import server_info
from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.gateway.facets import CONNECTIONS, SESSIONS, USERS
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.releases import Release
from mockhoop.gateway.server_info import FLAG_FIELDS, FLAGS, LICENSE_FIELDS, SERVER_FIELDS, Flag, FlagView, ServerView
from mockhoop.gateway.untyped import first_value
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.about.singles import told_value
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Count, Put
from mockhoop.world.world import World

_FLAGS_PATH = "/feature-flags"
_LICENSE_PATH = "/orgs/license"
_PROFILE_PATH = "/orgs/protection-profile"
_TERMINAL_TYPES = ("database", "custom", "command-line", "postgres", "mysql", "mssql")


class ServerInfo:
    """Decides the routes about the gateway itself."""

    def __init__(self, release: Release, document: Mapping[str, Any], plausible: Plausible, items: Items) -> None:
        self._release = release
        self._document = document
        self._plausible = plausible
        self._items = items

    def public(self, question: Question) -> Decision:
        """``GET /publicserverinfo``: how to sign in, and whether anybody can yet (section 1.6)."""
        world = question.world
        return answer({"auth_method": world.settings.auth_method, "setup_required": len(world.table(USERS)) == 0})

    def get(self, question: Question) -> Decision:
        """``GET /serverinfo``: what the gateway is (section 8.3)."""
        view = self._view(question)
        shown = self._server.fill(view, "server")
        if shown.get("license_info") is view:
            shown["license_info"] = self._license.fill(view, "license")
        return answer(shown)

    def license(self, question: Question) -> Decision:
        """``GET /orgs/license``: as ``/serverinfo`` tells it."""
        return answer(self._license.fill(self._view(question), "license"))

    def flags(self, question: Question) -> Decision:
        """``GET /feature-flags``: a bare array (section 8.3)."""
        return answer([self._shown(flag, question.world) for flag in FLAGS.values()])

    def set_flag(self, question: Question) -> Decision:
        """``PUT /feature-flags/{name}``: on or off from now on."""
        flag = FLAGS.get(question.path_values["name"])
        if flag is None:
            return refuse(server_info.NO_FLAG)
        enabled = server_info.read_flag(question.call.body)
        if isinstance(enabled, Refusal):
            return refuse(enabled)
        change = Put(ITEMS, Item(_FLAGS_PATH, flag.name, {"name": flag.name, "enabled": enabled}))
        return answer(self._flag.fill(FlagView(flag, enabled), flag.name), change)

    def onboarding(self, question: Question) -> Decision:
        """``GET /orgs/onboarding``: what has been set up so far."""
        world, any_of = question.world, self._has
        connections = sorted(world.table(CONNECTIONS), key=lambda one: str(one.name))
        groups = {group for user in world.table(USERS) for group in user.groups}
        checks = {
            "agent_deployed": any_of(world, "/agents"),
            "ai_analyzer_enabled": told_value(world, "/ai/session-analyzer/providers") is not None,
            "data_masking_explored": any_of(world, "/datamasking-rules"),
            "groups_created": bool(groups - {ADMIN_GROUP}),
            "guardrails_explored": any_of(world, "/guardrails"),
            "people_assigned": len(world.table(USERS)) > 1,
            "protection_level_set": bool(self._profile(world)["profile"]),
            "resource_created": bool(connections),
            "session_ran": len(world.table(SESSIONS)) > 0,
        }
        return answer(
            {
                "completed": all(checks.values()),
                "checks": checks,
                "first_connection_name": next((one.name for one in connections), None),
                "exec_connection_name": next((one.name for one in connections if one.type in _TERMINAL_TYPES), None),
            }
        )

    def profile(self, question: Question) -> Decision:
        """``GET /orgs/protection-profile``: nulls while none is chosen."""
        return answer(self._profile(question.world))

    def set_profile(self, question: Question) -> Decision:
        """``PUT /orgs/protection-profile``."""
        chosen = server_info.read_profile(question.call.body)
        if isinstance(chosen, Refusal):
            return refuse(chosen)
        return answer(chosen, Put(ITEMS, Item(_PROFILE_PATH, "", chosen)))

    def auth(self, question: Question) -> Decision:
        """``GET /serverconfig/auth``: how people sign in, as this world has it."""
        settings = question.world.settings
        told = self._items.one(question.world, "/serverconfig/auth")
        changed = told_value(question.world, "/serverconfig/auth") is not None
        own = {} if changed else {"auth_method": settings.auth_method}
        return answer({**told, **own, "api_key": settings.api_key})

    def _view(self, question: Question) -> ServerView:
        world, call, one = question.world, question.call, self._items.one
        return ServerView(
            version=str(self._release),
            commit=world.chance.hex("commit of the gateway")[:40],
            auth_method=world.settings.auth_method,
            api_url=call.origin.removesuffix(call.prefix),
            now=world.clock.now(),
            downloads_enabled=world.settings.downloads_enabled,
            misc=one(world, "/serverconfig/misc"),
            analytics_mode=one(world, "/orgs/analytics-mode").get("analytics_mode", server_info.ANALYTICS),
            flags={name: _is_on(flag, world) for name, flag in FLAGS.items()} if self._has_flags else {},
            license=told_value(world, _LICENSE_PATH) or {},
        )

    @cached_property
    def _has_flags(self) -> bool:
        return _FLAGS_PATH in self._document.get("paths", {})

    def _shown(self, flag: Flag, world: World) -> dict[str, Any]:
        return self._flag.fill(FlagView(flag, _is_on(flag, world)), flag.name)

    def _profile(self, world: World) -> Mapping[str, Any]:
        return {"profile": None, "attribute_name": None} | (told_value(world, _PROFILE_PATH) or {})

    def _has(self, world: World, template: str) -> bool:
        return bool(self._items.all(world, template))

    @cached_property
    def _server(self) -> Shape:
        return Shape("openapi.ServerInfo", self._document, SERVER_FIELDS, self._plausible)

    @cached_property
    def _license(self) -> Shape:
        return Shape("openapi.ServerLicenseInfo", self._document, LICENSE_FIELDS, self._plausible)

    @cached_property
    def _flag(self) -> Shape:
        return Shape("openapi.FeatureFlagItem", self._document, FLAG_FIELDS, self._plausible)


def health(question: Question) -> Decision:  # noqa: ARG001
    """``GET /healthz``: the port for agents is not looked at, because there is none (section 1.6)."""
    return answer({"liveness": "OK"})


def set_license(question: Question) -> Decision:
    """``PUT /orgs/license``: ``/serverinfo`` tells it from now on; nobody checks its signature (our reading)."""
    told = first_value(question.call.body)
    if not isinstance(told, dict):
        return refuse(Refusal(400, "the license is not a JSON object"))
    return done(Put(ITEMS, Item(_LICENSE_PATH, "", told)))


def make_key(question: Question) -> Decision:
    """``POST /serverconfig/auth/apikey``: a key that nobody may use yet (our reading)."""
    world = question.world
    key = f"xapi-{world.chance.hex('api key of the gateway', world.counted('api keys of the gateway'))}"
    return answer({"rollout_api_key": key}, Count("api keys of the gateway"), status=201)


def server_info_routes(
    release: Release, document: Mapping[str, Any], plausible: Plausible, items: Items
) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = ServerInfo(release, document, plausible, items)
    return {
        "GET /publicserverinfo": deciding.public,
        "GET /serverinfo": deciding.get,
        "GET /healthz": health,
        "GET /feature-flags": deciding.flags,
        "PUT /feature-flags/{name}": deciding.set_flag,
        "GET /orgs/onboarding": deciding.onboarding,
        "GET /orgs/protection-profile": deciding.profile,
        "PUT /orgs/protection-profile": deciding.set_profile,
        "GET /orgs/license": deciding.license,
        "PUT /orgs/license": set_license,
        "GET /serverconfig/auth": deciding.auth,
        "POST /serverconfig/auth/apikey": make_key,
    }


def _is_on(flag: Flag, world: World) -> bool:
    item = world.table(ITEMS).get(key_of(_FLAGS_PATH, flag.name))
    return flag.default if item is None or item.gone else bool(item.value.get("enabled", flag.default))
