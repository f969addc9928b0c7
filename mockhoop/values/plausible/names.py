"""Strings that the name of a property asks for."""

import re
from functools import lru_cache

from mockhoop.values.people import opaque
from mockhoop.values.plausible.formats import FORMATS
from mockhoop.values.plausible.making import Making, Text


def by_name(name: str) -> Text | None:
    """The maker for a property's name, such as ``billing_city`` or ``emailAddress``; None for other names."""
    parts = parts_of(name)
    for size in range(len(parts), 0, -1):
        # The end of a name says what it is: "billing city" is a city.
        maker = NAMES.get("_".join(parts[-size:]))
        if maker:
            return maker
    return None


@lru_cache(maxsize=4096)
def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, the last in the singular: ``userEmails`` is ("user", "email")."""
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3_\2\4", name)
    parts = [part for part in re.split(r"[^a-z0-9]+", spaced.lower()) if part]
    if parts and len(parts[-1]) > 3 and parts[-1].endswith("s") and not parts[-1].endswith(("ss", "us")):
        parts[-1] = parts[-1][:-1]
    return tuple(parts)


def _sentence(making: Making, path: str) -> str:
    return making.chance.choice(making.pools.sentences, path)


def _title(making: Making, path: str) -> str:
    return f"{making.word(path, 1).capitalize()} {making.word(path, 2)} {making.word(path, 3)}"


def _slug(making: Making, path: str) -> str:
    return f"{making.word(path, 1)}-{making.word(path, 2)}".lower()


def _any_word(making: Making, path: str) -> str:
    return making.word(path).lower()


def _phone(making: Making, path: str) -> str:
    # 555-0100 to 555-0199 are reserved for fiction.
    return f"+1 {making.chance.between(201, 989, path)} 555 01{making.chance.between(10, 99, path, 'line')}"


def _digits(low: int, high: int) -> Text:
    return lambda making, path: str(making.chance.between(low, high, path))


def _formatted(name: str) -> Text:
    maker = FORMATS[name]
    return lambda making, path: maker(making, path, 0, 60)


def _one_of(*options: str) -> Text:
    return lambda making, path: making.chance.choice(options, path)


def _hexadecimal(making: Making, path: str) -> str:
    return making.chance.hex(path)


NAMES: dict[str, Text] = {
    name: maker
    for names, maker in (
        ("email mail email_address", _formatted("email")),
        ("first_name given_name firstname", lambda making, path: making.person(path).given),
        ("last_name family_name surname lastname", lambda making, path: making.person(path).family),
        ("full_name display_name user_name_full owner author", lambda making, path: making.person(path).full),
        ("username login handle nickname", lambda making, path: making.person(path).handle),
        ("city town locality", lambda making, path: making.chance.choice(making.pools.cities, path)),
        ("country", lambda making, path: making.chance.choice(making.pools.countries, path)),
        ("country_code", _one_of("BR", "CH", "DE", "JP", "PT", "US")),
        ("street address address1", lambda making, path: making.chance.choice(making.pools.streets, path)),
        ("zip zip_code postcode postal_code", _digits(10_000, 99_999)),
        ("phone phone_number mobile telephone", _phone),
        ("company organization org_name", lambda making, path: making.chance.choice(making.pools.companies, path)),
        ("job job_title occupation", lambda making, path: making.chance.choice(making.pools.jobs, path)),
        ("url uri link href website homepage picture avatar image", _formatted("uri")),
        ("host hostname domain", _formatted("hostname")),
        ("ip ip_address ipv4", _formatted("ipv4")),
        ("token secret password api_key access_token", _formatted("password")),
        ("description summary comment note message reason text body bio explanation", _sentence),
        ("title subject headline", _title),
        ("id uuid guid", _formatted("uuid")),
        ("name slug key sku", _slug),
        ("code", lambda making, path: opaque(making.chance, 6, path).upper()),
        ("color colour", _one_of("amber", "blue", "green", "red", "teal", "violet")),
        ("currency", _one_of("BRL", "CHF", "EUR", "GBP", "JPY", "USD")),
        ("language lang locale", _one_of("de", "en", "es", "ja", "pt-BR")),
        ("timezone time_zone", _one_of("America/Sao_Paulo", "Asia/Tokyo", "Europe/Berlin", "UTC")),
        ("version", lambda making, path: ".".join(str(part % 20) for part in making.chance.digest(path)[:3])),
        ("status state", _one_of("active", "inactive", "pending")),
        ("environment env", _one_of("dev", "prod", "staging")),
        ("hash sha sha256 digest checksum fingerprint", _hexadecimal),
        ("type kind tag label group role category scope team word", _any_word),
        ("file filename file_name", lambda making, path: f"{_slug(making, path)}.txt"),
        ("path", lambda making, path: f"/{making.word(path, 1)}/{making.word(path, 2)}".lower()),
    )
    for name in names.split()
}
