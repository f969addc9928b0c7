"""The endpoints that only remember, as the gateway has them: bodies are JSON, names stand for ids, nothing is made up.

What a client does not tell of something is empty, null or what it was before (our reading).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from mockhoop.fixtures.collections import Kind, Role
from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.fixtures.shapes import Shapes
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.gotypes import Struct
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.pages import USUAL_SIZE
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.untyped import first_value
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, AnyCase
from mockhoop.responders.decision import Decision, Question, Responder
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.values.plausible.keywords import Schema
from mockhoop.world.changes import Change, Put

_STAMPS: Final = frozenset(("created_at", "updated_at"))
_EMPTY: Final[Mapping[str, tuple[Any, ...]]] = {
    "array": ([], None),
    "object": (None, {}),
    "boolean": (False,),
    "integer": (None, 0),
    "number": (None, 0),
}
_EMPTY_TEXT: Final = (None, "")
_ANYTHING: Final = Struct("", "", ())


class Remembering:
    """Decides as the memory of any document does, with the bodies and the emptiness of the gateway."""

    def __init__(self, inner: Responder, roles: Mapping[str, Role], items: Items, shapes: Shapes) -> None:
        self._inner = inner
        self._roles = roles
        self._items = items
        self._shapes = shapes

    @property
    def name(self) -> str:
        """That of the other responder."""
        return self._inner.name

    def serves(self, key: str) -> bool:
        """What the other one serves."""
        return self._inner.serves(key)

    def decide(self, question: Question) -> Decision:
        """The other one's decision, without what it makes up."""
        role = self._roles[question.operation.key]
        too_big = self._too_big(role, first_value(question.call.body))
        if too_big is not None:
            return refuse(too_big)
        question = self._as_json(question, role)
        told = _told(question)
        if isinstance(told, Refusal):
            return refuse(told)
        question = _by_id(self._paged(question, role), role, self._items)
        decision = self._inner.decide(question)
        if decision.reply.status >= 300 or role.kind not in (Kind.CREATE, Kind.REPLACE):
            return decision
        return self._without_fiction(question, role, decision, told)

    def _too_big(self, role: Role, told: Any) -> Refusal | None:
        """The 400 for a whole number that does not fit into Go's (section 1.5). The struct has no name here."""
        known = self._shapes.properties(role.collection.schema)
        for name, value in told.items() if isinstance(told, dict) else ():
            is_whole = isinstance(value, int) and self._shapes.kind(known.get(name, {})) == "integer"
            if is_whole and not -(2**63) <= value < 2**63:
                return Refusal(400, f"json: cannot unmarshal number {value} into Go struct field .{name} of type int")
        return None

    def _as_json(self, question: Question, role: Role) -> Question:
        """The question with the body that the gateway reads of it, which its headers call JSON (section 1.4).

        That is the first value; names of properties are in any case, half a character is U+FFFD.
        """
        call = question.call
        if not call.body:
            return question
        value = first_value(call.body)
        if isinstance(value, dict):
            names = {name.lower(): name for name in self._shapes.properties(role.collection.schema)}
            value = {names.get(name.lower(), name): one for name, one in value.items()}
        others = {name: given for name, given in call.headers.items() if name.lower() != "content-type"}
        headers = AnyCase({**others, "Content-Type": JSON})
        body = call.body if value is None else dumps(value)
        return replace(question, call=replace(call, headers=headers, body=body))

    def _paged(self, question: Question, role: Role) -> Question:
        """The question with the usual size of a page, where nobody says how many are wanted (section 8.7)."""
        if role.kind is not Kind.LIST or "pages" not in self._shapes.properties(role.schema):
            return question
        call = question.call
        if first_values(call.raw_query).get("page_size"):
            return question
        return replace(question, call=replace(call, raw_query=f"page_size={USUAL_SIZE}&{call.raw_query}"))

    def _without_fiction(self, question: Question, role: Role, decision: Decision, told: Mapping[str, Any]) -> Decision:
        shown = first_value(decision.reply.body)
        changes: list[Change] = []
        for change in decision.changes:
            if isinstance(change, Put) and change.table == ITEMS and isinstance(change.record.value, dict):
                item: Item = change.record
                value = self._value_of(question, role, item, told)
                shown = self._seen(role.schema, shown, item.value, value)
                change = Put(ITEMS, replace(item, value=value))
            changes.append(change)
        body = decision.reply.body if shown is None else dumps(shown)
        return replace(decision, reply=replace(decision.reply, body=body), changes=tuple(changes))

    def _value_of(self, question: Question, role: Role, item: Item, told: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept: of something new what was told, of what was there before also what was not told anew."""
        if role.kind is Kind.CREATE:
            return dict(self._emptied(question, role, item.value, told))
        before = self._items.store.find(question.world, role.collection, question.path_values)
        return {**(before if isinstance(before, dict) else {}), **item.value}

    def _emptied(
        self, question: Question, role: Role, made: Mapping[str, Any], told: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        """What was made, with nothing where the client told nothing."""
        collection = role.collection
        own = {
            "org_id": question.world.settings.organization.id,
            "created_by": question.caller.subject,
            "created_by_email": question.caller.email,
        }
        required = self._shapes.limits(collection.schema).get("required", ())
        for name, schema in self._shapes.properties(collection.schema).items():
            if name in told or name == collection.id_property or name in ("id", *_STAMPS):
                if name in made:
                    yield name, made[name]
            elif name in own:
                yield name, own[name]
            else:
                empty = self._empty(schema)
                if empty or name in required:
                    yield name, empty[0] if empty else made[name]

    def _empty(self, schema: Schema) -> tuple[Any, ...]:
        """What a property has that nobody told, in a tuple; an empty one where the schema has nothing like that."""
        choices = self._shapes.limits(schema).get("enum")
        if choices and None not in choices:
            return ("" if "" in choices else next(iter(choices)),)
        fitting = _EMPTY.get(self._shapes.kind(schema), _EMPTY_TEXT)
        return tuple(one for one in fitting if self._items.store.fits(schema, one))[:1]

    def _seen(self, schema: Schema, shown: Any, made: Mapping[str, Any], value: Mapping[str, Any]) -> Any:
        """An answer that shows what was made, as it became; what it has besides is empty where it can be."""
        if not isinstance(shown, dict):
            return shown
        seen: dict[str, Any] = {}
        for name, property_schema in self._shapes.properties(schema).items():
            if name in value:
                seen[name] = value[name]
            elif name in shown and name not in made:
                seen[name] = next(iter(self._empty(property_schema)), shown[name])
        return seen


def _told(question: Question) -> Mapping[str, Any] | Refusal:
    """The object in a call's body; the 400 for a body that is no JSON, where one is wanted (section 1.5)."""
    definition = question.operation.definition.get("requestBody")
    if definition is None or question.operation.method == "DELETE":
        return {}
    body = question.call.body
    if not body.strip().startswith(b"["):
        read = decode(body, _ANYTHING)
        if isinstance(read, Refusal):
            return read
    found = first_value(body)
    return found if isinstance(found, dict) else {}


def _by_id(question: Question, role: Role, items: Items) -> Question:
    """The question with an item's id where the path may have its name instead."""
    parameter = role.collection.parameter
    if not parameter.startswith("nameOr") or parameter not in question.path_values:
        return question
    own_id = items.named(question.world, role.collection, question.path_values[parameter])
    return replace(question, path_values={**question.path_values, parameter: own_id})
