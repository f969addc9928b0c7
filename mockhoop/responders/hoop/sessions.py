"""GET /sessions and GET /sessions/{session_id} (sections 3 and 4 of the behaviour sheet)."""

from collections.abc import Sequence

from mockhoop.gateway import downloads, listing, sessions
from mockhoop.gateway.facets import LINKS, SESSIONS
from mockhoop.gateway.fields import ABSENT
from mockhoop.gateway.listing import LikeError, SessionQuery, first_values
from mockhoop.gateway.recordings import render
from mockhoop.gateway.records import DownloadLink, Refusal, Session
from mockhoop.gateway.releases import Release
from mockhoop.gateway.times import rfc3339
from mockhoop.gateway.wire import dumps
from mockhoop.messages import JSON, JSON_UTF8, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.selection import select
from mockhoop.responders.hoop.session_json import SessionJson
from mockhoop.world.changes import Count, Put
from mockhoop.world.world import World

LINK_SEQUENCE = "download links"


class SessionReads:
    """Decides the two reads of sessions."""

    def __init__(self, release: Release, json: SessionJson) -> None:
        self._release = release
        self._json = json

    def list(self, question: Question) -> Decision:
        """A page of the sessions that the caller may see and that pass the filters."""
        world = question.world
        options = first_values(question.call.raw_query) if question.call.raw_query else {}
        query = listing.parse_list(options, self._release, world.clock.now())
        if isinstance(query, Refusal):
            return refuse(query)
        try:
            matching = select(world, query, question.caller)
        except LikeError:
            return refuse(listing.DATABASE_FAILED)
        page = world.table(SESSIONS).newest(matching, query.offset, query.limit)
        reply = Reply(200, self._page(world, query, page, len(matching)), JSON_UTF8)
        return Decision(reply, steady=query.created is None or "end_date" in options)  # else it ends now

    def _page(self, world: World, query: SessionQuery, page: Sequence[Session], matching: int) -> bytes:
        total, capped = listing.total(query.count, matching, self._release)
        more = listing.has_next_page(query, matching, self._release)
        return self._json.page(world, page, total=total, capped=capped, more=more)

    def get(self, question: Question) -> Decision:
        """One session, or a link to download it; the checks in the gateway's order (section 4.1)."""
        found = _open(question)
        if isinstance(found, Refusal):
            return refuse(found)
        options = first_values(question.call.raw_query) if question.call.raw_query else {}
        if options.get("extension"):
            return self._link(question, found, options)
        return self._session(question, found, options)

    def _session(self, question: Question, session: Session, options: dict[str, str]) -> Decision:
        expand = options.get("expand", "")
        wanted = sessions.expansion(expand)
        script = sessions.script_shown(session, wanted, expand, self._release)
        if not wanted.recording:
            return Decision(Reply(200, self._json.session(question.world, session, script), JSON), steady=True)
        allowed = sessions.may_load_recording(session, question.caller)
        rendering = render(
            session.recording if allowed else None,
            options.get("event_stream"),
            session.connection_subtype,
            session.event_size,
        )
        if isinstance(rendering, Refusal):
            return refuse(rendering)
        stream = ABSENT if rendering.stream is None else rendering.stream
        body = self._json.expanded_session(question.world, session, script, stream, rendering.size)
        return Decision(Reply(200, body, JSON), steady=True)

    def _link(self, question: Question, session: Session, options: dict[str, str]) -> Decision:
        """A fresh link, which takes the place of the session's pending one (section 4.3)."""
        world = question.world
        settings = world.settings
        if not settings.downloads_enabled or not sessions.may_load_recording(session, question.caller):
            return refuse(downloads.NOT_ALLOWED)
        token = world.chance.hex("download link", world.counted(LINK_SEQUENCE))
        expires = world.clock.now() + settings.link_lifetime
        url = downloads.link_url(question.call.origin, session.id, token, options)
        body = dumps({"download_url": url, "expire_at": rfc3339(expires, "ns")})
        link = DownloadLink(session.id, token, expires)
        return Decision(Reply(200, body, JSON_UTF8), (Put(LINKS, link), Count(LINK_SEQUENCE)))


def _open(question: Question) -> Session | Refusal:
    table = question.world.table(SESSIONS)
    return sessions.opened(table.get, question.path_values["session_id"], question.caller)
