"""Verifies a server: the scenarios first, then calls that are made up from the contract."""

from collections.abc import Callable

from mockhoop.errors import UsageError
from mockhoop.transport import HttpTransport
from mockhoop.verify.contract import make_up_all
from mockhoop.verify.mock import Mock
from mockhoop.verify.outcome import LATE, Report
from mockhoop.verify.pace import Pace, TimeIsUp
from mockhoop.verify.running import Progress, Run
from mockhoop.verify.scenarios import play_all
from mockhoop.verify.target import Target, Wanted

_API = "/api"
_WHO = "/userinfo"


async def verify(
    target: Target, wanted: Wanted, pace: Pace, report: Report, progress: Callable[[str], Progress]
) -> None:
    """Verify a server; what is found goes into the report, as it is found.

    Raises:
        UsageError: a token is not good, or an operation is named that there is not.
        TransportError: the server cannot be reached.
    """
    try:
        async with Mock(target) as mock:
            async with pace.limited():
                is_mock = await _meet(target, mock, report)
                run = Run(target, wanted, pace, report, mock if is_mock else None)
                if not is_mock:
                    await _check_tokens(run)
            if wanted.scenarios:
                await play_all(run, progress("scenarios"))
            if wanted.examples and not report.broken_off:
                await make_up_all(run, progress("contract"))
    except TimeIsUp:
        report.broken_off = f"{LATE} before anything could be verified"
    finally:
        report.seconds = pace.elapsed


async def _meet(target: Target, mock: Mock, report: Report) -> bool:
    """Find out what the server is; whether worlds can be begun in it."""
    version = await mock.version()
    report.about = f"a mockhoop {version}" if version else "a gateway"
    if mock.refusal:
        report.notes.append(f"{mock.refusal}; so it is taken for any other gateway")
    if version and not target.may_write:
        report.notes.append("it is a mockhoop, but not on this machine: no worlds are begun in it (--allow-writes)")
    usual = _API if target.contract.profile == "hoop" else target.contract.base_path
    if not target.base_path.endswith(usual):
        report.notes.append(f"the paths of the contract are usually behind {target.origin}{usual}: is that meant?")
    return bool(version) and target.may_write


async def _check_tokens(run: Run) -> None:
    """Ask who the people are that tokens are given of. Raises UsageError where one is not good."""
    target = run.target
    if target.contract.operations.match("GET", _WHO) is None:
        return
    tokens = {"an admin (--token)": target.token, **target.tokens}
    refused = []
    async with HttpTransport(target.upstream) as transport:
        for who, token in tokens.items():
            if token:
                await run.pace.turn()
                answer = await transport.send("GET", _WHO, (("Authorization", f"Bearer {token}"),))
                if answer.status == 401:
                    refused.append(f"the token of {who} is refused (401): it has expired, or is one of elsewhere")
    if refused:
        raise UsageError("\n".join(refused))
