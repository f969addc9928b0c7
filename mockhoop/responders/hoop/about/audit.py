"""The audit log: an entry for each call that changes things, and ``GET /audit/logs``."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from mockhoop.contract.operations import Operations
from mockhoop.gateway import audit
from mockhoop.gateway.access import ANYBODY
from mockhoop.gateway.audit import AUDIT_FIELDS, AuditView
from mockhoop.gateway.facets import AUDIT
from mockhoop.gateway.listing import first_values
from mockhoop.gateway.pages import Page, arranged, page_told
from mockhoop.gateway.records import AuditEntry, Refusal
from mockhoop.gateway.untyped import first_value
from mockhoop.messages import Reply
from mockhoop.responders.decision import Decision, Question, Responder
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.responders.hoop.shapes import Shape
from mockhoop.values.plausible import Plausible
from mockhoop.world.changes import Change, Count, Drop, Put

_SEQUENCE = "audit log"
_NEAR = "127.0.0.1"


class Audited:
    """Decides as another responder does, and writes down what came of it."""

    def __init__(self, inner: Responder, keys: Collection[str]) -> None:
        self._inner = inner
        self._keys = keys

    @property
    def name(self) -> str:
        """That of the other responder."""
        return self._inner.name

    def serves(self, key: str) -> bool:
        """What the other one serves and the log is about."""
        return key in self._keys and self._inner.serves(key)

    def decide(self, question: Question) -> Decision:
        """The other one's decision with an entry in the log, also for a refusal."""
        decision = self._inner.decide(question)
        if question.caller is ANYBODY:
            return decision
        return replace(decision, changes=(*decision.changes, *_noted(question, decision.reply)))


def audited(responders: Iterable[Responder], operations: Operations) -> list[Responder]:
    """The responders, those first that write down what the log is about."""
    keys = frozenset(one.key for one in operations if audit.is_logged(one.method, one.template))
    given = list(responders)
    return [*(Audited(one, keys) for one in given), *given]


def _noted(question: Question, reply: Reply) -> Iterable[Change]:
    world, call, caller = question.world, question.call, question.caller
    method, template = question.operation.method, question.operation.template
    sent, shown = first_value(call.body), first_value(reply.body)
    own_id, name = audit.named(question.path_values, shown if reply.status == 201 else sent)
    fine = reply.status < 400
    log = world.table(AUDIT)
    if len(log) >= audit.MOST_ENTRIES:
        yield Drop(AUDIT, next(iter(log)).id)
    entry = AuditEntry(
        id=world.chance.uuid(_SEQUENCE, world.counted(_SEQUENCE)),
        created_at=world.clock.now(),
        actor_subject=caller.subject,
        actor_email=caller.email,
        actor_name=caller.name,
        action=audit.action_of(method, template),
        resource_type=audit.resource_type_of(template),
        resource_id=own_id,
        resource_name=name,
        http_method=method,
        http_path=call.path[: audit.MOST_TEXT],
        http_status=reply.status,
        outcome=fine,
        error_message="" if fine else _message_of(shown),
        client_ip=_client_of(call.headers),
        payload=audit.redacted(sent),
    )
    yield Put(AUDIT, entry)
    yield Count(_SEQUENCE)


def _message_of(shown: object) -> str:
    return str(shown.get("message", ""))[: audit.MOST_TEXT] if isinstance(shown, Mapping) else ""


def _client_of(headers: Mapping[str, str]) -> str:
    """Where a call is from, as far as proxies tell it; all others are from nearby (our reading)."""
    return headers.get("X-Forwarded-For", "").partition(",")[0].strip() or headers.get("X-Real-Ip") or _NEAR


class AuditLog:
    """Decides ``GET /audit/logs``."""

    def __init__(self, document: Mapping[str, Any], plausible: Plausible) -> None:
        self._document = document
        self._plausible = plausible

    def list(self, question: Question) -> Decision:
        """A page of the entries that pass the filters, the newest first."""
        options = first_values(question.call.raw_query)
        page = page_told(options) or Page()
        if isinstance(page, Refusal):
            return refuse(page)
        query = audit.parse_audit(options)
        if isinstance(query, Refusal):
            return refuse(query)
        log = question.world.table(AUDIT)
        found = [entry for entry in log.newest(log.all(), 0, len(log)) if query.shows(entry)]
        org_id = question.world.settings.organization.id
        return answer(arranged(found, page, lambda entry: self._shape.fill(AuditView(entry, org_id), entry.id)))

    @cached_property
    def _shape(self) -> Shape:
        return Shape("openapi.SecurityAuditLogResponse", self._document, AUDIT_FIELDS, self._plausible)


def audit_routes(document: Mapping[str, Any], plausible: Plausible) -> dict[str, Callable[[Question], Decision]]:
    """What decides the route."""
    return {"GET /audit/logs": AuditLog(document, plausible).list}
