"""Answers that remember: collections are listed, added to, read, changed and removed from, as their paths tell."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockhoop.contract.operations import Operation
from mockhoop.errors import ContractError
from mockhoop.fixtures.collections import Collection, Kind, Role, Way
from mockhoop.fixtures.items import ITEMS, MOST_ITEMS, Item, key_of
from mockhoop.fixtures.names import plain
from mockhoop.fixtures.paging import Page, Paging, told
from mockhoop.fixtures.shapes import Shapes
from mockhoop.fixtures.store import RESPONSE, Store
from mockhoop.gateway.times import SECOND, rfc3339
from mockhoop.media.bodies import Unreadable, read
from mockhoop.media.kinds import fitting
from mockhoop.messages import Call, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.generic.answers import MADE, Answers, NotAcceptable
from mockhoop.responders.generic.patches import merged
from mockhoop.responders.generic.problems import details, full, problem
from mockhoop.values.plausible.keywords import Schema
from mockhoop.world.changes import Change, Count, Put
from mockhoop.world.world import World

_CREATED = frozenset(["createdat", "created", "createdon", "creationdate", "dateadded", "datecreated", "creationtime"])
_UPDATED = frozenset(
    (
        *("updatedat", "updated", "updatedon", "modifiedat"),
        *("modified", "lastmodified", "lastupdated", "datemodified"),
    )
)
_MOST_REMEMBERED = 4_096
_MOST_SHAPES = 12
_Decide = Callable[[Question, Role], Decision]


class MemoryResponder:
    """Decides the calls of operations on collections."""

    name = "memory"

    def __init__(self, roles: Mapping[str, Role], shapes: Shapes, store: Store, answers: Answers, base: str) -> None:
        self.roles = roles
        self._shapes = shapes
        self._store = store
        self._answers = answers
        self._base = base
        self._paging: dict[str, Paging] = {}
        self._shown: dict[tuple[str, ...], tuple[Any, Reply]] = {}
        self._by_kind: Mapping[Kind, _Decide] = {
            Kind.LIST: self._list,
            Kind.CREATE: self._create,
            Kind.READ: self._read,
            Kind.REPLACE: self._replace,
            Kind.CHANGE: self._change,
            Kind.REMOVE: self._remove,
            Kind.ACT: self._act,
        }

    def serves(self, key: str) -> bool:
        """Operations that do something with a collection."""
        return key in self.roles

    def decide(self, question: Question) -> Decision:
        """What the operation makes of what is remembered."""
        role = self.roles[question.operation.key]
        try:
            return self._by_kind[role.kind](question, role)
        except NotAcceptable as error:
            return Decision(problem(406, str(error), code="NOT_ACCEPTABLE"))
        except ContractError as error:
            return Decision(problem(500, f"the contract asks for what cannot be: {error}", code="UNSATISFIABLE"))

    # What each kind of operation does

    def _list(self, question: Question, role: Role) -> Decision:
        world, collection, values = question.world, role.collection, question.path_values
        if not self._store.has_parent(world, collection, values):
            return self._missing(question)
        way = role.way or ()
        schema = self._shapes.at(role.schema, way)
        items = [value for _, value in self._store.items(world, collection, values)]
        paging = self._paging_of(question.operation, collection)
        page = paging.page(items, question.call.raw_query, self._shapes.limits(schema).get("maxItems"))
        own = self._shapes.items(schema)
        shown = [self._view(own, collection, one) for one in page.items]
        query = paging.query_of(question.call.raw_query, page)
        next_url = f"{question.call.prefix}{question.call.raw_path}?{query}"
        body = self._wrapped(question, role, way, shown, page, next_url)
        headers = dict(self._paging_headers(question, role, page, next_url))
        return Decision(self._answer(question, role, body, headers), steady=True)

    def _read(self, question: Question, role: Role) -> Decision:
        value = self._store.find(question.world, role.collection, question.path_values)
        if value is None:
            return self._missing(question)
        place = (question.operation.key, question.call.headers.get("Accept", ""), *question.path_values.values())
        known = self._shown.get(place)
        if known is not None and known[0] is value:
            return Decision(known[1], steady=True)
        reply = self._answer(question, role, self._item_body(question, role, value))
        if len(self._shown) >= _MOST_REMEMBERED:
            self._shown.clear()
        self._shown[place] = value, reply
        return Decision(reply, steady=True)

    def _create(self, question: Question, role: Role) -> Decision:
        world, collection, values = question.world, role.collection, question.path_values
        if not self._store.has_parent(world, collection, values):
            return self._missing(question)
        if len(world.table(ITEMS)) >= MOST_ITEMS:
            return Decision(full(), refused=True)
        path = self._store.path_of(collection, values)
        fields = self._fields(question)
        sequence = f"made in {path}"
        own_id = self._given_id(collection, fields)
        if own_id is None:
            own_id = self._store.fresh_id(world, collection, path, world.counted(sequence))
        elif self._store.item(world, collection, values, str(own_id)) is not None and not collection.lenient:
            body = details(409, f"there is {key_of(path, str(own_id))} already", "CONFLICT")
            accept = question.call.headers.get("Accept", "")
            return Decision(self._answers.refusal(question.operation, (409, 422, 400), body, accept), refused=True)
        value = self._store.new(collection, path, values, own_id)
        value = self._stamped(collection, self._merged(collection, value, fields), world, _CREATED | _UPDATED)
        changes = (Put(ITEMS, Item(path, str(own_id), value)), Count(sequence))
        location = f"{question.call.prefix}{self._base}{key_of(path, str(own_id))}"
        headers = {"Location": location} if role.status == 201 and collection.addressed else {}
        return Decision(self._answer(question, role, self._item_body(question, role, value), headers), changes)

    def _replace(self, question: Question, role: Role) -> Decision:
        world, collection, values = question.world, role.collection, question.path_values
        before = self._store.find(world, collection, values)
        responses = question.operation.definition.get("responses") or {}
        own_id, path = self._place(collection, values)
        if before is None:
            if "201" not in responses or not self._store.has_parent(world, collection, values):
                return self._missing(question)
            before = self._store.new(collection, path, values, own_id)
        fields = self._fields(question)
        properties = self._shapes.properties(collection.schema)
        required = self._shapes.limits(collection.schema).get("required", ())
        kept = {
            name: one
            for name, one in (before.items() if isinstance(before, dict) else ())
            if name in required or name == collection.id_property or self._is(properties.get(name), "readOnly")
        }
        value = kept if self._store.fits(collection.schema, kept) else before
        value = self._stamped(collection, self._merged(collection, value, fields), world, _UPDATED)
        return self._put(question, role, path, own_id, value)

    def _change(self, question: Question, role: Role) -> Decision:
        collection, values = role.collection, question.path_values
        before = self._store.find(question.world, collection, values)
        if before is None:
            return self._missing(question)
        own_id, path = self._place(collection, values)
        patched = merged(before, self._body(question), question.call.headers.get("Content-Type", ""))
        value = before
        if isinstance(patched, dict):
            gone = [name for name in before if name not in patched]
            without = {name: one for name, one in before.items() if name not in gone}
            value = without if self._store.fits(collection.schema, without) else before
            value = self._merged(collection, value, patched)
        value = self._stamped(collection, value, question.world, _UPDATED)
        return self._put(question, role, path, own_id, value)

    def _remove(self, question: Question, role: Role) -> Decision:
        collection, values = role.collection, question.path_values
        before = self._store.find(question.world, collection, values)
        if before is None:
            return self._missing(question)
        own_id, path = self._place(collection, values)
        reply = self._answer(question, role, self._item_body(question, role, before))
        return Decision(reply, (Put(ITEMS, Item(path, own_id, gone=True)),))

    def _act(self, question: Question, role: Role) -> Decision:
        value = self._store.find(question.world, role.collection, question.path_values)
        if value is None:
            return self._missing(question)
        return Decision(self._answer(question, role, self._item_body(question, role, value)))

    def _put(self, question: Question, role: Role, path: str, own_id: str, value: Any) -> Decision:
        changes: tuple[Change, ...] = (Put(ITEMS, Item(path, own_id, value)),)
        return Decision(self._answer(question, role, self._item_body(question, role, value)), changes)

    # What is answered

    def _answer(self, question: Question, role: Role, value: Any, headers: Mapping[str, str] | None = None) -> Reply:
        response = self._answers.declared(question.operation, role.status) or {}
        accept = question.call.headers.get("Accept", "")
        key = tuple(question.path_values.values())
        return self._answers.reply(
            question.operation, role.status, response, key, accept, value=value, headers=headers
        )  # fmt: skip

    def _missing(self, question: Question) -> Decision:
        text = f"there is nothing at {question.call.path}"
        body = details(404, text, "NOT_FOUND")
        accept = question.call.headers.get("Accept", "")
        return Decision(self._answers.refusal(question.operation, (404, 410), body, accept))

    def _item_body(self, question: Question, role: Role, value: Any) -> Any:
        """The body that shows an item, where the answer shows one."""
        if role.way is None:
            return MADE
        shown = self._view(self._shapes.at(role.schema, role.way), role.collection, value)
        return self._wrapped(question, role, role.way, shown)

    def _view(self, schema: Schema, collection: Collection, value: Any) -> Any:
        """An item in the shape in which an answer shows it."""
        if self._shapes.is_same(schema, collection.schema) or not isinstance(value, dict):
            return value
        own_id = str(value.get(collection.id_property, ""))
        made = self._answers.plausible.value(
            schema, "view", collection.template, own_id, direction=RESPONSE
        )  # fmt: skip
        if not isinstance(made, dict):
            return made
        known = self._shapes.properties(schema)
        return self._store.with_fields(schema, made, {name: one for name, one in value.items() if name in known})

    def _wrapped(
        self, question: Question, role: Role, way: Way, value: Any, page: Page | None = None, next_url: str = ""
    ) -> Any:
        if not way:
            return value
        # Of several shapes that an answer can have, the item or the list may belong in one only.
        several = bool(self._shapes.limits(role.schema).get("choices"))
        for attempt in range(_MOST_SHAPES if several else 1):
            whole = self._around(question, role, way, value, attempt)
            if page is not None:
                self._tell(role.schema, whole, page, next_url)
            if several and self._store.fits(role.schema, whole):
                break
        return whole

    def _around(self, question: Question, role: Role, way: Way, value: Any, attempt: int) -> Any:
        """An answer with the value in its place."""
        key: list[str | int] = ["around", question.operation.key, *question.path_values.values()]
        made = self._answers.plausible.value(role.schema, *key, *([attempt] if attempt else []), direction=RESPONSE)
        whole: dict[str, Any] = made if isinstance(made, dict) else {}
        inner = whole
        for name in way[:-1]:
            if not isinstance(inner.get(name), dict):
                inner[name] = {}
            inner = inner[name]
        inner[way[-1]] = value
        return whole

    def _tell(self, schema: Schema, whole: dict[str, Any], page: Page, next_url: str, depth: int = 0) -> None:
        """Have the fields around a list tell of its page."""
        properties = self._shapes.properties(schema)
        required = self._shapes.limits(schema).get("required", ())
        cursor = str(page.offset + len(page.items))
        for name, value in told(whole, page, next_url, cursor):
            if name in properties and self._store.fits(properties[name], value):
                whole[name] = value
            elif value is None and name not in required:
                del whole[name]
            elif value is None and self._store.fits(properties.get(name, {}), ""):
                whole[name] = ""
        for name, value in whole.items():
            if isinstance(value, dict) and not depth:
                self._tell(properties.get(name, {}), value, page, next_url, 1)

    def _paging_headers(self, question: Question, role: Role, page: Page, next_url: str) -> Iterator[tuple[str, str]]:
        """The declared headers that tell of a page."""
        response = self._answers.declared(question.operation, role.status) or {}
        for name in response.get("headers") or {}:
            word = plain(name.lower().removeprefix("x-").removeprefix("pagination-"))
            for _, value in told({word: ""}, page, next_url, str(page.offset + len(page.items))):
                yield name, str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
            if name.lower() == "link":
                first = f'<{question.call.raw_path}>; rel="first"'
                yield name, f'<{next_url}>; rel="next"' if page.has_next else first

    # What is asked

    def _paging_of(self, operation: Operation, collection: Collection) -> Paging:
        paging = self._paging.get(operation.key)
        if paging is None:
            paging = self._paging[operation.key] = Paging(operation.parameters, collection.schema, self._shapes)
        return paging

    def _fields(self, question: Question) -> Mapping[str, Any]:
        """The properties in a call's body, or in the one object that it holds."""
        body = self._body(question)
        if not isinstance(body, Mapping):
            return {}
        if len(body) == 1:
            inner = next(iter(body.values()))
            role = self.roles[question.operation.key]
            if isinstance(inner, Mapping) and next(iter(body)) not in self._shapes.properties(role.collection.schema):
                return inner
        return body

    def _body(self, question: Question) -> Any:
        call: Call = question.call
        content_type = call.headers.get("Content-Type", "")
        request = self._answers.resolve(question.operation.definition.get("requestBody") or {})
        content = request.get("content") or {}
        key = fitting(content, content_type)
        if key is None or not call.body:
            return None
        try:
            told = content[key] or {}
            return read(call.body, content_type, told.get("schema"), self._answers.resolve, told.get("encoding"))
        except (Unreadable, RecursionError, ValueError):
            return None

    def _given_id(self, collection: Collection, fields: Mapping[str, Any]) -> str | int | None:
        """The id that a client gives to what it adds, where that is for the client to say."""
        given = fields.get(collection.id_property) if collection.id_property else None
        schema = self._shapes.properties(collection.schema).get(collection.id_property)
        if given is None or isinstance(given, bool) or self._is(schema, "readOnly"):
            return None
        return given if isinstance(given, str | int) and given != "" and self._store.fits(schema, given) else None

    def _place(self, collection: Collection, values: Mapping[str, str]) -> tuple[str, str]:
        """The id that path values name, and the path of its collection."""
        own_id = values[collection.parameter] if collection.parameter else ""
        return own_id, self._store.path_of(collection, values)

    def _merged(self, collection: Collection, value: Any, fields: Mapping[str, Any]) -> Any:
        """The item with what a client may say of it: neither its id nor what is the server's or is never shown."""
        properties = self._shapes.properties(collection.schema)
        wanted = {
            name: one
            for name, one in fields.items()
            if name != collection.id_property
            and not self._is(properties.get(name), "readOnly")
            and not self._is(properties.get(name), "writeOnly")
        }
        return self._store.with_fields(collection.schema, value, wanted)

    def _stamped(self, collection: Collection, value: Any, world: World, names: frozenset[str]) -> Any:
        """The item with the present time where its fields tell when it was made or changed."""
        if not isinstance(value, dict):
            return value
        now = world.clock.now()
        times = {name: one for name, one in value.items() if plain(name) in names}
        text = f"{rfc3339(now, 'ns')[:19]}Z"
        stamps = {name: text if isinstance(one, str) else now // SECOND for name, one in times.items()}
        return self._store.with_fields(collection.schema, value, stamps)

    def _is(self, schema: Schema, word: str) -> bool:
        return schema is not None and bool(self._shapes.limits(schema).get(word))
