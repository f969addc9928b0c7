"""People, and the pools of names, places and words that everything generated picks from.

The pools come from faker, which is slow to import and slow for each value. So a pool is built once for a
seed, in one go and in a fixed order, and values are picked from it with ``Chance``.
"""

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from itertools import count as numbers
from typing import TYPE_CHECKING, TypeVar
from unicodedata import combining, normalize

from mockhoop.values.chance import Chance, Key

if TYPE_CHECKING:
    from faker import Faker

T = TypeVar("T")

# Reserved by RFC 2606, so that no mail ever reaches a stranger.
DOMAINS = {"example.com": 8, "example.org": 1, "example.net": 1}
LOCALES = {"en_US": 62, "de_DE": 18, "pt_BR": 14, "ja_JP": 6}
NAMES_PER_LOCALE = 200
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = DIGITS + LETTERS + LETTERS.lower()

_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "ł": "l", "đ": "d"})


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a person. ``handle`` is its ASCII form for emails and logins, such as ``jane.doe``."""

    given: str
    family: str
    full: str
    handle: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. ``picture`` is an address, empty for people who have none.

    ``subject`` is opaque, as those of identity providers are (section 3b.1). ``token`` is an opaque bearer
    token without spaces.
    """

    name: str
    email: str
    subject: str
    slack_id: str
    token: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What names of one locale are made of. The parts are pairs of how it is written and how it is read."""

    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Pools:
    """What generated values pick from: the same for the same seed."""

    names: tuple[Name, ...]
    cities: tuple[str, ...]
    countries: tuple[str, ...]
    companies: tuple[str, ...]
    streets: tuple[str, ...]
    jobs: tuple[str, ...]
    words: tuple[str, ...]
    sentences: tuple[str, ...]


def people(chance: Chance, count: int, *, key: str = "people", taken: Iterable[str] = ()) -> list[Person]:
    """Make the first ``count`` people of this key; person *i* is the same whatever the count.

    No two of them share an email. Two keys are two independent groups of people, whose emails may meet unless
    those of the one group are passed as ``taken`` when the other is made.
    """
    handles = {email.partition("@")[0].lower() for email in taken}
    made: list[Person] = []
    for i in range(count):
        made.append(_person(chance, key, i, handles))
        handles.add(made[-1].email.partition("@")[0])
    return made


def pools(chance: Chance) -> Pools:
    """Return the pools of this seed; they are built on first use, in about 20 ms."""
    return _pools(chance.seed)


def opaque(chance: Chance, length: int, *key: Key, alphabet: str = ALPHANUMERIC) -> str:
    """Make a string without meaning, such as a token; letters and digits only unless told otherwise."""
    text = []
    number = 0
    for place in range(length):
        # One draw serves twenty places: 62**20 stays below 2**128.
        if place % 20 == 0:
            number = int.from_bytes(chance.digest(*key, place), "big")
        number, index = divmod(number, len(alphabet))
        text.append(alphabet[index])
    return "".join(text)


def handle(given: str, family: str) -> str:
    """Turn a name into the ASCII form used in emails, for example ``joerg.da-luz``."""
    return ".".join(filter(None, (_ascii(given.split()[0]), _ascii(family)))) or "someone"


def _ascii(text: str) -> str:
    plain = "".join(c for c in normalize("NFKD", text.lower().translate(_TRANSCRIBED)) if not combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _person(chance: Chance, key: str, i: int, taken: Container[str]) -> Person:
    name = _name(chance, key, i)
    numbered = (f"{name.handle}{nth}" for nth in numbers(2))
    local = next(local for local in chain([name.handle], numbered) if local not in taken)
    avatar = f"https://www.example.com/avatars/{chance.digest(key, i, 'avatar').hex()}.png"
    return Person(
        name=name.full,
        email=f"{local}@{chance.weighted(DOMAINS, key, i, 'domain')}",
        subject=opaque(chance, 28, key, i, "subject"),
        slack_id="U" + opaque(chance, 10, key, i, "slack", alphabet=DIGITS + LETTERS),
        token=opaque(chance, 43, key, i, "token"),
        picture=avatar if chance.happens(0.7, key, i, "picture") else "",
    )


def _name(chance: Chance, *key: Key) -> Name:
    locale = chance.weighted(LOCALES, *key, "locale")
    parts = _given(chance.seed)[locale]
    given, given_read = chance.choice(parts.given, *key, "given")
    family, family_read = chance.choice(parts.family, *key, "family")
    if locale != "ja_JP":
        full = f"{given} {family}"
    elif chance.happens(0.5, *key, "script"):
        full = f"{family} {given}"
    else:
        given, family = given_read, family_read
        full = f"{given} {family}"
    return Name(given, family, full, handle(given_read, family_read))


@lru_cache(maxsize=16)
def _given(seed: int) -> dict[str, Given]:
    return {locale: _given_of(_faker(locale, seed, "person")) for locale in LOCALES}


def _given_of(fake: "Faker") -> Given:
    if fake.locales == ["ja_JP"]:
        given = _distinct(fake.first_name_pair, NAMES_PER_LOCALE)
        family = _distinct(fake.last_name_pair, NAMES_PER_LOCALE)
        return Given(tuple((p[0], p[2]) for p in given), tuple((p[0], p[2]) for p in family))
    given_names = _distinct(fake.first_name, NAMES_PER_LOCALE)
    family_names = _distinct(fake.last_name, NAMES_PER_LOCALE)
    return Given(tuple((n, n) for n in given_names), tuple((n, n) for n in family_names))


@lru_cache(maxsize=16)
def _pools(seed: int) -> Pools:
    chance = Chance(seed)
    fake = _faker("en_US", seed, "person", "address", "company", "lorem", "job")
    return Pools(
        names=tuple(_name(chance, "pool", i) for i in range(300)),
        cities=(*_distinct(fake.city, 80), "São Paulo", "München", "Zürich", "Kraków", "東京", "Tromsø"),
        countries=_distinct(fake.country, 60),
        companies=_distinct(fake.company, 80),
        streets=_distinct(fake.street_address, 60),
        jobs=_distinct(fake.job, 60),
        words=_distinct(fake.word, 240),
        sentences=_distinct(fake.sentence, 80),
    )


def _faker(locale: str, seed: int, *topics: str) -> "Faker":
    # Importing faker takes longer than starting the server without it.
    from faker import Faker

    fake = Faker(locale, providers=[f"faker.providers.{topic}" for topic in topics], use_weighting=False)
    fake.seed_instance(seed)
    return fake


def _distinct(draw: Callable[[], T], count: int) -> tuple[T, ...]:
    """Draw ``count`` times; those drawn before are left out."""
    return tuple(dict.fromkeys(draw() for _ in range(count)))
