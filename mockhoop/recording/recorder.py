"""Gathers exchanges, and makes a scenario of them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mockhoop.contract.document import Contract
from mockhoop.gateway.plumbing import API_PREFIX
from mockhoop.journals.entry import Entry
from mockhoop.messages import Headers
from mockhoop.recording.disguise import Redaction
from mockhoop.recording.folding import Folded, folded
from mockhoop.recording.hosts import Hosts
from mockhoop.recording.kinds import header, is_preflight
from mockhoop.recording.people import People
from mockhoop.recording.seen import Seeing
from mockhoop.recording.writing import scenario_text

MOST_BYTES = 512 * 1024 * 1024
"""Of the bodies that are gathered; what comes when there are so many is not recorded."""
_OVERHEAD = 2_048
_CALL = re.compile(r"[A-Z]+ /\S*")
_NOT_MODIFIED = 304
_STATUSES = range(200, 600)


@dataclass(frozen=True, slots=True)
class Recording:
    """A scenario as a text, of how many calls and answers it is, what was redacted, and what it does not have."""

    text: str
    calls: int
    answers: tuple[Folded, ...]
    redactions: tuple[Redaction, ...]
    left_out: Mapping[str, int]


class Recorder:
    """Gathers exchanges with a server at an address.

    ``serve`` is the command that will serve the scenario, for whoever reads it; ``sent`` are headers that the server
    got beside those of the clients. Entries have paths that begin with the contract's base path, whatever that of the
    server is.
    """

    def __init__(self, contract: Contract, base_url: str, serve: str, sent: Headers = ()) -> None:
        self._contract = contract
        self._base_url = base_url
        self._serve = serve
        self._sent = sent
        self._entries: list[Entry] = []
        self._left_out: Counter[str] = Counter()
        self._room = MOST_BYTES

    def add(self, entry: Entry) -> None:
        """Take note of an exchange."""
        why_not = self._why_not(entry)
        if why_not:
            self._left_out[why_not] += 1
            return
        self._room -= _size(entry)
        if self._room < 0:
            self._left_out["that came when there was no more room"] += 1
            return
        self._entries.append(entry)

    def leave_out(self, why: str, count: int = 1) -> None:
        """Take note of exchanges that cannot be recorded."""
        self._left_out[why] += count

    def __len__(self) -> int:
        return len(self._entries)

    def recording(self) -> Recording:
        """What was gathered, as a scenario."""
        base_path = base_path_of(self._contract)
        people = People.of(self._entries)
        hosts = Hosts.of(self._base_url, _own_origins(self._entries), base_path)
        seeing = Seeing(hosts, people, base_path, self._sent)
        for entry in self._entries:
            seeing.meet(entry)
        answers = folded(seeing.see(entry, self._operation(entry)) for entry in self._entries)
        redactions = seeing.disguise.redactions()
        hoop = self._contract.profile == "hoop"
        text = scenario_text(self._serve, people, answers, redactions, hoop=hoop)
        return Recording(text, len(self._entries), tuple(answers), tuple(redactions), dict(self._left_out))

    def _why_not(self, entry: Entry) -> str:
        """Why an exchange cannot be replayed; empty where it can."""
        if entry.responder not in ("", "upstream"):
            return "that the server did not answer"
        if is_preflight(entry):
            return "that only asked whether a page may call"
        if entry.cut:
            return "with a body that was too long or broke off"
        if entry.status == _NOT_MODIFIED and not entry.response_body:
            return "answered with 304, as their client had the answer"
        if entry.status not in _STATUSES:
            return f"answered with {entry.status}, which cannot be replayed"
        if not _CALL.fullmatch(f"{entry.method} {entry.path}"):
            return "with a method or path that cannot be written down"
        return ""

    def _operation(self, entry: Entry) -> str:
        if entry.operation:
            return entry.operation
        path = entry.path.removeprefix(base_path_of(self._contract))
        found = self._contract.operations.match(entry.method, path)
        return found.operation.key if found is not None else ""


def base_path_of(contract: Contract) -> str:
    """What stands in front of every path of a contract where it is served."""
    return API_PREFIX if contract.profile == "hoop" else contract.base_path


def _own_origins(entries: Iterable[Entry]) -> list[str]:
    """The addresses by which clients called."""
    hosts = dict.fromkeys(header(entry.request_headers, "host") or "" for entry in entries)
    return [f"http://{host}" for host in hosts if host]


def _size(entry: Entry) -> int:
    return _OVERHEAD + len(entry.request_body) + len(entry.response_body) + len(entry.query)
