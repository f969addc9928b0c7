"""Chance for many at once: what each of a million gets, drawn as one column of bytes."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, partial
from hashlib import blake2b
from itertools import accumulate, compress
from operator import ne

from mockhoop.values.chance import Chance, Key

_BITS = {"I": 32, "Q": 64}
_TAG, _MASK = 86, 2**36 - 1  # of the 122 bits that are free in a UUID: those that tell whose it is, and the number
_VERSION = 4
_END = 2**62 - 1  # the free bits behind the variant
_FIRST = 3 if sys.byteorder == "little" else 0


def column(chance: Chance, count: int, code: str, *key: Key) -> "array[int]":
    """A number from chance for each of 0, 1 and so on, of 32 (``I``) or 64 bits (``Q``); more change nothing before."""
    drawn = array(code)
    drawn.frombytes(chance.stream(count * _BITS[code] // 8, *key))
    if sys.byteorder == "big":
        drawn.byteswap()
    return drawn


class Lots:
    """Which of some options each number gets, as often as their weights say. They are drawn when first asked for."""

    def __init__(self, chance: Chance, count: int, weights: Sequence[int], *key: Key) -> None:
        self._drawn = partial(column, chance, count, "I", *key)
        self._count = count
        self._weights = weights
        self.options = len(weights)

    def __getitem__(self, number: int) -> int:
        return bisect_right(self._bounds, self._draws[number]) if self._bounds else 0

    def codes(self) -> "array[int]":
        """What all of them get, each as small as it can be."""
        draws, bounds = self._draws, self._bounds
        # What most get is told by the first of four bytes, which costs next to nothing for all of them together.
        first_bytes = draws.tobytes()[_FIRST::4]
        least = [bisect_right(bounds, byte << 24) for byte in range(256)]
        most = [bisect_right(bounds, (byte + 1 << 24) - 1) for byte in range(256)]
        if self.options <= 256:
            codes = array("B", first_bytes.translate(bytes(least)))
        else:
            codes = array("I", map(least.__getitem__, first_bytes))
        unsure = bytes(map(ne, least, most))
        for number in compress(range(self._count), first_bytes.translate(unsure)):
            codes[number] = bisect_right(bounds, draws[number])
        return codes

    @cached_property
    def _bounds(self) -> list[int]:
        sums = list(accumulate(self._weights))
        return [-(-(part << 32) // sums[-1]) for part in sums[:-1]]

    @cached_property
    def _draws(self) -> "array[int]":
        return self._drawn()


class NumberedIds:
    """Ids that look like any other UUID, version 4, and tell their number to who knows the seed."""

    def __init__(self, chance: Chance) -> None:
        self._keyed = blake2b(key=chance.digest("numbered"), digest_size=16)

    def id_of(self, number: int) -> str:
        """The id with this number, below 2 ** 36."""
        tag = self._hash(b"tag", number) >> (128 - _TAG)
        return _written(tag << 36 | number ^ self._hash(b"mask", tag) & _MASK)

    def number_of(self, own_id: str, count: int = _MASK + 1) -> int | None:
        """The number of an id, if it is one of the first ``count`` of these."""
        try:
            free = _read(own_id)
        except ValueError:
            return None
        tag = free >> 36
        number = (free ^ self._hash(b"mask", tag)) & _MASK
        if number >= count:  # as that of nearly all others is
            return None
        return number if self._hash(b"tag", number) >> (128 - _TAG) == tag and own_id == _written(free) else None

    def _hash(self, purpose: bytes, value: int) -> int:
        state = self._keyed.copy()
        state.update(purpose + value.to_bytes(11, "big"))
        return int.from_bytes(state.digest(), "big")


def _written(free: int) -> str:
    """A UUID out of its 122 free bits."""
    head, middle, end = free >> 74, free >> 62 & 0xFFF, free & _END
    text = f"{head << 80 | _VERSION << 76 | middle << 64 | 2 << 62 | end:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _read(text: str) -> int:
    """The 122 free bits of a UUID. Raises ValueError."""
    digits = text.replace("-", "")
    if len(digits) != 32:
        raise ValueError(text)
    told = int(digits, 16)
    return (told >> 80) << 74 | (told >> 64 & 0xFFF) << 62 | told & _END
