"""What the gateway is, as far as that needs no world (section 8.3)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mockhoop.gateway import agents, plugins, server_info
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.server_info import LICENSE_FIELDS, SERVER_FIELDS, ServerView, years_later
from mockhoop.gateway.times import SECOND

NOW = 1_721_908_800


def view(**more: Any) -> ServerView:
    usual: dict[str, Any] = {"misc": {}, "flags": {}, "license": {}}
    return ServerView(
        version="1.148.0", commit="c", auth_method="local", api_url="http://h:1", now=NOW * SECOND, **usual | more
    )


@pytest.mark.parametrize(("mode", "tracking"), [("disabled", "disabled"), ("anonymous", "enabled")])
def test_tracking_follows_from_the_mode_of_analytics(mode: str, tracking: str) -> None:
    assert SERVER_FIELDS["analytics_tracking"](view(analytics_mode=mode)) == tracking


def test_a_license_that_was_told_is_shown() -> None:
    told = view(license={"key_id": "k", "payload": {"type": "enterprise", "expire_at": NOW + 1, "features": ["a"]}})
    names = ("key_id", "type", "expire_at", "features", "is_valid", "status")
    assert [LICENSE_FIELDS[name](told) for name in names] == ["k", "enterprise", NOW + 1, ["a"], True, "valid"]


def test_a_license_ends() -> None:
    told = view(license={"payload": {"expire_at": NOW}})
    assert [LICENSE_FIELDS[name](told) for name in ("is_valid", "status")] == [False, "expired"]


@pytest.mark.parametrize(
    ("before", "after"),
    [((2024, 7, 25), (2034, 7, 25)), ((2024, 2, 29), (2034, 3, 1)), ((2024, 2, 28), (2034, 2, 28))],
)
def test_years_later_it_is_the_same_day(before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    began, ended = (int(datetime(*day, 12, tzinfo=UTC).timestamp()) for day in (before, after))
    assert years_later(began, 10) == ended


@pytest.mark.parametrize(("body", "enabled"), [(b'{"enabled":true}', True), (b"{}", False)])
def test_a_switch_is_told(body: bytes, enabled: bool) -> None:
    assert server_info.read_flag(body) is enabled


def test_a_profile_has_an_attribute_of_its_own() -> None:
    assert server_info.read_profile(b'{"profile":"protection-medium","source":"settings"}') == {
        "profile": "protection-medium",
        "attribute_name": "hoop_protection_profile-protection_medium",
    }


def test_no_profile_is_null() -> None:
    assert server_info.read_profile(b'{"source":"settings"}') == {"profile": None, "attribute_name": None}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/runbooks.git", "github.com/acme/runbooks"),
        ("https://bot@github.com/acme/runbooks", "github.com/acme/runbooks"),
        ("git@github.com:acme/runbooks.git", "github.com/acme/runbooks"),
    ],
)
def test_a_repository_is_known_by_its_address(url: str, name: str) -> None:
    told = plugins.read_repository(b'{"git_url":"%b"}' % url.encode())
    assert not isinstance(told, Refusal)
    assert told["repository"] == name


@pytest.mark.parametrize("mode", ["standard", "embedded"])
def test_an_agent_has_one_of_two_modes(mode: str) -> None:
    assert agents.read_agent(b'{"name":"a","mode":"%b"}' % mode.encode()) == agents.NewAgent("a", mode)


def test_an_agent_of_another_mode_is_refused() -> None:
    assert agents.read_agent(b'{"name":"a","mode":"x"}') == agents.BAD_MODE


def test_the_way_in_of_an_agent_leads_to_the_port_for_agents() -> None:
    told = agents.NewAgent("two", "standard")
    assert agents.way_in(told, "abc", "grpcs://gateway:8010") == "grpcs://two:xagt-abc@gateway:8010?mode=standard"
