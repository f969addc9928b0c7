"""Making the stage that suits a contract: Hoop's own rules for Hoop's, and for any other what the document says."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from mockhoop.contract.document import Contract
from mockhoop.fixtures.collections import roles
from mockhoop.fixtures.shapes import Shapes
from mockhoop.fixtures.steering import Steering
from mockhoop.fixtures.store import Store
from mockhoop.gateway.tokens import Tokens
from mockhoop.responders.decision import Responder
from mockhoop.responders.generic import GenericProfile, GenericResponder
from mockhoop.responders.generic.actions import ItemActions
from mockhoop.responders.generic.answers import Answers
from mockhoop.responders.generic.contents import Contents
from mockhoop.responders.generic.memory import MemoryResponder
from mockhoop.responders.generic.outgoing import Calling, Outgoing
from mockhoop.responders.generic.prism import PrismProfile
from mockhoop.responders.generic.security import Security
from mockhoop.responders.hoop.about.audit import audited
from mockhoop.responders.hoop.memory.beginnings import beginnings_of
from mockhoop.responders.hoop.memory.remembering import Remembering
from mockhoop.responders.hoop.memory.supporting import InHoopsWords, Items, collections_of
from mockhoop.responders.hoop.profile import HoopProfile
from mockhoop.responders.hoop.routes import access_of, hoop_responder
from mockhoop.stage import Stage
from mockhoop.values.chance import Chance
from mockhoop.values.plausible import Plausible


def make_stage(
    contract: Contract,
    chance: Chance,
    *,
    require_token: bool = True,
    cors: bool = True,
    memory: bool = True,
    callbacks: bool = False,
    prism: bool = False,
    dynamic: bool = False,
    base_path: str | None = None,
) -> Stage:
    """The stage for worlds of a seed; what the settings mean is told in ``mockhoop.repertoire``."""
    plausible = Plausible(contract.document, chance)
    answers = Answers(contract.document, plausible, dynamic=dynamic)
    generic = GenericResponder(answers)
    shapes = Shapes(contract.document)
    store = Store(shapes, plausible)
    outgoing = Outgoing(contract.document, answers)
    if contract.profile == "hoop":
        known = roles(contract.operations, shapes, Steering(contract), beginnings_of(contract.release))
        tokens = Tokens(sha256(chance.digest("signing key")).digest())
        items = Items(store, collections_of(known))
        profile = HoopProfile(
            contract,
            access_of(contract),
            tokens,
            ItemActions(contract.operations, known, store, outgoing),
            require_token=require_token,
            cors=cors,
        )
        memories = MemoryResponder(known, shapes, store, answers, profile.base_path)
        others = [InHoopsWords(one, known) for one in (Remembering(memories, known, items, shapes), generic)]
        playing = audited([hoop_responder(contract, plausible, tokens, items), *others], contract.operations)
        return Stage(contract, profile, generic, playing)
    known = roles(contract.operations, shapes, Steering(contract)) if memory else {}
    stranger = (PrismProfile if prism else GenericProfile)(
        contract,
        cors=cors,
        answers=answers,
        security=Security(contract.document) if require_token else None,
        base_path=base_path,
        actions=ItemActions(contract.operations, known, store, outgoing),
    )
    remembering = MemoryResponder(known, shapes, store, answers, stranger.base_path)
    contents = [Contents(contract.operations, [remembering, generic], answers)] if memory else []
    calling = _calling(contract, outgoing, [*contents, remembering, generic]) if callbacks else ()
    return Stage(contract, stranger, generic, [*calling, *contents, remembering])


def _calling(contract: Contract, outgoing: Outgoing, others: Sequence[Responder]) -> Iterator[Responder]:
    """Who decides the operations that messages follow."""
    for operation in contract.operations:
        planned = outgoing.callbacks(operation)
        if planned:
            inner = next(one for one in others if one.serves(operation.key))
            yield Calling(operation.key, inner, outgoing, planned)
