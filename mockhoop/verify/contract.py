"""Lets calls be made up from the contract: in a mockhoop in a world of their own, else at the server as it is."""

import asyncio
from dataclasses import replace
from functools import partial
from importlib.util import find_spec

from mockhoop.contract.operations import Operation
from mockhoop.transport import HttpTransport, TransportError
from mockhoop.verify.existing import Existing, lists_to_ask
from mockhoop.verify.mock import ADMIN
from mockhoop.verify.outcome import LATE, Part
from mockhoop.verify.pace import TimeIsUp
from mockhoop.verify.reading import chosen, comes_to_an_end, only_reads
from mockhoop.verify.running import Counting, Progress, Run
from mockhoop.verify.secrets import Cover

_MISSING = "schemathesis is not installed, which makes the calls up (pip install 'mockhoop[verify]')"


async def make_up_all(run: Run, progress: Progress) -> None:
    """Make calls of each operation that may be called.

    Raises:
        UsageError: an operation is named that there is not.
        TransportError: the server cannot be reached, or answers no longer.
    """
    operations = _operations(run)
    part = Part(name="contract", title="Calls that are made up from the contract, their answers held against it")
    run.report.parts.append(part)
    if find_spec("schemathesis") is None:
        part.why = _MISSING
        return
    if run.mock is None:
        await _at(run, part, run.target.upstream.base_url, run.target.token, operations, progress)
        return
    async with run.mock.world(run.world) as address:
        token = run.target.token or (await run.mock.tokens(run.world)).get(ADMIN, "")
        await _at(run, part, address, token, operations, progress)


def _operations(run: Run) -> list[Operation]:
    wanted, known = run.wanted, run.target.contract.operations
    named = chosen(known, wanted.include, wanted.exclude)
    endless = [one.key for one in named if not comes_to_an_end(one)]
    if endless:
        run.report.notes.append(f"no calls are made up of what comes to no end: {', '.join(endless)}")
    return [one for one in named if comes_to_an_end(one) and (run.target.may_write or only_reads(one))]


async def _at(run: Run, part: Part, address: str, token: str, operations: list[Operation], progress: Progress) -> None:
    from mockhoop.verify.made_up import Campaign, make_up_calls

    target = run.target
    existing = await _existing(run, address, token, operations)
    if run.pace.left == 0:
        part.why = LATE
        return
    if not token:
        run.report.notes.append("the token of an admin is not known (--token): calls that are made up are nobody's")
    campaign = Campaign(
        target=target,
        wanted=run.wanted,
        url=address,
        token=token,
        operations=tuple(operations),
        existing=existing,
        any_token_will_do=run.mock is not None and target.contract.profile != "hoop",
        cover=Cover({"an admin": token, **target.tokens}, (value for _, value in target.headers)),
        rate=run.pace.rate,
        seconds=run.pace.left,
        done=partial(Counting(len(operations), progress), 1),
    )
    calling = asyncio.ensure_future(asyncio.to_thread(make_up_calls, campaign, part))
    try:
        await asyncio.shield(calling)
    except asyncio.CancelledError:
        campaign.stop.set()
        await calling  # a call that comes later would begin the world anew
        raise


async def _existing(run: Run, address: str, token: str, operations: list[Operation]) -> Existing:
    """What there is, as the server's lists tell."""
    found = Existing()
    headers = (("Authorization", f"Bearer {token}"),) if token else ()
    async with HttpTransport(replace(run.target.upstream, base_url=address)) as transport:
        for path in lists_to_ask(operations):
            try:
                await run.pace.turn()
                answer = await transport.send("GET", path, headers)
            except (TimeIsUp, TransportError):
                break  # what is the matter is found out again, and told, when calls are made up
            if answer.status == 200:
                found.learn(path, answer.body)
    return found
