"""Whether answering calls has become much dearer than it was: seconds, in one process, on any machine.

    python tests/bench/guard.py [--write]

Each case is the processor's time that ``Pipeline.answer`` takes for a call, as a ratio to the time of a fixed piece of
plain Python that is measured in turn with it. Of many short rounds the best counts, of the cases and of the reference
alike: what else the machine does can make a round slower, never faster. The ratios are compared with those in
``guard.json``, which ``--write`` writes anew.

A case fails when its ratio is more than half as large again as the stored one: that is a third fewer calls in the same
time. Runs on one machine differ by less than a tenth, loaded or not; versions of Python and kinds of processors, which
do not speed up everything alike, by more than that. What has become cheaper by a third is told, so that the
stored ratio is written anew. A case that fails is measured once more before that is believed.
"""

import argparse
import gc
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from multidict import CIMultiDict
from suite.cases import CASES, GENERIC, HOOP, Asked, Case, Known
from suite.document import document
from suite.servers import RULES, rules

from mockhoop.exchange import Exchange, Waiting
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.service import build

HERE = Path(__file__).parent
STORED = HERE / "guard.json"
TOLERANCE = 1.5
ROUNDS, CALLS = 40, 60
GUARDED = (
    "GET by random id",
    "list by random filters",
    "invalid request",
    "review PUT",
    "exec",
    "generic by random id",
)
RULED = ("GET by random id", "list by random filters")
"""The cases that are measured once more in a world with rules."""
HOOP_RULED = f"hoop, {RULES} rules"
_HEADERS = {"Authorization": "Bearer ada", "Host": "127.0.0.1:8009", "Content-Type": "application/json"}


def reference() -> int:
    """A fixed piece of plain Python, of the kind of work that answering is: texts, dictionaries, calls, sorting."""
    found: dict[str, list[int]] = {}
    for number in range(400):
        name, _, rest = f"name-{number % 37}=value-{number}".partition("=")
        found.setdefault(name, []).append(len(rest) + _weight(rest))
    return sum(sum(sorted(values)[:5]) for _, values in sorted(found.items()))


def _weight(text: str) -> int:
    return sum(1 for character in text if character in "13579")


class Guarded:
    """A case in this process: calls of its pool, answered by a pipeline whose world begins anew before each round."""

    def __init__(self, case: Case, pipeline: Pipeline, known: Known, more: str = "") -> None:
        self.name = case.name + more
        self._pipeline = pipeline
        self._status = case.status
        base = pipeline.stage.profile.base_path
        self._calls = [as_call(base, asked) for asked in case.pool(known)[:CALLS]]
        for call in self._calls:
            exchange = self._answered(call)
            if exchange.reply.status // 100 != self._status:
                raise SystemExit(f"{self.name}: {exchange.reply.status} to {call.method} {call.raw_path}")

    def __call__(self) -> None:
        """Answer all calls once."""
        for call in self._calls:
            self._answered(call)

    def begin(self) -> None:
        """Forget what the calls have changed."""
        self._pipeline.world.reset()
        self._answered(self._calls[0])

    def _answered(self, call: Call) -> Exchange:
        outcome = self._pipeline.answer(call)
        while isinstance(outcome, Waiting):
            outcome = self._pipeline.resume(outcome)
        return outcome


def as_call(base: str, asked: Asked) -> Call:
    """A call of a pool, as the server's adapter makes it."""
    path, _, query = asked.path.partition("?")
    return Call(asked.method, base + path, query, CIMultiDict(_HEADERS), asked.body.encode())


def pipelines() -> Iterator[tuple[str, Pipeline]]:
    """A pipeline for each document, by its name, and one in whose world there are rules for each list and session."""
    hoop, scenario = spec_dir() / "hoop.yaml", str(HERE / "suite" / "world.yaml")
    yield HOOP, build(Settings(contract=hoop, scenarios=(scenario,))).pipeline
    with TemporaryDirectory() as folder:
        told = Path(folder) / "rules.json"
        told.write_text(json.dumps(rules()))
        yield HOOP_RULED, build(Settings(contract=hoop, scenarios=(scenario, str(told)))).pipeline
        path = Path(folder) / "document.json"
        path.write_text(json.dumps(document()))
        yield GENERIC, build(Settings(contract=path)).pipeline


def known(hoop: Pipeline) -> Known:
    """Ids of sessions, and of sessions to be reviewed."""

    def ids(filters: str) -> list[str]:
        call = as_call(hoop.stage.profile.base_path, Asked(f"/sessions?limit=100{filters}"))
        outcome = hoop.answer(call)
        assert isinstance(outcome, Exchange)
        return [session["id"] for session in json.loads(outcome.reply.body)["data"]]

    sessions = [id for offset in range(0, 5000, 100) for id in ids(f"&review.status=EXECUTED&offset={offset}")]
    return Known(sessions, ids("&review.status=PENDING"))


def guarded() -> list[Guarded]:
    """All cases, ready to be measured."""
    served = dict(pipelines())
    ids = known(served[HOOP])
    plain = [Guarded(case, served[case.document], ids) for case in CASES if case.name in GUARDED]
    ruled = [Guarded(case, served[HOOP_RULED], ids, f", {RULES} rules") for case in CASES if case.name in RULED]
    return [*plain, *ruled]


def seconds(work: Callable[[], object]) -> float:
    """The processor's time that some work takes, without that of the collection of garbage."""
    gc.disable()
    began = process_time()
    work()
    spent = process_time() - began
    gc.enable()
    return spent


def measured(cases: Sequence[Guarded]) -> dict[str, float]:
    """For each case the time of a call as a ratio to that of the reference, the best of many rounds of each."""
    best = {case.name: float("inf") for case in cases}
    unit = float("inf")
    for _ in range(ROUNDS):
        for case in cases:
            case.begin()
            best[case.name] = min(best[case.name], seconds(case) / CALLS)
            unit = min(unit, seconds(reference))
    return {name: round(spent / unit, 4) for name, spent in best.items()}


def dearer(found: Mapping[str, float], stored: Mapping[str, float]) -> list[str]:
    """The cases that have become dearer than the tolerance allows."""
    return [name for name, ratio in found.items() if ratio > stored[name] * TOLERANCE]


def main() -> None:
    """Measure, compare, tell."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--write", action="store_true", help=f"store the ratios in {STORED.name}")
    write = options.parse_args().write
    cases = guarded()
    found = measured(cases)
    if write:
        STORED.write_text(json.dumps(found, indent=2) + "\n")
    stored = json.loads(STORED.read_text())
    if set(stored) != set(found):
        raise SystemExit(f"{STORED.name} is about other cases: write it anew with --write")
    if dearer(found, stored):
        again = measured(cases)
        found = {name: min(ratio, again[name]) for name, ratio in found.items()}
    print(f"{'a call, as a share of the reference':<36} {'now':>8} {'stored':>8} {'change':>8}")
    for name, ratio in found.items():
        change = ratio / stored[name] - 1
        print(f"{name:<36} {ratio:>8.4f} {stored[name]:>8.4f} {change:>+8.0%}")
        if change < 1 / TOLERANCE - 1:
            print(f"{name} has become cheaper: store that with --write")
    failed = dearer(found, stored)
    if failed:
        sys.exit(f"dearer by more than {TOLERANCE - 1:.0%}: {', '.join(failed)}")


if __name__ == "__main__":
    main()
