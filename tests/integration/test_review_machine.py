"""Whatever people do with one review, in any order, stays within the rules (section 7)."""

import copy
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from multidict import CIMultiDict

from mockhoop.exchange import Waiting
from mockhoop.messages import Call
from mockhoop.pipeline import Pipeline
from mockhoop.repertoire import Settings
from mockhoop.resources import spec_dir
from mockhoop.service import build
from mockhoop.world.changes import MoveClock
from mockhoop.world.world import World

REVIEWS = Path(__file__).parents[1] / "golden" / "reviews.yaml"
SESSION, REVIEW = "00000000-0000-4000-8000-00000000000", "10000000-0000-4000-8000-00000000000"
SECOND = 1_000_000_000

NEEDED = {"1": 2, "2": 2, "3": 1, "4": 1, "6": 1, "7": 1, "a": 1}
"""How many groups must approve, by the last digit of the ids, as long as nobody adds a group."""
FORCEFUL = {"1", "2", "a"}
"""The reviews that Lena may force."""
OWNERS = {"1": "john", "3": "amy"}
PEOPLE = ("ada", "amy", "otto", "erin", "john", "dora", "sue", "mia", "lena", "nick")
DENIED = {"otto"}
ADMINS = {"ada", "amy"}
STATUSES = ("PENDING", "APPROVED", "REJECTED", "REVOKED", "PROCESSING", "EXECUTED", "UNKNOWN")

STEPS = {
    ("PENDING", "APPROVED"): {"PENDING", "APPROVED"},
    ("PENDING", "REJECTED"): {"REJECTED"},
    ("APPROVED", "APPROVED"): {"APPROVED"},
    ("APPROVED", "REJECTED"): {"REJECTED"},
    ("APPROVED", "REVOKED"): {"REVOKED"},
}
"""Where a decision that is taken may lead (section 7.5). What is not here is refused."""
SESSION_STATUS = {"PENDING": "open", "APPROVED": "ready", "REJECTED": "done", "REVOKED": "done", "EXECUTED": "done"}
REFUSALS = {
    (400, "review is in wrong state"),
    (400, "unable to self approve review"),
    (400, "not eligible for review"),
    (403, "access denied"),
    (500, "failed updating review status: unknown status"),
    (500, "failed updating review status: review not found"),
    (500, "failed updating review status: time window can only be set once"),
}
WINDOW = {"type": "time_range", "configuration": {"start_time": "00:00", "end_time": "23:59"}}


@lru_cache(maxsize=1)
def base() -> Pipeline:
    return build(Settings(contract=spec_dir() / "hoop.yaml", scenarios=(str(REVIEWS),))).pipeline


class OneReview(RuleBasedStateMachine):
    """People who decide one review in one world."""

    case = ""
    kind = ""

    @initialize(case=st.sampled_from(sorted(NEEDED)))
    def begin(self, case: str) -> None:
        self.pipeline = copy.copy(base())
        self.pipeline.world = World(base().world.base)
        self.case = case
        self.kind = self.read()["type"]

    def send(self, method: str, target: str, token: str, body: bytes = b"") -> tuple[int, Any]:
        path, _, query = target.partition("?")
        headers = CIMultiDict(Host="gateway.test:8009", Authorization=f"Bearer {token}")
        headers["Content-Type"] = "application/json"
        outcome = self.pipeline.answer(Call(method, f"/api{path}", query, headers, body))
        while isinstance(outcome, Waiting):
            self.pipeline.world.apply([MoveClock(outcome.later.until)])
            outcome = self.pipeline.resume(outcome)
        return outcome.reply.status, json.loads(outcome.reply.body or b"null")

    def read(self) -> Any:
        status, review = self.send("GET", f"/reviews/{REVIEW}{self.case}", "nick")
        assert status == 200
        return review

    def session(self) -> Any:
        return self.send("GET", f"/sessions/{SESSION}{self.case}", "ada")[1]

    @rule(
        who=st.sampled_from(PEOPLE),
        word=st.sampled_from(["APPROVED", "APPROVED", "REJECTED", "REVOKED", "approved", "rejected"]),
        force=st.booleans(),
        window=st.booleans(),
        by_session=st.booleans(),
    )
    def decide(self, who: str, word: str, force: bool, window: bool, by_session: bool) -> None:
        before, session_before = self.read(), self.session()
        route = f"/sessions/{SESSION}{self.case}/review" if by_session else f"/reviews/{REVIEW}{self.case}"
        body = {"status": word, "force_review": force, "time_window": WINDOW if window else None}
        status, told = self.send("PUT", route, who, json.dumps(body).encode())
        if status != 200:
            assert (status, told["message"]) in REFUSALS
            assert (self.read(), self.session()) == (before, session_before)
            return
        assert who not in DENIED
        assert told["status"] in STEPS[before["status"], word.upper()]
        assert word.upper() != "REVOKED" or self.kind == "jit"
        self.check_who(who, word.upper(), force)
        if (before["status"], told["status"]) == ("PENDING", "APPROVED"):
            self.check_approval(told, who, force)
        self.check_groups(before, told, word.upper(), who)

    def check_who(self, who: str, word: str, force: bool) -> None:
        owner = OWNERS.get(self.case, "erin")
        assert word != "APPROVED" or who != owner or who in ADMINS
        assert not force or who == "lena", "only the force list forces"
        assert who != "nick", "a stranger decides nothing"

    def check_approval(self, told: Any, who: str, force: bool) -> None:
        """Exactly enough groups approved, or it was forced."""
        approved = sum(group["status"] == "APPROVED" for group in told["review_groups_data"])
        if force:
            assert (who, self.case in FORCEFUL) == ("lena", True)
        else:
            assert approved == NEEDED[self.case]

    def check_groups(self, before: Any, told: Any, word: str, who: str) -> None:
        """Groups are never taken away, at most one is added, and who decided is noted with what was decided."""
        old = {group["id"]: group for group in before["review_groups_data"]}
        new = {group["id"]: group for group in told["review_groups_data"]}
        assert list(new)[: len(old)] == list(old)
        assert len(new) <= len(old) + 1
        for key, group in new.items():
            if key not in old or group["status"] != old[key]["status"]:
                assert group["status"] == word
                assert group["reviewed_by"]["email"].startswith(who)

    @rule(word=st.sampled_from(["foo", "PENDING", "EXECUTED"]), who=st.sampled_from(["ada", "dora", "nick"]))
    def ask_for_the_impossible(self, word: str, who: str) -> None:
        before = self.read()
        told = self.send("PUT", f"/reviews/{REVIEW}{self.case}", who, json.dumps({"status": word}).encode())
        assert told == (500, {"message": "failed updating review status: unknown status"})
        assert self.read() == before

    @precondition(lambda self: self.kind == "onetime")
    @rule()
    def run_the_script(self) -> None:
        before = self.read()
        status, told = self.send("POST", f"/sessions/{SESSION}{self.case}/exec", "ada")
        if before["status"] != "APPROVED":
            assert (status, told["message"]) == (403, "review not approved or already executed")
        elif status != 200:
            assert (status, told["message"].partition(" window ")[0]) == (403, "execution not allowed outside the time")
        assert self.read() == before | ({"status": "EXECUTED"} if status == 200 else {})

    @rule(seconds=st.sampled_from([1, 60, 3600]))
    def let_time_pass(self, seconds: int) -> None:
        before = self.read()
        world = self.pipeline.world
        world.apply([MoveClock(world.clock.now() + seconds * SECOND)])
        assert self.read() == before

    @invariant()
    def everything_agrees(self) -> None:
        if not self.case:
            return
        review, session = self.read(), self.session()
        status = review["status"]
        assert (session["status"], session["review"]["status"]) == (SESSION_STATUS[status], status)
        assert status != "PENDING" or review["revoke_at"] is None
        assert [word for word in STATUSES if self.is_listed(word)] == [status]

    def is_listed(self, word: str) -> bool:
        listed = self.send("GET", f"/sessions?review.status={word}", "ada")[1]["data"]
        return any(session["id"] == SESSION + self.case for session in listed)


OneReview.TestCase.settings = settings(
    max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestOneReview = OneReview.TestCase
