"""What is measured beside the bare handler, as data: variants of mockhoop, and peers where they are installed.

A peer is found on the PATH. ``npm install PACKAGE`` puts it into ``node_modules/.bin``, pip beside its Python.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from suite.answers import Answer
from suite.cases import AGAIN, GENERIC, HOOP, Asked, Case
from suite.document import document

HERE = Path(__file__).parent
_PYTHON = sys.executable
_METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
RULES = 50


@dataclass(frozen=True)
class Place:
    """Where a server is to run and what it is to serve: a port, a folder with the files, the kind of document."""

    port: int
    folder: Path
    kind: str

    @property
    def document(self) -> str:
        """The document as JSON, without servers, so that all serve it at the root."""
        return str(self.folder / f"{self.kind}.json")


@dataclass(frozen=True)
class Server:
    """A server: its name, the command that starts it, and the documents for which it can be.

    ``program`` is looked for on the PATH, or, with an ``@``, among the modules of npm there. ``only_graded`` servers
    take part in the cases by which all variants are measured, ``warms`` are seconds of load before any counts.
    """

    name: str
    command: Callable[[Place], list[str]]
    program: str = ""
    package: str = ""
    documents: tuple[str, ...] = (HOOP, GENERIC)
    ours: bool = False
    only_graded: bool = False
    warms: int = 2

    def warm_up(self, case: Case) -> int:
        """Seconds of load before any counts: so long that each call of a pool has been answered once."""
        return 0 if self.ours and case.kind == AGAIN else self.warms

    def missing(self) -> str:
        """Why it cannot be started; nothing if it can."""
        found = not self.program or (modules() if self.program.startswith("@") else shutil.which(self.program))
        return "" if found else f"not on the PATH ({self.package})"


def modules() -> str:
    """The folder of npm's modules, beside a folder of the PATH, in which Scalar's mock server is."""
    for entry in map(Path, os.environ["PATH"].split(os.pathsep)):
        for folder in (entry.parent, entry.parent / "lib" / "node_modules"):
            if (folder / "@scalar" / "mock-server").is_dir():
                return str(folder)
    return ""


def _mockhoop(*more: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        serve = [_PYTHON, "-m", "mockhoop", "serve", "-p", str(place.port), *more]
        return [*serve, "-s", str(HERE / "world.yaml")] if place.kind == HOOP else [*serve, place.document]

    return command


MOCKHOOP = (
    Server("mockhoop", _mockhoop("--log-format", "none"), ours=True, warms=1),
    Server(
        "mockhoop, access log",
        _mockhoop("--log-format", "json"),
        documents=(HOOP,),
        ours=True,
        only_graded=True,
        warms=1,
    ),
    Server(
        "mockhoop, answers checked",
        _mockhoop("--log-format", "none", "--check-responses"),
        documents=(HOOP,),
        ours=True,
        only_graded=True,
        warms=1,
    ),
    Server(
        f"mockhoop, log, {RULES} rules",
        lambda place: [*_mockhoop("--log-format", "json")(place), "-s", str(place.folder / "rules.yaml")],
        documents=(HOOP,),
        ours=True,
        only_graded=True,
        warms=1,
    ),
)

BARE = "bare"
NAIVE = "naive openapi-core"


def reference(name: str, port: int, file: Path) -> list[str]:
    """The command of a server that answers one case with what a file holds."""
    return [_PYTHON, str(HERE / "bare.py"), name.split()[0], str(port), str(file)]


PEERS: Mapping[str, Server] = {
    "prism": Server(
        "Prism",
        lambda place: ["prism", "mock", "-p", str(place.port), "-v", "error", place.document],
        "prism",
        "npm install @stoplight/prism-cli",
    ),
    "mockoon": Server(
        "Mockoon",
        lambda place: [
            "mockoon-cli",
            "start",
            "-X",
            "-r",
            "-p",
            str(place.port),
            "-l",
            "127.0.0.1",
            "-d",
            place.document,
        ],
        "mockoon-cli",
        "npm install @mockoon/cli",
    ),
    "scalar": Server(
        "Scalar mock server",
        lambda place: ["node", str(HERE / "scalar.mjs"), modules(), place.document, str(place.port)],
        "@scalar/mock-server",
        "npm install @scalar/mock-server",
    ),
    "wiremock": Server(
        "WireMock",
        lambda place: [
            *("wiremock", "--port", str(place.port), "--bind-address", "127.0.0.1", "--disable-banner"),
            *("--root-dir", str(place.folder / f"wiremock-{place.kind}")),
        ],
        "wiremock",
        "npm install wiremock; it needs java",
        warms=5,
    ),
    "json-server": Server(
        "json-server",
        lambda place: [
            *("json-server", "-q", "-H", "127.0.0.1", "-p", str(place.port)),
            str(place.folder / f"records-{place.kind}.json"),
        ],
        "json-server",
        "npm install json-server@0",
    ),
    "connexion": Server(
        "Connexion",
        lambda place: [
            *("connexion", "run", "--mock", "all", "-f", "async", "-H", "127.0.0.1", "-p", str(place.port)),
            place.document,
        ],
        "connexion",
        "pip install 'connexion[flask,uvicorn]'",
    ),
}


def write_documents(folder: Path) -> None:
    """The documents that are served, and the scenario's rules."""
    from mockhoop.contract.document import load_contract
    from mockhoop.resources import spec_dir

    hoop = load_contract(spec_dir() / "hoop.yaml").document
    for kind, served in ((HOOP, hoop), (GENERIC, document())):
        text = json.dumps(_for_peers(served))
        for braces in ("{{", "{%", "{#"):  # Connexion takes what it reads for a template
            text = text.replace(braces, f"\\u007b{braces[1]}")
        (folder / f"{kind}.json").write_text(text)
    (folder / "rules.yaml").write_text(json.dumps(rules()))


def _for_peers(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as all peers can take it.

    Connexion does not answer an operation without ``operationId``, nor one with ``security`` unless there is code for
    it; that the others need not look at credentials either is in their favour.
    """
    paths = {
        path: {key: _free(value, f"{key}{path}") if key in _METHODS else value for key, value in item.items()}
        for path, item in document["paths"].items()
    }
    return {**{key: value for key, value in document.items() if key not in ("security", "servers")}, "paths": paths}


def _free(operation: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"operationId": name, **{key: value for key, value in operation.items() if key != "security"}}


def rules() -> dict[str, Any]:
    """A scenario of rules that look at every list and every session, so many at each, and are never meant.

    One half looks for a text and one half for a pattern, in the query and in the headers.
    """
    conditions = [
        {place: {"rule": f"no-{number}-{end}"}}
        for number in range(RULES // 4)
        for place in ("query", "headers")
        for end in ("", "*")
    ]
    faults = [
        {"when": {"operation": operation, **condition}, "respond": 503}
        for operation in ("GET /sessions", "GET /sessions/{session_id}")
        for condition in [*conditions, {"caller": "nobody*"}, {"body": {"rule": "no"}}]
    ]
    return {"mockhoop": 1, "faults": faults}


def write_records(folder: Path, answers: Sequence[tuple[Case, Asked, Answer]]) -> None:
    """What the peers that read no document are to say: mockhoop's own answers."""
    for kind in (HOOP, GENERIC):
        mappings = folder / f"wiremock-{kind}" / "mappings"
        mappings.mkdir(parents=True, exist_ok=True)
        records: dict[str, list[Any]] = {}
        for number, (case, asked, answer) in enumerate(answers):
            if case.document != kind or case.status != 2 or case.follows:
                continue
            plain, method = answer.plain(), asked.method
            pattern = "/".join(
                "[^/?]+" if len(part) == 36 else part for part in asked.path.partition("?")[0].split("/")
            )
            mapping = {
                "request": {"method": method, "urlPathPattern": pattern},
                "response": {"status": 200, "body": plain["body"], "headers": plain["headers"]},
            }
            (mappings / f"{number}.json").write_text(json.dumps(mapping))
            if method == "GET":
                told = json.loads(plain["body"])
                records.setdefault(pattern.split("/")[1], []).extend(told.get("data", [told]))
        for name, found in records.items():
            records[name] = list({one["id"]: one for one in found}.values())
        (folder / f"records-{kind}.json").write_text(json.dumps(records))
