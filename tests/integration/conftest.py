"""Fixtures of the tests over the whole app, and the event loops that they run in."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockhoop.server import loops
from mockhoop.server.app import make_app

from .control_client import SCENARIO, Control

# What these test is up to the loop: they run in that of asyncio, too.
_IN_BOTH_LOOPS = ("test_deliveries.py", "test_large_answers.py")


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run in the loop that servers run in."""
    others = {"asyncio": asyncio.new_event_loop} if item.path.name in _IN_BOTH_LOOPS else {}
    return {"served": loops.new_loop, **others}


@pytest.fixture
async def control(tmp_path: Path, aiohttp_client: Any, service: Any) -> Control:
    """A client of the control API of a server with the scenario of these tests."""
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    return Control(await aiohttp_client(make_app(service(path))))
