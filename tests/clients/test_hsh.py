"""hsh works against mockhoop (section 3 of the sheet of clients, 6.6 of the sheet of behaviour)."""

import json

import pytest

from .conftest import Start
from .gateway import Gateway
from .hsh import FAILED, NEEDS_APPROVAL, PROXY, SESSION_EXPIRED, SSH, Exit, Hsh
from .people import DORA, JOHN, PASSWORD, TOKENS

POSTGRES = {"hostname": str, "port": (str, int), "username": str, "password": str}


async def test_it_signs_in_and_shows_for_whom_and_until_when(start: Start) -> None:
    hsh = Hsh(await start("keys"))
    email, ends = await hsh.log_in(JOHN, PASSWORD)
    assert email == JOHN
    assert ends == 1787356800  # 2026-08-22T00:00:00Z, twelve hours after the world's start


async def test_the_token_that_it_got_is_one(gateway: Gateway) -> None:
    hsh = Hsh(gateway)
    await hsh.log_in(JOHN, PASSWORD)
    assert (await hsh.connection("ssh-bastion"))["name"] == "ssh-bastion"


async def test_a_connection_that_is_not_there_ends_it(gateway: Gateway) -> None:
    with pytest.raises(Exit) as ended:
        await Hsh(gateway, TOKENS[JOHN]).connection("ssh")
    assert ended.value.code == FAILED


@pytest.mark.parametrize(("name", "shape"), [("ssh-bastion", SSH), ("grafana", PROXY), ("pgdemo", POSTGRES)])
async def test_it_is_told_how_to_connect(gateway: Gateway, name: str, shape: dict[str, type]) -> None:
    hsh = Hsh(gateway, TOKENS[JOHN])
    assert (await hsh.credentials(name, shape))["hostname"]
    expires, _ = hsh.cache[name]
    assert expires > await gateway.now()


async def test_the_credentials_last_as_long_as_it_asked(start: Start) -> None:
    hsh = Hsh(await start("keys"), TOKENS[JOHN])
    await hsh.credentials("ssh-bastion", SSH)
    assert hsh.cache["ssh-bastion"][0].startswith("2026-08-21T13:00:00")


async def test_a_connection_is_a_session(gateway: Gateway) -> None:
    await Hsh(gateway, TOKENS[JOHN]).credentials("ssh-bastion", SSH)
    listed = await gateway.browser(TOKENS[JOHN]).ask("3", "GET", "/sessions?connection=ssh-bastion&limit=1")
    [session] = listed.read({"data": [{"verb": str, "user": str, "status": str}]})["data"]
    assert (session["verb"], session["user"], session["status"]) == ("connect", JOHN, "open")


async def asked(hsh: Hsh) -> tuple[str, str]:
    """The ids of the review and of the session for which it waits."""
    with pytest.raises(Exit) as ended:
        await hsh.credentials("pg-payments", POSTGRES)
    assert ended.value.code == NEEDS_APPROVAL, ended.value.text
    review_id, session_id = ended.value.text.split()[-2:]
    return review_id, session_id


async def test_what_needs_a_review_waits_for_it(gateway: Gateway) -> None:
    """202 without credentials; once it is approved the same session gives them."""
    hsh = Hsh(gateway, TOKENS[JOHN])
    review_id, session_id = await asked(hsh)
    dora = gateway.browser(TOKENS[DORA])
    (await dora.ask("3", "PUT", f"/reviews/{review_id}", {"status": "APPROVED"})).check()
    assert (await hsh.resume("pg-payments", session_id, POSTGRES))["hostname"]


async def test_until_then_it_is_pending(gateway: Gateway) -> None:
    _, session_id = await asked(Hsh(gateway, TOKENS[JOHN]))
    resumed = await gateway.browser(TOKENS[JOHN]).ask(
        "6.6", "POST", f"/connections/pg-payments/credentials/{session_id}", {"access_duration_seconds": 3600}
    )
    told = resumed.read({"message": str, "session_id": str, "review_id": str, "status": str}, 202)
    assert (told["message"], told["session_id"]) == ("review is still pending approval", session_id)


async def test_who_was_rejected_is_told(gateway: Gateway) -> None:
    review_id, session_id = await asked(Hsh(gateway, TOKENS[JOHN]))
    dora = gateway.browser(TOKENS[DORA])
    (await dora.ask("3", "PUT", f"/reviews/{review_id}", {"status": "REJECTED"})).check()
    path = f"/connections/pg-payments/credentials/{session_id}"
    resumed = await gateway.browser(TOKENS[JOHN]).ask("6.6", "POST", path, {"access_duration_seconds": 3600})
    assert resumed.message(403) == "review was rejected"


async def test_a_token_that_is_over_ends_it(gateway: Gateway) -> None:
    with pytest.raises(Exit) as ended:
        await Hsh(gateway, "nonsense").credentials("ssh-bastion", SSH)
    assert ended.value.code == SESSION_EXPIRED


@pytest.mark.parametrize(
    ("name", "body", "status", "message"),
    [
        ("nothing-like-that", {"access_duration_seconds": 3600}, 404, "connection nothing-like-that not found"),
        ("pg-payments", {}, 400, "access_duration_seconds is required for review-required connections"),
        ("pgdemo", {"access_duration_seconds": 48 * 3600 + 1}, 400, "access duration cannot exceed 48 hours"),
    ],
)
async def test_what_cannot_be_asked_for_is_told(
    gateway: Gateway, name: str, body: dict[str, int], status: int, message: str
) -> None:
    reply = await gateway.browser(TOKENS[JOHN]).ask("6.6", "POST", f"/connections/{name}/credentials", body)
    assert reply.message(status) == message


async def test_credentials_that_expired_are_over(start: Start) -> None:
    gateway = await start("keys")
    john, dora = gateway.browser(TOKENS[JOHN]), gateway.browser(TOKENS[DORA])
    path, minute = "/connections/pg-payments/credentials", {"access_duration_seconds": 60}
    asked = (await john.ask("6.6", "POST", path, minute)).read({"session_id": str, "review_id": str}, 202)
    (await dora.ask("6.6", "PUT", f"/reviews/{asked['review_id']}", {"status": "APPROVED"})).check()
    resume = f"{path}/{asked['session_id']}"
    (await john.ask("6.6", "POST", resume, minute)).check(201)
    await gateway.advance("2m")
    session = (await john.ask("6.6", "GET", f"/sessions/{asked['session_id']}")).read({"status": str})
    assert session["status"] == "done"
    assert (await john.ask("6.6", "POST", resume, minute)).message(410) == "credentials have expired"


async def test_nobody_takes_the_credentials_of_another(start: Start) -> None:
    gateway = await start("keys")
    path, hour = "/connections/pg-payments/credentials", {"access_duration_seconds": 3600}
    asked = await gateway.browser(TOKENS[JOHN]).ask("6.6", "POST", path, hour)
    session_id = asked.read({"session_id": str}, 202)["session_id"]
    reply = await gateway.browser(TOKENS[DORA]).ask("6.6", "POST", f"{path}/{session_id}", hour)
    assert reply.message(403) == "session does not belong to user"


async def test_answers_without_a_body_are_none_of_those_it_asks_for(gateway: Gateway) -> None:
    """It parses every 2xx as JSON: an empty body would be an error (section 8)."""
    login = await gateway.wire({"Content-Type": "application/json"}).ask(
        "3", "POST", "/localauth/login", {"email": JOHN, "password": PASSWORD}
    )
    assert json.loads(login.check().body) == {"status": "ok"}
