"""Whether sessions on a connection run under an identity of their users' own, as the published document has it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from mockhoop.fixtures.items import ITEMS, Item, key_of
from mockhoop.gateway.connection_bodies import FEDERATION, word_refusal
from mockhoop.gateway.connections import NOT_FOUND
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.records import Connection, Refusal
from mockhoop.gateway.times import rfc3339
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer, done
from mockhoop.responders.hoop.reach.connections import find_connection
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Put
from mockhoop.world.world import World

OAUTH = "gcp_oauth"
NOT_OAUTH = Refusal(400, "connection is not federated with gcp_oauth")
CONSENT = "https://accounts.google.com/o/oauth2/auth"
_USUAL: Mapping[str, Any] = {
    "fallback_policy": "deny",
    "identity_source_attribute": "$.user.email",
    "identity_target_template": "{user.email}",
    "token_ttl_seconds": 3600,
}


def _get(question: Question) -> Decision:
    """``GET …/federation``: how it is set up; never with what an admin signs in with."""
    found = find_connection(question)
    config = _config(question.world, found)
    return refuse(NOT_FOUND) if config is None else answer(config)


def _put(question: Question) -> Decision:
    """``PUT …/federation``: what is left out is as usual; stored credentials stay unless others are told."""
    told = decode(question.call.body, FEDERATION)
    if isinstance(told, Refusal):
        return refuse(told)
    wrong = word_refusal(told)
    if wrong is not None:
        return refuse(wrong)
    found, world = find_connection(question), question.world
    if found is None:
        return refuse(NOT_FOUND)
    before, now = _config(world, found) or {}, rfc3339(world.clock.now(), "us")
    wanted = {name: value for name, value in told.items() if value and name != "admin_credentials_json"}
    config = {
        "id": before.get("id") or world.chance.uuid("federation", found.id),
        "connection_id": found.id,
        **_USUAL,
        **wanted,
        "has_admin_credentials": bool(told["admin_credentials_json"]) or before.get("has_admin_credentials", False),
        "created_at": before.get("created_at", now),
        "updated_at": now,
    }
    return answer(config, Put(ITEMS, Item(_path(found), _ID, config)))


def _delete(question: Question) -> Decision:
    """``DELETE …/federation``."""
    found = find_connection(question)
    if found is None or _config(question.world, found) is None:
        return refuse(NOT_FOUND)
    return done(Put(ITEMS, Item(_path(found), _ID, gone=True)))


def _status(question: Question) -> Decision:
    """``GET …/federation/oauth``: nobody has ever gone to Google from here."""
    found = find_connection(question)
    if found is None:
        return refuse(NOT_FOUND)
    provider = (_config(question.world, found) or {}).get("builtin_provider", "")
    return answer({"connected": False, "provider": provider})


def _authorize(question: Question) -> Decision:
    """``GET …/federation/oauth/authorize``: where one would consent."""
    found = find_connection(question)
    if found is None:
        return refuse(NOT_FOUND)
    if (_config(question.world, found) or {}).get("builtin_provider") != OAUTH:
        return refuse(NOT_OAUTH)
    state = question.world.chance.uuid("consent", found.id, question.caller.subject)
    return answer({"url": f"{CONSENT}?{urlencode({'response_type': 'code', 'state': state})}"})


def _disconnect(question: Question) -> Decision:
    """``DELETE …/federation/oauth``: there is nothing to remove."""
    return refuse(NOT_FOUND) if find_connection(question) is None else done()


def federation_routes() -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /connections/{nameOrID}/federation": _get,
        "PUT /connections/{nameOrID}/federation": _put,
        "DELETE /connections/{nameOrID}/federation": _delete,
        "GET /connections/{nameOrID}/federation/oauth": _status,
        "DELETE /connections/{nameOrID}/federation/oauth": _disconnect,
        "GET /connections/{nameOrID}/federation/oauth/authorize": _authorize,
    }


_ID = "federation"


def _path(connection: Connection) -> str:
    return f"/connections/{connection.id}"


def _config(world: World, connection: Connection | None) -> dict[str, Any] | None:
    item: Item | None = world.table(ITEMS).get(key_of(_path(connection), _ID)) if connection is not None else None
    return dict(item.value) if item is not None and not item.gone else None
