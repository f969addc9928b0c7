"""How connections are found in lists, told by clients, and what of them is refused (sections 6.1 and 8.7)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockhoop.gateway import connections
from mockhoop.gateway.connections import BAD_OPTION, ConnectionView, belonging
from mockhoop.gateway.records import Connection, Refusal

ID = "0c6c86f0-9b1c-4f6c-8e0a-5d0f3c1b2a10"
OTHER = "0c6c86f0-9b1c-4f6c-8e0a-5d0f3c1b2a11"


def connection(**more: Any) -> Connection:
    told = {"id": ID, "name": "pgdemo", "type": "database", "subtype": "postgres", "resource_name": "shop", **more}
    return Connection(**told)


def view(one: Connection, agent: str = "agent", status: str = "online") -> ConnectionView:
    return ConnectionView(connection=one, agent_id=agent, status=status, secret={})


def finds(query: dict[str, str], one: Connection | None = None) -> bool:
    belongs = belonging(query)
    assert not isinstance(belongs, Refusal)
    return belongs(view(one or connection()))


TAGGED = connection(tags={"environment": "production", "tier": "back"})


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("environment=production", True),
        ("environment = production", True),
        ("environment=staging", False),
        ("environment=production,tier!=frontend", True),
        ("environment=production,tier!=back", False),
        ("tier != frontend", True),
        ("owner!=me", False),
        ("environment=", None),
        ("environment", None),
        ("=production", None),
        ("tier-=back", None),
        ("tier=back,", None),
    ],
)
def test_a_selector_wants_tags(selector: str, found: bool | None) -> None:
    belongs = belonging({"tag_selector": selector})
    assert (None if isinstance(belongs, Refusal) else belongs(view(TAGGED))) is found


@pytest.mark.parametrize("name", ["agent_id", "type", "subtype", "managed_by", "tags", "resource_name", "attribute"])
@pytest.mark.parametrize("value", ["p", "-pg", "p g", "pg%", "pä", "p" * 129, "'--"])
def test_values_of_filters_have_limits(name: str, value: str) -> None:
    assert belonging({name: value}) == BAD_OPTION


@pytest.mark.parametrize("value", ["pg", "_g", "pg.demo-1_x", "p" * 128])
def test_names_within_the_limits_pass(value: str) -> None:
    assert not isinstance(belonging({"name": value}), Refusal)


@pytest.mark.parametrize("value", ["x", f"{ID},x", f"{ID},", ID[:-1]])
def test_ids_have_a_form(value: str) -> None:
    bad = value.rpartition(",")[2]
    assert belonging({"connection_ids": value}) == Refusal(422, f"invalid connection ID format: {bad}")


@pytest.mark.parametrize(("value", "found"), [(ID, True), (f"{OTHER}, {ID.upper()}", True), (OTHER, False)])
def test_those_with_one_of_the_ids_are_found(value: str, found: bool) -> None:
    assert finds({"connection_ids": value}) is found


@pytest.mark.parametrize(
    ("term", "found"), [("GDEM", True), ("base", True), ("post", True), ("sho", True), ("onl", True), ("x", False)]
)
def test_a_search_looks_at_name_kind_resource_and_status(term: str, found: bool) -> None:
    assert finds({"search": term}) is found


@pytest.mark.parametrize(("value", "found"), [("prod", True), ("prod,eu-1", True), ("prod,us", False)])
def test_all_tags_of_a_list_must_be_there(value: str, found: bool) -> None:
    assert finds({"tags": value}, connection(more={"tags": ["eu-1", "prod"]})) is found


def test_the_first_bad_filter_is_told() -> None:
    assert belonging({"connection_ids": "x", "agent_id": "-"}) == BAD_OPTION


WORDS = st.sampled_from(["aa", "ab", "bb"])
CONNECTIONS = st.builds(
    connection,
    name=WORDS,
    type=WORDS,
    subtype=WORDS,
    resource_name=WORDS,
    tags=st.none() | st.dictionaries(WORDS, WORDS),
    more=st.fixed_dictionaries({}, optional={"tags": st.lists(WORDS), "attributes": st.lists(WORDS)}),
)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        **{name: WORDS | st.just("") for name in ("name", "type", "subtype", "resource_name", "tags", "attribute")},
        "search": st.sampled_from(["a", "b", "ba", "B"]),
        "tag_selector": st.builds("{}{}{}".format, WORDS, st.sampled_from(["=", "!="]), WORDS),
    },
)


@given(CONNECTIONS, QUERIES)
def test_filters_find_what_somebody_would_who_looks_at_each(one: Connection, query: dict[str, str]) -> None:
    found = all(getattr(one, name) == query[name] for name in ("name", "type", "subtype") if query.get(name))
    found &= query.get("resource_name", "") in ("", one.resource_name)
    found &= query.get("tags", "") in ("", *one.more.get("tags", []))
    found &= query.get("attribute", "") in ("", *one.more.get("attributes", []))
    texts = " ".join([one.name, one.type, one.subtype, one.resource_name, "online"])
    found &= query.get("search", "").lower() in texts
    key, _, value = query.get("tag_selector", "").partition("=")
    tag = (one.tags or {}).get(key.rstrip("!"))
    found &= not key or (tag is not None and (tag != value if key.endswith("!") else tag == value))
    assert finds(query, one) is found


@pytest.mark.parametrize(
    ("secret", "database"),
    [
        ({"envvar:DB": "c2hvcA=="}, "shop"),
        ({"envvar:DB": "no base64!"}, ""),
        ({"envvar:DB": "ü"}, ""),
        ({"envvar:DB": 7}, ""),
        ({"envvar:DB": "//8="}, "\ufffd\ufffd"),
        ({"envvar:HOST": "c2hvcA=="}, ""),
        (None, ""),
    ],
)
def test_the_database_is_that_of_the_environment(secret: Any, database: str) -> None:
    assert connections.default_database(connection(more={"secret": secret})) == database


TOLD = {"type": "database", "subtype": "mysql", "reviewers": ["dba"], "connection_tags": {"a": "b"}, "command": None}


def test_what_is_not_told_is_left_out() -> None:
    told = connections.connection_told({**TOLD, "redact_enabled": False}, ID, "fresh")
    assert told == Connection(
        id=ID,
        name="fresh",
        type="database",
        subtype="mysql",
        resource_name="fresh",
        reviewers=("dba",),
        tags={"a": "b"},
        more={"redact_enabled": False},
    )


def test_a_patch_of_nothing_changes_nothing() -> None:
    one = connection(reviewers=("dba",), tags={"a": "b"}, min_review_approvals=2, more={"command": ["psql"]})
    assert connections.patched(one, {"type": None, "command": None}) == one


def test_a_patch_may_take_away() -> None:
    one = connection(reviewers=("dba",), more={"command": ["psql"]})
    assert connections.patched(one, {"reviewers": [], "command": []}) == connection(more={"command": []})


@pytest.mark.parametrize(
    ("tags", "refusal"),
    [
        (None, None),
        ({"hoop.dev/env": "eu west @ 1:2+3=6_/-"}, None),
        ({"": "x"}, connections.BAD_TAG_KEY),
        ({"env/": "x"}, connections.BAD_TAG_KEY),
        ({"e" * 65: "x"}, connections.BAD_TAG_KEY),
        ({"env": ""}, connections.BAD_TAG_VALUE),
        ({"env": "a,b"}, connections.BAD_TAG_VALUE),
        ({"env": "v" * 257}, connections.BAD_TAG_VALUE),
    ],
)
def test_tags_have_limits(tags: Any, refusal: Refusal | None) -> None:
    assert connections.tags_refusal(tags) == refusal


@pytest.mark.parametrize(
    ("metadata", "missing"),
    [(None, "ticket"), ({"ticket": "1"}, "owner"), ({"ticket": "1", "owner": ""}, "owner")],
)
def test_the_first_metadata_that_is_missing_is_told(metadata: Any, missing: str) -> None:
    one = connection(more={"mandatory_metadata_fields": ["ticket", "owner"]})
    refusal = Refusal(422, f"missing required metadata field: {missing}")
    assert connections.missing_metadata(one, metadata) == refusal


def test_where_no_metadata_is_asked_for_none_is_missing() -> None:
    assert connections.missing_metadata(connection(), None) is None
