"""A server in the same process, on a free port, in a thread of its own."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any

from mockhoop.cli.options import contract_path
from mockhoop.coverage.tally import Tally
from mockhoop.errors import UsageError
from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.server import loops
from mockhoop.server.collecting import Collector
from mockhoop.server.runner import Server
from mockhoop.service import build
from mockhoop.testing.client import WorldView
from mockhoop.testing.http import ControlClient

_HOST = "127.0.0.1"
_SECONDS_TO_STOP = 2.0


class Mockhoop:
    """A server for tests: ``with Mockhoop() as server`` in any thread, or ``async with``. Its worlds are views.

    ``scenario`` is a shipped one by name or a file, or several to be laid over one another; ``contract`` a shipped one
    by name or a file; ``validation`` is enforce, report or off. With ``coverage`` it counts what is exercised of the
    contract, which ``tally`` tells once it was stopped.
    """

    def __init__(
        self,
        scenario: str | Path | Sequence[str | Path] = "default",
        *,
        contract: str | Path | None = None,
        seed: int | None = None,
        validation: str = "enforce",
        check_responses: bool = False,
        require_token: bool = True,
        port: int = 0,
        coverage: bool = False,
    ) -> None:
        scenarios = [scenario] if isinstance(scenario, str | Path) else scenario
        self._settings = Settings(
            contract=contract_path(str(contract) if contract is not None else None),
            scenarios=tuple(map(str, scenarios)),
            seed=seed,
            validation=Validation(validation),
            check_responses=check_responses,
            require_token=require_token,
        )
        self._wanted_port = port
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._counts = coverage
        self.tally: Tally | None = None
        self.client: ControlClient

    def start(self) -> "Mockhoop":
        """Start the server, and wait until it listens.

        Raises:
            UsageError: it runs already, or what it was asked for cannot be had.
            OSError: the port cannot be listened on.
        """
        if self._thread is not None:
            raise UsageError("this server runs already; make another one with Mockhoop(...)")
        listening: Future[int] = Future()
        self._thread = Thread(target=lambda: loops.run(self._serve(listening)), name="mockhoop", daemon=True)
        self._thread.start()
        try:
            self.client = ControlClient(_HOST, listening.result())
        except BaseException:
            self._thread.join()
            self._thread = None
            raise
        return self

    def stop(self) -> None:
        """Stop the server; nothing happens when it does not run."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def world(self, name: str = "default", **told: Any) -> WorldView:
        """A world of that name; with a scenario, a seed or a mode of validation it begins anew."""
        view = WorldView(self.client, name)
        if told:
            view.begin(**told)
        return view

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://{_HOST}:{self.client.port}"

    @property
    def api_url(self) -> str:
        """The address of the API in the default world."""
        return f"{self.url}/api"

    async def _serve(self, listening: "Future[int]") -> None:
        try:
            self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
            service = build(self._settings)
            collector = Collector(service) if self._counts else None
            observers = (collector,) if collector is not None else ()
            server = Server(service, _HOST, seconds_to_finish=_SECONDS_TO_STOP, observers=observers)
            port = await server.start(self._wanted_port)
        except BaseException as error:
            listening.set_exception(error)
            return
        listening.set_result(port)
        await self._stopping.wait()
        await server.stop()
        if collector is not None:
            self.tally = collector.tally()

    def __enter__(self) -> "Mockhoop":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> "Mockhoop":
        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.stop)
