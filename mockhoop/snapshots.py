"""Snapshots of worlds as files: what a world began with, and what is different in it, readable and exact."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from mockhoop.codec import CodecError, decode, encode
from mockhoop.contract.document import Contract
from mockhoop.errors import Problem, SourceError
from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.fixtures.messages import MESSAGES, Message
from mockhoop.gateway.facets import (
    API_KEYS,
    AUDIT,
    CONNECTIONS,
    CREDENTIALS,
    HELD,
    LINKS,
    RUNS,
    SERVICE_ACCOUNTS,
    SESSIONS,
    SIGN_INS,
    USERS,
)
from mockhoop.gateway.records import (
    ApiKey,
    AuditEntry,
    Connection,
    Credential,
    DownloadLink,
    Run,
    ServiceAccount,
    Session,
    SignIn,
    User,
)
from mockhoop.gateway.times import rfc3339
from mockhoop.repertoire import Repertoire
from mockhoop.scenario.loader import Loaded, reload_scenario
from mockhoop.scenario.rules import (
    ANSWERS,
    FAULTS,
    LIMITS,
    STATES,
    TIMELINE,
    Cue,
    NamedAnswer,
    NamedFault,
    Position,
    Window,
)
from mockhoop.scenario.times import Unfit, parse_moment
from mockhoop.source import parse_source
from mockhoop.source.yaml_writer import to_yaml
from mockhoop.world.agenda import Happening
from mockhoop.world.changes import Snapshot
from mockhoop.world.clock import ClockState
from mockhoop.world.table import Table
from mockhoop.world.world import Base

VERSION = 1
MARK = "mockhoop-snapshot"
RECORDS: Mapping[str, type] = {
    USERS: User,
    CONNECTIONS: Connection,
    CREDENTIALS: Credential,
    SESSIONS: Session,
    LINKS: DownloadLink,
    RUNS: Run,
    HELD: str,
    API_KEYS: ApiKey,
    SERVICE_ACCOUNTS: ServiceAccount,
    SIGN_INS: SignIn,
    AUDIT: AuditEntry,
    ITEMS: Item,
    MESSAGES: Message,
    TIMELINE: Cue,
    FAULTS: NamedFault,
    ANSWERS: NamedAnswer,
    STATES: Position,
    LIMITS: Window,
}
"""What is in each table of a world."""


def write(snapshot: Snapshot, contract: Contract) -> str:
    """A snapshot as YAML: the contract and the scenario that its world began with, and what has changed since."""
    base: Base = snapshot.base
    clock = snapshot.clock
    tables = {name: _written(table) for name, table in snapshot.tables.items()}
    return to_yaml(
        {
            MARK: VERSION,
            "contract": _told_contract(contract),
            "seed": base.chance.seed,
            "made_at": rfc3339(base.made_at, "ns"),
            "clock": {
                "virtual": clock.virtual,
                "at": rfc3339(clock.at, "ns"),
                "frozen": clock.frozen,
                "speed": float(clock.speed),
            },
            "tables": {name: table for name, table in tables.items() if table},
            "sequences": dict(sorted(snapshot.sequences.items())),
            "agenda": [{"at": rfc3339(one.at, "ns"), "kind": one.kind, "about": one.about} for one in snapshot.agenda],
            "scenario": [{"name": source.name, **_told_text(source.text)} for source in base.scenario.sources],
        }
    )


def read(text: str, repertoire: Repertoire, serving: Base) -> Snapshot:
    """The snapshot that a text tells; ``serving`` is used as its base where it is the same.

    Raises:
        SourceError: what is wrong in the text, with its place.
    """
    source = parse_source(text, "snapshot.yaml")
    if not isinstance(source.data, dict) or source.data.get(MARK) != VERSION:
        raise SourceError([source.problem("", "this is no snapshot", f"its first line is {MARK}: {VERSION}")])
    try:
        return _snapshot(source.data, repertoire, serving)
    except CodecError as error:
        raise SourceError([source.problem(error.path, str(error))]) from None
    except (LookupError, TypeError, AttributeError, ValueError, Unfit) as error:
        problem = Problem(f"the snapshot cannot be read: {error}", source.name)
        raise SourceError([problem]) from None


def _snapshot(data: Mapping[str, Any], repertoire: Repertoire, serving: Base) -> Snapshot:
    _check_contract(data["contract"], repertoire.contract)
    told = [(one["name"], _text(one)) for one in data["scenario"]]
    made_at = parse_moment(data["made_at"]).ns
    same = [(source.name, source.text) for source in serving.scenario.sources] == told
    if same and serving.chance.seed == data["seed"] and serving.made_at == made_at:
        base = serving
    else:
        base = repertoire.base(_scenario(told), int(data["seed"]), made_at)
    unknown = data["tables"].keys() - base.tables.keys()
    if unknown:
        raise CodecError(f"/tables/{min(unknown)}", "there is no such table")
    return Snapshot(
        base,
        {name: _read(name, table, data["tables"].get(name, {})) for name, table in base.tables.items()},
        {str(name): int(count) for name, count in data["sequences"].items()},
        tuple(
            Happening(parse_moment(one["at"]).ns, place, str(one["kind"]), str(one["about"]))
            for place, one in enumerate(data["agenda"], 1)
        ),
        _clock(data["clock"]),
    )


def _told_contract(contract: Contract) -> dict[str, str]:
    return {"name": Path(contract.name).stem, "release": contract.release}


def _check_contract(told: Any, contract: Contract) -> None:
    """Another contract would give other answers to the same world."""
    if not isinstance(told, Mapping) or told.keys() != {"name", "release"}:
        raise CodecError("/contract", "expected {name: …, release: …}")
    if told != (ours := _told_contract(contract)):
        raise CodecError(
            "/contract",
            f"the snapshot is of a world of {told['name']} {told['release']}, "
            f"and {ours['name']} {ours['release']} is served here".replace("  ", " "),
        )


def _told_text(text: str) -> dict[str, Any]:
    """A document as it stands, or in lines where YAML could write it only as one long one."""
    return {"lines": text.split("\n")} if to_yaml(text).startswith('"') else {"text": text}


def _text(told: Mapping[str, Any]) -> str:
    return "\n".join(told["lines"]) if "lines" in told else str(told["text"])


def _clock(told: Mapping[str, Any]) -> ClockState:
    speed = float(told["speed"])
    if not (isfinite(speed) and speed > 0):
        raise CodecError("/clock/speed", "a clock runs forward: expected a number above 0")
    return ClockState(bool(told["virtual"]), parse_moment(told["at"]).ns, bool(told["frozen"]), speed)


def _scenario(told: list[tuple[str, str]]) -> Loaded:
    return reload_scenario([parse_source(text, name) for name, text in told])


def _written(table: Table[Any]) -> dict[str, Any]:
    changed, gone = table.delta()
    written: dict[str, Any] = {}
    if changed:
        written["changed"] = [encode(record) for record in changed]
    if gone:
        written["gone"] = sorted(gone)
    return written


def _read(name: str, table: Table[Any], told: Mapping[str, Any]) -> Table[Any]:
    found = table.fork()
    for key in told.get("gone", ()):
        found.drop(key)
    for place, one in enumerate(told.get("changed", ())):
        found.put(decode(one, RECORDS[name], f"/tables/{name}/changed/{place}"))
    return found
