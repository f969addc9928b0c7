"""Fixtures of the tests over the whole app."""

from pathlib import Path
from typing import Any

import pytest

from mockhoop.server.app import make_app

from .control_client import SCENARIO, Control


@pytest.fixture
async def control(tmp_path: Path, aiohttp_client: Any, service: Any) -> Control:
    """A client of the control API of a server with the scenario of these tests."""
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO)
    return Control(await aiohttp_client(make_app(service(path))))
