"""What stands in the place of secrets: the same for the same wherever it is said, so that what was given still fits."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_plus

from mockhoop.recording.secrets import Secret, forms

WILD = "\ue000"
"""Stands, in what was asked, for what only the client knows."""
# What is encoded in a URL or in JSON is not part of the word behind it.
_RUN = re.compile(r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\.|[\w-]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was redacted, where, and how often; never its value."""

    what: str
    where: str
    count: int


class Disguise:
    """Knows every secret of a recording by its value. First all are met, then texts are disguised."""

    def __init__(self) -> None:
        self._masks: dict[str, str] = {}
        self._whats: dict[str, str] = {}
        self._told: set[str] = set()
        self._everywhere: set[str] = set()
        self._by_run: dict[str, list[str]] = {}
        self._numbers: Counter[str] = Counter()
        self._counts: Counter[tuple[str, str]] = Counter()

    def meet(self, secret: Secret, mask: str = "", *, given: bool = False) -> None:
        """Take note of a secret, and of what shall stand for it. ``given``: a client has it of an answer."""
        value = _plain(secret.value)
        if value not in self._masks:
            self._masks[value] = mask or self._next("redacted")
            self._whats[value] = secret.what
            if mask or given:
                self._told.add(value)
        if secret.is_everywhere and value not in self._everywhere:
            self._everywhere.add(value)
            for form in forms(value):
                self._look_for(form, value)

    def _look_for(self, form: str, value: str) -> None:
        run = _RUN.search(form)
        if run is None:
            return
        self._masks.setdefault(form, self._masks[value])
        self._whats.setdefault(form, self._whats[value])
        if value in self._told:
            self._told.add(form)
        known = self._by_run.setdefault(run[0], [])
        known.append(form)
        known.sort(key=len, reverse=True)

    def known(self, value: str) -> str | None:
        """What stands for a secret; None for one that was not met."""
        return self._masks.get(_plain(value))

    def answer(self, text: str, secrets: Iterable[Secret], where: str) -> str:
        """A text that was answered."""
        return self._disguised(text, secrets, where, asked=False)

    def asked(self, text: str, secrets: Iterable[Secret], where: str) -> str:
        """A text that was asked: what the client did not have of an answer becomes ``WILD``."""
        return self._disguised(text, secrets, where, asked=True)

    def redactions(self) -> list[Redaction]:
        """What was redacted, what was met first coming first."""
        return [Redaction(what, where, count) for (what, where), count in self._counts.items()]

    def _next(self, word: str) -> str:
        self._numbers[word] += 1
        # Its length is one that base64 has, since what stands there is often read as that.
        return f"{word}{self._numbers[word]:04d}"

    def _disguised(self, text: str, secrets: Iterable[Secret], where: str, *, asked: bool) -> str:
        parts: list[str] = []
        at = 0
        for one in secrets:
            if one.start == one.end:
                continue  # its value is known, not its place
            parts.append(self._elsewhere(text[at : one.start], where, asked=asked))
            self._counts[one.what, where] += 1
            told = self._mask(_plain(one.value), asked=asked)
            parts.append(f'"{told}"' if one.quoted else told)
            at = one.end
        parts.append(self._elsewhere(text[at:], where, asked=asked))
        return "".join(parts)

    def is_told(self, value: str) -> bool:
        """Whether a client that replays the calls knows what stands for a secret."""
        return _plain(value) in self._told

    def _mask(self, value: str, *, asked: bool) -> str:
        return WILD if asked and value not in self._told else self._masks[value]

    def _elsewhere(self, text: str, where: str, *, asked: bool) -> str:
        """A text with the secrets that are known by their values, wherever they stand in it."""
        if not self._by_run or not text:
            return text
        parts: list[str] = []
        at = 0
        for run in _RUN.finditer(text):
            for value in self._by_run.get(run[0], ()):
                begin = run.start() - (_RUN.search(value) or run).start()
                if begin >= at and text.startswith(value, begin):
                    parts += [text[at:begin], self._mask(value, asked=asked)]
                    at = begin + len(value)
                    self._counts[self._whats[value], where] += 1
                    break
        return "".join([*parts, text[at:]])


def _plain(value: str) -> str:
    """A secret without the percent-encoding that it may have in a URL."""
    return unquote_plus(value) if "%" in value else value
