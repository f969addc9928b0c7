"""Who has to approve of what somebody does (section 7.1)."""

from dataclasses import replace
from typing import Any

import pytest

from mockhoop.gateway.access_requests import COMMAND, JIT, Demand, demand
from mockhoop.gateway.records import Connection

PGDEMO = Connection(id="c", name="pgdemo", type="database", reviewers=("dba",), more={"attributes": ["pii"]})
RULE: dict[str, Any] = {
    "name": "ask-sre",
    "access_type": "command",
    "connection_names": ["pgdemo"],
    "approval_required_groups": [],
    "reviewers_groups": ["sre", "dba"],
    "force_approval_groups": ["admin"],
    "all_groups_must_approve": True,
    "min_approvals": 1,
}
BY_RULE = Demand(groups=("sre", "dba"), rule="ask-sre", min_approvals=2, force_groups=("admin",))
BY_REVIEWERS = Demand(groups=("dba",))


def of(rule: dict[str, Any], access: str = COMMAND, *groups: str) -> Demand | None:
    return demand([rule], PGDEMO, groups, access)


def test_a_rule_comes_before_the_reviewers_of_the_connection() -> None:
    assert of(RULE) == BY_RULE


def test_without_a_rule_the_reviewers_of_the_connection_are_asked() -> None:
    assert demand([], PGDEMO, (), COMMAND) == BY_REVIEWERS


def test_without_either_nobody_is_asked() -> None:
    assert demand([], replace(PGDEMO, reviewers=()), (), COMMAND) is None


def test_of_several_rules_the_first_one_counts() -> None:
    assert demand([RULE, {**RULE, "name": "other"}], PGDEMO, (), COMMAND) == BY_RULE


@pytest.mark.parametrize(
    ("kind", "access", "fits"),
    [
        ("command", COMMAND, True),
        ("command", JIT, False),
        ("jit", JIT, True),
        ("jit", COMMAND, False),
        ("jit_command", JIT, True),
        ("jit_command", COMMAND, True),
        (None, COMMAND, False),
    ],
)
def test_a_rule_is_for_one_kind_of_access_or_both(kind: Any, access: str, fits: bool) -> None:
    assert (of({**RULE, "access_type": kind}, access) == BY_RULE) is fits


@pytest.mark.parametrize(
    ("names", "attributes", "fits"),
    [(["other"], None, False), ([], ["pii"], True), (None, ["prod"], False), (["other", "pgdemo"], [], True)],
)
def test_a_rule_names_connections_or_their_attributes(names: Any, attributes: Any, fits: bool) -> None:
    assert (of({**RULE, "connection_names": names, "attributes": attributes}) == BY_RULE) is fits


@pytest.mark.parametrize(
    ("required", "skipping", "groups", "asks"),
    [
        ([], [], [], True),
        (["dev"], [], ["dev", "sre"], True),
        (["dev"], [], ["sre"], False),
        ([], ["sre"], ["sre"], False),
        ([], ["sre"], ["dev"], True),
        (["dev"], ["dev"], ["dev"], True),
    ],
)
def test_a_rule_is_for_some_groups_or_for_all_but_some(required: Any, skipping: Any, groups: Any, asks: bool) -> None:
    rule = {**RULE, "approval_required_groups": required, "skip_review_groups": skipping}
    assert (of(rule, COMMAND, *groups) == BY_RULE) is asks


@pytest.mark.parametrize(("everybody", "told", "enough"), [(False, 1, 1), (True, 1, 2), (False, None, 2)])
def test_all_must_approve_unless_the_rule_says_how_many(everybody: bool, told: Any, enough: int) -> None:
    needed = of({**RULE, "all_groups_must_approve": everybody, "min_approvals": told})
    assert needed is not None
    assert needed.min_approvals == enough


def test_where_a_rule_names_no_reviewers_the_admins_are_asked() -> None:
    needed = of({**RULE, "reviewers_groups": None})
    assert needed is not None
    assert needed.groups == ("admin",)
