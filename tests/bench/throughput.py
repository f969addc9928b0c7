"""Calls per second of mockhoop and its peers, as shares of what a bare aiohttp handler does with the same bytes.

    python tests/bench/throughput.py [--rounds 5] [--seconds 3] [--cases NAME,…] [--peers NAME,…] [--svg FILE]
        [--json FILE]

Each server has one core, and the load generator (wrk, 32 connections) another. The rounds are interleaved, so that a
machine that gets slower slows all servers; what counts is the ratio to the bare handler in the same round. That is a
``web.Application`` with one handler and no access log, in the same event loop, which sends the very bytes and headers
that mockhoop sends. Before anything is measured, the answers are looked at: a server that does not answer a case as it
should is left out of it, with a word.

Two kinds of cases are told apart. In "same call again" every call is the same to the byte, as of a client that polls;
mockhoop answers it from memory. In "different calls" no two are the same, and each is looked at as a whole. "CPU" is
the processor's time for each call, "MB" what is resident after the rounds, "bytes" an answer's length: peers make
answers of their own. "Start" is the time to the first answer, with what was resident by then.

Peers are those of Prism, Mockoon, Scalar's mock server, WireMock, json-server and Connexion that are on the PATH, as
``npm install`` puts them into ``node_modules/.bin``. They serve the same documents, but for servers and credentials;
WireMock and json-server, which read none, are given mockhoop's answers. To all of them a review or a script is a body
like any other, where mockhoop decides and carries out; only Prism and Connexion hold what they are sent against the
document.
"""

import argparse
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from suite.cases import CASES
from suite.measuring import Bench, say
from suite.plot import svg
from suite.results import plain, rows, table
from suite.servers import PEERS, Server


def chosen(text: str | None, known: Iterable[str], what: str) -> list[str]:
    """The names in a list, parted by commas; all that are known when none is given."""
    names = list(known)
    if text is None:
        return names
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise SystemExit(f"no {what} is called {unknown[0]!r}; there are: {', '.join(names)}")
    return [name for name in names if name in wanted]


def installed(names: Sequence[str]) -> list[Server]:
    """Those of the peers that can be started; of each other one it is said why not."""
    for name in names:
        missing = PEERS[name].missing()
        if missing:
            say(f"{PEERS[name].name} is left out: {missing}")
    return [PEERS[name] for name in names if not PEERS[name].missing()]


def main() -> None:
    """Start everything, check the answers, measure, print the tables."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=3, help="of each round")
    options.add_argument("--cases", metavar="NAME,…", help=", ".join(case.name for case in CASES))
    options.add_argument("--peers", metavar="NAME,…", help=f"{', '.join(PEERS)}; an empty text for none")
    options.add_argument("--svg", type=Path, metavar="FILE", help="write a plot of the ratios")
    options.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    given = options.parse_args()
    if not shutil.which("wrk") or not shutil.which("taskset"):
        raise SystemExit("this benchmark needs wrk and taskset (Debian: apt-get install wrk util-linux)")
    names = chosen(given.cases, [case.name for case in CASES], "case")
    peers = installed(chosen(given.peers, PEERS, "peer"))
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("this benchmark needs two cores: one for the server, one for the load")
    with TemporaryDirectory() as folder:
        bench = Bench(cores[0], cores[-1], Path(folder), given.rounds, given.seconds)
        bench.run([case for case in CASES if case.name in names], peers)
    found = rows(bench.measured)
    say(table(found, bench.starts))
    if given.json:
        given.json.write_text(json.dumps(plain(found, bench.starts), indent=1) + "\n")
    if given.svg:
        given.svg.write_text(svg(found))


if __name__ == "__main__":
    main()
