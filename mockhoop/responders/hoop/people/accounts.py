"""Service accounts: programs that an identity provider vouches for (sections 2.1 and 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.gateway.facets import SERVICE_ACCOUNTS
from mockhoop.gateway.keys import ACCOUNT_FIELDS, ToldAccount, read_account
from mockhoop.gateway.records import Refusal, ServiceAccount
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Put
from mockhoop.world.world import World

_TAKEN = Refusal(409, "service account already exists")
_NOT_FOUND = Refusal(404, "service account not found")


class Accounts:
    """Decides the routes of service accounts. What the identity provider would give a new one is made here."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def list(self, question: Question) -> Decision:
        """``GET /serviceaccounts``: null when there are none."""
        world = question.world
        return answer([self._shown(account, world) for account in world.table(SERVICE_ACCOUNTS)] or None)

    def post(self, question: Question) -> Decision:
        """``POST /serviceaccounts``: it can sign in at once with a token that follows from the seed."""
        told, world = read_account(question.call.body), question.world
        if isinstance(told, Refusal):
            return refuse(told)
        if world.table(SERVICE_ACCOUNTS).get(told.subject) is not None:
            return refuse(_TAKEN)
        account = _made(told, world)
        return answer(self._shown(account, world), Put(SERVICE_ACCOUNTS, account), status=201)

    def put(self, question: Question) -> Decision:
        """``PUT /serviceaccounts/{subject}``: the subject never changes."""
        told, world = read_account(question.call.body), question.world
        if isinstance(told, Refusal):
            return refuse(told)
        account: ServiceAccount | None = world.table(SERVICE_ACCOUNTS).get(question.path_values["subject"])
        if account is None:
            return refuse(_NOT_FOUND)
        changed = replace(account, name=told.name, status=told.status, groups=told.groups)
        return answer(self._shown(changed, world), Put(SERVICE_ACCOUNTS, changed))

    def _shown(self, account: ServiceAccount, world: World) -> dict[str, Any]:
        return self._shape.fill((account, world.settings.organization.id), account.id)

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.ServiceAccount", self._document, ACCOUNT_FIELDS, self._plausible)


def account_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    accounts = Accounts(document, plausible)
    return {
        "GET /serviceaccounts": accounts.list,
        "POST /serviceaccounts": accounts.post,
        "PUT /serviceaccounts/{subject}": accounts.put,
    }


def _made(told: ToldAccount, world: World) -> ServiceAccount:
    return ServiceAccount(
        id=world.chance.uuid("service account", told.subject),
        subject=told.subject,
        name=told.name,
        groups=told.groups,
        status=told.status,
        token=world.chance.hex("token of a service account", told.subject)[:40],
    )
