"""Keys with which programs and AI agents call (sections 2.1 and 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.gateway.access import API_KEY, bearer_token
from mockhoop.gateway.facets import API_KEYS
from mockhoop.gateway.keys import (
    KEY_FIELDS,
    KEY_KINDS,
    NEW_KEY_FIELDS,
    KeyKind,
    KeyView,
    ToldKey,
    read_key,
    written_key,
)
from mockhoop.gateway.records import ApiKey, Refusal
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Count, Put
from mockhoop.world.table import Table
from mockhoop.world.world import World


class Keys:
    """Decides the routes of keys of one kind. A key is found by its id or by its name, also when it is revoked."""

    def __init__(self, kind: KeyKind, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._kind = kind
        self._document = document
        self._plausible = plausible
        self._made = f"{kind.name}s made"
        self._not_found = Refusal(404, f"{kind.name} not found")
        self._taken = Refusal(409, f"{kind.name} already exists")
        self._still_good = Refusal(422, f"{kind.name} is not revoked")

    def list(self, question: Question) -> Decision:
        """All that there ever were."""
        world, used = question.world, uses(question.world)
        own = (key for key in world.table(API_KEYS) if key.agent == self._kind.agents)
        return answer([self._shown(_with_use(key, used), world) for key in own] or self._kind.none)

    def get(self, question: Question) -> Decision:
        """One of them."""
        key = self._asked_for(question)
        return refuse(self._not_found) if key is None else answer(self._shown(key, question.world))

    def post(self, question: Question) -> Decision:
        """A new one: this answer alone has the whole key."""
        told, world = read_key(question.call.body, self._kind.creation), question.world
        if isinstance(told, Refusal):
            return refuse(told)
        if self._find(world, told.name) is not None:
            return refuse(self._taken)
        key = self._new(told, question)
        shown = self._new_shape.fill(KeyView(key, world.settings.organization.id), key.id)
        return answer(shown, Put(API_KEYS, key), Count(self._made), status=201)

    def put(self, question: Question) -> Decision:
        """Another name or other groups: what is not told stays as it is."""
        told = read_key(question.call.body, self._kind.update)
        if isinstance(told, Refusal):
            return refuse(told)
        key = self._asked_for(question)
        if key is None:
            return refuse(self._not_found)
        other = self._find(question.world, told.name)
        if other is not None and other.id != key.id:
            return refuse(self._taken)
        groups = key.groups if told.groups is None else told.groups
        return self._kept(replace(key, name=told.name or key.name, groups=groups), question.world)

    def delete(self, question: Question) -> Decision:
        """Revoke one; nothing changes if it was before (our reading)."""
        key = self._asked_for(question)
        if key is None:
            return refuse(self._not_found)
        if key.status == "revoked":
            return done()
        now, by = question.world.clock.now(), question.caller.subject
        revoked = replace(key, status="revoked", deactivated_at=now, deactivated_by=by)
        return done(Put(API_KEYS, revoked))

    def reactivate(self, question: Question) -> Decision:
        """Have one that is revoked let in again."""
        key = self._asked_for(question)
        if key is None:
            return refuse(self._not_found)
        if key.status == "active":
            return refuse(self._still_good)
        return self._kept(replace(key, status="active", deactivated_at=None, deactivated_by=None), question.world)

    def _find(self, world: World, name: str) -> ApiKey | None:
        table: Table[ApiKey] = world.table(API_KEYS)
        called = table.where("name", name)
        return next((key for key in table.newest(called, 0, len(called)) if key.agent == self._kind.agents), None)

    def _asked_for(self, question: Question) -> ApiKey | None:
        name, world = question.path_values["nameOrID"], question.world
        found: ApiKey | None = world.table(API_KEYS).get(name)
        if found is None or found.agent != self._kind.agents:
            found = self._find(world, name)
        return None if found is None else _with_use(found, uses(world))

    def _new(self, told: ToldKey, question: Question) -> ApiKey:
        world = question.world
        chance = world.chance.at(self._made, world.counted(self._made))
        return ApiKey(
            id=chance.uuid("id"),
            name=told.name,
            key=written_key(bytes.fromhex(chance.hex("key"))),
            groups=told.groups or (),
            created_at=world.clock.now(),
            created_by=question.caller.subject,
            agent=self._kind.agents,
        )

    def _kept(self, key: ApiKey, world: World) -> Decision:
        return answer(self._shown(key, world), Put(API_KEYS, key))

    def _shown(self, key: ApiKey, world: World) -> dict[str, Any]:
        return self._shape.fill(KeyView(key, world.settings.organization.id), key.id)

    @cached_property
    def _shape(self) -> Shape:
        return Shape(f"openapi.{self._kind.go_name}Response", self._document, KEY_FIELDS, self._plausible)

    @cached_property
    def _new_shape(self) -> Shape:
        return Shape(f"openapi.{self._kind.go_name}CreateResponse", self._document, NEW_KEY_FIELDS, self._plausible)


def key_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    routes: dict[str, Callable[[Question], Decision]] = {}
    for kind in KEY_KINDS:
        keys, one = Keys(kind, document, plausible), f"{kind.template}/{{nameOrID}}"
        routes |= {
            f"GET {kind.template}": keys.list,
            f"POST {kind.template}": keys.post,
            f"GET {one}": keys.get,
            f"PUT {one}": keys.put,
            f"DELETE {one}": keys.delete,
            f"POST {one}/reactivate": keys.reactivate,
        }
    return routes


def uses(world: World) -> dict[str, int]:
    """When each key let somebody in last, as far back as the world's journal goes.

    Beyond that it is known from the last change of a key, so that a call with one is none.
    """
    found: dict[str, int] = {}
    for exchange in reversed(world.journal):
        if exchange.caller not in ("", API_KEY):
            token = bearer_token(exchange.call.headers.get("Authorization"))
            found.setdefault(token or "", exchange.at)
    return found


def _with_use(key: ApiKey, used: Mapping[str, int]) -> ApiKey:
    return replace(key, last_used_at=used.get(key.key, key.last_used_at))
