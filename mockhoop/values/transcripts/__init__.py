"""What scripts and recordings of sessions look like, for each kind of connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

from mockhoop.values.chance import Chance
from mockhoop.values.people import pools
from mockhoop.values.transcripts import clusters, documents, repls, shell, sql
from mockhoop.values.transcripts.draw import Draw, Run, Shape
from mockhoop.values.transcripts.pgwire import postgres_talk
from mockhoop.values.transcripts.terminal import Talk, Turn, console_talk, shell_talk
from mockhoop.values.transcripts.web import http_talk, tcp_talk

__all__ = ["VARIANTS", "Transcript", "transcript"]

VARIANTS = 30
"""How many different transcripts there are for each subtype and verb."""

Event = tuple[float, str, bytes]
SECOND = 1_000_000_000
MILLISECOND = 1_000_000

# People think before they type, machines answer at once, and a lost line is noticed late.
PAUSES = {
    "i": (2 * SECOND, 40 * SECOND),
    "o": (3 * MILLISECOND, 400 * MILLISECOND),
    "e": (10 * SECOND, 60 * SECOND),
}

# How a conversation ends that nobody ended politely, with its exit code (sections 4.5 and 6.3).
BREAKS = ((b"session killed by the user", 254), (b"read tcp 10.0.4.17:52344: i/o timeout", 1))


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said in one session (section 4.4).

    ``events`` are (seconds since the recording started, ``i``, ``o`` or ``e``, payload), in the order of
    time, none with an empty payload. ``script`` is empty for the verb connect. ``wire_protocol`` is true when
    the payloads are packets of PostgreSQL's protocol.
    """

    script: str
    events: tuple[Event, ...]
    exit_code: int
    wire_protocol: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of connection: shapes of its scripts, and how one talks to it."""

    shapes: tuple[Shape, ...]
    talk: Talk


def _sql(dialect: sql.Dialect, talk: Talk | None = None, prompt: str = "") -> Kind:
    shapes = tuple(partial(shape, dialect=dialect) for shape in sql.SHAPES)
    return Kind(shapes, talk or console_talk(shapes, prompt, "exit"))


def _console(shapes: tuple[Shape, ...], prompt: str) -> Kind:
    return Kind(shapes, console_talk(shapes, prompt, "exit"))


def _shell(shapes: tuple[Shape, ...]) -> Kind:
    return Kind(shapes, shell_talk(shapes))


SHELL = _shell(shell.SHAPES)
AWS = _shell(documents.AWS)
HTTP = Kind(shell.SHAPES, http_talk)
KUBERNETES = _shell(clusters.SHAPES)
RAILS = _console(repls.shapes(repls.RUBY), "irb(main):001> ")

# A subtype that is not here gets a shell; so do "bash", "custom", "command-line" and "ssh".
KINDS = {
    "cloudwatch": AWS,
    "dynamodb": AWS,
    "httpproxy": HTTP,
    "application": HTTP,
    "k8s": KUBERNETES,
    "kubernetes": KUBERNETES,
    "mongodb": _console(documents.MONGODB, "shop> "),
    "mssql": _sql(sql.MSSQL, prompt="1> "),
    "mysql": _sql(sql.MYSQL, prompt="mysql> "),
    "nodejs": _console(repls.shapes(repls.NODE), "> "),
    "oracledb": _sql(sql.ORACLE, prompt="SQL> "),
    "postgres": _sql(sql.POSTGRES, postgres_talk),
    "python": _console(repls.shapes(repls.PYTHON), ">>> "),
    "rails": RAILS,
    "rails-console": RAILS,
    "ruby-on-rails": RAILS,
    "tcp": Kind(shell.SHAPES, tcp_talk),
}


def transcript(chance: Chance, subtype: str, verb: str, variant: int) -> Transcript:
    """What a session on this subtype of connection looks like.

    ``verb`` is ``exec`` or ``connect``. Variants from 0 to ``VARIANTS`` - 1 are all different; other numbers
    start over. Of the chance, only the seed matters. Recent transcripts are kept.
    """
    return _transcript(chance.seed, subtype, verb, variant % VARIANTS)


@lru_cache(maxsize=2048)
def _transcript(seed: int, subtype: str, verb: str, variant: int) -> Transcript:
    kind = KINDS.get(subtype, SHELL)
    chance = Chance(seed)
    # Tickets stay apart for all variants, and differ from subtype to subtype.
    ticket = 1000 + chance.below(900, "transcript", subtype, verb) * VARIANTS + variant
    own = chance.at("transcript", subtype, verb, variant)
    draw = Draw(own, pools(chance), variant=variant, ticket=ticket)
    if verb == "connect":
        return _talked(draw, kind.talk(draw), wire_protocol=kind.talk is postgres_talk)
    return _ran(draw, kind.shapes[variant % len(kind.shapes)](draw))


def _ran(draw: Draw, run: Run) -> Transcript:
    lasting = run.takes * MILLISECOND or draw.between(1, 3_600_000_000, "takes")
    # The script arrives first; the output spreads over the time that the run takes.
    turns = [("i", run.script.encode(), draw.between(900_000, 3_200_000, "arrives"))]
    turns += [("o", _bytes(part), lasting // len(run.output)) for part in run.output]
    turns.append(("e", run.error.encode(), draw.between(1, 5, "closes") * MILLISECOND))
    return Transcript(run.script, _timed(turns), run.exit_code, wire_protocol=False)


def _talked(draw: Draw, turns: list[Turn], *, wire_protocol: bool) -> Transcript:
    exit_code = 0
    if draw.happens(0.15, "broken"):
        reason, exit_code = draw.choice(BREAKS, "break")
        turns = [*turns[:-2], ("e", reason)]
    waits: list[tuple[str, bytes, int]] = []
    before = "o"
    for place, (kind, payload) in enumerate(turns):
        # What follows input at once, be it more input, comes from a machine.
        pause = PAUSES["o" if kind == before == "i" else kind]
        waits.append((kind, payload, draw.between(*pause, "pause", place)))
        before = kind
    return Transcript("", _timed(waits), exit_code, wire_protocol)


def _timed(turns: Iterable[tuple[str, bytes, int]]) -> tuple[Event, ...]:
    """Give times to events; the third item is the wait before one, in nanoseconds."""
    now = 0
    events: list[Event] = []
    for kind, payload, wait in turns:
        now += wait
        if payload:
            events.append((now / SECOND, kind, payload))
    return tuple(events)


def _bytes(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode()
