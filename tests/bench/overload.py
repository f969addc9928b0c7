"""What many clients at once do to mockhoop: open connections, slow readers, streams, large downloads, and its end.

    python tests/bench/overload.py [--connections 2000] [--streams 500] [--readers 20] [--megabytes 100]

Connections stay open and call once a second, streams follow a session that goes on, readers take a download of so many
megabytes in small pieces. Meanwhile a caller asks for a session again and again. Then the server is told to stop, while
all of that goes on. Printed are the caller's latencies, the server's memory before, during and after, how long it took
to stop, and how many answers were cut off: calls that had been sent and did not get the whole of their answer.
"""

import argparse
import asyncio
import json
import resource
import signal
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import aiohttp

LIVE, LARGE = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
_LINE = 1_000_000
_SCENARIO = """\
mockhoop: 1
users: [{{name: Ada, email: ada@example.com, groups: [admin], token: ada}}]
connections: [{{name: bash, type: custom}}]
sessions:
  - {{id: {live}, user: ada@example.com, connection: bash, verb: connect, status: open, started: -1m}}
  - {{id: {large}, user: ada@example.com, connection: bash, started: -1h, events: [{events}]}}
"""


def scenario(megabytes: int) -> str:
    """A session that goes on, and one with a recording of so many megabytes."""
    line = json.dumps("x" * (_LINE - 1) + "\n")
    events = ", ".join(f"[{0.01 * number}, o, {line}]" for number in range(megabytes))
    return _SCENARIO.format(live=LIVE, large=LARGE, events=events)


class Load:
    """The clients, and what became of their calls."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self.stopping = False
        self.outcomes: Counter[str] = Counter()
        self.latencies: list[float] = []

    async def calling(self, pause: float, timed: bool = False) -> None:
        """Ask for a session again and again."""
        while not self.stopping:
            began = perf_counter()
            await self._taken(f"/sessions/{LIVE}", 0.0)
            if timed:
                self.latencies.append((perf_counter() - began) * 1_000)
            await asyncio.sleep(pause)

    async def following(self) -> None:
        """Follow a stream until it ends."""
        with suppress(aiohttp.ClientError):
            async with self.session.get(f"{self.url}/sessions/{LIVE}/stream") as response:
                self.outcomes[f"stream {response.status}"] += 1
                async for _ in response.content:
                    pass

    async def downloading(self) -> None:
        """Take a large result slowly."""
        while not self.stopping:
            await self._taken(f"/sessions/{LARGE}/result/stream", 0.01)

    async def _taken(self, path: str, pause: float) -> None:
        sent = False
        try:
            async with self.session.get(f"{self.url}{path}") as response:
                sent = True
                while await response.content.read(65_536):
                    if pause:
                        await asyncio.sleep(pause)
                self.outcomes["answered"] += 1
        except aiohttp.ClientConnectorError:
            self.outcomes["refused"] += 1
            self.stopping = True
        except aiohttp.ClientError:
            self.outcomes["cut off" if sent else "not taken up"] += 1
            self.stopping = True


def megabytes_of(process: Process) -> int:
    """The resident memory of a process."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000


async def started(file: str) -> tuple[Process, str]:
    """A server of the scenario, and its address."""
    command = ("-m", "mockhoop", "serve", "-p", "0", "--scenario", file, "--log-format", "none")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE)
    assert process.stdout is not None
    async for line in process.stdout:
        if line.startswith(b"mockhoop-ready "):
            return process, json.loads(line.split(b" ", 1)[1])["url"]
    raise SystemExit("mockhoop did not start")


async def measure(options: argparse.Namespace) -> None:
    """Start the server, load it, stop it; print what was seen."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(scenario(options.megabytes))
        file.flush()
        process, url = await started(file.name)
    headers = {"Authorization": "Bearer ada"}
    timeout = aiohttp.ClientTimeout(total=None)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as session:
        load = Load(url, session)
        idle = megabytes_of(process)
        tasks = [asyncio.create_task(load.following()) for _ in range(options.streams)]
        tasks += [asyncio.create_task(load.calling(1.0)) for _ in range(options.connections)]
        tasks += [asyncio.create_task(load.downloading()) for _ in range(options.readers)]
        tasks.append(asyncio.create_task(load.calling(0.02, timed=True)))
        most = idle
        for _ in range(options.seconds * 5):
            await asyncio.sleep(0.2)
            most = max(most, megabytes_of(process))
        after = megabytes_of(process)
        began = perf_counter()
        process.send_signal(signal.SIGTERM)
        await process.wait()
        stopped = perf_counter() - began
        load.stopping = True
        await asyncio.wait(tasks, timeout=5)
        for task in tasks:
            task.cancel()
    print(f"{'memory (MB): idle, most, at the end':<48} {idle} {most} {after}")
    quantiles = statistics.quantiles(load.latencies, n=100)
    print(f"{'latency of a caller (ms): p50, p99':<48} {quantiles[49]:.1f} {quantiles[98]:.1f}")
    print(f"{'seconds to stop under load':<48} {stopped:.2f}")
    print(f"{'what became of the calls':<48} {dict(load.outcomes)}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=2_000)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    wanted = 2 * (options.connections + options.streams + options.readers) + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))
    asyncio.run(measure(options))


if __name__ == "__main__":
    main()
