"""What can be reached, and all that hangs on it: connections, credentials, resources, the search."""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.reach.catalog import catalog_routes
from mockhoop.responders.hoop.reach.connections import Connections, connection_routes
from mockhoop.responders.hoop.reach.credentials import credential_routes
from mockhoop.responders.hoop.reach.federation import federation_routes
from mockhoop.responders.hoop.reach.resource_plans import Plans, plan_routes
from mockhoop.responders.hoop.reach.resources import Resources, resource_routes
from mockhoop.responders.hoop.reach.searching import Search, search_routes
from mockhoop.values.plausible import Plausible


def reaching_routes(
    document: Mapping[str, Any], plausible: Plausible, items: Items
) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    connections = Connections(document, plausible, items)
    resources = Resources(document, plausible, items, connections)
    return {
        **connection_routes(connections),
        **catalog_routes(items),
        **credential_routes(document, plausible, items),
        **federation_routes(),
        **resource_routes(resources),
        **plan_routes(Plans(resources, connections.views)),
        **search_routes(Search(document, plausible, connections.views, resources)),
    }
