"""Groups of people: those that somebody is in, and those that were added (section 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from mockhoop.fixtures.items import ITEMS, Item, key_of
from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.gateway.facets import API_KEYS, SERVICE_ACCOUNTS, USERS
from mockhoop.gateway.people import read_group
from mockhoop.gateway.records import Refusal
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Change, Drop, Put
from mockhoop.world.table import Table
from mockhoop.world.world import World

_PATH: Final = "/users/groups"
_TAKEN = Refusal(409, "group already exists")
_NOT_FOUND = Refusal(404, "group not found")
_ADMINS_STAY = Refusal(422, "cannot delete admin group")


def listed(question: Question) -> Decision:
    """``GET /users/groups``: by name, where the gateway has no order; null when there are none."""
    return answer(sorted(_groups(question.world)) or None)


def post(question: Question) -> Decision:
    """``POST /users/groups``: a group that nobody is in yet."""
    name = read_group(question.call.body)
    if isinstance(name, Refusal):
        return refuse(name)
    if name in _groups(question.world):
        return refuse(_TAKEN)
    return answer({"name": name}, Put(ITEMS, Item(_PATH, name, {"name": name})), status=201)


def delete(question: Question) -> Decision:
    """``DELETE /users/groups/{name}``: nobody is in it any more."""
    name = question.path_values["name"]
    if name == ADMIN_GROUP:
        return refuse(_ADMINS_STAY)
    if name not in _groups(question.world):
        return refuse(_NOT_FOUND)
    return done(Drop(ITEMS, key_of(_PATH, name)), *_left(question.world, name))


def group_routes() -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {"GET /users/groups": listed, "POST /users/groups": post, "DELETE /users/groups/{name}": delete}


def _groups(world: World) -> frozenset[str]:
    """All groups by name."""
    items = world.table(ITEMS)
    added = items.where("path", _PATH)
    of_users: frozenset[str] = world.table(USERS).derived(_of_users)
    return of_users.union(item.id for item in items.newest(added, 0, len(added)) if not item.gone)


def _of_users(users: Table[Any]) -> frozenset[str]:
    return frozenset(group for user in users for group in user.groups)


def _left(world: World, group: str) -> Iterator[Change]:
    """The changes with which everybody leaves a group, programs too."""
    for table in (USERS, SERVICE_ACCOUNTS, API_KEYS):
        for member in world.table(table):
            if group in member.groups:
                yield Put(table, replace(member, groups=tuple(one for one in member.groups if one != group)))
