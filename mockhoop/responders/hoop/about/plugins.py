"""Plugins and the repositories of runbooks, as clients set them up."""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.gateway import plugins
from mockhoop.gateway.facets import CONNECTIONS
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.gateway.times import rfc3339
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.about.singles import told_value
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Change, Count, Put
from mockhoop.world.world import World

_PATH = "/plugins"
_REPOSITORIES = "/runbooks/configurations"
_COMMITS = "commits of runbooks"


class Plugins:
    """Decides the routes of plugins."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def list(self, question: Question) -> Decision:
        """``GET /plugins``: a bare array, null when there are none (section 8.7)."""
        return answer([*self._all(question.world).values()] or None)

    def get(self, question: Question) -> Decision:
        """``GET /plugins/{name}``."""
        plugin = self._named(question)
        return answer(plugin) if plugin is not None else refuse(plugins.NO_PLUGIN)

    def post(self, question: Question) -> Decision:
        """``POST /plugins``: switch one on that is not on yet; there are no others than the gateway's."""
        told = plugins.read_plugin(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        world, name = question.world, str(told["name"])
        if name not in plugins.NAMES:
            return refuse(plugins.UNKNOWN)
        if name in self._all(world):
            return refuse(plugins.TAKEN)
        made = {
            "id": world.chance.uuid("plugin", name),
            "name": name,
            "connections": [],
            "config": _config(world, name, told["config"]),
            "source": told["source"],
            "priority": told["priority"],
        }
        return _answered(self._with_connections(world, made, told), status=201)

    def put(self, question: Question) -> Decision:
        """``PUT /plugins/{name}``: other connections; its name and its settings stay."""
        plugin = self._named(question)
        if plugin is None:
            return refuse(plugins.NO_PLUGIN)
        told = plugins.read_plugin(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        return _answered(self._with_connections(question.world, {**plugin, "connections": []}, told))

    def configure(self, question: Question) -> Decision:
        """``PUT /plugins/{name}/config``."""
        plugin = self._named(question)
        if plugin is None:
            return refuse(plugins.NO_PLUGIN)
        told = plugins.read_config(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        return _answered({**plugin, "config": _config(question.world, plugin["name"], told)})

    def use(self, question: Question) -> Decision:
        """``GET /plugins/{name}/conn/{id}``."""
        plugin = self._named(question)
        found = None if plugin is None else _use_of(plugin, _connection(question))
        if plugin is None or found is None:
            return refuse(plugins.NO_PLUGIN if plugin is None else plugins.NO_CONNECTION)
        return answer(_shown_use(question, plugin, found))

    def put_use(self, question: Question) -> Decision:
        """``PUT /plugins/{name}/conn/{id}``: by the id of a connection that there is, or by its name."""
        plugin, connection = self._named(question), _connection(question)
        if plugin is None or connection is None:
            return refuse(plugins.NO_PLUGIN if plugin is None else plugins.NOT_THERE)
        told = plugins.read_use(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        use = {"id": connection.id, "name": connection.name, "config": told["config"] or []}
        return answer(_shown_use(question, plugin, use), _kept(plugins.using(plugin, use)))

    def delete_use(self, question: Question) -> Decision:
        """``DELETE /plugins/{name}/conn/{id}``."""
        plugin = self._named(question)
        found = None if plugin is None else _use_of(plugin, _connection(question))
        if plugin is None or found is None:
            return refuse(plugins.NO_PLUGIN if plugin is None else plugins.NO_CONNECTION)
        return done(_kept({**plugin, "connections": [one for one in plugin["connections"] if one is not found]}))

    def _all(self, world: World) -> dict[str, dict[str, Any]]:
        found = self._items.all(world, _PATH)
        return {str(one["name"]): plugins.with_reviewers(one, world.table(CONNECTIONS)) for one in found}

    def _named(self, question: Question) -> dict[str, Any] | None:
        return self._all(question.world).get(question.path_values["name"])

    def _with_connections(self, world: World, plugin: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        for one in told["connections"] or ():
            connection = _find(world, one["id"] or one["name"])
            if connection is not None:
                use = {"id": connection.id, "name": connection.name, "config": one["config"] or []}
                plugin = plugins.using(plugin, use)
        return plugin


def repositories(question: Question) -> Decision:
    """``GET /runbooks/configurations``."""
    return answer(_configuration(question.world, _told_repositories(question.world)))


def add_repository(question: Question) -> Decision:
    """``POST /runbooks/configurations``: one more."""
    told = plugins.read_repository(question.call.body)
    if isinstance(told, Refusal):
        return refuse(told)
    before = _told_repositories(question.world)
    if any(one.get("repository") == told["repository"] for one in before):
        return refuse(plugins.SAME_REPOSITORY)
    return _keep(question.world, [*before, told])


def replace_repositories(question: Question) -> Decision:
    """``PUT /runbooks/configurations``: all of them."""
    told = plugins.read_repositories(question.call.body)
    return refuse(told) if isinstance(told, Refusal) else _keep(question.world, list(told))


def replace_repository(question: Question) -> Decision:
    """``PUT /runbooks/configurations/{id}``."""
    before = _told_repositories(question.world)
    place = _place(before, question.path_values["id"])
    if place is None:
        return refuse(plugins.NO_REPOSITORY)
    told = plugins.read_repository(question.call.body)
    if isinstance(told, Refusal):
        return refuse(told)
    return _keep(question.world, [*before[:place], told, *before[place + 1 :]])


def remove_repository(question: Question) -> Decision:
    """``DELETE /runbooks/configurations/{id}``."""
    before = _told_repositories(question.world)
    place = _place(before, question.path_values["id"])
    if place is None:
        return refuse(plugins.NO_REPOSITORY)
    return done(_repositories_kept(question.world, [*before[:place], *before[place + 1 :]]))


def add_file(question: Question) -> Decision:
    """``POST /runbooks/configurations/{id}/files``: said to be committed, to a repository that nobody looks into."""
    if _place(_told_repositories(question.world), question.path_values["id"]) is None:
        return refuse(plugins.NO_REPOSITORY)
    told = plugins.read_file(question.call.body)
    if isinstance(told, Refusal):
        return refuse(told)
    world, path = question.world, told["path"]
    commit = world.chance.hex("commit", question.path_values["id"], path, world.counted(_COMMITS))[:40]
    return answer({"path": path, "commit_sha": commit}, Count(_COMMITS), status=201)


def plugin_routes(items: Items) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = Plugins(items)
    return {
        "GET /plugins": deciding.list,
        "POST /plugins": deciding.post,
        "GET /plugins/{name}": deciding.get,
        "PUT /plugins/{name}": deciding.put,
        "PUT /plugins/{name}/config": deciding.configure,
        "GET /plugins/{name}/conn/{id}": deciding.use,
        "PUT /plugins/{name}/conn/{id}": deciding.put_use,
        "DELETE /plugins/{name}/conn/{id}": deciding.delete_use,
        "GET /runbooks/configurations": repositories,
        "POST /runbooks/configurations": add_repository,
        "PUT /runbooks/configurations": replace_repositories,
        "PUT /runbooks/configurations/{id}": replace_repository,
        "DELETE /runbooks/configurations/{id}": remove_repository,
        "POST /runbooks/configurations/{id}/files": add_file,
    }


def _kept(plugin: Mapping[str, Any]) -> Change:
    return Put(ITEMS, Item(_PATH, str(plugin["name"]), dict(plugin)))


def _answered(plugin: Mapping[str, Any], status: int = 200) -> Decision:
    return answer(plugin, _kept(plugin), status=status)


def _config(world: World, name: str, told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {"id": world.chance.uuid("plugin", name, "config"), "envvars": told["envvars"] or {}}


def _find(world: World, own_id: str) -> Connection | None:
    """A connection by its name, or by its id."""
    table = world.table(CONNECTIONS)
    found: Connection | None = table.get(own_id)
    return found or next((one for one in table if one.id == own_id.lower()), None)


def _connection(question: Question) -> Connection | None:
    return _find(question.world, question.path_values["id"])


def _use_of(plugin: Mapping[str, Any], connection: Connection | None) -> Mapping[str, Any] | None:
    if connection is None:
        return None
    return next((one for one in plugin["connections"] if one["id"] == connection.id), None)


def _shown_use(question: Question, plugin: Mapping[str, Any], use: Mapping[str, Any]) -> dict[str, Any]:
    world = question.world
    return {
        "id": world.chance.uuid("plugin", plugin["name"], "use", use["id"]),
        "plugin_id": plugin.get("id", ""),
        "connection_id": use["id"],
        "updated_at": rfc3339(world.settings.began, "s"),
        "config": use["config"],
    }


def _told_repositories(world: World) -> list[Mapping[str, Any]]:
    return list((told_value(world, _REPOSITORIES) or {}).get("repositories") or ())


def _place(told: list[Mapping[str, Any]], own_id: str) -> int | None:
    return next((place for place, one in enumerate(told) if plugins.is_repository(one, own_id)), None)


def _repositories_kept(world: World, told: list[Mapping[str, Any]]) -> Change:
    at = rfc3339(world.clock.now())
    return Put(ITEMS, Item(_REPOSITORIES, "", {"repositories": told, "updated_at": at}))


def _keep(world: World, told: list[Mapping[str, Any]]) -> Decision:
    return answer(_configuration(world, told), _repositories_kept(world, told))


def _configuration(world: World, told: list[Mapping[str, Any]]) -> dict[str, Any]:
    made = rfc3339(world.settings.began)
    return {
        "id": world.chance.uuid("configuration of runbooks"),
        "org_id": world.settings.organization.id,
        "repositories": told,
        "created_at": made,
        "updated_at": (told_value(world, _REPOSITORIES) or {}).get("updated_at", made),
    }
