"""Who calls: what the gateway knows of them, and what they say of themselves (section 8.3 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.gateway.access import ROLE_DENIED
from mockhoop.gateway.facets import USERS
from mockhoop.gateway.people import IDENTITY_FIELDS, Identity, read_signup_origin, read_slack_id
from mockhoop.gateway.records import Refusal, User
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.about.singles import told_value
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.people.users import Users
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Put

_PROFILE_PATH = "/orgs/protection-profile"
_NOBODY = Refusal(422, "user not found")
_ANSWERED = Refusal(409, "signup origin already recorded")
_ONE_TENANT = Refusal(400, "signup is only available in multi tenant setups")


class WhoAmI:
    """Decides the routes about whoever calls."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible, users: Users) -> None:
        self._document = document
        self._plausible = plausible
        self._users = users

    def userinfo(self, question: Question) -> Decision:
        """``GET /userinfo``: people, keys and service accounts alike."""
        world = question.world
        profile = (told_value(world, _PROFILE_PATH) or {}).get("profile")
        identity = Identity(question.caller, _user(question), world.settings.organization, profile)
        return answer(self._shape.fill(identity, question.caller.subject))

    def slack(self, question: Question) -> Decision:
        """``PATCH /users/self/slack``: programs have no id in Slack (our reading)."""
        slack_id = read_slack_id(question.call.body)
        if isinstance(slack_id, Refusal):
            return refuse(slack_id)
        user = _user(question)
        if user is None:
            return refuse(_NOBODY)
        changed = replace(user, slack_id=slack_id)
        return answer(self._users.shown(changed), Put(USERS, changed))

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.UserInfo", self._document, IDENTITY_FIELDS, self._plausible)


def signup_origin(question: Question) -> Decision:
    """``POST /users/self/signup-origin``: once for each person, and not for programs (our reading)."""
    origin = read_signup_origin(question.call.body)
    if isinstance(origin, Refusal):
        return refuse(origin)
    user = _user(question)
    if user is None:
        return refuse(ROLE_DENIED)
    return refuse(_ANSWERED) if user.signup_origin else done(Put(USERS, replace(user, signup_origin=origin)))


def signup(question: Question) -> Decision:  # noqa: ARG001
    """``POST /signup``: only where a gateway serves many organizations, which this one does not (our reading)."""
    return refuse(_ONE_TENANT)


def whoami_routes(whoami: WhoAmI) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /userinfo": whoami.userinfo,
        "PATCH /users/self/slack": whoami.slack,
        "POST /users/self/signup-origin": signup_origin,
        "POST /signup": signup,
    }


def _user(question: Question) -> User | None:
    """The person who calls; None for a program."""
    user: User | None = question.world.table(USERS).get(question.caller.subject)
    return user
