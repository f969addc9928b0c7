"""Searching for connections and resources by a word (section 8.3 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from mockhoop.gateway.connections import CONNECTION_FIELDS, matches
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Refusal
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.reach.connections import ConnectionViews
from mockhoop.responders.hoop.reach.resources import RESOURCE_FIELDS, Resources
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible

NO_TERM = Refusal(400, "term parameter is required")


class Search:
    """Decides the route of the search. Runbooks are in repositories, which are not looked into."""

    def __init__(
        self, document: Mapping[str, Any], plausible: Plausible, views: ConnectionViews, resources: Resources
    ) -> None:
        self._document = document
        self._plausible = plausible
        self._views = views
        self._resources = resources

    @cached_property
    def _connection(self) -> Shape:
        return Shape("openapi.ConnectionSearch", self._document, CONNECTION_FIELDS, self._plausible)

    @cached_property
    def _resource(self) -> Shape:
        return Shape("openapi.ResourceSearch", self._document, RESOURCE_FIELDS, self._plausible)

    def search(self, question: Question) -> Decision:
        """``GET /search?term=``."""
        term, world = first_values(question.call.raw_query).get("term", ""), question.world
        if not term:
            return refuse(NO_TERM)
        connections = [
            view
            for view in self._views.all(world)
            if matches(term, view.connection.name, view.connection.type, view.connection.subtype)
        ]
        resources = [
            one
            for one in self._resources.all(world)
            if matches(term, one["name"], one.get("type") or "", one.get("subtype") or "")
        ]
        found = {
            "connections": [self._connection.fill(view, view.connection.id) for view in connections],
            "resources": [self._resource.fill(one, one["name"]) for one in resources],
            "runbooks": [],
            "errors": [],
        }
        return answer(found)


def search_routes(deciding: Search) -> dict[str, Callable[[Question], Decision]]:
    """What decides the route."""
    return {"GET /search": deciding.search}
