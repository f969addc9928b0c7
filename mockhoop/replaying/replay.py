"""A whole journal played again, world by world, and what is different in the answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mockhoop.journals.entry import Beginning, Entry
from mockhoop.journals.file import JournalFile
from mockhoop.replaying.comparison import Difference, differences
from mockhoop.replaying.origins import Origin, Origins
from mockhoop.replaying.player import SERVERS_OWN, Player, instant


@dataclass(slots=True)
class Stretch:
    """The exchanges of a world from one of its beginnings to the next one.

    ``under_way`` are calls that were still unanswered when the next one came: what changed the world from outside may
    have had its part in their answers.
    """

    origin: Origin
    entries: list[Entry] = field(default_factory=list)
    under_way: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """An exchange that came out otherwise than it was recorded."""

    entry: Entry
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Replay:
    """What came of a journal: how many answers were the same, which were not, and what could not be compared."""

    same: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def worlds_of(journal: JournalFile) -> list[str]:
    """The worlds of which a journal has exchanges, in the order in which they were first called."""
    return list(dict.fromkeys(entry.world for entry in journal.entries))


def stretches(journal: JournalFile, world: str, origins: Origins) -> list[Stretch]:
    """The exchanges of one world by its beginnings."""
    found: list[Stretch] = []
    for line in journal.lines:
        if line.world != world:
            continue
        if isinstance(line, Beginning):
            found.append(Stretch(origins.origin(world, line)))
            continue
        if not found:
            found.append(Stretch(origins.origin(world, None)))
        late = len(found) > 1 and _is_older(line, found[-1].origin)
        (found[-2].under_way if late else found[-1].entries).append(line)
    return [one for one in found if one.entries or one.under_way]


def replay(journal: JournalFile, origins: Origins, world: str | None = None) -> Replay:
    """Play the exchanges of all worlds of a journal, or of one of them."""
    result = Replay()
    for name in [world] if world is not None else worlds_of(journal):
        for number, stretch in enumerate(stretches(journal, name, origins)):
            result.notes += _notes(stretch, name, number)
            _play(stretch, origins, result)
    return result


def _play(stretch: Stretch, origins: Origins, result: Replay) -> None:
    player = Player(origins.pipeline(stretch.origin), frozen=stretch.origin.frozen)
    exact = stretch.origin.snapshot is not None
    for played in player.play([*stretch.entries, *stretch.under_way])[: len(stretch.entries)]:
        if played.answer is None or played.entry.cut:
            continue
        found = differences(played.entry, played.answer, exact=exact)
        if found:
            result.findings.append(Finding(played.entry, tuple(found)))
        else:
            result.same += 1


def _notes(stretch: Stretch, world: str, number: int) -> Iterator[str]:
    if stretch.origin.trouble:
        yield f"the beginning of the world {world} cannot be used: {stretch.origin.trouble}; it begins as usual instead"
    elif stretch.origin.snapshot is None and not number:
        yield f"how the world {world} began is not told: it begins as usual, and only what answers say is compared"
    own = sum(one.responder == SERVERS_OWN for one in stretch.entries)
    if own:
        yield f"{_count(own)} of the world {world} the server has answered without looking at the call: not compared"
    if stretch.under_way:
        yield (
            f"{_count(len(stretch.under_way))} of the world {world} went on while it was changed from outside: "
            "not compared"
        )
    cut = sum(one.cut for one in stretch.entries)
    if cut:
        yield f"{_count(cut)} of the world {world} the journal has not kept whole: not compared"


def _count(number: int) -> str:
    return "one exchange" if number == 1 else f"{number} exchanges"


def _is_older(entry: Entry, origin: Origin) -> bool:
    """Whether a call was taken up before the world was like this."""
    at = instant(entry)
    return at is not None and origin.snapshot is not None and at < origin.snapshot.clock.at
