"""Resources, which connections are the roles of: kept and looked at (what the web app and the command line ask for)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.gateway import connection_bodies as bodies
from mockhoop.gateway import connections
from mockhoop.gateway.connections import matches
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.facets import CONNECTIONS
from mockhoop.gateway.fields import Fields
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.pages import arranged, page_told
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.gateway.times import rfc3339
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.reach.connections import CONNECTION_SEQUENCE, Connections
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Count, Put
from mockhoop.world.table import Table
from mockhoop.world.world import World

RESOURCES = "/resources"
NOT_FOUND = Refusal(404, "resource not found")
_TAKEN = Refusal(400, "resource already exists")
_IN_USE = Refusal(400, "resource has roles, remove them first")
_SEARCHED = ("name", "type", "subtype")

_NAMES = ("id", "name", "type", "subtype", "agent_id", "env_vars", "roles", "created_at", "updated_at")


def _told(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda resource: resource.get(name)


RESOURCE_FIELDS: Fields = {**{name: _told(name) for name in _NAMES}, "mcp_oauth_warnings": _told("mcp_oauth_warnings")}


class Resources:
    """Decides the routes of resources: those that were made, and those that connections name."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, items: Items, roles: Connections) -> None:
        self._document = document
        self._plausible = plausible
        self._items = items
        self._roles = roles

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.ResourceResponse", self._document, RESOURCE_FIELDS, self._plausible)

    def all(self, world: World) -> list[dict[str, Any]]:
        """All of them, by name."""
        # Backwards, so that of several roles the first one tells what the resource is.
        views = [view for view in reversed(self._roles.views.all(world)) if view.connection.resource_name]
        named = {view.connection.resource_name: _of_role(world, view.connection, view.agent_id) for view in views}
        named |= {one["name"]: one for one in self._items.all(world, RESOURCES) if one.get("name")}
        return [named[name] for name in sorted(named)]

    def list(self, question: Question) -> Decision:
        """``GET /resources``: a bare array, or a page of it, as with connections."""
        options = first_values(question.call.raw_query)
        page = page_told(options)
        if isinstance(page, Refusal):
            return refuse(page)
        term, wanted = options.get("search", ""), {one: options[one] for one in ("name", "subtype") if options.get(one)}
        found = [
            one
            for one in self.all(question.world)
            if matches(term, *(one.get(name) or "" for name in _SEARCHED))
            and all(one.get(name) == value for name, value in wanted.items())
        ]
        return answer(arranged(found, page, self._shown))

    def _shown(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        return self._shape.fill(resource, resource["name"])

    def _whole(self, world: World, resource: Mapping[str, Any], roles: Iterable[Connection]) -> dict[str, Any]:
        return self._shown({**resource, "roles": [self._roles.whole(world, role) for role in roles]})

    def get(self, question: Question) -> Decision:
        """``GET /resources/{name}``, with its roles."""
        found, world = self.found(question), question.world
        if found is None:
            return refuse(NOT_FOUND)
        return answer(self._whole(world, found, roles_of(world, found["name"])))

    def post(self, question: Question) -> Decision:
        """``POST /resources``: with its roles, which are connections."""
        told = decode(question.call.body, bodies.RESOURCE)
        if isinstance(told, Refusal):
            return refuse(told)
        world, name = question.world, told["name"]
        if any(one["name"] == name for one in self.all(world)):
            return refuse(_TAKEN)
        roles = _made_roles(world, told)
        if isinstance(roles, Refusal):
            return refuse(roles)
        now = rfc3339(world.clock.now(), "us")
        own_id = world.chance.uuid("created resource", world.counted(RESOURCES))
        made = {"id": own_id, "name": name, **_changeable(told), "created_at": now, "updated_at": now}
        changes = [change for role in roles for change in (Put(CONNECTIONS, role), Count(CONNECTION_SEQUENCE))]
        return answer(self._whole(world, made, roles), _kept(made), Count(RESOURCES), *changes, status=201)

    def put(self, question: Question) -> Decision:
        """``PUT /resources/{name}``: all but the name and the roles is replaced."""
        told = decode(question.call.body, bodies.RESOURCE)
        if isinstance(told, Refusal):
            return refuse(told)
        found, world = self.found(question), question.world
        if found is None:
            return refuse(NOT_FOUND)
        changed = {**found, **_changeable(told), "updated_at": rfc3339(world.clock.now(), "us")}
        return answer(self._whole(world, changed, roles_of(world, found["name"])), _kept(changed))

    def delete(self, question: Question) -> Decision:
        """``DELETE /resources/{name}``: not while it has roles (our reading)."""
        found, world = self.found(question), question.world
        if found is None:
            return refuse(NOT_FOUND)
        if roles_of(world, found["name"]):
            return refuse(_IN_USE)
        return done(Put(ITEMS, Item(RESOURCES, found["name"], gone=True)))

    def found(self, question: Question) -> dict[str, Any] | None:
        """The resource with the name or the id that the path has."""
        name = question.path_values["name"]
        return next((one for one in self.all(question.world) if name in (one["name"], one.get("id"))), None)

    def is_made(self, world: World, name: str) -> bool:
        """Whether a client or a scenario told of a resource of this name."""
        return any(one.get("name") == name for one in self._items.all(world, RESOURCES))


def resource_routes(deciding: Resources) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /resources": deciding.list,
        "POST /resources": deciding.post,
        "GET /resources/{name}": deciding.get,
        "PUT /resources/{name}": deciding.put,
        "DELETE /resources/{name}": deciding.delete,
    }


def roles_of(world: World, name: str) -> Sequence[Connection]:
    """The connections of a resource, by name."""
    found: Mapping[str, Sequence[Connection]] = world.table(CONNECTIONS).derived(_by_resource)
    return found.get(name, ())


def _by_resource(table: Table[Connection]) -> dict[str, list[Connection]]:
    found: dict[str, list[Connection]] = {}
    for one in sorted(table, key=attrgetter("name")):
        found.setdefault(one.resource_name, []).append(one)
    return found


def _of_role(world: World, role: Connection, agent_id: str) -> dict[str, Any]:
    """A resource of which only a connection tells."""
    made = rfc3339(world.settings.began, "us")
    return {
        "id": world.chance.uuid("resource", role.resource_name),
        "name": role.resource_name,
        "type": role.type,
        "subtype": role.subtype,
        "agent_id": agent_id,
        "env_vars": {},
        "created_at": made,
        "updated_at": made,
    }


def _changeable(told: Mapping[str, Any]) -> dict[str, Any]:
    subtype = told["subtype"] or told["type"]
    return {
        "type": told["type"],
        "subtype": subtype,
        "agent_id": told["agent_id"],
        "env_vars": told["env_vars"],
    }


def _made_roles(world: World, told: Mapping[str, Any]) -> list[Connection] | Refusal:
    """The connections that come with a new resource, or why one of them cannot be."""
    made: dict[str, Connection] = {}
    for number, role in enumerate(told["roles"] or (), world.counted(CONNECTION_SEQUENCE)):
        name = role["name"]
        refusal = connections.name_refusal(name) or bodies.word_refusal(role)
        if refusal is not None:
            return refusal
        if world.table(CONNECTIONS).get(name) is not None or name in made:
            return Refusal(400, connections.TAKEN.message)
        whole = {**role, "resource_name": told["name"], "agent_id": role["agent_id"] or told["agent_id"] or None}
        made[name] = connections.connection_told(whole, world.chance.uuid("created connection", number), name)
    return list(made.values())


def _kept(resource: Mapping[str, Any]) -> Put:
    return Put(ITEMS, Item(RESOURCES, resource["name"], dict(resource)))
