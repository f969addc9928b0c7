"""People and programs that use the gateway: what decides the routes about them."""

from collections.abc import Callable, Mapping
from typing import Any

from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.people.accounts import account_routes
from mockhoop.responders.hoop.people.groups import group_routes
from mockhoop.responders.hoop.people.keys import key_routes
from mockhoop.responders.hoop.people.users import Users, users_routes
from mockhoop.responders.hoop.people.whoami import WhoAmI, whoami_routes
from mockhoop.values.plausible import Plausible


def people_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    users = Users(document, plausible)
    return {
        **users_routes(users),
        **group_routes(),
        **whoami_routes(WhoAmI(document, plausible, users)),
        **key_routes(document, plausible),
        **account_routes(document, plausible),
    }
