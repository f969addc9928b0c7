"""Which operations Hoop's responder decides, who may use them, and by what (section 1.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from mockhoop.contract.document import Contract
from mockhoop.gateway.access import Access
from mockhoop.gateway.releases import Release
from mockhoop.gateway.tokens import Tokens
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop import ending, streams
from mockhoop.responders.hoop.about.routes import about_routes
from mockhoop.responders.hoop.downloads import Downloads
from mockhoop.responders.hoop.executions import Executions
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.people.routes import people_routes
from mockhoop.responders.hoop.printouts import Printouts
from mockhoop.responders.hoop.provision import Provisioning
from mockhoop.responders.hoop.reach.routes import reaching_routes
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.reviews import Reviews
from mockhoop.responders.hoop.room import FULL, has_room
from mockhoop.responders.hoop.session_json import SessionJson
from mockhoop.responders.hoop.sessions import SessionReads
from mockhoop.responders.hoop.shapes import SessionShapes
from mockhoop.responders.hoop.signing_in import signing_in_routes
from mockhoop.values.plausible import Plausible

_ACCESS: Mapping[str, Access] = {
    "GET /sessions": Access.READ_ONLY,
    "GET /plugins/audit/sessions": Access.READ_ONLY,
    "GET /sessions/{session_id}": Access.READ_ONLY,
    "GET /plugins/audit/sessions/{session_id}": Access.READ_ONLY,
    "GET /sessions/{session_id}/result/stream": Access.READ_ONLY,
    "GET /sessions/{session_id}/stream": Access.READ_ONLY,
    "GET /reviews": Access.READ_ONLY,
    "GET /reviews/{id}": Access.READ_ONLY,
    "GET /sessions/{session_id}/download": Access.PUBLIC,
    "GET /sessions/{session_id}/download/input": Access.PUBLIC,
    "POST /sessions/provision": Access.KEYS,
    "PUT /reviews/{id}": Access.STANDARD,
    "PUT /sessions/{session_id}/review": Access.STANDARD,
    "POST /sessions": Access.STANDARD,
    "POST /sessions/{session_id}/exec": Access.STANDARD,
    "POST /sessions/{session_id}/kill": Access.STANDARD,
    "PATCH /sessions/{session_id}/metadata": Access.STANDARD,
    "POST /sessions/{id}/rdp-detections/retry": Access.STANDARD,
    "GET /connection-credentials": Access.STANDARD,
    "POST /connections/{nameOrID}/credentials": Access.STANDARD,
    "POST /connections/{nameOrID}/credentials/{sessionID}": Access.STANDARD,
    "POST /connections/{nameOrID}/credentials/{credentialID}/close": Access.STANDARD,
    "POST /connections/{nameOrID}/credentials/{credentialID}/revoke": Access.STANDARD,
    "DELETE /connections/{nameOrID}/federation/oauth": Access.STANDARD,
    "POST /runbooks/exec": Access.STANDARD,
    "POST /plugins/runbooks/connections/{name}/exec": Access.STANDARD,
    "PATCH /users/self/slack": Access.STANDARD,
    "POST /users/self/signup-origin": Access.STANDARD,
    "POST /proxymanager/connect": Access.STANDARD,
    "POST /proxymanager/disconnect": Access.STANDARD,
    "POST /features/ask-ai/v1/chat/completions": Access.STANDARD,
    "GET /api-keys": Access.ADMIN,
    "GET /api-keys/{nameOrID}": Access.ADMIN,
    "GET /orgs/onboarding": Access.ADMIN,
    "GET /orgs/keys": Access.ADMIN,
    "GET /serverconfig/misc": Access.ADMIN,
    "GET /serverconfig/auth": Access.ADMIN,
    "GET /serverconfig/mcp-auth": Access.ADMIN,
    "GET /server-logs": Access.ADMIN,
    "GET /server-logs/stream": Access.ADMIN,
    "GET /audit/logs": Access.AUDIT,
    **dict.fromkeys(
        (
            "GET /healthz",
            "GET /publicserverinfo",
            "GET /login",
            "GET /callback",
            "GET /saml/login",
            "POST /saml/callback",
            "POST /localauth/login",
            "POST /localauth/register",
            "POST /signup",
            "GET /federation/oauth/callback",
            "GET /mcp-oauth/callback",
            "POST /mcp/oauth/register",
            "GET /.well-known/oauth-authorization-server",
        ),
        Access.PUBLIC,
    ),
}
"""Who may use a route (sections 1.7, 2.3 and 2.6). Of other routes everybody may read, and admins may change things."""

Decide = Callable[[Question], Decision]


@dataclass(frozen=True)
class HoopResponder:
    """Decides the operations that behave as the gateway's do."""

    routes: Mapping[str, Decide]
    name: str = "hoop"

    def serves(self, key: str) -> bool:
        """Whether there is a rule of the gateway's for the operation."""
        return key in self.routes

    def decide(self, question: Question) -> Decision:
        """What the gateway would make of the call, as long as there is room for what is added."""
        decision = self.routes[question.operation.key](question)
        return decision if has_room(question.world, decision.changes) else refuse(FULL)


def access_of(contract: Contract) -> dict[str, Access]:
    """Who may use each operation of a contract."""
    usual = {"GET": Access.READ_ONLY, "HEAD": Access.READ_ONLY}
    return {one.key: _ACCESS.get(one.key, usual.get(one.method, Access.ADMIN)) for one in contract.operations}


def hoop_responder(contract: Contract, plausible: Plausible, tokens: Tokens, items: Items) -> HoopResponder:
    """The responder for a contract of Hoop's, in the release that the contract names."""
    release = Release.parse(contract.release)
    reads = SessionReads(release, SessionJson(SessionShapes(contract.document, plausible)))
    printouts = Printouts()
    downloads = Downloads(release, printouts)
    routes: dict[str, Decide] = {
        "GET /sessions": reads.list,
        "GET /plugins/audit/sessions": reads.list,
        "GET /sessions/{session_id}": reads.get,
        "GET /plugins/audit/sessions/{session_id}": reads.get,
        "GET /sessions/{session_id}/download": downloads.recording,
        "GET /sessions/{session_id}/download/input": downloads.input,
    }
    if contract.operations.get("GET /reviews") is not None:
        executions = Executions(contract.document, plausible, items)
        reviews = Reviews(release, contract.document, plausible)
        routes |= {
            "GET /reviews": reviews.list,
            "GET /reviews/{id}": reviews.get,
            "PUT /reviews/{id}": reviews.update,
            "PUT /sessions/{session_id}/review": reviews.update,
            "POST /sessions": executions.post,
            "POST /sessions/{session_id}/exec": executions.exec,
            "POST /sessions/{session_id}/kill": ending.kill,
            "PATCH /sessions/{session_id}/metadata": ending.patch_metadata,
            "POST /sessions/provision": Provisioning(contract.document, plausible).post,
            "GET /sessions/{session_id}/result/stream": partial(streams.result, printouts=printouts),
            "GET /sessions/{session_id}/stream": streams.live,
            **signing_in_routes(tokens),
            **reaching_routes(contract.document, plausible, items),
            **about_routes(release, contract.document, plausible, items),
            **people_routes(contract.document, plausible),
        }
    return HoopResponder({key: decide for key, decide in routes.items() if contract.operations.get(key) is not None})
