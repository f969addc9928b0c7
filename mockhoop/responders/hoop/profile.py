"""How the gateway behaves around its operations: its routing, its sign-in, its refusals."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mockhoop.contract.document import Contract, served_document
from mockhoop.contract.operations import Match, Operation
from mockhoop.contract.violations import VIOLATIONS_HEADER, Violation, as_dicts
from mockhoop.gateway import access, plumbing
from mockhoop.gateway.access import Access, Caller
from mockhoop.gateway.bodies import as_read
from mockhoop.gateway.facets import API_KEYS, CONNECTIONS, SERVICE_ACCOUNTS, SESSIONS, USERS, token_digest
from mockhoop.gateway.records import ApiKey, Refusal, ServiceAccount, Session, User
from mockhoop.gateway.releases import Feature, Release
from mockhoop.gateway.sessions import session_id
from mockhoop.gateway.times import SECOND
from mockhoop.gateway.tokens import Claims, Tokens
from mockhoop.gateway.wire import dumps, error
from mockhoop.messages import JSON, JSON_UTF8, Body, Call, Headers, ReadBody, Reply
from mockhoop.responders.decision import Acted, Decision, Question
from mockhoop.responders.generic.actions import ItemActions
from mockhoop.responders.hoop import progress
from mockhoop.responders.hoop.actions import Actions
from mockhoop.responders.hoop.progress import READS
from mockhoop.responders.hoop.reach.credentials import EXPIRE, expire
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.reviews import find_reviewed
from mockhoop.responders.hoop.runs import FINISH, FLUSH, finish, flush
from mockhoop.responders.hoop.signing_in import renewed
from mockhoop.scenario.script_model import Action
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Change
from mockhoop.world.world import World

DOCUMENT_PATH = "/openapiv3.json"
_MOST_CALLERS = 1_000


class HoopProfile:
    """The gateway's plumbing: ``/api`` in front, 404 for wrong methods, bearer tokens, its standing headers.

    ``routes`` says who may use an operation; what it does not name, any signed-in caller may.
    """

    name = "hoop"
    base_path = plumbing.API_PREFIX
    violations_header = VIOLATIONS_HEADER

    def __init__(
        self,
        contract: Contract,
        routes: Mapping[str, Access],
        tokens: Tokens,
        items: ItemActions,
        *,
        require_token: bool = True,
        cors: bool = True,
    ) -> None:
        self._contract = contract
        self._operations = contract.operations
        self._routes = routes
        self._tokens = tokens
        self._require_token = require_token
        self._release = Release.parse(contract.release)
        self._actions = Actions(self._release)
        self._items = items
        self._happenings: Mapping[str, Callable[[World, Happening], Iterable[Change]]] = {
            FINISH: finish,
            FLUSH: flush,
            EXPIRE: expire,
            progress.DECIDE: partial(progress.decided, self._actions),
        }
        self._callers: dict[str, tuple[User, Caller]] = {}
        self._standing = plumbing.standing_headers(self._release, cors=cors)

    def find(self, call: Call) -> Match | Reply:
        """The operation that the call means; otherwise a preflight's answer, a redirect or a 404 (section 1.2)."""
        if call.method == "OPTIONS":
            return plumbing.PREFLIGHT
        path = call.path
        if not path.startswith(self.base_path + "/"):
            return plumbing.no_route(call)
        path = path[len(self.base_path) :]
        if path == DOCUMENT_PATH and call.method in ("GET", "HEAD"):
            return self._document(call)
        found = self._operations.match(call.method, path)
        if found is not None:
            return found
        if path.endswith("/") and self._operations.match(call.method, path[:-1]) is not None:
            return plumbing.without_slash(call)
        return plumbing.no_route(call)

    def _document(self, call: Call) -> Reply:
        """The corrected contract, under the address by which the caller reached us (section 1.6)."""
        document = served_document(self._contract, call.origin + self.base_path)
        return Reply(200, json.dumps(document, indent=2).encode(), JSON_UTF8)

    def identify(self, call: Call, operation: Operation, world: World) -> Caller | Decision:
        """Who is calling, or why not: 401 before 403 (sections 2.1 to 2.3)."""
        marker = self._routes.get(operation.key, Access.STANDARD)
        if marker is Access.PUBLIC:
            return access.ANYBODY
        caller = self._signed_in(call, world)
        if isinstance(caller, Refusal):
            return refuse(caller)
        refusal = access.refusal_of(caller, marker)
        return caller if refusal is None else refuse(refusal)

    def _signed_in(self, call: Call, world: World) -> Caller | Refusal:
        """A key of the gateway's wins over a bearer token, a key of the organisation over a person (section 2.1)."""
        if not self._require_token:
            admin = access.first_admin(world.table(USERS))
            # Without it nobody could provision sessions where nobody is asked for a key.
            return replace(access.caller_of(admin), by_key=True) if admin is not None else access.ACCESS_DENIED
        given = call.headers.get("Api-Key")
        if given:
            return access.caller_with(given, world.settings.api_key)
        token = access.bearer_token(call.headers.get("Authorization"))
        if token is None:
            return access.ACCESS_DENIED
        if token.startswith(access.ORGANIZATION_KEY) and self._release.has(Feature.ORGANIZATION_KEYS):
            key: ApiKey | None = world.table(API_KEYS).find("key", token_digest(token))
            return access.caller_of_key(key) if key is not None and key.status == "active" else access.ACCESS_DENIED
        return self._with_token(token, world)

    def _with_token(self, token: str, world: World) -> Caller | Refusal:
        """Users come before service accounts; a token of the provider that has expired is renewed (section 2.2)."""
        digest = token_digest(token)
        user: User | None = world.table(USERS).find("token", digest)
        headers: Headers = ()
        claims = self._tokens.read(token) if user is None else None
        if claims is not None:
            user = world.table(USERS).get(claims.subject)
            if user is None or claims.issued < user.tokens_since or not self._may_go_on(claims, world):
                return access.ACCESS_DENIED
            headers = renewed(self._tokens, user, world) if claims.expires * SECOND <= world.clock.now() else ()
        if user is not None:
            caller = self._caller_of(user)
            if claims is not None:
                caller = replace(caller, headers=headers, until=0 if headers else claims.expires * SECOND)
            return caller if user.status == "active" else access.ACCESS_DENIED
        account: ServiceAccount | None = world.table(SERVICE_ACCOUNTS).find("token", digest)
        if account is None or account.status != "active":
            return access.ACCESS_DENIED
        return access.caller_of_account(account)

    def _caller_of(self, user: User) -> Caller:
        """The caller that signed in as a user, made once for as long as the user is the same record."""
        known = self._callers.get(user.subject)
        if known is None or known[0] is not user:
            if len(self._callers) >= _MOST_CALLERS:
                self._callers.clear()
            known = self._callers[user.subject] = user, access.caller_of(user)
        return known[1]

    def _may_go_on(self, claims: Claims, world: World) -> bool:
        settings = world.settings
        renews = settings.auth_method != "local" and settings.renews_tokens
        return bool(renews) or claims.expires * SECOND > world.clock.now()

    def body_of(self, call: Call) -> Body:
        """The body as the gateway reads it: as JSON, whatever its headers call it (section 1.4)."""
        try:
            return ReadBody(as_read(call.body), JSON)
        except ValueError:
            return call.body, JSON

    def doubts(self, call: Call, operation: Operation) -> tuple[Violation, ...]:  # noqa: ARG002
        """Nothing: the gateway takes no notice of what it does not know (section 1.4)."""
        return ()

    def refuse(self, violations: tuple[Violation, ...], question: Question) -> Reply:  # noqa: ARG002
        """422 in the gateway's own shape, with every violation beside the message."""
        listed = "; ".join(f"{found.location} {found.pointer}: {found.message}" for found in violations)
        body = {"message": f"the request breaks the contract: {listed}", "validation": as_dicts(violations)}
        return Reply(422, dumps(body), JSON_UTF8)

    def happen(self, world: World, happening: Happening) -> Iterable[Change]:
        """What changes when a script has run to its end or is stored on the way, or when a review decides itself."""
        return self._happenings[happening.kind](world, happening)

    def act(self, world: World, action: Action, at: int) -> Acted:
        """What changes with an action of the timeline, by the gateway's rules."""
        return self._actions.act(world, action, at) or self._items.act(world, action)

    def subject_of(self, world: World, match: Match) -> str:
        """The id of the session that the path names, by its own id or by that of its review."""
        session = _session_of(world, match)
        return session.id if session is not None else ""

    def look(self, world: World, match: Match) -> tuple[Change, ...]:
        """What a session's progress policy makes of its being read."""
        settings = world.settings
        if (settings.review_progress is None and settings.run_progress is None) or match.operation.key not in READS:
            return ()
        session = _session_of(world, match)
        return progress.read(self._actions, world, session) if session is not None else ()

    def misfits(self, world: World) -> Iterable[str]:
        """Sessions that came or changed in the world, and whose connection or owner is no longer there."""
        connections, users = world.table(CONNECTIONS), world.table(USERS)
        for session in world.table(SESSIONS).delta()[0]:
            if connections.get(session.connection) is None:
                yield f"session {session.id}: its connection {session.connection} is gone"
            if session.user_id not in ("", access.API_KEY) and users.get(session.user_id) is None:
                yield f"session {session.id}: its owner {session.user_id} is gone"

    def listed(self, violations: Iterable[Violation]) -> list[dict[str, Any]]:
        """Violations as they stand in a header."""
        return as_dicts(violations)

    def failure(self, status: int, message: str, headers: Headers = ()) -> Reply:
        """An error in the gateway's shape (section 1.5)."""
        return Reply(status, error(Refusal(status, message)), JSON_UTF8, headers)

    def unauthorized(self) -> Reply:
        """The 401 for a token that has expired: nothing tells it from any other (section 2.2)."""
        return self.failure(access.ACCESS_DENIED.status, access.ACCESS_DENIED.message)

    def standing_headers(self) -> Headers:
        """The headers on every response of the API (section 1.3)."""
        return self._standing


def _session_of(world: World, match: Match) -> Session | None:
    text = match.parameters.get("session_id") or match.parameters.get("id")
    key = session_id(text) if text else None
    return find_reviewed(world, key) if key is not None else None
