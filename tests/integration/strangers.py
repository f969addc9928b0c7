"""Documents that are not Hoop's, served in the same process."""

import json
from pathlib import Path
from typing import Any

from mockhoop.exchange import Exchange
from mockhoop.messages import AnyCase, Call
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build

PETS = Path(__file__).with_name("pets.yaml")


class Stranger:
    """A service of a document, and calls to it; ``base`` goes in front of their paths."""

    def __init__(self, contract: Path = PETS, base: str = "/v1", **settings: Any) -> None:
        self.base = base
        self.service: Service = build(Settings(contract=contract, check_responses=True, **settings))

    def exchange(self, method: str, path: str, body: Any = None, **headers: str) -> Exchange:
        """One call; a body that is no bytes is sent as JSON."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            told.setdefault("Content-Type", "application/json")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        found = self.service.pipeline.answer(Call(method, f"{self.base}{path}", query, AnyCase(told), content))
        assert isinstance(found, Exchange)
        return found

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of an answer that is a success and keeps the contract."""
        exchange = self.exchange(method, path, body, **headers)
        assert exchange.reply.status < 300, exchange.reply
        assert exchange.violations == ()
        return json.loads(exchange.reply.body) if exchange.reply.body else None

    def status(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        """The status of an answer."""
        return self.exchange(method, path, body, **headers).reply.status
