"""Reviews through the whole app: reading them, deciding them, and what sessions show of it (section 7)."""

import asyncio
import json
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from multidict import CIMultiDict

from mockhoop.exchange import Waiting
from mockhoop.messages import Call
from mockhoop.server.app import MAX_BODY
from mockhoop.world.changes import MoveClock

REVIEWS = Path(__file__).parents[1] / "golden" / "reviews.yaml"
SECOND = 1_000_000_000
SESSION = "00000000-0000-4000-8000-00000000000"
REVIEW = "10000000-0000-4000-8000-00000000000"
OF_A_MEMBER, TWO, OF_AN_ADMIN, JIT, REJECTED, EITHER, WINDOWED, FORCED, UNREVIEWED, JIT_BY_RULE = "123456789a"
REVIEWED = {OF_A_MEMBER, TWO, OF_AN_ADMIN, JIT, REJECTED, EITHER, WINDOWED, FORCED, JIT_BY_RULE}
KEYS = [
    *("id", "session", "type", "access_duration", "status", "revoke_at", "created_at", "review_groups_data"),
    *("time_window", "access_request_rule_name", "min_approvals", "force_approval_groups"),
]
GROUP_KEYS = ["id", "group", "status", "reviewed_by", "review_date", "forced_review"]
BOTH_ROUTES = [f"/reviews/{REVIEW}%s", f"/reviews/{SESSION}%s", f"/sessions/{SESSION}%s/review"]
BOTH_ROUTES += [f"/sessions/{REVIEW}%s/review"]
APPROVE, REJECT, REVOKE = ({"status": word} for word in ("APPROVED", "REJECTED", "REVOKED"))


class Told(NamedTuple):
    """An answer: its status and its JSON, objects with their keys in the order of the wire."""

    status: int
    json: Any


class Gateway:
    """A service that is asked without a socket. A call that waits moves the clock, which is frozen."""

    def __init__(self, service: Any) -> None:
        self.pipeline = service.pipeline

    def send(self, method: str, target: str, token: str, body: bytes = b"") -> Told:
        path, _, query = target.partition("?")
        headers = CIMultiDict(Host="gateway.test:8009", Authorization=f"Bearer {token}")
        headers["Content-Type"] = "application/json"
        outcome = self.pipeline.answer(Call(method, f"/api{path}", query, headers, body))
        while isinstance(outcome, Waiting):
            self.pipeline.world.apply([MoveClock(outcome.later.until)])
            outcome = self.pipeline.resume(outcome)
        return Told(outcome.reply.status, json.loads(outcome.reply.body or b"null"))

    def get(self, target: str, token: str = "ada") -> Any:
        answer = self.send("GET", target, token)
        assert answer.status == 200, answer
        return answer.json

    def put(self, case: str, token: str, body: dict[str, Any]) -> Told:
        return self.send("PUT", f"/reviews/{REVIEW}{case}", token, json.dumps(body).encode())

    def decided(self, case: str, token: str, body: dict[str, Any]) -> Any:
        answer = self.put(case, token, body)
        assert answer.status == 200, answer
        return answer.json

    def refused(self, case: str, token: str, body: dict[str, Any]) -> tuple[int, str]:
        answer = self.put(case, token, body)
        return answer.status, answer.json["message"]

    def session(self, case: str) -> Any:
        return self.get(f"/sessions/{SESSION}{case}")

    def review(self, case: str) -> Any:
        return self.get(f"/reviews/{REVIEW}{case}")

    def listed(self, query: str = "") -> set[str]:
        return {session["id"][-1] for session in self.get(f"/sessions?{query}")["data"]}

    def later(self, seconds: int) -> None:
        clock = self.pipeline.world.clock
        self.pipeline.world.apply([MoveClock(clock.now() + seconds * SECOND)])


@pytest.fixture
def gateway(service: Any) -> Gateway:
    return Gateway(service(REVIEWS))


# Reading


@pytest.mark.parametrize("token", ["ada", "otto", "erin", "dora", "nick"])
def test_everybody_is_shown_all_reviews(gateway: Gateway, token: str) -> None:
    """Section 7.2: no visibility limit; auditors too (section 2.3)."""
    shown = gateway.get("/reviews", token)
    assert {review["session"] for review in shown} == {SESSION + case for case in REVIEWED}
    assert {review["id"] for review in shown} == {REVIEW + case for case in REVIEWED}


@pytest.mark.parametrize("token", ["otto", "erin", "nick"])
def test_everybody_may_read_any_review(gateway: Gateway, token: str) -> None:
    """Section 7.2."""
    assert gateway.get(f"/reviews/{REVIEW}{TWO}", token)["session"] == SESSION + TWO


def test_the_list_takes_no_parameters(gateway: Gateway) -> None:
    """Section 7.2: there are no pages either."""
    assert gateway.get("/reviews?limit=1&offset=5&review.status=REJECTED") == gateway.get("/reviews")


def test_no_reviews_are_an_empty_list(service: Any) -> None:
    """Section 7.2."""
    assert Gateway(service("empty")).send("GET", "/reviews", "ada") == (200, [])


def test_a_review_is_the_same_in_the_list_and_by_itself_but_for_the_time_window(gateway: Gateway) -> None:
    """Section 7.2."""
    listed = {review["id"]: review for review in gateway.get("/reviews")}
    alone = {review_id: gateway.get(f"/reviews/{review_id}") for review_id in listed}
    assert listed == {review_id: review | {"time_window": None} for review_id, review in alone.items()}


def test_the_keys_of_a_review_come_in_order(gateway: Gateway) -> None:
    """Section 7.2: the reason is only there when there is one."""
    for review in gateway.get("/reviews"):
        reason = ["rejection_reason"] if review["status"] == "REJECTED" else []
        assert list(review) == KEYS + reason
        assert all(list(group) == GROUP_KEYS for group in review["review_groups_data"])


def test_the_keys_of_a_decided_review_come_in_order(gateway: Gateway) -> None:
    """Section 7.2: as on reads."""
    assert list(gateway.decided(TWO, "dora", APPROVE)) == KEYS
    assert list(gateway.decided(TWO, "dora", REJECT | {"rejection_reason": "no"})) == [*KEYS, "rejection_reason"]


def test_only_the_list_hides_the_time_window(gateway: Gateway) -> None:
    """Section 7.2; the session shows it too (section 3b.4)."""
    window = {"type": "time_range", "configuration": {"start_time": "09:00", "end_time": "18:00"}}
    assert gateway.session(WINDOWED)["review"]["time_window"] == window
    assert gateway.review(WINDOWED)["time_window"] == window
    assert [review["time_window"] for review in gateway.get("/reviews")] == [None] * len(REVIEWED)


def test_reads_hide_that_a_review_was_forced(gateway: Gateway) -> None:
    """Section 7.2; the session shows it (section 3b.4)."""

    def forced(review: Any) -> list[bool]:
        return [group["forced_review"] for group in review["review_groups_data"]]

    assert forced(gateway.session(FORCED)["review"]) == [False, False, True]
    assert not any(forced(gateway.review(FORCED)))
    assert not any(flag for review in gateway.get("/reviews") for flag in forced(review))


@pytest.mark.parametrize(
    "text", [REVIEW + TWO, SESSION + TWO, f"%7B{SESSION}{TWO}%7D", (SESSION + TWO).replace("-", "")]
)
def test_a_review_is_found_by_its_id_and_by_that_of_its_session(gateway: Gateway, text: str) -> None:
    """Section 7.2; the database reads a UUID in more than one form (section 4.1)."""
    assert gateway.get(f"/reviews/{text}")["id"] == REVIEW + TWO


@pytest.mark.parametrize("case", [SESSION + UNREVIEWED, "f" * 8 + SESSION[8:] + TWO], ids=["no review", "no session"])
def test_a_review_that_is_not_there(gateway: Gateway, case: str) -> None:
    """Sections 7.2 and 7.3: 404 when read, 500 when decided."""
    assert gateway.send("GET", f"/reviews/{case}", "ada") == (404, {"message": "resource not found"})
    gone = (500, {"message": "failed updating review status: review not found"})
    for route in (f"/reviews/{case}", f"/sessions/{case}/review"):
        assert gateway.send("PUT", route, "ada", b'{"status":"APPROVED"}') == gone


@pytest.mark.parametrize("text", ["x", "1", "12345", "00000000-0000-4000-8000-00000000000g", "r%C3%A9"])
def test_an_id_that_is_none(gateway: Gateway, text: str) -> None:
    """Sections 7.2 and 7.3."""
    shown = "ré" if text == "r%C3%A9" else text
    problem = f'ERROR: invalid input syntax for type uuid: "{shown}" (SQLSTATE 22P02)'
    assert gateway.send("GET", f"/reviews/{text}", "ada") == (500, {"message": f"failed fetching review: {problem}"})
    failed = f"failed updating review status: failed obtaining review, err={problem}"
    for route in (f"/reviews/{text}", f"/sessions/{text}/review"):
        assert gateway.send("PUT", route, "ada", b'{"status":"APPROVED"}') == (500, {"message": failed})


# Deciding


@pytest.mark.parametrize("route", BOTH_ROUTES)
def test_both_routes_take_both_ids(gateway: Gateway, route: str) -> None:
    """Section 7.3."""
    answer = gateway.send("PUT", route % EITHER, "dora", b'{"status":"APPROVED"}')
    assert (answer.status, answer.json["id"], answer.json["session"]) == (200, REVIEW + EITHER, SESSION + EITHER)
    assert gateway.session(EITHER)["status"] == "ready"


@pytest.mark.parametrize("word", ["approved", "Approved", "aPPROVED", "APPROVED"])
@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
def test_the_case_of_the_word_does_not_matter(service: Any, validation: str, word: str) -> None:
    """Section 7.3; section 12, item 10."""
    gateway = Gateway(service(REVIEWS, validation=validation))
    assert gateway.decided(EITHER, "dora", {"status": word})["status"] == "APPROVED"


@pytest.mark.parametrize("word", ["foo", "PENDING", "EXECUTED", "PROCESSING", " APPROVED", "APPROVE"])
@pytest.mark.parametrize("case", [TWO, REJECTED])
@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
def test_any_other_word_is_unknown(service: Any, validation: str, case: str, word: str) -> None:
    """Section 7.3, row 7: before the review's own state; the refusal is the gateway's own in every mode."""
    gateway = Gateway(service(REVIEWS, validation=validation))
    assert gateway.refused(case, "dora", {"status": word}) == (500, "failed updating review status: unknown status")


STRUCT = "json: cannot unmarshal {} into Go struct field ReviewRequest.{} of type {}"
STATUS_TYPE = "openapi.ReviewRequestStatusType"
REQUIRED = "Key: 'ReviewRequest.{}' Error:Field validation for '{}' failed on the 'required' tag"
BODIES = {
    "empty": (b"", "EOF"),
    "blank": (b" \n", "EOF"),
    "malformed": (b"approve", "invalid character 'a' looking for beginning of value"),
    "malformed inside": (b'{"status":APPROVED}', "invalid character 'A' looking for beginning of value"),
    "broken off": (b'{"status":"APPROVED"', "unexpected EOF"),
    "a number for the status": (b'{"status":1}', STRUCT.format("number", "status", STATUS_TYPE)),
    "a list for the status": (b'{"status":["APPROVED"]}', STRUCT.format("array", "status", STATUS_TYPE)),
    "a word for force": (
        b'{"status":"APPROVED","force_review":"yes"}',
        STRUCT.format("string", "force_review", "bool"),
    ),
    "a number for the reason": (
        b'{"status":"REJECTED","rejection_reason":1}',
        STRUCT.format("number", "rejection_reason", "string"),
    ),
    "a list": (b"[]", "json: cannot unmarshal array into Go value of type openapi.ReviewRequest"),
    "no status": (b"{}", REQUIRED.format("Status", "Status")),
    "null": (b"null", REQUIRED.format("Status", "Status")),
    "null for the status": (b'{"status":null}', REQUIRED.format("Status", "Status")),
    "an empty status": (b'{"status":""}', REQUIRED.format("Status", "Status")),
    "an empty window": (
        b'{"status":"APPROVED","time_window":{}}',
        "\n".join(REQUIRED.format(f"TimeWindow.{name}", name) for name in ("Type", "Configuration")),
    ),
    "a window without a start": (
        b'{"status":"APPROVED","time_window":{"type":"time_range","configuration":{"end_time":"18:00"}}}',
        "both from and to time must be provided",
    ),
    "a window that ends at no time": (
        b'{"status":"foo","time_window":{"type":"time_range","configuration":{"start_time":"9:00","end_time":"24:00"}}}',
        "invalid end_time format, expected HH:MM in 24-hour format",
    ),
}


@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
@pytest.mark.parametrize(("body", "text"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_decision(service: Any, body: bytes, text: str, validation: str) -> None:
    """Section 7.3, rows 1 to 3: before the id is even looked at; the texts are those of section 1.5."""
    gateway = Gateway(service(REVIEWS, validation=validation))
    before = gateway.get("/reviews")
    for route in (*(route % TWO for route in BOTH_ROUTES), "/reviews/x", f"/sessions/{SESSION}{UNREVIEWED}/review"):
        assert gateway.send("PUT", route, "dora", body) == (400, {"message": text})
    assert gateway.get("/reviews") == before


LENIENT = {
    "an unknown key": b'{"status":"APPROVED","comment":"fine"}',
    "keys in capitals": b'{"STATUS":"APPROVED"}',
    "trailing garbage": b'{"status":"APPROVED"} and more',
    "a second value": b'{"status":"APPROVED"}{"status":"REJECTED"}',
    "nulls": b'{"status":"APPROVED","time_window":null,"force_review":null,"rejection_reason":null}',
}


@pytest.mark.parametrize("validation", ["enforce", "report", "off"])
@pytest.mark.parametrize("body", LENIENT.values(), ids=LENIENT)
def test_the_gateway_reads_bodies_leniently(service: Any, body: bytes, validation: str) -> None:
    """Section 1.4."""
    gateway = Gateway(service(REVIEWS, validation=validation))
    assert gateway.send("PUT", f"/reviews/{REVIEW}{EITHER}", "dora", body).status == 200
    assert gateway.review(EITHER)["status"] == "APPROVED"


async def test_a_body_beyond_the_limit(api: Any) -> None:
    gateway = await api(REVIEWS)
    url = gateway.client.make_url(f"/api/reviews/{REVIEW}{EITHER}")
    signed_in = {"Authorization": "Bearer dora", "Content-Type": "application/json"}
    body = b'{"status":"APPROVED"}'.ljust(MAX_BODY + 1)
    async with gateway.client.session.put(url, data=BytesIO(body), headers=signed_in) as response:
        assert response.status == 413
    assert (await gateway.get(f"/reviews/{REVIEW}{EITHER}")).json["status"] == "PENDING"
    async with gateway.client.session.put(url, data=BytesIO(body[:-1]), headers=signed_in) as response:
        assert response.status == 200


@pytest.mark.parametrize("body", [b'{"status":"APPROVED"}', b"", b"foo"], ids=["a decision", "empty", "malformed"])
@pytest.mark.parametrize("route", BOTH_ROUTES)
def test_an_auditor_decides_nothing(gateway: Gateway, route: str, body: bytes) -> None:
    """Section 2.3: the role is looked at before everything else."""
    assert gateway.send("PUT", route % TWO, "otto", body) == (403, {"message": "access denied"})


REFUSALS = [
    pytest.param(TWO, "erin", APPROVE, 400, "unable to self approve review", id="owner"),
    pytest.param(OF_A_MEMBER, "john", APPROVE, 400, "unable to self approve review", id="owner in a group"),
    pytest.param(TWO, "nick", APPROVE, 400, "not eligible for review", id="stranger approves"),
    pytest.param(TWO, "nick", REJECT, 400, "not eligible for review", id="stranger rejects"),
    pytest.param(TWO, "lena", APPROVE, 400, "not eligible for review", id="force list, but not by force"),
    pytest.param(TWO, "dora", APPROVE | {"force_review": True}, 400, "not eligible for review", id="member by force"),
    pytest.param(TWO, "ada", APPROVE | {"force_review": True}, 400, "not eligible for review", id="admin by force"),
    pytest.param(EITHER, "lena", APPROVE | {"force_review": True}, 400, "not eligible for review", id="other list"),
    pytest.param(TWO, "dora", REVOKE, 400, "review is in wrong state", id="revoke what is pending"),
    pytest.param(REJECTED, "dora", APPROVE, 400, "review is in wrong state", id="approve what is rejected"),
    pytest.param(REJECTED, "nick", REJECT, 400, "review is in wrong state", id="the state before who may"),
    pytest.param(
        WINDOWED,
        "nick",
        APPROVE | {"time_window": {"type": "x", "configuration": {"start_time": "1:00", "end_time": "0:00"}}},
        500,
        "failed updating review status: time window can only be set once",
        id="second window",
    ),
]


@pytest.mark.parametrize(("case", "token", "body", "status", "text"), REFUSALS)
def test_a_refusal_changes_nothing(
    gateway: Gateway, case: str, token: str, body: dict[str, Any], status: int, text: str
) -> None:
    """Section 7.3."""
    before = (gateway.get("/reviews"), gateway.session(case))
    assert gateway.refused(case, token, body) == (status, text)
    assert (gateway.get("/reviews"), gateway.session(case)) == before


def test_older_releases_refuse_with_the_bare_text(service: Any, hoop_document: Any) -> None:
    """Section 9.2."""

    def older(document: dict[str, Any]) -> None:
        document["info"]["version"] = document["x-mockhoop"]["release"] = "1.49.10"

    gateway = Gateway(service(REVIEWS, contract=hoop_document(older)))
    assert gateway.refused(TWO, "dora", {"status": "foo"}) == (500, "unknown status")
    assert gateway.refused(UNREVIEWED, "dora", APPROVE) == (500, "review not found")
    assert gateway.refused(REJECTED, "dora", APPROVE) == (400, "review is in wrong state")


# What is seen afterwards


def times(review: Any) -> tuple[str, str, list[str]]:
    dates = [group["review_date"] for group in review["review_groups_data"]]
    return review["created_at"], review["revoke_at"], dates


def test_the_times_of_a_review_have_the_precision_of_the_place(gateway: Gateway) -> None:
    """Section 3b.2: fresh ones nanoseconds; by itself micro- and milliseconds; in the session milliseconds."""
    day = "2024-07-25T"
    created, start, end = f"{day}15:43:35.317", f"{day}15:56:35.317", f"{day}16:26:35.317"
    answered = gateway.decided(JIT, "dora", APPROVE)
    assert times(answered) == (f"{created}601Z", f"{end}601123Z", [f"{start}601123Z"])
    assert times(gateway.review(JIT)) == (f"{created}601Z", f"{end}601Z", [f"{start}Z"])
    assert times(gateway.session(JIT)["review"]) == (f"{created}Z", f"{end}Z", [f"{start}Z"])
    gateway.later(1)
    repeated = gateway.decided(JIT, "ada", APPROVE)
    assert times(repeated) == (f"{created}601Z", f"{end.replace('35.', '36.')}601123Z", [f"{start}Z"])


def test_an_approval_shows_everywhere(gateway: Gateway) -> None:
    """Section 7.6."""
    gateway.decided(EITHER, "dora", APPROVE)
    assert gateway.review(EITHER)["status"] == "APPROVED"
    assert [review["status"] for review in gateway.get("/reviews") if review["id"] == REVIEW + EITHER] == ["APPROVED"]
    session = gateway.session(EITHER)
    assert (session["status"], session["review"]["status"]) == ("ready", "APPROVED")
    [listed] = [one for one in gateway.get("/sessions")["data"] if one["id"] == SESSION + EITHER]
    assert (listed["status"], listed["review"]["status"]) == ("ready", "APPROVED")


def test_a_decision_moves_the_session_from_one_filter_to_another(gateway: Gateway) -> None:
    """Sections 3.1 and 7.6."""
    pending, rejected = {OF_A_MEMBER, TWO, OF_AN_ADMIN, JIT, EITHER, WINDOWED, JIT_BY_RULE}, {REJECTED, FORCED}

    def found() -> list[set[str]]:
        words = ("PENDING", "APPROVED", "REJECTED", "REVOKED", "")
        return [gateway.listed(f"review.status={word}") for word in words]

    assert found() == [pending, set(), rejected, set(), {UNREVIEWED}]
    gateway.decided(JIT, "dora", APPROVE)
    assert found() == [pending - {JIT}, {JIT}, rejected, set(), {UNREVIEWED}]
    gateway.decided(JIT, "dora", REVOKE)
    assert found() == [pending - {JIT}, set(), rejected, {JIT}, {UNREVIEWED}]
    gateway.decided(TWO, "dora", REJECT)
    assert found() == [pending - {JIT, TWO}, set(), {*rejected, TWO}, {JIT}, {UNREVIEWED}]


def test_who_adds_a_group_to_a_review_sees_its_session_from_then_on(gateway: Gateway) -> None:
    """Section 7.4: the entry counts like any other; section 3.4."""
    target = f"/sessions/{SESSION}{TWO}"
    assert gateway.send("GET", target, "lena").status == 403
    gateway.decided(TWO, "lena", APPROVE | {"force_review": True})
    assert gateway.send("GET", target, "lena").status == 200


def test_a_partial_approval_leaves_the_session_waiting(gateway: Gateway) -> None:
    """Section 7.6."""
    before = gateway.session(TWO)
    gateway.decided(TWO, "dora", APPROVE)
    after = gateway.session(TWO)
    assert after["status"] == "open"
    assert {**after, "review": None} == {**before, "review": None}


ENDINGS = [("REJECTED", [("dora", REJECT)]), ("REVOKED", [("dora", APPROVE), ("dora", REVOKE)])]


@pytest.mark.parametrize(("status", "decisions"), ENDINGS, ids=[status for status, _ in ENDINGS])
def test_a_session_that_nobody_waits_for_gets_no_end(gateway: Gateway, status: str, decisions: Any) -> None:
    """Section 7.6: it is done, without an end date or an exit code."""
    for token, decision in decisions:
        gateway.decided(JIT, token, decision)
    session = gateway.session(JIT)
    assert (session["status"], session["review"]["status"]) == ("done", status)
    assert (session["end_date"], session["exit_code"]) == (None, None)


def posted(gateway: Gateway) -> str:
    """The id of a session that waits for its review, as its client does."""
    answer = gateway.send("POST", "/sessions", "erin", b'{"connection":"two-groups","script":"SELECT 1"}')
    assert (answer.status, answer.json["has_review"]) == (200, True)
    return str(answer.json["session_id"])


def decide(gateway: Gateway, session_id: str, token: str, body: dict[str, Any]) -> Any:
    answer = gateway.send("PUT", f"/sessions/{session_id}/review", token, json.dumps(body).encode())
    assert answer.status == 200, answer
    return answer.json


def test_a_rejection_closes_the_stream_of_a_client_that_waits(gateway: Gateway) -> None:
    """Section 7.6."""
    session_id = posted(gateway)
    gateway.later(60)
    decide(gateway, session_id, "dora", REJECT | {"rejection_reason": "no"})
    session = gateway.get(f"/sessions/{session_id}?expand=event_stream&event_stream=utf8")
    assert (session["status"], session["exit_code"], session["end_date"][:19]) == ("done", 254, "2024-07-25T15:57:35")
    assert session["event_stream"] == ["no log found on disk"]
    assert (session["review"]["status"], session["review"]["rejection_reason"]) == ("REJECTED", "no")


def test_a_rejection_leaves_the_end_of_a_killed_session(gateway: Gateway) -> None:
    """Sections 6.3 and 7.6: there is no stream left to close."""
    session_id = posted(gateway)
    assert gateway.send("POST", f"/sessions/{session_id}/kill", "erin").status == 204
    killed = gateway.get(f"/sessions/{session_id}")
    gateway.later(60)
    decide(gateway, session_id, "dora", REJECT)
    after = gateway.get(f"/sessions/{session_id}")
    assert {**after, "review": None} == {**killed, "review": None}


def test_access_for_a_time_is_prolonged_by_approving_again(gateway: Gateway) -> None:
    """Sections 7.4, 5, and 7.5: it counts from the latest approval, also after it has run out."""
    seen = []
    for seconds in (0, 600, 7200):
        gateway.later(seconds)
        seen.append(gateway.decided(JIT, "dora", APPROVE)["revoke_at"][11:19])
    assert seen == ["16:26:35", "16:36:35", "18:36:35"]


def test_access_that_has_run_out_stays_approved(gateway: Gateway) -> None:
    """Section 7.5: nothing changes a review when its time has come; it can still be revoked."""
    gateway.decided(JIT, "dora", APPROVE)
    gateway.later(3600)
    assert gateway.review(JIT)["status"] == "APPROVED"
    assert gateway.session(JIT)["status"] == "ready"
    assert gateway.decided(JIT, "ada", REVOKE)["status"] == "REVOKED"


def test_an_executed_review_is_not_decided_anew(gateway: Gateway) -> None:
    """Section 7.5."""
    session_id = posted(gateway)
    for token in ("dora", "sue"):
        decide(gateway, session_id, token, APPROVE)
    assert gateway.send("POST", f"/sessions/{session_id}/exec", "erin").status == 200
    assert gateway.get(f"/reviews/{session_id}")["status"] == "EXECUTED"
    for word in (b"APPROVED", b"REJECTED", b"REVOKED"):
        answer = gateway.send("PUT", f"/sessions/{session_id}/review", "dora", b'{"status":"%b"}' % word)
        assert answer == (400, {"message": "review is in wrong state"})


def test_every_added_group_has_an_id_of_its_own(gateway: Gateway) -> None:
    """Section 7.4."""
    for case in (TWO, EITHER, JIT):
        gateway.decided(case, "ada", REJECT)
    ids = [group["id"] for review in gateway.get("/reviews") for group in review["review_groups_data"]]
    assert len(ids) == len(set(ids))


# Many at once, over a socket


async def all_at_once(gateway: Any, case: str, calls: list[tuple[str, str]]) -> list[tuple[int, str]]:
    """The outcomes of decisions (token and word) that are sent at the same time."""
    url = gateway.client.make_url(f"/api/sessions/{SESSION}{case}/review")

    async def put(token: str, word: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}"}
        async with gateway.client.session.put(url, json={"status": word}, headers=headers) as response:
            body = await response.json()
            return response.status, body.get("status") or body["message"]

    return await asyncio.gather(*(put(*call) for call in calls))


async def test_the_approvals_of_many_clients_add_up(api: Any) -> None:
    """Sections 7.4 and 7.5: the outcome is that of some order of the calls."""
    gateway = await api(REVIEWS)
    outcomes = await all_at_once(gateway, TWO, [("dora", "APPROVED"), ("sue", "APPROVED")] * 25)
    assert set(outcomes) == {(200, "PENDING"), (200, "APPROVED")}
    review = (await gateway.get(f"/reviews/{REVIEW}{TWO}")).json
    assert [group["status"] for group in review["review_groups_data"]] == ["APPROVED", "APPROVED"]
    assert review["status"] == "APPROVED"


async def test_one_of_many_rejections_counts(api: Any) -> None:
    """Section 7.5: after the first one everybody is too late."""
    gateway = await api(REVIEWS)
    outcomes = await all_at_once(gateway, TWO, [("dora", "APPROVED"), ("sue", "REJECTED")] * 25)
    assert outcomes.count((200, "REJECTED")) == 1
    assert set(outcomes) <= {(200, "REJECTED"), (200, "PENDING"), (400, "review is in wrong state")}
    assert (await gateway.get(f"/reviews/{REVIEW}{TWO}")).json["status"] == "REJECTED"
