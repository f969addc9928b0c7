"""Writing journals: what happens when the disk is full."""

import errno
import io
from pathlib import Path
from typing import Any

import pytest

from mockhoop.journals.file import read_journal

from .recorded import Recorder


class Disk(io.FileIO):
    """A file on a disk that may be full."""

    full = False

    def write(self, data: Any) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Where the journal of the next server goes."""
    path, opened = tmp_path / "journal-0.jsonl", Path.open
    made = Disk(path, "w")
    text = io.TextIOWrapper(io.BufferedWriter(made), encoding="utf-8")

    def on_disk(asked: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        return text if asked == path and mode == "w" else opened(asked, mode, *more, **named)

    monkeypatch.setattr(Path, "open", on_disk)
    return made


async def test_a_full_disk_ends_the_journal_and_nothing_else(
    aiohttp_client: Any,
    service: Any,
    disk: Disk,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Recorder(aiohttp_client, service, tmp_path) as recorder:
        server = await recorder("empty")
        await server.ask("GET", "/api/sessions")
        server.keeper.flush()
        disk.full = True
        for _ in range(2):
            assert (await server.ask("GET", "/api/sessions?limit=1"))[0] == 200
            server.keeper.flush()
    assert caplog.messages == [f"the journal {tmp_path / 'journal-0.jsonl'} ends here: no space left on device"]
    assert [one.target for one in read_journal(tmp_path / "journal-0.jsonl").entries] == ["/api/sessions"]
