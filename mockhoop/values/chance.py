"""One source of chance: every generated value is a function of the seed and of what it is for."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b, shake_128
from typing import TypeVar

T = TypeVar("T")
Key = str | int


class Chance:
    """Chance without order: the same seed and key give the same value, whatever was asked before.

    A key names what the value is for, for example ``("sessions", 17, "exit_code")``. Because no value
    is "the next draw of a stream", values can be made lazily, in any order and concurrently.
    """

    __slots__ = ("_seeded", "seed")

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._seeded = blake2b(f"mockhoop/{seed}".encode(), digest_size=16)

    def at(self, *key: Key) -> "Chance":
        """A chance of its own for everything that belongs to this key; it saves repeating the key."""
        child = Chance.__new__(Chance)
        child.seed = self.seed
        child._seeded = blake2b(self.digest("at", *key), digest_size=16)
        return child

    def digest(self, *key: Key) -> bytes:
        """Sixteen bytes for this key."""
        state = self._seeded.copy()
        # The text of a tuple keeps ("ab", "c") and ("a", "bc") apart, and 1 and "1".
        state.update(repr(key).encode())
        return state.digest()

    def stream(self, size: int, *key: Key) -> bytes:
        """As many bytes for this key; more of them begin with the same ones."""
        return shake_128(self.digest("stream", *key)).digest(size)

    def number(self, *key: Key) -> int:
        """A whole number from 0 to 2**64 - 1."""
        return int.from_bytes(self.digest(*key)[:8], "big")

    def below(self, limit: int, *key: Key) -> int:
        """A whole number from 0 to ``limit`` - 1."""
        return self.number(*key) * limit >> 64

    def between(self, low: int, high: int, *key: Key) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1, *key)

    def real(self, *key: Key) -> float:
        """A number from 0 (included) to 1 (excluded)."""
        # 53 bits are what a float holds exactly, so that rounding never reaches 1.
        return (self.number(*key) >> 11) / float(2**53)

    def happens(self, probability: float, *key: Key) -> bool:
        """True in the given share of cases (0 to 1)."""
        return self.real(*key) < probability

    def choice(self, options: Sequence[T], *key: Key) -> T:
        """One of the options, each as likely as the others."""
        return options[self.below(len(options), *key)]

    def weighted(self, weights: Mapping[T, int], *key: Key) -> T:
        """One of the keys of ``weights``, each as often as its weight says."""
        point = self.below(sum(weights.values()), *key)
        for option, weight in weights.items():
            point -= weight
            if point < 0:
                return option
        raise ValueError("weights need a positive sum")

    def uuid(self, *key: Key) -> str:
        """A lower-case UUID, version 4."""
        text = self.digest(*key).hex()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"

    def hex(self, *key: Key) -> str:
        """Sixty-four lower-case hex digits, the form of a SHA-256."""
        return (self.digest(*key, "high") + self.digest(*key, "low")).hex()
