"""What happens by itself: at a request, after a time, in a state, when told; and what every action does."""

import json
from base64 import b64decode

import pytest

from .scripted import ONE, RUNS, START, TWO, Stage, stage

APPROVE = f"{{approve: {ONE}}}"


def statuses(world: Stage, calls: int, target: str = f"/sessions/{ONE}") -> list[str]:
    """The status of the session's review as each of some calls shows it."""
    return [json.loads(world.call(target).reply.body)["review"]["status"] for _ in range(calls)]


def test_the_nth_request_finds_what_it_brings_about() -> None:
    world = stage(f"timeline: [{{when: {{operation: 'GET /sessions/{{session_id}}', nth: 3}}, do: [{APPROVE}]}}]")
    assert statuses(world, 4) == ["PENDING", "PENDING", "APPROVED", "APPROVED"]


def test_only_requests_that_match_are_counted() -> None:
    when = f"{{operation: 'GET /sessions/{{session_id}}', session: {ONE}, caller: 'erin*', nth: 2}}"
    world = stage(f"timeline: [{{when: {when}, do: [{APPROVE}]}}]")
    world.call(f"/sessions/{TWO}", "erin")
    world.call(f"/sessions/{ONE}", "ada")
    world.call(f"/sessions/{ONE}", "erin")
    assert world.review() == "PENDING"
    world.call(f"/sessions/{ONE.upper()}", "erin")
    assert world.review() == "APPROVED"


def test_a_refused_request_brings_nothing_about() -> None:
    world = stage(f"timeline: [{{when: {{operation: 'GET /sessions/{{session_id}}'}}, do: [{APPROVE}]}}]")
    assert world.status(f"/sessions/{ONE}", None) == 401
    assert world.status(f"/sessions/{ONE}?event_stream=nonsense") == 422
    assert world.review() == "PENDING"


def test_a_sequence_does_one_thing_after_the_other_and_then_nothing() -> None:
    script = f"""
timeline:
  - when: {{operation: "GET /sessions/{{session_id}}"}}
    sequence: [[], [{{approve: {ONE}, group: sre}}], [{{reject: {ONE}}}]]
"""
    assert statuses(stage(script), 5) == ["PENDING", "PENDING", "REJECTED", "REJECTED", "REJECTED"]


def test_times_bound_how_often_an_entry_happens() -> None:
    entry = "{when: {operation: GET /sessions}, times: 2, do: [{create: {user: ada@example.com, connection: pg}}]}"
    world = stage(f"timeline: [{entry}]")
    totals = [json.loads(world.call("/sessions").reply.body)["total"] for _ in range(4)]
    assert totals == [4, 5, 5, 5]


def test_without_times_every_nth_request_counts() -> None:
    entry = "{when: {operation: GET /sessions, nth: 2}, times: null, do: [{create: {user: null, connection: pg}}]}"
    world = stage(f"timeline: [{entry}]")
    assert [json.loads(world.call("/sessions").reply.body)["total"] for _ in range(5)] == [3, 4, 4, 5, 5]


def test_after_a_time_things_happen_at_their_own_instant_in_order() -> None:
    script = f"""
timeline:
  - {{name: b, after: 2m, do: [{{approve: {ONE}, group: dba}}]}}
  - {{name: a, after: 1m, do: [{{approve: {ONE}, group: sre}}]}}
"""
    world = stage(script)
    fired = world.advance(3600)
    assert [(one.rule, one.at - START) for one in fired] == [("a", 60 * 10**9), ("b", 120 * 10**9)]
    assert [group.review_date - START for group in world.session(ONE).review.groups] == [60 * 10**9, 120 * 10**9]


def test_after_with_times_happens_one_after_the_other() -> None:
    world = stage("timeline: [{name: tick, after: 10s, times: 3, do: [{create: {user: null, connection: pg}}]}]")
    assert [(one.at - START) // 10**9 for one in world.advance(3600)] == [10, 20, 30]


def test_at_a_moment_it_happens_once() -> None:
    world = stage("timeline: [{name: noon, at: 2024-08-01T12:30:00Z, do: [{restart: true}]}]")
    assert [one.rule for one in world.advance(86_400)] == ["noon"]


def test_what_is_due_happens_before_the_next_call_is_answered() -> None:
    world = stage(f"timeline: [{{after: 30s, do: [{APPROVE}]}}]")
    world.pipeline.world.clock.advance(31 * 10**9)
    assert statuses(world, 1) == ["APPROVED"]


def test_a_state_that_is_reached_sets_off_what_waits_for_it() -> None:
    script = f"""
states: [asked, {{name: granted, final: true}}]
timeline:
  - {{reached: {{session: {ONE}, review: APPROVED}}, do: [{{enter: granted}}]}}
  - {{reached: {{state: granted}}, do: [{{finish: {RUNS}, exit_code: 3}}]}}
  - {{name: hand, told: true, do: [{APPROVE}]}}
"""
    world = stage(script)
    fired = world.trigger("hand")
    assert [one.rule for one in fired] == ["hand", "timeline-0", "timeline-1"]
    assert (world.session(RUNS).status, world.session(RUNS).exit_code) == ("done", 3)


def test_entries_of_a_state_count_from_its_entering_and_end_with_it() -> None:
    script = """
states: [quiet, busy]
timeline:
  - {name: late, in: busy, after: 1m, do: [{create: {user: null, connection: pg}}]}
  - {name: go, told: true, times: null, do: [{enter: busy}]}
  - {name: stop, told: true, times: null, do: [{enter: quiet}]}
"""
    world = stage(script)
    assert world.advance(3600) == []
    world.trigger("go")
    world.advance(30)
    world.trigger("stop")
    assert world.advance(3600) == []
    world.trigger("go")
    assert [one.rule for one in world.advance(61)] == ["late"]


def test_entries_that_trigger_each_other_in_a_circle_end() -> None:
    script = "timeline: [{name: a, told: true, do: [{trigger: b}]}, {name: b, told: true, do: [{trigger: a}]}]"
    world = stage(script)
    (fired,) = world.trigger("a")
    assert "triggers itself" in fired.notes[0]


# What the actions do


def test_approve_for_all_groups_makes_the_session_ready() -> None:
    world = stage()
    assert world.perform(APPROVE) == []
    assert (world.review(), world.session(ONE).status) == ("APPROVED", "ready")
    reviewers = [group.reviewed_by.email for group in world.session(ONE).review.groups]
    assert reviewers == ["john@example.com", "dora@example.com"]


def test_the_owner_cannot_be_the_one_who_approves() -> None:
    world = stage()
    assert world.perform(f"{{approve: {ONE}, by: erin@example.com, group: sre}}") == ["unable to self approve review"]
    assert world.review() == "PENDING"


def test_reject_has_its_reason_and_is_final() -> None:
    world = stage()
    assert world.perform(f"{{reject: {ONE}, reason: not today}}") == []
    assert (world.review(), world.session(ONE).review.rejection_reason) == ("REJECTED", "not today")
    assert world.perform(f"{{approve: {ONE}, group: sre}}") == ["review is in wrong state"]


def test_a_onetime_review_is_not_revoked() -> None:
    assert stage().perform(f"{{revoke: {ONE}}}") == ["review is in wrong state"]


def test_what_is_appended_is_recorded_and_kept_at_the_end() -> None:
    world = stage()
    assert world.perform(f"{{append: {RUNS}, events: [[0, o, 'hello ']]}}") == []
    assert world.perform(f"{{append: {RUNS}, events: [[0, o, you]]}}", f"{{finish: {RUNS}}}") == []
    reply = world.call(f"/sessions/{RUNS}?expand=event_stream&event_stream=base64").reply
    assert b64decode(json.loads(reply.body)["event_stream"][0]) == b"hello you"


def test_finish_ends_what_runs_and_nothing_else() -> None:
    world = stage()
    finish = f"{{finish: {RUNS}, exit_code: 2}}"
    assert world.perform(finish) == []
    assert world.session(RUNS).exit_code == 2
    assert world.perform(finish) == [f"there is no session {RUNS} that goes on"]


def test_created_sessions_begin_now_and_removed_ones_are_gone() -> None:
    world = stage()
    world.perform("{create: {user: erin@example.com, connection: pg, script: late}}", f"{{remove: {TWO}}}")
    newest = json.loads(world.call("/sessions?limit=1").reply.body)["data"][0]
    assert newest["start_date"] == "2024-08-01T12:00:00Z"
    assert world.status(f"/sessions/{TWO}") == 404


def test_generated_sessions_are_created() -> None:
    world = stage()
    assert world.perform("{create: {generate: 7}}") == []
    assert json.loads(world.call("/sessions").reply.body)["total"] == 10


def test_an_expired_link_is_410_and_an_expired_token_401() -> None:
    world = stage()
    link = json.loads(world.call(f"/sessions/{TWO}?extension=txt", "erin").reply.body)["download_url"]
    world.perform(f"{{expire_link: {TWO}}}", "{expire_token: erin@example.com}")
    assert world.status(link.partition("/api")[2], None) == 410
    assert world.status("/sessions", "erin") == 401


def test_a_user_is_changed_and_another_one_added() -> None:
    world = stage()
    world.perform("{user: {email: erin@example.com, groups: [auditor]}}")
    world.perform("{user: {email: new@example.com, name: New, groups: [admin], token: new}}")
    assert world.status("/sessions", "erin", method="POST", body=b"{}") == 403
    assert world.status("/sessions", "new") == 200


def test_a_connection_is_changed_and_removed() -> None:
    world = stage()
    world.perform("{connection: {name: pg, type: database, reviewers: [sre]}}")
    asked = world.call("/sessions", "erin", "POST", b'{"connection": "pg", "script": "x"}')
    assert json.loads(asked.reply.body)["has_review"] is True
    world.perform("{remove_connection: pg}")
    assert world.status("/sessions", "erin", method="POST", body=b'{"connection": "pg"}') == 400


def test_a_restart_loses_links_and_running_scripts() -> None:
    world = stage("executions: [{takes: 80s}]")
    link = json.loads(world.call(f"/sessions/{TWO}?extension=txt", "erin").reply.body)["download_url"]
    running = json.loads(world.call("/sessions", "erin", "POST", b'{"connection": "pg"}').reply.body)
    assert running["output_status"] == "running"
    era = world.pipeline.world.era
    world.perform("{restart: true}")
    assert world.status(link.partition("/api")[2], None) == 404
    assert world.pipeline.world.era > era
    world.advance(3600)
    assert world.session(running["session_id"]).status == "open"


UNKNOWN = TWO.replace("0002", "0099")


@pytest.mark.parametrize(
    "action",
    [
        *(f"{{{word}: {UNKNOWN}}}" for word in ("approve", "reject", "revoke", "finish", "remove", "expire_link")),
        "{expire_token: nobody@example.com}",
        "{remove_connection: none}",
        "{create: {user: null, connection: none}}",
        f"{{append: {TWO}, events: [[0, o, x]]}}",
        f"{{finish: {TWO}}}",
        "{trigger: nothing}",
    ],
)
def test_what_cannot_be_done_changes_nothing_and_is_told(action: str) -> None:
    world = stage()
    before = world.pipeline.world.changes
    assert world.perform(action) != []
    assert world.pipeline.world.changes == before
