"""A failure as a file for pytest: the calls that it needs, in a world of their own."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mockhoop.errors import UsageError
from mockhoop.exchange import Exchange
from mockhoop.journals.file import JournalFile
from mockhoop.pipeline import Validation
from mockhoop.replaying.calls import CallCode
from mockhoop.replaying.drafting import Draft
from mockhoop.replaying.python import Name, argument, block, called, text
from mockhoop.replaying.variables import variables

_ASK = '''\
def ask(hoop, method, target, headers=None, body=None):
    """An answer; its body is read."""
    address = urlsplit(hoop.url)
    connection = HTTPConnection(address.hostname, address.port)
    connection.request(method, address.path + target, body, headers or {})
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer
'''
_SERVER = '''\
@pytest.fixture
def hoop():
    """A world in a server of its own."""
{server}
        yield server.world()
'''
_BEGINNING = "BEGINNING"
_SETTINGS = ("require_token",)
"""Those settings of a server that one in a test takes as well."""
_IN_WORDS = {"more": "several documents"}
_SECOND = 10**9


class TestFile:
    """Writes the test of a draft."""

    __test__ = False

    def __init__(self, draft: Draft, journal: JournalFile) -> None:
        """Raises UsageError where no test can have a server as the journal's was."""
        self._draft = draft
        self._journal = journal
        self._played = [(one.entry, one.exchange) for one in draft.trial.played if one.exchange is not None]
        self._variables = variables([exchange for _, exchange in self._played])
        checks = {"check_responses": True} if draft.begun.origin.checks else {}
        own = {**server_settings(journal), **checks}
        self._server = _named({"scenario": "empty", **own}) if own else []

    def text(self) -> str:
        """The whole file."""
        body = "\n".join(self._statements())
        beginning = f"\n\n{_BEGINNING} = {block(self._own_text)}\n" if self._own_text else ""
        parts = [self._docstring(), self._imports(body), f"\n\n{_ASK}"]
        if self._server:
            parts.append(f"\n\n{_SERVER.format(server=called('with Mockhoop', self._server, end=' as server:'))}")
        marker = f"{self._marker}\n" if self._marker else ""
        return "".join([*parts, f"\n\n{marker}def {self._name()}(hoop):\n{body}\n", beginning])

    @property
    def _own_text(self) -> str:
        begun = self._draft.begun
        return begun.snapshot or begun.text

    @property
    def _marker(self) -> str:
        begun = self._draft.begun
        if self._server or not begun.scenario:
            return ""
        return called("@pytest.mark.mockhoop", _named({"scenario": begun.scenario, **self._manner}), 0)

    @property
    def _manner(self) -> dict[str, Any]:
        """How a world begins, beside its scenario."""
        begun = self._draft.begun
        seed = {"seed": begun.seed} if begun.seed is not None else {}
        mode = begun.origin.validation
        return {**seed, **({"validation": mode.value} if mode is not Validation.ENFORCE else {})}

    def _docstring(self) -> str:
        minimal, failing = self._draft.minimal, self._played[-1][0]
        what = failing.operation or f"{failing.method} {failing.path}"
        status = self._last.reply.status
        left, journal = len(self._played), _plain(Path(self._journal.name).name)
        shown = "this one shows it" if left == 1 else f"these {left} show it"
        count = f"Of the {minimal.out_of} calls in {journal}, {shown}" if minimal.out_of > 1 else f"As in {journal}"
        return f'"""{_plain(what)} is answered with {status}.\n\n{count}; written by `mockhoop minimise`.\n"""\n'

    def _imports(self, body: str) -> str:
        from_urllib = "parse_qs, urlsplit" if "parse_qs(" in body else "urlsplit"
        lines = ["import json"] if "json." in body else []
        lines += ["from http.client import HTTPConnection", f"from urllib.parse import {from_urllib}"]
        others = ["import pytest"] if self._marker or self._server else []
        others += ["from mockhoop.testing import Mockhoop"] if self._server else []
        blocks = ["\n".join(lines), "\n".join(others).replace("pytest\nfrom", "pytest\n\nfrom")]
        return "".join(f"\n{one}\n" for one in blocks if one)

    def _name(self) -> str:
        entry = self._played[-1][0]
        words = re.sub(r"\W+", "_", (entry.operation or f"{entry.method} {entry.path}").lower()).strip("_")
        return f"test_{words[:50].strip('_')}_is_answered_with_{self._last.reply.status}"

    @property
    def _last(self) -> Exchange:
        return self._played[-1][1]

    # The calls

    def _statements(self) -> Iterator[str]:
        calls = CallCode(self._variables, self._draft.trial.pipeline.world)
        yield from self._beginning()
        for number, (entry, exchange) in enumerate(self._played):
            wait = self._draft.trial.waits[number]
            if wait:
                yield f"    hoop.clock.advance({text(_duration(wait))})"
            yield from calls.call(entry, exchange)
            yield from calls.taken(number)
        yield from self._assertions()

    def _beginning(self) -> Iterator[str]:
        begun = self._draft.begun
        if begun.snapshot:
            yield f'    hoop.snapshots.take_in("beginning", {_BEGINNING})'
            yield '    hoop.snapshots.restore("beginning")'
        elif begun.text or self._server:
            what = Name(_BEGINNING) if begun.text else begun.scenario
            yield called("hoop.begin", [argument(what), *_named(self._manner)])
        if not begun.still:
            yield "    hoop.clock.freeze()"

    def _assertions(self) -> Iterator[str]:
        yield f"    assert answer.status == {self._last.reply.status}"
        failure = self._draft.failure
        header = self._draft.trial.pipeline.stage.profile.violations_header
        codes = [found.code for found in self._last.violations]
        for wanted in failure.wanted("violation"):
            code = next(one for one in codes if fnmatchcase(one, wanted or "*"))
            yield f"    assert {text(code)} in answer.headers[{text(header)}]"
        for wanted in failure.wanted("body"):
            yield f"    assert {text(wanted)} in answer.body.decode()"


def server_settings(journal: JournalFile) -> dict[str, Any]:
    """Those settings of a journal's server that one in a test has to have.

    Raises:
        UsageError: such a server cannot be had in a test.
    """
    others = [_IN_WORDS.get(name, name) for name in journal.settings if name not in _SETTINGS]
    if others:
        told = f"{journal.name}: its server had settings that one in a test cannot have: {', '.join(others)}"
        raise UsageError(told)
    contract = {"contract": journal.contract} if journal.contract not in ("", "hoop") else {}
    return {**contract, **{name: journal.settings[name] for name in _SETTINGS if name in journal.settings}}


def _named(told: Mapping[str, Any]) -> list[str]:
    return [f"{name}={argument(value)}" for name, value in told.items()]


def _plain(words: str) -> str:
    """Words in a docstring."""
    return words.replace("\\", "/").replace('"', "'")


def _duration(nanoseconds: int) -> str:
    """A time as scenarios write it."""
    seconds, rest = divmod(nanoseconds, _SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    parts = ((hours, "h"), (minutes, "m"), (f"{seconds}{fraction}" if seconds or rest else 0, "s"))
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount)
