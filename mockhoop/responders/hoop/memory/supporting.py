"""The endpoints beside sessions and reviews, as far as they only remember (sections 8.5 and 8.7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from mockhoop.fixtures.collections import Collection, Role
from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.fixtures.store import Store
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.pages import page_told
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.wire import error
from mockhoop.messages import JSON, JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Question, Responder
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.room import FULL
from mockhoop.world.table import Table
from mockhoop.world.world import World

_WORDS: Final = {404: "not found", 409: "already exists", 507: FULL.message}


@dataclass(frozen=True)
class Items:
    """What a world remembers of the endpoints that only remember, for others to read."""

    store: Store
    collections: Mapping[str, Collection]

    def all(self, world: World, template: str) -> Sequence[dict[str, Any]]:
        """The items of a collection that the contract has; none of another one."""
        listing = self._listings.get(template)
        return () if listing is None else world.table(ITEMS).derived(listing)

    @cached_property
    def _listings(self) -> Mapping[str, Callable[[Table[Item]], Sequence[dict[str, Any]]]]:
        """What lists each collection, given the table of what has changed; always the same, so that lists are kept."""

        def listing(collection: Collection) -> Callable[[Table[Item]], Sequence[dict[str, Any]]]:
            return lambda table: tuple(value for _, value in self.store.items_in(table, collection, {}))

        return {template: listing(collection) for template, collection in self.collections.items()}

    def named(self, world: World, collection: Collection, name: str) -> str:
        """The id of the item that goes by a name; the name itself where none does."""
        known_by = collection.id_property
        items = self.store.items(world, collection, {})
        return next((own_id for own_id, value in items if known_by != "name" and value.get("name") == name), name)

    def one(self, world: World, template: str) -> dict[str, Any]:
        """Something of which there is one, such as settings; empty when the contract does not have it."""
        collection = self.collections.get(template)
        value = None if collection is None else self.store.find(world, collection, {})
        return value if isinstance(value, dict) else {}


def collections_of(roles: Mapping[str, Role]) -> dict[str, Collection]:
    """The collections that operations do something with, by their templates."""
    return {role.collection.template: role.collection for role in roles.values()}


class InHoopsWords:
    """Decides as another responder does, and says it as the gateway does."""

    def __init__(self, inner: Responder, roles: Mapping[str, Role]) -> None:
        self._inner = inner
        self._roles = roles

    @property
    def name(self) -> str:
        """That of the other responder."""
        return self._inner.name

    def serves(self, key: str) -> bool:
        """What the other one serves."""
        return self._inner.serves(key)

    def decide(self, question: Question) -> Decision:
        """The other one's decision; a page that cannot be is refused before (section 8.7)."""
        refusal = page_refusal(question)
        if refusal is not None:
            return refuse(refusal)
        decision = self._inner.decide(question)
        return replace(decision, reply=self._said(decision.reply, question))

    def _said(self, reply: Reply, question: Question) -> Reply:
        if reply.status in _WORDS and question.operation.key in self._roles:
            return Reply(reply.status, error(Refusal(reply.status, _WORDS[reply.status])), JSON_UTF8)
        if reply.content_type != JSON:
            return reply
        body = reply.body.replace(b"<", rb"\u003c").replace(b">", rb"\u003e").replace(b"&", rb"\u0026")
        return Reply(reply.status, body, JSON_UTF8, reply.headers)


def page_refusal(question: Question) -> Refusal | None:
    """Why a page cannot be had, where one is asked for (section 8.7)."""
    if question.operation.method != "GET" or "page" not in question.call.raw_query:
        return None
    told = page_told(first_values(question.call.raw_query))
    return told if isinstance(told, Refusal) else None
