"""The scenario that a recording makes, as it is written into a file."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockhoop.recording.bodies import Answers
from mockhoop.recording.disguise import Redaction
from mockhoop.recording.folding import Folded
from mockhoop.recording.people import People, Person
from mockhoop.scenario.model import LANGUAGE_VERSION
from mockhoop.source.yaml_writer import to_yaml


def scenario_text(
    serve: str, people: People, answers: Sequence[Folded], redactions: Iterable[Redaction], *, hoop: bool
) -> str:
    """The scenario, with a comment on top that says what it is. ``serve`` is the command that serves it."""
    everybody = people.everybody() or ([_ANYBODY] if hoop else [])
    data: dict[str, Any] = {
        "mockhoop": LANGUAGE_VERSION,
        "title": "One recorded answer" if len(answers) == 1 else f"{len(answers)} recorded answers",
    }
    if everybody:
        data["users"] = [_user(person) for person in everybody]
    if people.api_keys:
        data["api_key"] = next(iter(people.api_keys.values()))
    bodies = Answers()
    data["answers"] = [_answer(answer, bodies) for answer in answers]
    return _comment(serve, everybody, people, redactions) + to_yaml(data)


_ANYBODY = Person("recorded-token-1", "caller-1", "caller-1", ("admin",))


def _user(person: Person) -> dict[str, Any]:
    groups = {"groups": list(person.groups)} if person.groups else {}
    return {"name": person.name, "email": person.email, **groups, "token": person.token}


def _answer(answer: Folded, bodies: Answers) -> dict[str, Any]:
    told: dict[str, Any] = {"call": answer.call}
    if answer.caller is not None:
        told["headers"] = dict([answer.caller])
    elif answer.nobody:
        told["headers"] = {answer.nobody: None}
    if answer.sent is not None:
        told["send"] = answer.sent
    if len(answer.steps) == 1:
        return {**told, "respond": bodies.written(answer.steps[0].told)}
    *steps, last = answer.steps
    sequence = [{**({"times": one.times} if one.times > 1 else {}), **bodies.written(one.told)} for one in steps]
    return {**told, "sequence": [*sequence, bodies.written(last.told)]}


def _comment(serve: str, everybody: Iterable[Person], people: People, redactions: Iterable[Redaction]) -> str:
    lines = ["Recorded by mockhoop. What was recorded is answered as it was; all else is answered by an empty world."]
    lines += [f"Serve it with: {serve}"]
    lines += [f"{one.name} signs in with the token {one.token}" for one in everybody]
    lines += [f"who called with a key does so with {one} in the header Api-Key" for one in people.api_keys.values()]
    told = list(redactions)
    lines += ["Redacted:"] if told else []
    lines += [f"  {one}" for one in told_redactions(told)]
    return "".join(f"# {_in_one_line(line)}\n" for line in lines)


def told_redactions(redactions: Iterable[Redaction]) -> list[str]:
    """What was redacted, each in a line."""
    return [f"{one.what} in {one.where}: {'once' if one.count == 1 else f'{one.count} times'}" for one in redactions]


def _in_one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text).rstrip()
