"""GET /sessions/{session_id}/download and /download/input (sections 5.1 and 5.2 of the behaviour sheet)."""

from mockhoop.gateway import downloads
from mockhoop.gateway.facets import LINKS, SESSIONS
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.records import Refusal, Session
from mockhoop.gateway.releases import Feature, Release
from mockhoop.messages import Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.printouts import Printouts
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Drop

_OCTETS = "application/octet-stream"


class Downloads:
    """Decides the two downloads. The pending token is taken away first, whatever comes of it."""

    def __init__(self, release: Release, printouts: Printouts) -> None:
        self._printouts = printouts
        self._failed = Refusal(500, "failed fetching session", release.has(Feature.DOWNLOAD_500_STATUS))

    def recording(self, question: Question) -> Decision:
        """The recording as a file, in the format that the extension asks for."""
        options = first_values(question.call.raw_query)
        session = self._opened(question, options)
        if isinstance(session, Decision):
            return session
        extension = options.get("extension", "")
        return _file(question, session, self._printouts.of(session, options, extension), extension)

    def input(self, question: Question) -> Decision:
        """The script as a file."""
        session = self._opened(question, first_values(question.call.raw_query))
        if isinstance(session, Decision):
            return session
        return _file(question, session, session.script.encode("utf-8", "surrogatepass"), "txt")

    def _opened(self, question: Question, options: dict[str, str]) -> Session | Decision:
        world = question.world
        key = question.path_values["session_id"]
        link = world.table(LINKS).get(key)
        taken = (Drop(LINKS, key),) if link is not None else ()
        refusal = downloads.check_link(link, options.get("token", ""), world.clock.now())
        if refusal is not None:
            return refuse(refusal, *taken)
        session: Session | None = world.table(SESSIONS).get(key)
        return refuse(self._failed, *taken) if session is None else session


def _file(question: Question, session: Session, content: bytes, extension: str) -> Decision:
    name = downloads.file_name(session.connection, session.id, question.world.clock.now(), extension)
    headers = (("Content-Disposition", f"attachment; filename={name}"), ("Accept-Length", str(len(content))))
    return Decision(Reply(200, content, _OCTETS, headers), (Drop(LINKS, session.id),))
