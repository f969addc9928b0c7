"""What a scenario does to what a document's server remembers and sends."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from mockhoop.contract.operations import Operations
from mockhoop.fixtures.collections import Collection, Role
from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.fixtures.messages import number_of_next, posted
from mockhoop.fixtures.store import Store
from mockhoop.responders.decision import Acted
from mockhoop.responders.generic.answers import MADE
from mockhoop.responders.generic.outgoing import Outgoing
from mockhoop.scenario import script_model as script
from mockhoop.world.changes import Change, Put
from mockhoop.world.world import World

_METHODS = ("GET", "PUT", "PATCH", "DELETE", "POST")
_ALL = "*"


class ItemActions:
    """Carries out the actions on items, and sends webhooks; what cannot be done changes nothing and says why."""

    def __init__(self, operations: Operations, roles: Mapping[str, Role], store: Store, outgoing: Outgoing) -> None:
        self._operations = operations
        self._roles = roles
        self._store = store
        self._outgoing = outgoing

    def act(self, world: World, action: script.Action) -> Acted:
        """What changes with an action."""
        match action:
            case script.PutItem():
                return self._put(world, action)
            case script.RemoveItem():
                return self._remove(world, action)
            case script.SendWebhook():
                return self._send(world, action)
        return Acted(note="this action is about sessions of the gateway, and this contract is not the gateway's")

    def _put(self, world: World, action: script.PutItem) -> Acted:
        found = self._place(action.item)
        if found is None:
            return Acted(note=f"no item is remembered at {action.item}")
        collection, values = found
        path = self._store.path_of(collection, values)
        own_id = values.get(collection.parameter, "")
        before = self._store.item(world, collection, values, own_id)
        if before is None:
            before = self._store.new(collection, path, values, own_id)
        value = self._store.with_fields(collection.schema, before, action.fields)
        shown = value if isinstance(value, dict) else {}
        odd = [name for name, wanted in action.fields.items() if name not in shown or shown[name] != wanted]
        note = f"the contract does not allow {', '.join(odd)} at {action.item} as told" if odd else ""
        return Acted((Put(ITEMS, Item(path, own_id, value)),), note)

    def _remove(self, world: World, action: script.RemoveItem) -> Acted:
        found = self._place(action.remove_item)
        if found is None:
            return Acted(note=f"no item is remembered at {action.remove_item}")
        collection, values = found
        path, own_id = self._store.path_of(collection, values), values.get(collection.parameter, "")
        if own_id == _ALL and self._store.item(world, collection, values, own_id) is None:
            gone = [one for one, _ in self._store.items(world, collection, values)]
        else:
            gone = [own_id] if self._store.item(world, collection, values, own_id) is not None else []
        if not gone:
            return Acted(note=f"there is nothing at {action.remove_item}")
        return Acted(tuple(Put(ITEMS, Item(path, one, gone=True)) for one in gone))

    def _send(self, world: World, action: script.SendWebhook) -> Acted:
        planned = self._outgoing.webhooks.get(action.send)
        if planned is None:
            known = ", ".join(self._outgoing.webhooks) or "none"
            return Acted(note=f"the contract has no webhook {action.send} (webhooks: {known})")
        changes: list[Change] = []
        notes: list[str] = []
        for number, one in enumerate(planned, number_of_next(world)):
            body = MADE if action.body is None else action.body
            made = replace(self._outgoing.message(world, one, action.to, (str(number),), body), number=number)
            changes += posted(world, made)
            notes += [made.error] if made.error else []
        return Acted(tuple(changes), "; ".join(notes))

    def _place(self, path: str) -> tuple[Collection, Mapping[str, str]] | None:
        """The collection that a path leads into, with the values of its parameters."""
        return next(self._places(path), None)

    def _places(self, path: str) -> Iterator[tuple[Collection, Mapping[str, str]]]:
        for method in _METHODS:
            match = self._operations.match(method, path)
            role = self._roles.get(match.operation.key) if match is not None else None
            if match is None or role is None:
                continue
            values = {name: unquote(value) for name, value in match.parameters.items()}
            collection = role.collection
            if not collection.parameter or collection.parameter in values:
                yield collection, values
