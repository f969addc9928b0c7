"""Who has to approve of what somebody does, by a rule for access requests or by the connection (section 7.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.gateway.records import Connection

COMMAND: Final = "command"
"""Running a script."""
JIT: Final = "jit"
"""Going to the connection for some time."""

Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A review that is needed: the groups that are asked, and what the rule says that demands it, if one does.

    ``longest`` is in seconds, 0 for no limit of the rule's own.
    """

    groups: tuple[str, ...]
    rule: str | None = None
    min_approvals: int | None = None
    force_groups: tuple[str, ...] | None = None
    longest: int = 0


def demand(rules: Iterable[Rule], connection: Connection, groups: Iterable[str], access: str) -> Demand | None:
    """What a caller with these groups needs for such access; None where nobody is asked.

    Our reading: of several rules the first one counts, and any rule more than the connection's own reviewers.
    """
    rule = next((rule for rule in rules if _asks(rule, set(groups)) and acts_on(rule, connection, access)), None)
    if rule is not None:
        return _of_rule(rule)
    return Demand(groups=connection.reviewers) if connection.reviewers else None


def acts_on(rule: Rule, connection: Connection, access: str) -> bool:
    """Whether a rule is for such access to a connection, which it names, or of which it names an attribute."""
    if access not in str(rule.get("access_type")).split("_"):  # jit_command is for both
        return False
    attributes = set(connection.more.get("attributes") or ())
    return connection.name in (rule.get("connection_names") or ()) or bool(
        attributes & {*(rule.get("attributes") or ())}
    )


def _asks(rule: Rule, groups: set[str]) -> bool:
    """Whether the members of some of the groups need an approval: all do where the rule names none."""
    required = rule.get("approval_required_groups") or ()
    return bool(groups & {*required}) if required else not groups & {*(rule.get("skip_review_groups") or ())}


def _of_rule(rule: Rule) -> Demand:
    asked = tuple(rule.get("reviewers_groups") or (ADMIN_GROUP,))
    enough = None if rule.get("all_groups_must_approve") else rule.get("min_approvals")
    return Demand(
        groups=asked,
        rule=rule["name"],
        min_approvals=enough or len(asked),
        force_groups=tuple(rule.get("force_approval_groups") or ()),
        longest=rule.get("access_max_duration") or 0,
    )
