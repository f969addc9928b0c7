"""How mockhoop gets on with documents of any origin: does it load them, and are its answers valid against them?

    python tests/bench/sweep.py PATH… [--json] [--seconds 300] [--megabytes 4000] [--jobs 2]

A PATH is an OpenAPI document or a folder of them (of a folder's files those are taken that say that they are of
OpenAPI 3). Each document is loaded in a process of its own, within limits of time and memory. Then every operation is
called with made-up parameters and a made-up body: once as it is, and once for each status and each media type that the
document declares for it. What comes back is held against the document.

The exit code is 1 when something failed: a document ended in a traceback or at a limit, a call in an exception, or an
answer breaks its document. A document that is refused with a reason has not failed.
"""

import argparse
import base64
import json
import re
import resource
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from mockhoop.contract.operations import Operation
from mockhoop.contract.references import resolved
from mockhoop.errors import ContractError, MockhoopError
from mockhoop.exchange import Exchange
from mockhoop.media import bodies
from mockhoop.messages import AnyCase, Call, Reply
from mockhoop.pipeline import Validation
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible

LOADED, REFUSED, FAILED = "loaded", "refused", "failed"
MOST_EXAMPLES = 5
_OPENAPI = re.compile(r"""["']?openapi["']?\s*:\s*["']?3\.""")
_VARYING = re.compile(r"\{.*(?= (?:is|does|reference) )|\{.*|'[^']*'|\"[^\"]*\"|\[.*\]|\{.*\}|\d+(\.\d+)?", re.DOTALL)
_SEPARATORS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_NOTHING = object()
_LATER = 2**61
"""An instant by which everything that grows has grown."""


@dataclass
class Figures:
    """What became of one document.

    ``own`` counts answers to made-up calls that no document declares, such as 404 for something unknown, ``refused``
    calls that were held to be invalid. ``causes`` counts what was wrong, without the particulars.
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
    causes: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything went wrong that must not."""
        return self.outcome == FAILED or bool(self.invalid or self.exceptions or self.refused)

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
        before = figures.invalid + figures.exceptions + figures.refused
        _exercise(service, caller, operation, figures)
        figures.sound += figures.invalid + figures.exceptions + figures.refused == before
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
    try:
        exchange = service.pipeline.answer(caller.call(operation, media_type, code, accept))
        if not isinstance(exchange, Exchange):
            figures.valid += 1
            return
        reply = _whole(exchange.reply)
        found = service.contract.validator.response(operation, reply)
    except Exception as error:
        figures.exceptions += 1
        figures.note(operation, asked, _told(error), "exception")
        return
    if not code and exchange.violations:
        first = exchange.violations[0]
        figures.refused += 1
        figures.note(operation, asked, f"{first.location} {first.code} {first.pointer}: {first.message}", "refused")
    elif not found and code in (0, reply.status) and not _admits_failure(reply):
        figures.valid += 1
    elif not code and reply.status < 500 and any(one.code == "status" for one in found):
        figures.own += 1
    else:
        figures.invalid += 1
        figures.note(operation, asked, _wrong(reply, found), "invalid")


def _admits_failure(reply: Reply) -> bool:
    """Whether the server says that it cannot answer as its document wants it."""
    return reply.status == 500 and b"the contract asks for what cannot be" in reply.body


def _wrong(reply: Reply, found: Sequence[Any]) -> str:
    if _admits_failure(reply) or not found:
        return f"{reply.status} {reply.content_type} {reply.body[:200].decode(errors='replace')!r}"
    first = found[0]
    return f"{reply.content_type}: {first.location} {first.code} {first.pointer}: {first.message}"


def _whole(reply: Reply) -> Reply:
    return reply if reply.feed is None else replace(reply, body=reply.feed.advance(_LATER)[0], feed=None)


class Caller:
    """Makes up calls that a document allows."""

    def __init__(self, service: Service) -> None:
        self._document = service.contract.document
        self._base_path = service.contract.base_path
        self._plausible = Plausible(self._document, Chance(20240725))

    def request_media_types(self, operation: Operation) -> list[str]:
        """The media types that a request can have; one that is empty where it has no body."""
        return list(self._body_of(operation)) or [""]

    def call(self, operation: Operation, media_type: str = "", code: int = 0, accept: str = "") -> Call:
        """A call that is allowed; ``code`` and ``accept`` say which answer is wanted."""
        path, query, headers, cookies = self._parameters(operation)
        self._sign_in(operation, query, headers, cookies)
        body = self._written(operation, media_type or self.request_media_types(operation)[0], headers)
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        headers |= {"Prefer": f"code={code}"} if code else {}
        headers |= {"Accept": accept} if accept else {}
        return Call(operation.method, self._base_path + path, "&".join(query), AnyCase(headers), body)

    def _parameters(self, operation: Operation) -> tuple[str, list[str], dict[str, str], list[str]]:
        path, query, headers, cookies = operation.template, list[str](), dict[str, str](), list[str]()
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            value = self._value_of(operation, parameter)
            if value is _NOTHING or (_is_unsayable(value) and not parameter.get("required")):
                continue
            written = value if isinstance(value, Written) else serialised(parameter, value)
            if place == "path":
                path = path.replace(f"{{{name}}}", written.text or "x")
            elif place == "query":
                query += written.pairs
            elif place == "header" and name.lower() not in ("accept", "authorization", "content-type"):
                headers[name] = written.plain
            elif place == "cookie":
                cookies += written.pairs
        return path, query, headers, cookies

    def _value_of(self, operation: Operation, parameter: Mapping[str, Any]) -> Any:
        name = parameter["name"]
        for declared in parameter.get("content", {}).values():
            value = self._plausible.value(declared.get("schema", {}), operation.key, name, direction="request")
            text = json.dumps(value)
            return Written(quote(text, safe=""), text, [f"{quote(name)}={quote(text, safe='')}"])
        schema = parameter.get("schema", {"type": "string"})
        try:
            return self._plausible.value(
                schema, operation.key, name, name=name, prefer_examples=True, direction="request"
            )
        except ContractError:
            if parameter.get("required"):
                raise
            return _NOTHING

    def _body_of(self, operation: Operation) -> Mapping[str, Any]:
        body = resolved(self._document, operation.definition.get("requestBody", {}))
        content: Mapping[str, Any] = body.get("content", {})
        return content

    def _written(self, operation: Operation, media_type: str, headers: dict[str, str]) -> bytes:
        if not media_type:
            return b""
        schema = self._body_of(operation)[media_type].get("schema", {})
        value = self._plausible.value(schema, operation.key, "body", direction="request")
        body = bodies.write(value, media_type, schema, lambda node: resolved(self._document, node))
        headers["Content-Type"] = body.content_type
        return body.content

    def _sign_in(self, operation: Operation, query: list[str], headers: dict[str, str], cookies: list[str]) -> None:
        wanted = operation.definition.get("security", self._document.get("security")) or [{}]
        schemes = self._document.get("components", {}).get("securitySchemes", {})
        for name in wanted[0]:
            scheme = resolved(self._document, schemes.get(name, {}))
            if scheme.get("type") == "apiKey":
                pair = f"{scheme['name']}=k3y"
                query += [pair] if scheme["in"] == "query" else []
                cookies += [pair] if scheme["in"] == "cookie" else []
                headers |= {scheme["name"]: "k3y"} if scheme["in"] == "header" else {}
            elif str(scheme.get("scheme", "bearer")).lower() == "basic":
                headers["Authorization"] = f"Basic {base64.b64encode(b'ada:lovelace').decode()}"
            else:
                headers["Authorization"] = f"{scheme.get('scheme', 'bearer').capitalize()} t0ken"


def _is_unsayable(value: Any) -> bool:
    """Whether a value is empty or holds lists or objects within others, which no style can write."""
    if value in ("", [], {}):
        return True
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(isinstance(part, Mapping | list) for part in parts)


@dataclass(frozen=True)
class Written:
    """The value of a parameter as text: encoded, as it is, and as ``name=value`` pairs."""

    text: str
    plain: str
    pairs: list[str]


def serialised(parameter: Mapping[str, Any], value: Any) -> Written:
    """The value in the style of its parameter."""
    place, name = parameter["in"], quote(parameter["name"], safe="[]")
    style = parameter.get("style", "form" if place in ("query", "cookie") else "simple")
    explode = parameter.get("explode", style in ("form", "deepObject"))
    if style in ("label", "matrix"):
        text = _prefixed(style, name, value, explode)
        return Written(text, text, [])
    if isinstance(value, Mapping):
        return _object(name, value, style, explode)
    if isinstance(value, list):
        texts = [_encoded(one) for one in value]
        joined = _SEPARATORS.get(style, ",").join(texts)
        pairs = [f"{name}={one}" for one in texts] if explode else [f"{name}={joined}"] if texts else []
        return Written(joined, ",".join(map(_plain, value)), pairs)
    return Written(_encoded(value), _plain(value), [f"{name}={_encoded(value)}"])


def _object(name: str, value: Mapping[str, Any], style: str, explode: bool) -> Written:
    if style == "deepObject":
        return Written("", "", [f"{name}[{quote(key)}]={_encoded(one)}" for key, one in value.items()])
    equals = "=" if explode else ","
    pairs = [f"{quote(key)}={_encoded(one)}" for key, one in value.items()]
    text = ",".join(pair.replace("=", equals, 1) for pair in pairs)
    plain = ",".join(f"{key}{equals}{_plain(one)}" for key, one in value.items())
    return Written(text, plain, pairs if explode else [f"{name}={text}"])


def _prefixed(style: str, name: str, value: Any, explode: bool) -> str:
    """A path parameter in the style ``label`` (``.a.b``) or ``matrix`` (``;name=a,b``)."""
    sign = "." if style == "label" else ";"
    begin = "" if style == "label" else f"{name}="
    if isinstance(value, Mapping):
        if explode:
            return "".join(f"{sign}{quote(key)}={_encoded(one)}" for key, one in value.items())
        return f"{sign}{begin}" + ",".join(f"{quote(key)},{_encoded(one)}" for key, one in value.items())
    if isinstance(value, list):
        if explode:
            return "".join(f"{sign}{begin}{_encoded(one)}" for one in value)
        return f"{sign}{begin}" + ",".join(map(_encoded, value))
    return f"{sign}{begin}{_encoded(value)}"


def _encoded(value: Any) -> str:
    return quote(_plain(value), safe="")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


HEAD = (
    f"{'document':40} {'':8} {'load s':>7} {'MB':>5} {'ops':>5} {'sound':>5} {'answers':>7} {'valid':>7}"
    f" {'own':>5} {'refused':>7} {'invalid':>7} {'errors':>6}"
)


def print_row(one: Figures) -> None:
    """The line of a document, and examples of what was wrong."""
    print(
        f"{one.path[-40:]:40} {one.outcome:8} {one.seconds:7.2f} {one.megabytes:5.0f} {one.operations:5}"
        f" {one.sound:5} {one.answers:7} {one.valid:7} {one.own:5} {one.refused:7} {one.invalid:7}"
        f" {one.exceptions:6}{'  ' + one.reason if one.reason else ''}",
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
    causes = sum((Counter(one.causes) for one in figures), Counter[str]())
    for cause, count in causes.most_common(10):
        print(f"{count:7} {cause}")


if __name__ == "__main__":
    sys.exit(main())
