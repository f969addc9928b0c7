"""Journals of what is said to servers in tests, and playing them again."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from mockhoop.journals.entry import Beginning, Entry
from mockhoop.journals.file import JournalFile, JournalWriter, read_journal
from mockhoop.replaying.origins import Origins, service_of
from mockhoop.replaying.replay import Replay, replay
from mockhoop.resources import spec_dir
from mockhoop.server.app import make_app
from mockhoop.server.beginnings import Beginnings
from mockhoop.server.journalling import JournalKeeper
from mockhoop.service import Service


@dataclass
class Recorded:
    """A server with a client, whose exchanges are written into a journal."""

    service: Service
    client: "TestClient[Any, Any]"
    keeper: JournalKeeper
    path: Path

    async def ask(self, method: str, target: str, token: str | None = "ada", **more: Any) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **more.pop("headers", {})}
        async with self.client.request(method, target, headers=headers, allow_redirects=False, **more) as response:
            return response.status, await response.read()

    async def control(self, method: str, path: str, body: Any = None, world: str = "default") -> Any:
        """What the control API says of a world."""
        more = {"json": body} if body is not None else {}
        async with self.client.request(method, f"/__mockhoop/worlds/{world}{path}", **more) as response:
            assert response.status < 300, await response.text()
            return await response.text()

    def journal(self) -> JournalFile:
        """What was said so far."""
        self.keeper.flush()
        return read_journal(self.path)

    def again(self) -> Replay:
        """What comes of it when it is played again, in a service that knows nothing of this one."""
        return played(self.journal())


def played(journal: JournalFile) -> Replay:
    """What comes of a journal of Hoop's."""
    return replay(journal, origins(journal))


def origins(journal: JournalFile, contract: str = "hoop") -> Origins:
    """What makes the worlds of a journal of Hoop's."""
    return Origins(service_of(journal, spec_dir() / f"{contract}.yaml"))


def told(result: Replay) -> list[str]:
    """What is different, in lines."""
    return [f"{one.entry.number}. {what}" for one in result.findings for what in one.differences]


class Recorder:
    """Starts servers whose exchanges are written into files of a folder. Used as a context."""

    def __init__(self, aiohttp_client: Any, service: Any, folder: Path) -> None:
        self._client = aiohttp_client
        self._service = service
        self._folder = folder
        self._closing = ExitStack()
        self.keepers: list[JournalKeeper] = []

    async def __call__(self, *scenarios: object, **settings: Any) -> Recorded:
        """A server of its own."""
        made = self._service(*scenarios, **settings)
        app, path = self.app(made)
        return Recorded(made, await self._client(app), self.keepers[-1], path)

    def app(self, made: Service) -> tuple[web.Application, Path]:
        """An app around a service, and the file of its journal."""
        beginnings, path = Beginnings(), self._folder / f"journal-{len(self.keepers)}.jsonl"
        keeper = JournalKeeper(path, made.contract, made.settings, beginnings)
        self.keepers.append(self._closing.enter_context(keeper))
        return make_app(made, observers=[keeper], beginnings=beginnings), path

    def journals(self) -> list[JournalFile]:
        """What was said to each of the servers."""
        for keeper in self.keepers:
            keeper.flush()
        return [read_journal(path) for path in sorted(self._folder.glob("journal-*.jsonl"))]

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()


def rewritten(journal: JournalFile, path: Path, lines: list[Beginning | Entry]) -> JournalFile:
    """A journal with other lines."""
    with path.open("w", encoding="utf-8") as out:
        writer = JournalWriter(out, journal.contract, journal.release, journal.settings)
        for line in lines:
            writer.begin(line) if isinstance(line, Beginning) else writer.add(line)
    return read_journal(path)
