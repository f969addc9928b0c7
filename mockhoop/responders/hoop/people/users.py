"""People who use the gateway, as its admins look after them (section 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.gateway.facets import USERS
from mockhoop.gateway.people import USER_FIELDS, ToldUser, UserView, read_user
from mockhoop.gateway.records import Refusal, User
from mockhoop.gateway.times import SECOND
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Count, Drop, Put
from mockhoop.world.world import World

_MADE = "users made"
_REMOVED = "users removed"
_ONESELF = Refusal(422, "users cannot delete themselves")


class Users:
    """Decides the routes on which users are listed, made, changed and removed.

    An address stays as it was when its user was made, because sessions refer to it (our reading).
    """

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def list(self, question: Question) -> Decision:
        """``GET /users``: everybody, in the order in which they came."""
        return answer([self.shown(user) for user in question.world.table(USERS)])

    def get(self, question: Question) -> Decision:
        """``GET /users/{emailOrID}``."""
        user = _named(question)
        return refuse(user) if isinstance(user, Refusal) else answer(self.shown(user))

    def post(self, question: Question) -> Decision:
        """``POST /users``: the answer has an id that nobody has, and the password as it was told."""
        told, world = read_user(question.call.body), question.world
        if isinstance(told, Refusal):
            return refuse(told)
        if find_user(world, told.email) is not None:
            return refuse(Refusal(409, f"user already exists with email {told.email}"))
        user = _made(told, world)
        view = UserView(user, world.chance.uuid("user made", world.counted(_MADE)), told.password)
        return answer(self._shape.fill(view, user.subject), Put(USERS, user), Count(_MADE), status=201)

    def put(self, question: Question) -> Decision:
        """``PUT /users/{emailOrID}``: a status or a password that is not told stays as it is (our reading)."""
        told = read_user(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        user = _named(question)
        if isinstance(user, Refusal):
            return refuse(user)
        changed = replace(
            user,
            name=told.name,
            groups=told.groups,
            status=told.status or user.status,
            slack_id=told.slack_id,
            picture=told.picture,
            password=told.password or user.password,
        )
        return answer(self.shown(changed), Put(USERS, changed))

    def delete(self, question: Question) -> Decision:
        """``DELETE /users/{emailOrID}``: of somebody else (our reading of the 422 that is published)."""
        user = _named(question)
        if isinstance(user, Refusal):
            return refuse(user)
        if user.subject == question.caller.subject:
            return refuse(_ONESELF)
        return done(Drop(USERS, user.subject), Count(_REMOVED))

    def shown(self, user: User) -> dict[str, Any]:
        """A user as lists and others show it."""
        return self._shape.fill(UserView(user, user.subject), user.subject)

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.User", self._document, USER_FIELDS, self._plausible)


def users_routes(users: Users) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /users": users.list,
        "POST /users": users.post,
        "GET /users/{emailOrID}": users.get,
        "PUT /users/{emailOrID}": users.put,
        "DELETE /users/{emailOrID}": users.delete,
    }


def find_user(world: World, email_or_id: str) -> User | None:
    """The user with this address or this subject."""
    table = world.table(USERS)
    found: User | None = table.find("email", email_or_id) or table.get(email_or_id)
    return found


def _named(question: Question) -> User | Refusal:
    name = question.path_values["emailOrID"]
    return find_user(question.world, name) or Refusal(404, f"user {name} not found")


def _made(told: ToldUser, world: World) -> User:
    return User(
        subject=told.email,
        email=told.email,
        name=told.name,
        groups=told.groups,
        status=told.status or "active",
        slack_id=told.slack_id,
        password=told.password,
        picture=told.picture,
        # Tokens of somebody with the same subject who was removed before are no good.
        tokens_since=world.clock.now() // SECOND + 1 if world.counted(_REMOVED) else 0,
    )
