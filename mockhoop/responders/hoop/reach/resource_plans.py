"""Looking whether resources are well, and planning and applying roles on them (section 6 of what clients need)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mockhoop.gateway import connection_bodies as bodies
from mockhoop.gateway import runs
from mockhoop.gateway.decoding import decode
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.gotypes import Struct
from mockhoop.gateway.recordings import make_recording
from mockhoop.gateway.records import Connection, Event, Refusal, Session
from mockhoop.gateway.sessions import session_id
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.creating import SESSION_SEQUENCE, bare_session, creation
from mockhoop.responders.hoop.reach.connections import ConnectionViews
from mockhoop.responders.hoop.reach.resources import NOT_FOUND, Resources, roles_of
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Change
from mockhoop.world.world import World

PLAN_LABEL = "resource-plan"
"""The label by which the session of a plan is known, with the name of the resource."""
_NO_PLAN = "plan not found"
_NO_ROLES = "resource has no roles"
_CHECKED = " ?column? \n----------\n        1\n(1 row)\n"

_Outcome = tuple[dict[str, Any], Iterable[Change]]
_CarryOut = Callable[[Question, Mapping[str, Any], int], _Outcome]


@dataclass(frozen=True)
class Plans:
    """Decides the routes on which something is done with resources."""

    resources: Resources
    views: ConnectionViews

    def health(self, question: Question) -> Decision:
        """``GET /resources/{name}/health``: it is well where an agent of its roles is there."""
        found = self.resources.found(question)
        return refuse(NOT_FOUND) if found is None else answer(self._checking(question.world)(found["name"]))

    def health_of_many(self, question: Question) -> Decision:
        """``POST /resources/health``: of each name, in that order."""
        told = decode(question.call.body, bodies.CHECKUPS)
        if isinstance(told, Refusal):
            return refuse(told)
        checked = self._checking(question.world)
        return answer({"results": [{"resource_name": name, **checked(name)} for name in told["names"]]})

    def _checking(self, world: World) -> Callable[[str], dict[str, str]]:
        """What is found out about a resource by its name or id; all are looked at once, as many may be asked for."""
        known = {name for one in self.resources.all(world) for name in (one["name"], one.get("id"))}
        statuses: dict[str, set[str]] = {}
        for view in self.views.all(world):
            statuses.setdefault(view.connection.resource_name, set()).add(view.status)

        def checked(name: str) -> dict[str, str]:
            if name not in known:
                return {"output": NOT_FOUND.message, "status": "failed"}
            if statuses.get(name, {"online"}) & {"online"}:
                return {"output": _CHECKED, "status": "success"}
            return {"output": runs.OFFLINE, "status": "failed"}

        return checked

    def plan(self, question: Question) -> Decision:
        """``POST /resources/{name}/plan``: what would be done, in a session of its own."""
        return self._one(question, bodies.PLAN_ITEM, self._planned)

    def plan_many(self, question: Question) -> Decision:
        """``POST /resources/plan``: a failure is told in its result."""
        return self._many(question, bodies.PLANS, self._planned)

    def apply(self, question: Question) -> Decision:
        """``POST /resources/{name}/apply``: carries out a plan, which its session names."""
        return self._one(question, bodies.APPLY_ITEM, self._applied)

    def apply_many(self, question: Question) -> Decision:
        """``POST /resources/apply``: a failure is told in its result."""
        return self._many(question, bodies.APPLICATIONS, self._applied)

    def _one(self, question: Question, struct: Struct, carry_out: _CarryOut) -> Decision:
        told = decode(question.call.body, struct)
        if isinstance(told, Refusal):
            return refuse(told)
        found = self.resources.found(question)
        if found is None:
            return refuse(NOT_FOUND)
        result, changes = carry_out(question, {**told, "resource_name": found["name"]}, 0)
        return answer(result, *changes)

    def _many(self, question: Question, struct: Struct, carry_out: _CarryOut) -> Decision:
        told = decode(question.call.body, struct)
        if isinstance(told, Refusal):
            return refuse(told)
        outcomes = [carry_out(question, item, number) for number, item in enumerate(told["items"])]
        changes = [change for _, several in outcomes for change in several]
        return answer({"results": [result for result, _ in outcomes]}, *changes)

    def _planned(self, question: Question, item: Mapping[str, Any], number: int) -> _Outcome:
        name, world = item["resource_name"], question.world
        role = _role_name(world, name, item.get("role") or "")
        roles = roles_of(world, name)
        result = {"resource_name": name, "role": role}
        if not roles:
            missing = _NO_ROLES if self.resources.is_made(world, name) else NOT_FOUND.message
            return {**result, "status": "failed", "message": missing}, ()
        privileges, scopes = (", ".join(item.get(key) or ()) for key in ("privileges", "scopes"))
        script = f"CREATE ROLE {role};\nGRANT {privileges} ON ALL TABLES IN {scopes} TO {role};\n"
        session = _carried_out(question, roles[0], script, f"+ role {role}\n+ grant {privileges} on {scopes}\n", number)
        labelled = replace(session, labels={PLAN_LABEL: name})
        return {**result, "sid": session.id, "status": "success", "message": ""}, creation(labelled)

    def _applied(self, question: Question, item: Mapping[str, Any], number: int) -> _Outcome:
        name, world = item["resource_name"], question.world
        plan: Session | None = world.table(SESSIONS).get(session_id(item["sid"]) or "")
        roles = roles_of(world, name)
        if plan is None or not roles or (plan.labels or {}).get(PLAN_LABEL) != name:
            return {"resource_name": name, "sid": item["sid"], "status": "failed", "message": _NO_PLAN}, ()
        session = _carried_out(question, roles[0], plan.script, "CREATE ROLE\nGRANT\n", number)
        result = {"resource_name": name, "sid": session.id, "status": "success", "message": ""}
        return result, creation(session)


def plan_routes(deciding: Plans) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    return {
        "GET /resources/{name}/health": deciding.health,
        "POST /resources/health": deciding.health_of_many,
        "POST /resources/{name}/plan": deciding.plan,
        "POST /resources/plan": deciding.plan_many,
        "POST /resources/{name}/apply": deciding.apply,
        "POST /resources/apply": deciding.apply_many,
    }


def _role_name(world: World, resource: str, label: str) -> str:
    plain = "".join(char if char.isalnum() else "_" for char in f"{resource}_{label}".lower())
    return f"hoopdev_{plain}_{world.chance.hex('role', resource, label)[:8]}"


def _carried_out(question: Question, role: Connection, script: str, output: str, number: int) -> Session:
    """A session that is over already; ``number`` tells the sessions of one call apart."""
    world = question.world
    session = bare_session(world, role, question.caller, "exec", script)
    key = ("session of a batch", world.counted(SESSION_SEQUENCE), number)
    own_id = world.chance.uuid(*key) if number else session.id
    recording = make_recording([Event(0.0, "i", script.encode()), Event(0.0, "o", output.encode())])
    return runs.closed(replace(session, id=own_id), recording, 0, session.started)
