"""People have names, unique emails in reserved domains, and the same face for the same seed."""

import re
import subprocess
import sys

import pytest

from mockhoop.values.chance import Chance
from mockhoop.values.people import Person, handle, opaque, people, pools

MANY = people(Chance(1), 5000)


def test_five_thousand_people_share_no_email() -> None:
    assert len({person.email for person in MANY}) == 5000


@pytest.mark.parametrize("field", ["subject", "token", "slack_id"])
def test_nobody_shares_what_identifies_them(field: str) -> None:
    assert len({getattr(person, field) for person in MANY}) == 5000


def test_emails_are_ascii_and_in_reserved_domains() -> None:
    form = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*@example\.(com|org|net)")
    assert [person.email for person in MANY if not form.fullmatch(person.email)] == []


def test_an_email_is_made_of_the_name() -> None:
    plain = [person for person in MANY if re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", person.name)]
    assert len(plain) > 3000
    for person in plain:
        assert re.match(person.name.lower().replace(" ", r"\.") + r"\d*@", person.email)


def test_some_names_are_not_ascii() -> None:
    share = sum(not person.name.isascii() for person in MANY) / len(MANY)
    assert 0.03 < share < 0.3


def test_some_names_are_not_latin() -> None:
    assert any(ord(person.name[0]) > 0x3000 for person in MANY)


def test_a_person_is_the_same_whatever_the_count() -> None:
    assert people(Chance(1), 3) == MANY[:3]


def test_the_same_seed_gives_the_same_people() -> None:
    assert people(Chance(2), 20) == people(Chance(2), 20)


def test_another_seed_gives_other_people() -> None:
    assert not {p.name for p in people(Chance(2), 5)} & {p.name for p in people(Chance(3), 5)}


def test_another_key_gives_other_people() -> None:
    assert not {p.token for p in people(Chance(1), 20, key="guests")} & {p.token for p in MANY}


def test_emails_that_are_taken_are_not_given_again() -> None:
    taken = [person.email.upper() for person in MANY[:50]]
    others = people(Chance(1), 50, taken=taken)
    assert [person.name for person in others] == [person.name for person in MANY[:50]]
    assert not {person.email.upper() for person in others} & set(taken)


def test_nobody_is_possible() -> None:
    assert people(Chance(1), 0) == []


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("token", r"[0-9A-Za-z]{43}"),
        ("subject", r"[0-9A-Za-z]{28}"),
        ("slack_id", r"U[0-9A-Z]{10}"),
        ("picture", r"(https://www\.example\.com/avatars/[0-9a-f]{32}\.png)?"),
    ],
)
def test_a_field_has_its_form(field: str, form: str) -> None:
    assert all(re.fullmatch(form, getattr(person, field)) for person in MANY[:200])


def test_some_people_have_no_picture() -> None:
    assert {bool(person.picture) for person in MANY} == {True, False}


def test_a_person_cannot_be_changed() -> None:
    person = Person(name="Ada", email="ada@example.com", subject="1", slack_id="U1", token="t")
    with pytest.raises(AttributeError):
        person.name = "Eve"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "family", "wanted"),
    [
        ("Jörg", "Weiß", "joerg.weiss"),
        ("Maria Júlia", "da Conceição", "maria.da-conceicao"),
        ("Conan", "O'Brien", "conan.obrien"),
        ("Hans-Peter", "Krüger", "hans-peter.krueger"),
        ("Łukasz", "Ørsted", "lukasz.oersted"),
        ("淳", "小林", "someone"),
    ],
)
def test_a_handle_is_ascii(given: str, family: str, wanted: str) -> None:
    assert handle(given, family) == wanted


@pytest.mark.parametrize("length", [0, 1, 19, 20, 21, 64])
def test_an_opaque_string_has_the_length_asked_for(length: int) -> None:
    assert len(opaque(Chance(1), length, "key")) == length


def test_the_beginning_of_an_opaque_string_does_not_repeat() -> None:
    text = opaque(Chance(1), 40, "key")
    assert text[:20] != text[20:]


def test_pools_are_the_same_for_the_same_seed() -> None:
    code = "from mockhoop.values.people import *; print(hash_of(pools(Chance(7))))"
    code = f"from hashlib import md5; hash_of = lambda p: md5(repr(p).encode()).hexdigest()\n{code}"
    assert len({_printed(code) for _ in range(2)}) == 1


def test_pools_differ_from_seed_to_seed() -> None:
    assert pools(Chance(1)).names != pools(Chance(2)).names


@pytest.mark.parametrize("pool", ["names", "cities", "countries", "companies", "streets", "jobs", "words", "sentences"])
def test_a_pool_has_no_duplicates_and_is_not_small(pool: str) -> None:
    entries = getattr(pools(Chance(1)), pool)
    if pool != "names":
        assert len(set(entries)) == len(entries)
    assert len(entries) >= 50


@pytest.mark.parametrize("module", ["people", "transcripts", "plausible"])
def test_faker_is_imported_only_when_it_is_needed(module: str) -> None:
    code = f"import sys, mockhoop.values.{module}; print('faker' in sys.modules)"
    assert _printed(code) == "False"


def _printed(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
