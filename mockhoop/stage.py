"""What worlds are played on: a contract, a profile, and who answers which operation."""

from collections.abc import Sequence

from mockhoop.contract.document import Contract
from mockhoop.responders.decision import Profile, Responder
from mockhoop.responders.generic import GenericResponder
from mockhoop.unfolding import Unfolding


class Stage:
    """Shared by worlds and never changed. ``generic`` answers whatever none of the other responders serves."""

    def __init__(
        self, contract: Contract, profile: Profile, generic: GenericResponder, others: Sequence[Responder] = ()
    ) -> None:
        self.contract = contract
        self.profile = profile
        self.generic = generic
        self.unfolding = Unfolding(profile)
        self.responders: dict[str, Responder] = {
            operation.key: next((one for one in others if one.serves(operation.key)), generic)
            for operation in contract.operations
        }
