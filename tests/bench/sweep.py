"""How mockhoop gets on with documents of any origin: does it load them, and are its answers valid against them?

    python tests/bench/sweep.py PATH… [--json] [--seconds 300] [--megabytes 4000] [--jobs 2]

A PATH is an OpenAPI document or a folder of them (of a folder's files those are taken that say that they are of
OpenAPI 3). Each document is loaded in a process of its own, within limits of time and memory. Then every operation is
called with made-up parameters and a made-up body: once as it is, and once for each status and each media type that the
document declares for it. What comes back is held against the document.

The exit code is 1 when something failed: a document ended in a traceback or at a limit, a call in an exception, or an
answer breaks its document. A document that is refused with a reason has not failed, and what it contradicts itself
about is counted apart.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from calls import Caller, Unaskable, admits_failure

from mockhoop.contract.operations import Operation
from mockhoop.contract.references import resolved
from mockhoop.errors import ContractError, MockhoopError
from mockhoop.exchange import Exchange
from mockhoop.messages import Reply
from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build

LOADED, REFUSED, FAILED = "loaded", "refused", "failed"
MOST_EXAMPLES = 5
_OPENAPI = re.compile(r"""["']?openapi["']?\s*:\s*["']?3\.""")
_VARYING = re.compile(r"\{.*(?= (?:is|does|reference) )|\{.*|'[^']*'|\"[^\"]*\"|\[.*\]|\{.*\}|\d+(\.\d+)?", re.DOTALL)
_LATER = 2**61
"""An instant by which everything that grows has grown."""


@dataclass
class Figures:
    """What became of one document.

    ``own`` counts answers to made-up calls that no document declares, such as 404 for something unknown, ``refused``
    calls that were held to be invalid, ``contradicted`` what cannot be valid because the document contradicts itself.
    ``causes`` counts what was wrong, without the particulars.
    """

    path: str
    outcome: str = LOADED
    reason: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    operations: int = 0
    sound: int = 0
    answers: int = 0
    valid: int = 0
    own: int = 0
    refused: int = 0
    invalid: int = 0
    exceptions: int = 0
    contradicted: int = 0
    causes: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything went wrong that must not."""
        return self.outcome == FAILED or bool(self.invalid or self.exceptions or self.refused)

    @property
    def unsound(self) -> int:
        """How many calls came to no valid answer, whoever is to blame."""
        return self.invalid + self.exceptions + self.refused + self.contradicted

    def note(self, operation: Operation, asked: str, cause: str, kind: str) -> None:
        """Keep something that is wrong."""
        general = f"{kind}: {_VARYING.sub('…', cause)[:160]}"
        self.causes[general] = self.causes.get(general, 0) + 1
        if sum(one.startswith(kind) for one in self.examples) < MOST_EXAMPLES:
            self.examples.append(f"{kind}: {operation.key} ({asked}): {cause[:300]}")


def main() -> int:
    """Look at every document, and print what became of them."""
    options = _options()
    if options.alone:
        print(json.dumps(asdict(examined(options.paths[0]))))
        return 0
    paths = list(documents(options.paths))
    with ThreadPoolExecutor(options.jobs) as pool:
        figures = pool.map(lambda path: in_a_process(path, options.seconds, options.megabytes), paths)
        known = list(figures) if options.json else list(_printed(figures))
    if options.json:
        print(json.dumps([asdict(one) for one in known], indent=1))
    else:
        print_totals(known)
    return int(any(one.failed for one in known))


def _printed(figures: Iterable[Figures]) -> Iterator[Figures]:
    print(HEAD, flush=True)
    for one in figures:
        print_row(one)
        yield one


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--seconds", type=float, default=300, help="the longest that a document may take")
    parser.add_argument("--megabytes", type=int, default=4000, help="the most memory that a document may take")
    parser.add_argument("--jobs", type=int, default=2, help="how many documents are looked at at a time")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def documents(paths: Iterable[Path]) -> Iterator[Path]:
    """The documents that are meant by paths, in order."""
    for path in paths:
        if path.is_dir():
            files = (file for file in path.rglob("*") if file.suffix in (".json", ".yaml", ".yml") and file.is_file())
            yield from sorted(file for file in files if _OPENAPI.search(file.read_text(errors="replace")))
        else:
            yield path


def in_a_process(path: Path, seconds: float, megabytes: int) -> Figures:
    """What becomes of a document in a process of its own, within limits."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)

    command = [sys.executable, __file__, "--alone", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return Figures(str(path), FAILED, f"not done within {seconds:g} s")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing said"]
        return Figures(str(path), FAILED, f"ended with code {done.returncode}: {last[0][:300]}")
    return Figures(**told)


def examined(path: Path) -> Figures:
    """What becomes of a document in this process."""
    figures = Figures(str(path))
    began = perf_counter()
    try:
        service = build(Settings(contract=path, scenarios=("empty",)))
    except MockhoopError as refusal:
        figures.outcome, figures.reason = REFUSED, str(refusal).splitlines()[0]
        return figures
    except Exception as error:
        figures.outcome, figures.reason = FAILED, _told(error)
        return figures
    finally:
        figures.seconds = perf_counter() - began
        figures.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    caller = Caller(service)
    for operation in service.contract.operations:
        figures.operations += 1
        before = figures.unsound
        _exercise(service, caller, operation, figures)
        figures.sound += figures.unsound == before
    return figures


def _told(error: BaseException) -> str:
    """An exception with the place of its origin."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "nowhere"
    return f"{type(error).__name__} in {place}: {str(error)[:200]}"


def _exercise(service: Service, caller: "Caller", operation: Operation, figures: Figures) -> None:
    pipeline = service.pipeline
    pipeline.validation = Validation.ENFORCE
    for media_type in caller.request_media_types(operation):
        _ask(service, caller, operation, figures, media_type=media_type)
    # The remaining calls are about the answers, whatever the request was like.
    pipeline.validation = Validation.OFF
    for code, accept in _wishes(service.contract.document, operation):
        _ask(service, caller, operation, figures, code=code, accept=accept)


def _wishes(document: Mapping[str, Any], operation: Operation) -> Iterator[tuple[int, str]]:
    """Every status that is declared, with every media type that it can have."""
    for status, response in operation.definition.get("responses", {}).items():
        code = 500 if status == "default" else int(status.upper().replace("X", "0"))
        if 200 <= code <= 599:
            content = resolved(document, response).get("content") or {"": {}}
            yield from ((code, media_type) for media_type in content)


def _ask(
    service: Service,
    caller: "Caller",
    operation: Operation,
    figures: Figures,
    *,
    media_type: str = "",
    code: int = 0,
    accept: str = "",
) -> None:
    """Make one call, and note what becomes of it."""
    asked = " ".join(filter(None, [f"code {code}" if code else "as it is", accept, media_type]))
    figures.answers += 1
    reply, can_be_meant = None, True
    try:
        exchange = service.pipeline.answer(caller.call(operation, media_type, code, accept))
        if not isinstance(exchange, Exchange):
            figures.valid += 1
            return
        reply = _whole(exchange.reply)
        found = service.contract.validator.response(operation, reply)
    except Unaskable as reason:
        figures.contradicted += 1
        figures.note(operation, asked, str(reason), "contradiction")
        return
    except Exception as error:
        kind, cause = "exception", _told(error)
        # Only this says that something cannot be; any other is a mistake of ours.
        can_be_meant = isinstance(error, ContractError)
    else:
        if not code and exchange.violations:
            first = exchange.violations[0]
            kind, cause = "refused", f"{first.location} {first.code} {first.pointer}: {first.message}"
        elif not found and code in (0, reply.status) and not admits_failure(reply):
            figures.valid += 1
            return
        elif not code and reply.status < 500 and any(one.code == "status" for one in found):
            figures.own += 1
            return
        else:
            kind, cause = "invalid", _wrong(reply, found)
    why = can_be_meant and caller.contradiction(
        operation, media_type, None if kind == "refused" else reply, code, accept
    )
    if why:
        figures.contradicted += 1
        figures.note(operation, asked, why, "contradiction")
    else:
        _COUNTS[kind](figures)
        figures.note(operation, asked, cause, kind)


def _count(kind: str) -> Callable[[Figures], None]:
    return lambda figures: setattr(figures, kind, getattr(figures, kind) + 1)


_COUNTS = {"refused": _count("refused"), "invalid": _count("invalid"), "exception": _count("exceptions")}


def _wrong(reply: Reply, found: Sequence[Any]) -> str:
    if admits_failure(reply) or not found:
        return f"{reply.status} {reply.content_type} {reply.body[:200].decode(errors='replace')!r}"
    first = found[0]
    return f"{reply.content_type}: {first.location} {first.code} {first.pointer}: {first.message}"


def _whole(reply: Reply) -> Reply:
    return reply if reply.feed is None else replace(reply, body=reply.feed.advance(_LATER)[0], feed=None)


HEAD = (
    f"{'document':40} {'':8} {'load s':>7} {'MB':>5} {'ops':>5} {'sound':>5} {'answers':>7} {'valid':>7}"
    f" {'own':>5} {'refused':>7} {'invalid':>7} {'errors':>6} {'contra':>6}"
)


def print_row(one: Figures) -> None:
    """The line of a document, and examples of what was wrong."""
    print(
        f"{one.path[-40:]:40} {one.outcome:8} {one.seconds:7.2f} {one.megabytes:5.0f} {one.operations:5}"
        f" {one.sound:5} {one.answers:7} {one.valid:7} {one.own:5} {one.refused:7} {one.invalid:7}"
        f" {one.exceptions:6} {one.contradicted:6}{'  ' + one.reason if one.reason else ''}",
        *(f"    {example}" for example in one.examples),
        sep="\n",
        flush=True,
    )


def print_totals(figures: Sequence[Figures]) -> None:
    """The totals, and what was wrong most often."""
    outcomes = Counter(one.outcome for one in figures)
    print(f"\ndocuments: {', '.join(f'{outcomes[outcome]} {outcome}' for outcome in (LOADED, REFUSED, FAILED))}")
    operations, sound = sum(one.operations for one in figures), sum(one.sound for one in figures)
    print(f"operations answered validly: {sound} of {operations}")
    answers, valid = sum(one.answers for one in figures), sum(one.valid for one in figures)
    print(f"answers that are valid: {valid} of {answers}")
    print(f"what documents contradict themselves about: {sum(one.contradicted for one in figures)}")
    causes = sum((Counter(one.causes) for one in figures), Counter[str]())
    for cause, count in causes.most_common(10):
        print(f"{count:7} {cause}")


if __name__ == "__main__":
    sys.exit(main())
