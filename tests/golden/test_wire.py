"""The bytes on the wire: each file beside this one is a story of requests with the exact responses.

A file names a scenario and other settings. ``>`` is a line that is sent, ``<`` a line of the response's head, ``|`` a
line of its body; a body that does not end in a line break has a line with a backslash after it. A head with ``< …`` at
its end shows only some of the headers, in the order of the wire. In a request ``@token`` is that of the latest link.

After an intended change, ``MOCKHOOP_REWRITE_GOLDEN=1 pytest tests/golden`` writes the files anew; look at what changed.
"""

import asyncio
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mockhoop.server.app import make_app

STORIES = sorted(Path(__file__).parent.glob("*.txt"))
SOME = "…"
NO_LINE_BREAK = "\\ no line break at the end"
REWRITE = "MOCKHOOP_REWRITE_GOLDEN" in os.environ


@dataclass
class Turn:
    """One request and its response, as the lines of a file."""

    request: list[str] = field(default_factory=list)
    response: list[str] = field(default_factory=list)


def read(path: Path) -> tuple[list[str], dict[str, str], list[Turn]]:
    """What stands before the first request, the settings in it, and the turns."""
    opening: list[str] = []
    turns: list[Turn] = []
    for line in path.read_text().split("\n"):
        if line.startswith("> "):
            if not turns or turns[-1].response:
                turns.append(Turn())
            turns[-1].request.append(line[2:])
        elif line[:1] in ("<", "|", "\\"):
            turns[-1].response.append(line)
        elif not turns:
            opening.append(line)
    settings = dict(line.split(": ") for line in opening if ": " in line and not line.startswith("#"))
    return opening, settings, turns


async def play(server: Any, request: list[str]) -> bytes:
    """The response to a request on a connection of its own."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write("".join(f"{line}\r\n" for line in [*request, "Connection: close", ""]).encode())
    response = await reader.read()
    writer.close()
    await writer.wait_closed()
    return response


def shown(response: bytes, expected: list[str]) -> list[str]:
    """A response as the lines of a file, with the headers that the file asks for."""
    head, _, body = response.decode().partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    if f"< {SOME}" in expected:
        wanted = {line[2:].partition(":")[0] for line in expected if line.startswith("< ")}
        headers = [line for line in headers if line.partition(":")[0] in wanted] + [SOME]
    lines = [f"< {line}" for line in (status, *headers)]
    lines += [f"| {line}" if line else "|" for line in body.split("\n")[:-1]]
    rest = body.rpartition("\n")[2]
    return [*lines, f"| {rest}", NO_LINE_BREAK] if rest else lines


def rewrite(path: Path, opening: list[str], turns: list[Turn]) -> None:
    parts = ["\n".join(opening).rstrip("\n")]
    for turn in turns:
        parts += ["\n".join(f"> {line}" for line in turn.request), "\n".join(turn.response)]
    path.write_text("\n\n".join(parts) + "\n")


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_the_wire_is_as_written(path: Path, service: Any, aiohttp_server: Any) -> None:
    opening, settings, turns = read(path)
    scenario = settings.pop("scenario")
    server = await aiohttp_server(make_app(service(scenario, **settings)))
    played = []
    token = ""
    for turn in turns:
        response = await play(server, [line.replace("@token", token) for line in turn.request])
        link = re.search(rb"token=([0-9a-f]{64})", response)
        token = link[1].decode() if link else token
        played.append(Turn(turn.request, shown(response, turn.response)))
    if REWRITE:
        rewrite(path, opening, played)
    else:
        assert [turn.response for turn in played] == [turn.response for turn in turns]


def test_there_are_stories() -> None:
    assert len(STORIES) > 10
