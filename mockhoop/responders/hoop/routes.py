"""Which operations Hoop's responder decides, who may use them, and by what (section 1.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockhoop.contract.document import Contract
from mockhoop.gateway.access import Access
from mockhoop.gateway.releases import Release
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.downloads import Downloads
from mockhoop.responders.hoop.session_json import SessionJson
from mockhoop.responders.hoop.sessions import SessionReads
from mockhoop.responders.hoop.shapes import SessionShapes
from mockhoop.values.plausible import Plausible

ACCESS: Mapping[str, Access] = {
    "GET /sessions": Access.READ_ONLY,
    "GET /plugins/audit/sessions": Access.READ_ONLY,
    "GET /sessions/{session_id}": Access.READ_ONLY,
    "GET /plugins/audit/sessions/{session_id}": Access.READ_ONLY,
    "GET /sessions/{session_id}/download": Access.PUBLIC,
    "GET /sessions/{session_id}/download/input": Access.PUBLIC,
}
"""Who may use a route; a route that is not named here has no marker, so that all but auditors may."""

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
        """What the gateway would make of the call."""
        return self.routes[question.operation.key](question)


def hoop_responder(contract: Contract, plausible: Plausible) -> HoopResponder:
    """The responder for a contract of Hoop's, in the release that the contract names."""
    release = Release.parse(contract.release)
    reads = SessionReads(release, SessionJson(SessionShapes(contract.document, plausible)))
    downloads = Downloads(release)
    return HoopResponder(
        {
            "GET /sessions": reads.list,
            "GET /plugins/audit/sessions": reads.list,
            "GET /sessions/{session_id}": reads.get,
            "GET /plugins/audit/sessions/{session_id}": reads.get,
            "GET /sessions/{session_id}/download": downloads.recording,
            "GET /sessions/{session_id}/download/input": downloads.input,
        }
    )
