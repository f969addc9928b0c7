"""The control API keeps to its own contract, whatever it is sent: schemathesis over all its operations."""

import asyncio
from collections.abc import Coroutine, Iterator
from threading import Thread
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from mockhoop.contract.document import load_contract
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.server.app import make_app
from mockhoop.service import build

pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]

# They answer only when something happens elsewhere; their own tests are in integration/test_control.py.
LASTING = ("feed", "waitForExchanges")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
"""Which answers are judged, and by what; "everything valid is accepted" cannot hold where names have to be known."""

document = dict(load_contract(spec_dir() / "control.yaml").document)
schema = schemathesis.openapi.from_dict(document).exclude(operation_id=list(LASTING))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def finish(work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, loop).result(timeout=20)

    service = build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=("executions",)))
    runner = web.AppRunner(make_app(service), access_log=None)
    finish(runner.setup())
    finish(web.TCPSite(runner, "127.0.0.1", 0).start())
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/__mockhoop"
    finish(runner.cleanup())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@schema.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_an_operation_keeps_to_the_contract(case: schemathesis.Case[Any], address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS)
