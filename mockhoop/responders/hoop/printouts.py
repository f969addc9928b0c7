"""Recordings as files and texts: large ones are kept for a while, as many clients may take the same one."""

from collections import OrderedDict
from collections.abc import Mapping

from mockhoop.gateway.recordings import download_content
from mockhoop.gateway.records import Recording, Session

_KEPT = 4
_LARGE = 1_000_000
_OPTIONS = ("newline", "event-time", "events")


class Printouts:
    """Writes what sessions said."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[Recording | None, bytes]] = OrderedDict()

    def of(self, session: Session, options: Mapping[str, str], extension: str = "") -> bytes:
        """The recording of a session as the options of a call want it (sections 5.1 and 5.3)."""
        wanted = tuple(options.get(name, "") for name in _OPTIONS)
        key = (id(session.recording), session.started, extension, *wanted)
        known = self._kept.get(key)
        if known is not None and known[0] is session.recording:
            return known[1]
        newline, event_time, events = wanted
        content = download_content(
            session.recording,
            started=session.started,
            extension=extension,
            newline=newline,
            event_time=event_time,
            events=events,
        )
        if len(content) >= _LARGE:
            self._kept[key] = session.recording, content
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return content
