"""The tests' own guard: a response that breaks the contract, or a server that fails, does not go unnoticed."""

from typing import Any

import pytest


async def test_a_response_that_breaks_the_contract_is_a_mistake(
    api: Any, hoop_document: Any, mistakes: list[str]
) -> None:
    def change(document: Any) -> None:
        document["components"]["schemas"]["openapi.Session"]["properties"]["status"] = {"type": "integer"}

    gateway = await api("documented-example", contract=hoop_document(change))
    answer = await gateway.get("/sessions")
    assert answer.status == 200
    assert any("/data/0/status" in found for found in mistakes)
    mistakes.clear()


async def test_a_status_that_the_contract_does_not_declare_is_a_mistake(
    api: Any, hoop_document: Any, mistakes: list[str]
) -> None:
    def change(document: Any) -> None:
        del document["paths"]["/sessions"]["get"]["responses"]["401"]

    gateway = await api("documented-example", contract=hoop_document(change))
    assert (await gateway.get("/sessions", None)).status == 401
    assert mistakes
    mistakes.clear()


async def test_a_server_that_fails_is_a_mistake(api: Any, mistakes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = await api("empty")
    monkeypatch.setattr(gateway.service.pipeline.stage, "responders", {})
    assert (await gateway.get("/sessions")).status == 500
    assert mistakes
    mistakes.clear()
