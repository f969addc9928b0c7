"""Things of which there is one or none, as they are set up, changed and taken away."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from mockhoop.fixtures.items import ITEMS, Item, key_of
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.fields import ABSENT, Fields
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.singles import NOT_FOUND, SINGLES, Single
from mockhoop.gateway.times import rfc3339
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Count, Put
from mockhoop.world.world import World


def told_value(world: World, template: str) -> dict[str, Any] | None:
    """What was set at a path of which there is only one, by a client or a scenario; None when nothing was."""
    table = world.table(ITEMS)
    item: Item | None = table.get(key_of(template, "")) or table.get(template)
    return None if item is None or item.gone or not isinstance(item.value, dict) else item.value


class SingleRoutes:
    """Decides the routes of one such thing."""

    def __init__(self, single: Single, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._single = single
        self._document = document
        self._plausible = plausible

    def get(self, question: Question) -> Decision:
        """What was set, or that nothing was."""
        value = self._value(question.world)
        if value is not None:
            return answer(self._shape.fill(value, self._single.template))
        return answer(None) if self._single.missing is None else refuse(self._single.missing)

    def post(self, question: Question) -> Decision:
        """Set it up."""
        if self._single.taken is not None and self._value(question.world) is not None:
            return refuse(self._single.taken)
        return self._set(question, self._single.made)

    def put(self, question: Question) -> Decision:
        """Change what was set up."""
        return refuse(NOT_FOUND) if self._value(question.world) is None else self._set(question, 200)

    def delete(self, question: Question) -> Decision:
        """Take it away."""
        if self._value(question.world) is None and self._single.gone is not None:
            return refuse(self._single.gone)
        return done(Put(ITEMS, Item(self._single.template, "", gone=True)))

    def _set(self, question: Question, status: int) -> Decision:
        world, struct = question.world, self._single.struct
        told = {} if struct is None else decode(question.call.body, struct)
        if isinstance(told, Refusal):
            return refuse(told)
        now = rfc3339(world.clock.now())
        own = self._begun(world) | {"created_at": now}
        before = self._value(world) or {}
        kept = {name: before.get(name, value) for name, value in own.items()}
        value = kept | {"updated_at": now} | {name: one for name, one in told.items() if one not in (None, "")}
        changes = Put(ITEMS, Item(self._single.template, "", value)), Count(self._single.template)
        return answer(self._shape.fill(value, self._single.template), *changes, status=status)

    def _value(self, world: World) -> dict[str, Any] | None:
        told = told_value(world, self._single.template)
        return None if told is None else self._begun(world) | told

    def _begun(self, world: World) -> dict[str, Any]:
        """What the gateway adds to what it is told."""
        template, chance = self._single.template, world.chance
        at = rfc3339(world.settings.began)
        number = world.counted(template)
        return {
            "id": chance.uuid(template, number),
            "org_id": world.settings.organization.id,
            "status": "enabled",
            "key": f"grpcs://default:{chance.hex(template, number)}@127.0.0.1:8010",
            "created_at": at,
            "updated_at": at,
        }

    @cached_property
    def _shape(self) -> Shape:
        fields: Fields = {name: _named(name) for name in self._single.names}
        return Shape(self._single.schema, self._document, fields, self._plausible)


def _named(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda value: value.get(name, ABSENT)


def single_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    routes: dict[str, Callable[[Question], Decision]] = {}
    for single in SINGLES:
        deciding = SingleRoutes(single, document, plausible)
        routes |= {
            f"GET {single.template}": deciding.get,
            f"POST {single.template}": deciding.post,
            f"PUT {single.template}": deciding.put,
            f"DELETE {single.template}": deciding.delete,
        }
    return routes
