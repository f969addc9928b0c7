"""What is measured, as data: each case is a pool of calls that the load generator sends in turn.

The calls of a case in which nothing repeats carry a number of their own in a header, as clients that trace their
calls send one: no server can answer them from memory of the whole call, whatever the pool holds.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from suite.document import names

POOL = 2000
"""Calls that are prepared for a case in which nothing repeats."""
AGAIN, DIFFERENT = "same call again", "different calls"
HOOP, GENERIC = "hoop", "generic"
"""The documents: Hoop's contract, and one of 222 operations that nobody has written rules for."""
_THINGS = names()[len(names()) // 2]


@dataclass(frozen=True)
class Asked:
    """A call of a pool."""

    path: str
    method: str = "GET"
    body: str = ""


@dataclass(frozen=True)
class Known:
    """What the calls are made from: the ids of all sessions of the measured world, and of those to be reviewed."""

    sessions: Sequence[str]
    pending: Sequence[str]


@dataclass(frozen=True)
class Case:
    """A case: whether its calls repeat, which document it is about, which statuses an answer may have, its pool.

    ``grades`` says that all variants of mockhoop are measured by it, ``follows`` that each answer names the next call.
    """

    name: str
    calls: Callable[[Known, Random], list[Asked]]
    kind: str = DIFFERENT
    document: str = HOOP
    status: int = 2
    grades: bool = False
    follows: bool = False
    items: int = 0

    def pool(self, known: Known) -> list[Asked]:
        """Its calls, the same in every run."""
        return self.calls(known, Random(1))


def _one(path: Callable[[Known], str]) -> Callable[[Known, Random], list[Asked]]:
    return lambda known, chance: [Asked(path(known))]


def _any_session(known: Known, chance: Random) -> list[Asked]:
    return [Asked(f"/sessions/{id}") for id in chance.choices(known.sessions, k=POOL)]


def _any_filters(known: Known, chance: Random) -> list[Asked]:
    return [Asked(f"/sessions?limit=20&{_filters(chance)}") for _ in range(POOL)]


def _filters(chance: Random) -> str:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
    choices = {
        "connection": ("pgdemo", "pg%25", "mysql-orders", "bash-prod", "%25a%25"),
        "type": ("database", "custom", "d%25"),
        "review.status": ("APPROVED", "EXECUTED", "REJECTED", "PENDING", ""),
        "user": ("john.wick@bad.org", "john%25"),
        "offset": tuple(map(str, range(0, 200, 20))),
    }
    chosen = chance.sample(sorted(choices), k=chance.randint(1, 3))
    told = [f"{name}={chance.choice(choices[name])}" for name in chosen]
    return "&".join([*told, f"start_date={start:%Y-%m-%dT%H:%M:%SZ}", "end_date=2100-01-01T00:00:00Z"])


def _invalid(known: Known, chance: Random) -> list[Asked]:
    ids = chance.choices(known.sessions, k=POOL)
    return [Asked(f"/sessions/{id}?event_stream=form-{number}") for number, id in enumerate(ids)]


def _reviews(known: Known, chance: Random) -> list[Asked]:
    body = json.dumps({"status": "APPROVED"})
    return [Asked(f"/sessions/{id}/review", "PUT", body) for id in known.pending]


def _scripts(known: Known, chance: Random) -> list[Asked]:
    scripts = ({"connection": "pgdemo", "script": f"SELECT {number}"} for number in range(POOL))
    return [Asked("/sessions", "POST", json.dumps(script)) for script in scripts]


def _downloads(known: Known, chance: Random) -> list[Asked]:
    return [Asked(f"/sessions/{id}?extension=csv") for id in chance.sample(known.sessions, k=POOL)]


def _any_thing(known: Known, chance: Random) -> list[Asked]:
    return [Asked(f"/{_THINGS}/{id}") for id in chance.choices(known.sessions, k=POOL)]


CASES = (
    Case("GET by id", _one(lambda known: f"/sessions/{known.sessions[0]}"), AGAIN, grades=True),
    Case("list of 20", _one(lambda known: "/sessions?limit=20&connection=pgdemo"), AGAIN, grades=True, items=20),
    Case("generic GET by id", _one(lambda known: f"/{_THINGS}/{known.sessions[0]}"), AGAIN, GENERIC),
    Case("GET by random id", _any_session, grades=True),
    Case("list by random filters", _any_filters, grades=True),
    Case("invalid request", _invalid, status=4),
    Case("review PUT", _reviews),
    Case("exec", _scripts),
    Case("download round trip", _downloads, follows=True),
    Case("generic by random id", _any_thing, document=GENERIC),
)
