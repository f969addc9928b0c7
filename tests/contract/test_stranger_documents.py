"""Documents that nobody here was thinking of: schemathesis finds the server true to each of them.

Every document of ``tests/documents`` is served as it stands, out of an empty scenario, and schemathesis goes through
it in all its phases with all its checks on. What a check finds only because it expects what no document can say is
listed in ``UNSOUND``, with the reason; nothing else is let pass.
"""

import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis import BaseSchema, Case, HookContext, Response
from schemathesis.engine import Status, events, from_schema

from mockhoop.contract.document import served_document
from mockhoop.repertoire import Settings
from mockhoop.service import Service, build

from .campaign import Campaign, served

# A document takes some ten seconds of a free processor; the limit is for machines that have other work as well.
pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]

FOLDER = Path(__file__).parents[1] / "documents"
DOCUMENTS = ("shop", "circular", "discriminated", "uploads", "parameters", "modern", "orders")
PHASES = frozenset({"coverage", "fuzzing"})
"""Those that every document has something for; examples and links are not in all of them."""

KEY = {"api_key": "a-key-for-tests"}
TOKEN = {"bearer": "a-token-for-tests"}
CREDENTIALS: dict[str, dict[str, dict[str, str]]] = {
    "shop": {"bearer": TOKEN},
    "discriminated": {"key": KEY},
    "parameters": {
        "bearer": TOKEN,
        "basic": {"username": "ada", "password": "a-password-for-tests"},
        "headerKey": KEY,
        "queryKey": KEY,
        "cookieKey": KEY,
        "oauth": TOKEN,
        "openId": TOKEN,
    },
}
"""What is shown to a document's security schemes, by their names."""


@dataclass(frozen=True, slots=True)
class Met:
    """What one check had to say against one answer."""

    check: str
    operation: str
    sent: str
    status: int
    title: str
    message: str
    body: str
    reproduce: str

    def __str__(self) -> str:
        told = f"{self.check}: {self.operation} ({self.sent}) answered {self.status} {self.body[:200]}"
        return f"{told}\n{self.title}: {self.message}\n{self.reproduce}"


@dataclass(frozen=True, slots=True)
class Unsound:
    """A check that expects what a document cannot say, and of which of its findings that is true."""

    check: str
    why: str
    documents: tuple[str, ...]
    when: Callable[[Met], bool]

    def excuses(self, document: str, met: Met) -> bool:
        """Whether the finding is one of these."""
        return self.check == met.check and document in self.documents and self.when(met)


def _is_about_wrong_credentials(met: Met) -> bool:
    return "invalid credentials provided" in met.message or "generated auth likely invalid" in met.message


def _was_written_twice(met: Met) -> bool:
    return re.search(r"/label/\.\.|/matrix/;plain=;|/=x=", met.reproduce) is not None


def _sends_a_list_of_one(met: Met) -> bool:
    return re.search(r"in body - (files|tags|scopes): Incorrect type", met.message) is not None


def _sends_0_or_1_for_a_boolean(met: Met) -> bool:
    fields = re.search(r"in body - (remember|express): Incorrect type", met.message)
    return fields is not None and re.search(f"{fields[1]}[=>][01]\\b", met.reproduce) is not None


def _sends_null_for_a_text(met: Met) -> bool:
    about_the_list = "parameter `list` in path" in met.message
    return about_the_list and re.search(r"/label/.*/\.null|/matrix/.*;list=null", met.reproduce) is not None


UNSOUND = (
    Unsound(
        "ignored_auth",
        "a document says where credentials stand and what they look like, not whose are right: any token will do",
        ("shop", "discriminated", "parameters"),
        _is_about_wrong_credentials,
    ),
    Unsound(
        "positive_data_acceptance",
        "the phase coverage writes values of the styles simple, label and matrix twice, such as /label/..1; "
        "in the other phases they are right and have to be accepted",
        ("parameters",),
        _was_written_twice,
    ),
    Unsound(
        "negative_data_rejection",
        "a text in the place of a list is one field in a form, and so is a list of one text",
        ("uploads",),
        _sends_a_list_of_one,
    ),
    Unsound(
        "negative_data_rejection",
        "the number 0 in the place of a boolean is sent as 0, which in XML and in forms is how to say false as well",
        ("uploads",),
        _sends_0_or_1_for_a_boolean,
    ),
    Unsound(
        "negative_data_rejection",
        "null in the place of a text is sent as the word null in a path, which is a text",
        ("parameters",),
        _sends_null_for_a_text,
    ),
)


@dataclass
class Visit:
    """All that happened while schemathesis went through a document."""

    document: str
    operations: frozenset[str] = frozenset()
    succeeded: Counter[str] = field(default_factory=Counter)
    findings: dict[tuple[str, str, int, str], Met] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    phases: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def unexcused(self) -> list[Met]:
        """The findings that count: one of each check, operation, status and complaint."""
        return [met for met in self.findings.values() if not any(one.excuses(self.document, met) for one in UNSOUND)]


def _settings(document: str, address: str) -> dict[str, Any]:
    credentials = CREDENTIALS.get(document)
    return {
        **({"auth": {"openapi": credentials}} if credentials else {}),
        "base-url": address,
        "seed": 20240725,
        "continue-on-failure": True,
        "suppress-health-check": ["all"],
        "output": {"sanitization": {"enabled": False}},
        "checks": {"enabled": True, "max_response_time": 10},
        "generation": {"max-examples": 4, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"generation": {"max-examples": 3}}},
    }


def visit(document: str, service: Service) -> Visit:
    """Let schemathesis go through what the service serves."""
    made = Visit(document, frozenset(operation.key for operation in service.contract.operations))
    with served(service, Campaign(f"{document}.yaml", "enforce")) as url:
        address = url.removesuffix("/api") + service.contract.base_path
        config = schemathesis.Config.from_dict(_settings(document, address))
        schema = schemathesis.openapi.from_dict(deepcopy(served_document(service.contract, address)), config=config)
        _listen(schema, made)
        for event in from_schema(schema).execute():
            _take_note(made, event)
    return made


def _listen(schema: BaseSchema, made: Visit) -> None:
    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        if 200 <= response.status_code < 300 and response.request.method == case.operation.method.upper():
            made.succeeded[case.operation.label] += 1

    def filter_failure(context: HookContext, failure: Any, case: Case[Any], response: Response) -> bool:
        met = _met(failure, case, response)
        made.findings.setdefault((met.check, met.operation, met.status, met.message), met)
        return False  # it is judged later

    schema.hook(after_call)
    schema.hook(filter_failure)


def _met(failure: Any, case: Case[Any], response: Response) -> Met:
    return Met(
        check="/".join(sorted(failure.checks)),
        operation=case.operation.label,
        sent=str(response.request.method),
        status=response.status_code,
        title=failure.title,
        message=failure.message,
        body=response.content.decode(errors="replace"),
        reproduce=case.as_curl_command(),
    )


def _take_note(made: Visit, event: events.EngineEvent) -> None:
    if isinstance(event, events.ScenarioFinished):
        made.checks |= {check.name for checks in event.recorder.checks.values() for check in checks}
    elif isinstance(event, events.PhaseFinished):
        if event.status is Status.SUCCESS:
            made.phases.add(event.phase.name.value.lower())
    elif isinstance(event, events.NonFatalError):
        made.errors.append(f"{event.phase} {event.label}: {event.value!r}")
    elif isinstance(event, events.FatalError):
        made.errors.append(repr(event.exception))


@pytest.fixture(scope="module")
def visited(request: pytest.FixtureRequest) -> Visit:
    document = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        return visit(document, build(Settings(contract=FOLDER / f"{document}.yaml", scenarios=("empty",))))


each_document = pytest.mark.parametrize("visited", DOCUMENTS, indirect=True)


@each_document
def test_a_stranger_finds_nothing_to_complain_about(visited: Visit) -> None:
    assert [str(met) for met in visited.unexcused()] == []


@each_document
def test_every_operation_succeeded(visited: Visit) -> None:
    assert visited.operations - visited.succeeded.keys() == frozenset()


@each_document
def test_the_whole_document_was_gone_through(visited: Visit) -> None:
    assert visited.errors == []
    assert visited.phases >= PHASES
    assert visited.checks >= {"not_a_server_error", "status_code_conformance", "response_schema_conformance"}


def test_every_document_of_the_folder_is_visited() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(DOCUMENTS)
