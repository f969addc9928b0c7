"""Every answer that a document declares: each operation, status and media type."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockhoop.contract.operations import Operation
from mockhoop.errors import ContractError
from mockhoop.messages import Reply
from mockhoop.stage import Stage

_SUFFIXES = {"json": "json", "xml": "xml", "csv": "csv", "plain": "txt", "html": "html", "png": "png", "pdf": "pdf"}
_UNSAFE = re.compile(r"[^A-Za-z0-9.{}-]+")


@dataclass(frozen=True, slots=True)
class Picture:
    """One answer: what it is, where it belongs in a gallery, its body, and what is wrong with it."""

    title: str
    file: str
    body: bytes
    problems: tuple[str, ...]


def pictures(stage: Stage) -> Iterator[Picture]:
    """All answers that the contract of a stage declares, in its order."""
    for operation in stage.contract.operations:
        for status, response in (operation.definition.get("responses") or {}).items():
            if status == "default" or status[:1].isdigit():
                yield from _answers(stage, operation, status, response)


def _answers(stage: Stage, operation: Operation, status: str, response: Mapping[str, Any]) -> Iterator[Picture]:
    # What stands for everything else is shown as the status that it most often is.
    number = 500 if status == "default" else int(status.upper().replace("X", "0"))
    for media_type in response.get("content") or ("",):
        title = f"{operation.key} {status} {media_type}".rstrip()
        try:
            reply = stage.generic.answers.reply(operation, number, response, (status,), media_type)
        except (ContractError, LookupError) as error:
            yield Picture(title, _file(operation, status, media_type), b"", (str(error),))
            continue
        found = stage.contract.validator.response(operation, reply)
        problems = tuple(f"{one.location} {one.pointer}: {one.message}" for one in found)
        yield Picture(title, _file(operation, status, media_type or _media_type(reply)), reply.body, problems)


def _media_type(reply: Reply) -> str:
    return reply.content_type.partition(";")[0]


def _file(operation: Operation, status: str, media_type: str) -> str:
    """Where the answer belongs: a folder for each operation, a file for each status and media type."""
    folder = _UNSAFE.sub("_", operation.template.strip("/")) or "root"
    essence = media_type.partition(";")[0].strip()
    kind = re.split(r"[/+]", essence)[-1]
    name = "-".join(filter(None, (operation.method, status, _UNSAFE.sub("_", essence))))
    return f"{folder}/{name}.{_SUFFIXES.get(kind, 'bin')}"
