"""Requests per second of a bare aiohttp handler, of mockhoop, and of openapi-core as documented, in one run.

    python tests/bench/throughput.py [--rounds 5] [--seconds 3]

Each server has one core to itself and the load generator (wrk) the other. The rounds are interleaved, so that a
machine that gets slower slows all of them; what counts is the ratio to the bare handler in the same round. The
bare handler sends the very bytes and headers that mockhoop sends.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
TOKEN = "ada"
# What aiohttp writes by itself, for every server alike.
_OWN = {"date", "content-length", "connection"}


@contextmanager
def running(*command: str, core: int) -> Iterator[str]:
    """A server pinned to a core; gives the first line that announces it."""
    process = subprocess.Popen(
        ["taskset", "-c", str(core), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("mockhoop-ready ") or line.strip().isdigit():
                yield line.strip()
                return
        raise SystemExit(f"{command[0]} did not start")
    finally:
        process.terminate()
        process.wait()


def fetch(url: str) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a request that must succeed."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request) as response:
        return response.read(), dict(response.headers.items())


def load(url: str, seconds: int, core: int) -> float:
    """Requests per second over 32 connections; every answer must be a success."""
    command = ["taskset", "-c", str(core), "wrk", "-t1", "-c32", f"-d{seconds}s"]
    command += ["-H", f"Authorization: Bearer {TOKEN}", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"errors under load at {url}:\n{text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])  # type: ignore[index]


def main() -> None:
    """Start everything, check that the answers are the same, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    if not shutil.which("wrk") or not shutil.which("taskset"):
        raise SystemExit("this benchmark needs wrk and taskset (Debian: apt-get install wrk util-linux)")
    cores = sorted(os.sched_getaffinity(0))
    server_core, load_core = cores[0], cores[-1]
    serve = [sys.executable, "-m", "mockhoop", "serve", "-p", "0"]
    with (
        running(*serve, "--log-format", "none", core=server_core) as quiet,
        running(*serve, "--log-format", "json", core=server_core) as logging,
    ):
        mock = {
            name: json.loads(line.split(" ", 1)[1])["url"]
            for name, line in (("mockhoop", quiet), ("mockhoop, access log", logging))
        }
        listed = json.loads(fetch(mock["mockhoop"] + "/sessions?limit=20")[0])
        paths = {"GET by id": f"/sessions/{listed['data'][0]['id']}", "list of 20": "/sessions?limit=20"}
        answers = {}
        for path in paths.values():
            body, headers = fetch(mock["mockhoop"] + path)
            kept = {name: value for name, value in headers.items() if name.lower() not in _OWN}
            answers["/api" + path] = {"body": body.decode(), "headers": kept}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(answers, file)
            file.flush()
            helper = [sys.executable, str(HERE / "servers.py")]
            with (
                running(*helper, "bare", file.name, core=server_core) as bare,
                running(*helper, "naive", file.name, core=server_core) as naive,
            ):
                servers = {
                    "bare": f"http://127.0.0.1:{bare}/api",
                    **mock,
                    "naive openapi-core": f"http://127.0.0.1:{naive}/api",
                }
                measure(servers, paths, options.rounds, options.seconds, load_core)


def measure(servers: dict[str, str], paths: dict[str, str], rounds: int, seconds: int, core: int) -> None:
    """Interleaved rounds over all servers; medians and the ratios to ``bare``, round by round."""
    print(f"{'case':<12} {'server':<22} {'req/s':>9} {'of bare':>8} {'min':>6} {'max':>6}")
    for case, path in paths.items():
        for url in servers.values():
            load(url + path, 1, core)
        results: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(rounds):
            for name, url in servers.items():
                results[name].append(load(url + path, seconds, core))
        for name, rates in results.items():
            ratios = [rate / base for rate, base in zip(rates, results["bare"], strict=True)]
            print(
                f"{case:<12} {name:<22} {statistics.median(rates):>9.0f} {statistics.median(ratios):>8.2f} "
                f"{min(ratios):>6.2f} {max(ratios):>6.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
