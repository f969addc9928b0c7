"""New agents; what else there is to do with agents is only remembered."""

from collections.abc import Callable

from mockhoop.fixtures.items import ITEMS, Item
from mockhoop.gateway import agents
from mockhoop.gateway.records import Refusal
from mockhoop.gateway.server_info import GRPC_URL
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.answers import answer
from mockhoop.responders.hoop.memory.supporting import Items
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Count, Put

_PATH = "/agents"
_SEQUENCE = "made in /agents"


class Agents:
    """Decides ``POST /agents``. A new agent is known and does not come: there is nothing that it could run."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def post(self, question: Question) -> Decision:
        """One more agent, whose key is in the answer."""
        world = question.world
        told = agents.read_agent(question.call.body)
        if isinstance(told, Refusal):
            return refuse(told)
        if any(one.get("name") == told.name for one in self._items.all(world, _PATH)):
            return refuse(agents.TAKEN)
        number = world.counted(_SEQUENCE)
        made = agents.silent(told, world.chance.uuid(_SEQUENCE, number))
        grpc_url = self._items.one(world, "/serverconfig/misc").get("grpc_server_url") or GRPC_URL
        token = agents.way_in(told, world.chance.hex(_SEQUENCE, number)[:20], grpc_url)
        return answer({"token": token}, Put(ITEMS, Item(_PATH, made["id"], made)), Count(_SEQUENCE), status=201)


def agent_routes(items: Items) -> dict[str, Callable[[Question], Decision]]:
    """What decides the route."""
    return {"POST /agents": Agents(items).post}
