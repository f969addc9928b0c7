"""Who sees which sessions in a list (section 3.4)."""

from typing import Any

import pytest


async def listed(gateway: Any, token: str, query: str = "") -> Any:
    return (await gateway.get(f"/sessions?limit=100&{query}", token)).json


@pytest.mark.parametrize("token", ["ada", "otto"])
async def test_admins_and_auditors_see_all_sessions(api: Any, token: str) -> None:
    gateway = await api("review-states")
    assert (await listed(gateway, token))["total"] == len(gateway.service.world.table("sessions"))


async def test_others_see_their_own_and_those_of_nobody(api: Any) -> None:
    gateway = await api("review-states")
    found = await listed(gateway, "erin")
    assert {session["user"] for session in found["data"]} == {"erin@example.com", ""}
    assert found["total"] == len(gateway.service.world.table("sessions"))


async def test_who_has_nothing_to_do_with_any_sees_those_of_nobody_only(api: Any) -> None:
    gateway = await api("review-states")
    found = await listed(gateway, "nick")
    assert [session["labels"]["case"] for session in found["data"]] == ["no review and no owner"]
    assert found["total"] == 1


@pytest.mark.parametrize(("token", "group"), [("john", "sre"), ("dora", "dba"), ("sam", "security"), ("lena", "leads")])
async def test_reviewers_see_what_their_group_reviews(api: Any, token: str, group: str) -> None:
    gateway = await api("review-states")
    found = [session for session in (await listed(gateway, token))["data"] if session["user"]]
    everything = (await listed(gateway, "ada"))["data"]

    def reviewed(session: Any) -> bool:
        groups = (session["review"] or {"review_groups_data": []})["review_groups_data"]
        return any(one["group"] == group for one in groups)

    assert found == [session for session in everything if reviewed(session)]
    assert found


async def test_a_review_that_is_over_stays_visible_to_its_reviewers(api: Any) -> None:
    gateway = await api("review-states")
    found = await listed(gateway, "dora", "review.status=EXECUTED")
    assert found["total"] == 6


async def test_the_total_counts_what_the_caller_sees(api: Any) -> None:
    gateway = await api("pagination")
    shares = [(await listed(gateway, token, "connection=mixed"))["total"] for token in ("john", "dora", "ada")]
    assert shares[0] + shares[1] == shares[2] == 50
    assert all(shares)


async def test_a_filter_shows_nobody_more_than_they_may_see(api: Any) -> None:
    gateway = await api("review-states")
    assert (await listed(gateway, "nick", "user=erin%25"))["total"] == 0


async def test_without_tokens_every_caller_sees_what_the_first_admin_sees(api: Any) -> None:
    gateway = await api("review-states", require_token=False)
    answer = await gateway.get("/sessions", token=None)
    assert answer.json["total"] == len(gateway.service.world.table("sessions"))
