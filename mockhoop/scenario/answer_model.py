"""Answers in the place of those of the world, call by call, as a recording has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from mockhoop.scenario.kinds import Base64, Text, Whole
from mockhoop.scenario.script_model import Name

CallLine = Annotated[str, Text(pattern=r"[A-Z]+ /\S*", of="a method and a path with its query")]
Times = Annotated[int, Whole(1)]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An answer as it is given; a bare number is its status.

    In the texts of its body and headers ``${origin}`` is where the caller reached us, such as http://127.0.0.1:8009,
    and ``${host}`` the name of that machine; ``$${`` is written for a plain ``${``.
    """

    SHORTHAND: ClassVar = "status"

    status: Annotated[Annotated[int, Whole(200, 599)], "The status."]
    times: Annotated[Times, "In a sequence: how often it is given before the next one."] = 1
    headers: Annotated[
        Mapping[str, str] | None, "Headers beside the usual ones, by name; several of one name are lines of its text."
    ] = None
    body: Annotated[Any, "The body: a text as it stands, anything else as JSON; when left out, none."] = None
    base64: Annotated[Annotated[bytes, Base64()] | None, "A body that is no text; nothing is put into it."] = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call is answered, whatever the world would say. Of those that fit a call, the first is given."""

    name: Annotated[Name | None, "By which the journal refers to it; when left out, `answer-<index>`."] = None
    call: Annotated[
        CallLine,
        "The call, such as `GET /sessions?limit=20`, with or without the base path in front. The parameters may come "
        "in any order; one whose value is `*` may have any value.",
    ]
    headers: Annotated[
        Mapping[str, str | None] | None, "Patterns for headers of the call, by name; `null`: it has none of that name."
    ] = None
    send: Annotated[
        Any,
        "The body of the call: a JSON value with all that is in it, or a text for any other body. Texts are patterns.",
    ] = None
    respond: Annotated[Recorded | None, "What is answered."] = None
    sequence: Annotated[
        tuple[Recorded, ...],
        "What is answered the first time, the second time and so on; the last one from then on. In the place of "
        "`respond`.",
    ] = ()
