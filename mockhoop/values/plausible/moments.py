"""Dates and times: those of one object lie close together, and what comes first by its name is earlier."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from mockhoop.values.plausible.making import Making

DAY = 86_400
EPOCH = 1_704_067_200  # 2024-01-01

# Words in the name of a date that say where it stands among the dates of the same object.
RANKS = {
    word: rank
    for rank, words in (
        (0, "created create start started begin opened from since issued registered requested"),
        (2, "updated modified changed last end ended finished completed closed until to"),
        (3, "expire expires expired expiry expiration deleted revoked revoke archived"),
    )
    for word in words.split()
}
ENDS = frozenset(("at", "date", "timestamp", "datetime"))
# Names that end so may be about other things as well.
VAGUE_ENDS = frozenset(("created", "updated", "modified", "expire", "time"))

Moment = Callable[[Making, str, int], str]
"""Makes a moment for a place; the number is the rank of its name."""


def rank_of(parts: Sequence[str]) -> int:
    """Where a moment with this name stands among those of the same object, from 0."""
    return max((RANKS[part] for part in parts if part in RANKS), default=1)


def is_moment(parts: Sequence[str]) -> bool:
    """Whether a name such as ("created", "at") is that of a moment."""
    if not parts:
        return False
    return parts[-1] in ENDS or (parts[-1] in VAGUE_ENDS and rank_of(parts) != 1)


def seconds(making: Making, path: str, rank: int) -> int:
    """Seconds since 1970, later the higher the rank is."""
    start = EPOCH + making.chance.below(600 * DAY, path.rpartition("/")[0], "moment")
    return start + rank * 2 * DAY + making.chance.below(DAY, path, "moment")


def date_time(making: Making, path: str, rank: int) -> str:
    """A date and time of RFC 3339 in UTC, later the higher the rank is."""
    return f"{datetime.fromtimestamp(seconds(making, path, rank), UTC).isoformat()[:19]}Z"


def long_enough(moment: str, shortest: int) -> str:
    """A date and time with as many places of a fraction as its least length asks for."""
    missing = shortest - len(moment)
    return f"{moment[:-1]}.{'0' * max(1, missing - 1)}Z" if missing > 0 and moment.endswith("Z") else moment


def _time_of_day(making: Making, path: str, rank: int) -> str:
    # RFC 3339 asks for a zone behind it, but the validator that is our authority refuses one.
    second = (rank * 5 + 3) * 3600 + making.chance.below(4 * 3600, path, "moment")
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


MOMENTS: dict[str, Moment] = {
    "date": lambda making, path, rank: date_time(making, path, rank)[:10],
    "date-time": date_time,
    "rfc3339": date_time,
    "RFC3339": date_time,
    "time": _time_of_day,
    "timestamp": date_time,
}
