"""Connections as clients keep them: read, listed, made, changed and removed (section 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any

from mockhoop.gateway import connections
from mockhoop.gateway.access_requests import COMMAND, JIT, acts_on
from mockhoop.gateway.connection_bodies import CONNECTION, CONNECTION_PATCH, word_refusal
from mockhoop.gateway.connections import CONNECTION_FIELDS, ConnectionView
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.facets import CONNECTIONS, CREDENTIALS
from mockhoop.gateway.gotypes import Struct
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.pages import arranged, page_told
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.gateway.times import rfc3339
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Change, Count, Drop, Put
from mockhoop.world.table import Table
from mockhoop.world.world import World

CONNECTION_SEQUENCE = "connections"


@dataclass(frozen=True)
class ConnectionViews:
    """Shows connections: with the agents, the rules and the settings that a world remembers of other endpoints."""

    items: Items

    def all(self, world: World) -> list[ConnectionView]:
        """All of them for a list, by name."""
        agents = self.items.all(world, "/agents")
        return [_view(one, agents) for one in world.table(CONNECTIONS).derived(_by_name)]

    def one(self, world: World, connection: Connection) -> ConnectionView:
        """One by itself, with its secrets unless the organization hides them, and with what acts on it."""
        settings = self.items.one(world, "/orgs/hide-role-info")
        secret = {} if settings.get("hide_role_info") else connection.more.get("secret") or {}
        return _view(connection, self.items.all(world, "/agents"), secret, self._features(world, connection))

    def is_online(self, world: World, connection: Connection) -> bool:
        """Whether its agent is there."""
        return _view(connection, self.items.all(world, "/agents")).status == "online"

    def _features(self, world: World, connection: Connection) -> dict[str, Any]:
        def named(template: str, key: str, value: str) -> list[dict[str, Any]]:
            return [rule for rule in self.items.all(world, template) if value in (rule.get(key) or ())]

        requests = self.items.all(world, "/access-requests/rules")
        guards = connection.more.get("guardrail_rules") or named("/guardrails", "connection_ids", connection.id)
        return {
            "access_request": {
                "command": any(acts_on(rule, connection, COMMAND) for rule in requests),
                "jit": any(acts_on(rule, connection, JIT) for rule in requests),
                "legacy_reviewers": bool(connection.reviewers),
            },
            "ai_session_analyzer": bool(named("/ai/session-analyzer/rules", "connection_names", connection.name)),
            "data_masking": bool(named("/datamasking-rules", "connection_ids", connection.id)),
            "guardrails": bool(guards),
            "jira_templates": bool(connection.more.get("jira_issue_template_id")),
            "mandatory_metadata": bool(connection.more.get("mandatory_metadata_fields")),
        }


def _view(
    connection: Connection,
    agents: Sequence[dict[str, Any]],
    secret: Mapping[str, Any] | None = None,
    features: Mapping[str, Any] | None = None,
) -> ConnectionView:
    agent = _agent_of(connection, agents)
    is_online = agent.get("status", "CONNECTED") == "CONNECTED"
    return ConnectionView(
        connection=connection,
        agent_id=connection.more.get("agent_id") or agent.get("id", ""),
        status=connection.more.get("status") or ("online" if is_online else "offline"),
        secret=secret or {},
        features=features,
    )


def _agent_of(connection: Connection, agents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The agent that it names; one of which nothing is told has the agent that every gateway has, or the first."""
    told = connection.more.get("agent_id")
    if told:
        return next((agent for agent in agents if agent.get("id") == told), {})
    return next((agent for agent in agents if agent.get("name") == "default"), agents[0] if agents else {})


class Connections:
    """Decides the routes of connections."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, items: Items) -> None:
        self._document = document
        self._plausible = plausible
        self.views = ConnectionViews(items)

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.Connection", self._document, CONNECTION_FIELDS, self._plausible)

    @cached_property
    def _tag(self) -> Shape:
        fields = {name: itemgetter(name) for name in ("id", "key", "value")}
        return Shape("openapi.ConnectionTag", self._document, fields, self._plausible)

    def shown(self, view: ConnectionView) -> dict[str, Any]:
        """A connection as an answer has it."""
        return self._shape.fill(view, view.connection.id)

    def whole(self, world: World, connection: Connection) -> dict[str, Any]:
        """A connection by itself as an answer has it."""
        return self.shown(self.views.one(world, connection))

    def list(self, question: Question) -> Decision:
        """``GET /connections``: a bare array, or a page of it (section 8.7)."""
        options = first_values(question.call.raw_query)
        page, belongs = page_told(options), connections.belonging(options)
        if isinstance(page, Refusal):
            return refuse(page)
        if isinstance(belongs, Refusal):
            return refuse(belongs)
        views = [view for view in self.views.all(question.world) if belongs(view)]
        return answer(arranged(views, page, self.shown))

    def get(self, question: Question) -> Decision:
        """``GET /connections/{nameOrID}``."""
        found = find_connection(question)
        return refuse(connections.NOT_FOUND) if found is None else answer(self.whole(question.world, found))

    def post(self, question: Question) -> Decision:
        """``POST /connections``: a name that is taken is a conflict (our reading)."""
        told = _read(question, CONNECTION)
        if isinstance(told, Refusal):
            return refuse(told)
        name, world = told["name"], question.world
        refusal = connections.name_refusal(name)
        if refusal is not None:
            return refuse(refusal)
        if world.table(CONNECTIONS).get(name) is not None:
            return refuse(connections.TAKEN)
        own_id = world.chance.uuid("created connection", world.counted(CONNECTION_SEQUENCE))
        made = _dated(connections.connection_told(told, own_id, name), told, world)
        return answer(self.whole(world, made), Put(CONNECTIONS, made), Count(CONNECTION_SEQUENCE), status=201)

    def put(self, question: Question) -> Decision:
        """``PUT /connections/{nameOrID}``: all but the name is replaced."""
        return self._changed(
            question, CONNECTION, lambda found, told: connections.connection_told(told, found.id, found.name)
        )

    def patch(self, question: Question) -> Decision:
        """``PATCH /connections/{nameOrID}``: what is told is replaced."""
        return self._changed(question, CONNECTION_PATCH, connections.patched)

    def _changed(
        self,
        question: Question,
        struct: Struct,
        change: Callable[[Connection, Mapping[str, Any]], Connection],
    ) -> Decision:
        told = _read(question, struct)
        if isinstance(told, Refusal):
            return refuse(told)
        found = find_connection(question)
        if found is None:
            return refuse(connections.NOT_FOUND)
        changed = _dated(change(found, told), told, question.world)
        return answer(self.whole(question.world, changed), Put(CONNECTIONS, changed))

    def delete(self, question: Question) -> Decision:
        """``DELETE /connections/{nameOrID}``: its sessions stay, its credentials end."""
        found = find_connection(question)
        if found is None:
            return refuse(connections.NOT_FOUND)
        return done(*removal(question.world, found))

    def tags(self, question: Question) -> Decision:
        """``GET /connection-tags``: every pair of key and value that some connection has."""
        world = question.world
        pairs = {pair for one in world.table(CONNECTIONS) for pair in (one.tags or {}).items()}
        tags = [{"id": world.chance.uuid("tag", *pair), "key": pair[0], "value": pair[1]} for pair in sorted(pairs)]
        return answer({"items": [self._tag.fill(tag, tag["id"]) for tag in tags]})


def connection_routes(deciding: Connections) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /connections": deciding.list,
        "POST /connections": deciding.post,
        "GET /connections/{nameOrID}": deciding.get,
        "PUT /connections/{nameOrID}": deciding.put,
        "PATCH /connections/{nameOrID}": deciding.patch,
        "DELETE /connections/{nameOrID}": deciding.delete,
        "GET /connection-tags": deciding.tags,
    }


def find_connection(question: Question) -> Connection | None:
    """The connection that the path names, by its name or its id."""
    values, table = question.path_values, question.world.table(CONNECTIONS)
    text = values.get("nameOrID") or values.get("nameOrId") or ""
    found: Connection | None = table.get(text) or table.derived(_by_id).get(text.lower())
    return found


def removal(world: World, connection: Connection) -> tuple[Change, ...]:
    """What goes with a connection."""
    table = world.table(CREDENTIALS)
    found = table.where("connection", connection.name)
    ended = [Drop(CREDENTIALS, one.id) for one in table.newest(found, 0, len(found))]
    return (Drop(CONNECTIONS, connection.name), *ended)


def _read(question: Question, struct: Struct) -> Mapping[str, Any] | Refusal:
    told = decode(question.call.body, struct)
    if isinstance(told, Refusal):
        return told
    return word_refusal(told) or connections.tags_refusal(told["connection_tags"]) or told


def _dated(connection: Connection, told: Mapping[str, Any], world: World) -> Connection:
    """With the time at which its secrets were told, if they were."""
    if not told.get("secret"):
        return connection
    return connections.with_secret_from(connection, rfc3339(world.clock.now(), "us"))


def _by_name(table: Table[Connection]) -> tuple[Connection, ...]:
    return tuple(sorted(table, key=attrgetter("name")))


def _by_id(table: Table[Connection]) -> dict[str, Connection]:
    return {connection.id: connection for connection in table}
