"""What the gateway tells of itself and of what was done: all routes of that."""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.gateway.releases import Release
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.about.agents import agent_routes
from mockhoop.responders.hoop.about.audit import audit_routes
from mockhoop.responders.hoop.about.fixed import fixed_routes
from mockhoop.responders.hoop.about.plugins import plugin_routes
from mockhoop.responders.hoop.about.reports import report_routes
from mockhoop.responders.hoop.about.server_info import server_info_routes
from mockhoop.responders.hoop.about.server_logs import server_log_routes
from mockhoop.responders.hoop.about.singles import single_routes
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.values.plausible import Plausible


def about_routes(
    release: Release, document: Mapping[str, Any], plausible: Plausible, items: Items
) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        **fixed_routes(),
        **agent_routes(items),
        **plugin_routes(items),
        **server_info_routes(release, document, plausible, items),
        **single_routes(document, plausible),
        **report_routes(document, plausible),
        **audit_routes(document, plausible),
        **server_log_routes(document, plausible),
    }
