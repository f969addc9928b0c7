"""Files that change while they are served: taken over when good, told when broken, and no call is lost."""

import asyncio
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mockhoop.errors import UsageError
from mockhoop.repertoire import Settings, read
from mockhoop.resources import spec_dir
from mockhoop.server.access_log import AccessLog
from mockhoop.server.app import make_app
from mockhoop.server.watching import RELOADED, Watcher
from mockhoop.service import Service, build
from mockhoop.world.changes import Put

SCENARIO = """
mockhoop: 1
seed: 5
clock: {start: 2024-08-01T12:00:00Z, frozen: true}
users:
  - {name: Ada, email: ada@example.com, groups: [admin], token: ada}
  - {name: Erin, email: erin@example.com, groups: [engineering], token: erin}
connections: [{name: pg, type: database}, {name: my, type: database}]
sessions: [{generate: COUNT, connections: [pg]}]
"""
ADA = {"Authorization": "Bearer ada"}


class Told(io.StringIO):
    """Where a watcher tells what came of a changed file."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def write(self, text: str) -> int:
        if text.startswith("{"):
            self.lines.put_nowait(json.loads(text))
        elif RELOADED in text and "{" in text:
            self.lines.put_nowait(json.loads(text[text.index("{") :]))
        return len(text)


def served(path: Path) -> Service:
    return build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=(str(path),)))


async def test_fifty_swaps_under_load_lose_no_call_and_ten_broken_ones_change_nothing(
    tmp_path: Path, aiohttp_client: Any
) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("COUNT", "1"))
    service, told, stop = served(path), Told(), asyncio.Event()
    client = await aiohttp_client(make_app(service))
    watcher = Watcher(service, AccessLog(io.StringIO(), "none", service.world.clock), told)
    watching = asyncio.create_task(watcher.watch(stop))
    statuses: list[int] = []

    async def load() -> None:
        while not stop.is_set():
            async with client.get("/~busy/api/sessions?limit=1", headers=ADA) as response:
                statuses.append(response.status)
                await response.read()

    async with client.post("/~busy/api/sessions", json={"connection": "pg"}, headers=ADA) as response:
        mine = (await response.json())["session_id"]
    loading = [asyncio.create_task(load()) for _ in range(4)]
    outcomes = []
    for number in range(50):
        broken = number % 5 == 4
        fresh = path.with_suffix(".new")
        fresh.write_text(SCENARIO.replace("COUNT", "many" if broken else str(number + 2)))
        fresh.replace(path)  # as editors do
        outcomes.append((await asyncio.wait_for(told.lines.get(), 20))["ok"])
        async with client.get("/api/sessions", headers=ADA) as response:
            total = (await response.json())["total"]
        assert total == (number + 1 if broken else number + 2)
    stop.set()
    await asyncio.gather(watching, *loading)
    assert outcomes == [number % 5 != 4 for number in range(50)]
    assert set(statuses) == {200}
    assert len(statuses) > 50
    async with client.get(f"/~busy/api/sessions/{mine}", headers=ADA) as response:
        assert response.status == 200


def changed(path: Path, service: Service, text: str) -> dict[str, list[str]]:
    path.write_text(text)
    return service.adopt(read(service.settings))


async def test_what_no_longer_fits_is_listed(tmp_path: Path, aiohttp_client: Any) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("COUNT", "3"))
    service = served(path)
    client = await aiohttp_client(make_app(service))
    for token, connection in (("erin", "my"), ("ada", "pg")):
        headers = {"Authorization": f"Bearer {token}"}
        async with client.post("/api/sessions", json={"connection": connection}, headers=headers) as response:
            assert response.status == 200
    fewer = SCENARIO.replace("COUNT", "3").replace(", {name: my, type: database}", "")
    fewer = fewer.replace("Erin", "Eve").replace("erin", "eve")
    misfits = changed(path, service, fewer)
    assert [line.partition(": ")[2] for line in misfits["default"]] == [
        "its connection my is gone",
        "its owner erin@example.com is gone",
    ]


def test_a_world_that_has_not_changed_begins_as_the_new_scenario_says(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("COUNT", "3"))
    service = served(path)
    changed(path, service, SCENARIO.replace("COUNT", "4").replace("12:00", "13:00"))
    assert len(service.world.table("sessions")) == 4
    assert service.world.clock.now() % (86_400 * 10**9) == 13 * 3600 * 10**9


SCRIPT = """
states: [a, b]
timeline:
  - {in: a, told: true, do: [{enter: b}]}
  - {in: b, told: true, do: [{enter: a}]}
"""


def test_a_world_that_has_changed_keeps_its_state_and_gets_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("COUNT", "3") + SCRIPT)
    service = served(path)
    pipeline = service.pipeline
    pipeline.stage.unfolding.trigger(pipeline.world, "timeline-0")
    more = "  - {name: later, after: 1m, do: [{restart: true}]}\n"
    changed(path, service, SCENARIO.replace("COUNT", "5") + SCRIPT + more)
    world = pipeline.world
    assert len(world.table("sessions")) == 5
    fired = pipeline.stage.unfolding.set_clock(world, at=world.clock.now() + 3600 * 10**9, frozen=True, speed=1.0)
    assert [one.rule for one in fired] == ["later"]
    assert world.table("scenario state").get("current").state == "b"


async def test_included_files_and_overlays_are_watched_too(tmp_path: Path) -> None:
    from mockhoop.repertoire import files

    (tmp_path / "people.yaml").write_text("mockhoop: 1\nusers: [{name: Ada, email: a@b, groups: [admin]}]\n")
    path = tmp_path / "scenario.yaml"
    path.write_text("mockhoop: 1\ninclude: [people.yaml]\n")
    names = {file.name for file in files(served(path).repertoire)}
    assert names == {"people.yaml", "scenario.yaml", "hoop.yaml"}


def test_without_the_library_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "watchfiles", None)
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("COUNT", "1"))
    service = served(path)
    with pytest.raises(UsageError, match=r"pip install 'mockhoop\[watch\]'"):
        Watcher(service, AccessLog(io.StringIO(), "none", service.world.clock), Told())


def test_a_changed_contract_is_served_and_what_it_forbids_is_listed(
    tmp_path: Path, hoop_document: Any, ask: Any
) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(SCENARIO.replace("COUNT", "2"))
    path = hoop_document(lambda document: None)
    service = build(Settings(contract=path, scenarios=(str(scenario),)))
    service.pipeline.world.apply([Put("sessions", replace(next(iter(service.world.table("sessions"))), script="long"))])

    def change(document: dict[str, Any]) -> None:
        properties = document["components"]["schemas"]["openapi.Session"]["properties"]
        properties["cost_center"] = {"type": "string", "enum": ["research"]}
        properties["script_size"]["maximum"] = 3

    hoop_document(change)
    misfits = service.adopt(read(service.settings))
    (line,) = misfits["default"]
    assert "/script_size 4 is greater than the maximum of 3" in line
    assert ask(service, "/sessions?limit=1").json["data"][0]["cost_center"] == "research"
