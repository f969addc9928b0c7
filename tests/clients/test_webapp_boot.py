"""The web app from its login to its first page (sections 1c and 2a of the sheet of clients)."""

from typing import Any

import pytest

from .conftest import Start
from .gateway import Gateway
from .people import ADA, DORA, JOHN, PASSWORD, TOKENS
from .webapp import CLOJURE, REACT, SessionOver, WebApp

BOOT_CALLS = [
    "/publicserverinfo",
    "/userinfo",
    "/serverinfo",
    "/feature-flags",
    "/connections?page=1&page_size=1",
    "/connection-credentials",
]


async def test_an_admin_logs_in_and_lands_on_the_page_that_was_asked_for(gateway: Gateway) -> None:
    app = WebApp(gateway)
    assert await app.log_in(ADA, PASSWORD) == ""
    start = await app.load("/sessions")
    assert (start.page, start.user["email"], start.user["is_admin"]) == ("/sessions", ADA, True)


@pytest.mark.parametrize("email", [JOHN, DORA])
async def test_others_log_in_too(gateway: Gateway, email: str) -> None:
    app = WebApp(gateway)
    assert await app.log_in(email, PASSWORD) == ""
    start = await app.load()
    assert (start.page, start.user["email"], start.user["is_admin"]) == ("/client", email, False)


async def test_any_opaque_token_of_a_person_serves(gateway: Gateway) -> None:
    assert (await WebApp(gateway, TOKENS[ADA]).load()).page == "/client"


async def test_an_unknown_email_is_told_above_the_form(gateway: Gateway) -> None:
    assert await WebApp(gateway).log_in("nobody@example.com", PASSWORD) == "user not found"


async def test_a_wrong_password_reloads_the_form_without_a_word(gateway: Gateway) -> None:
    with pytest.raises(SessionOver):
        await WebApp(gateway).log_in(ADA, "wrong")


async def test_the_first_admin_registers(start: Start, tmp_path: Any) -> None:
    app = WebApp(await start(_nobody(tmp_path)))
    assert (await app.react("1c", "GET", "/publicserverinfo")).json["setup_required"] is True
    assert await app.register("first@example.com", "long enough", "First Admin") == ""
    loaded = await app.load()
    assert loaded.user["is_admin"] is True
    assert loaded.page == "/onboarding/setup"  # there is nothing to connect to yet
    assert (await app.react("1c", "GET", "/publicserverinfo")).json["setup_required"] is False


async def test_a_second_one_may_not_register(gateway: Gateway) -> None:
    said = await WebApp(gateway).register("second@example.com", "long enough", "Second")
    assert said == "unable to register new users, please contact your administrator"


async def test_a_token_that_nobody_knows_leads_to_the_login(gateway: Gateway) -> None:
    assert (await WebApp(gateway, "nonsense").load()).page == "/login"


@pytest.mark.parametrize(
    ("operation", "page"),
    [
        ("GET /userinfo", "/login"),
        ("GET /feature-flags", "/login"),
    ],
)
async def test_a_failure_on_the_way_leads_to_the_login(gateway: Gateway, operation: str, page: str) -> None:
    await gateway.fail(operation, 503)
    assert (await WebApp(gateway, TOKENS[ADA]).load()).page == page


async def test_the_first_call_for_connections_may_fail(gateway: Gateway) -> None:
    await gateway.fail("GET /connections", 503)
    assert (await WebApp(gateway, TOKENS[ADA]).load()).page == "/client"


@pytest.mark.parametrize("path", BOOT_CALLS)
async def test_what_is_read_again_is_the_same(start: Start, path: str) -> None:
    """No rate limit and nothing that is told once: serverinfo is read up to six times (section 8)."""
    app = WebApp(await start("work"), TOKENS[ADA])
    answers = [(await app.react("2a", "GET", path)).read() for _ in range(6)]
    assert answers == answers[:1] * 6


async def test_connections_come_bare_without_a_page_and_in_an_envelope_with_one(gateway: Gateway) -> None:
    app = WebApp(gateway, TOKENS[ADA])
    bare = (await app.react("2a", "GET", "/connections")).read([{"name": str}])
    for query in ("page=1", "page_size=50", "page=1&page_size=50"):
        reply = await app.react("2a", "GET", f"/connections?{query}")
        envelope = reply.read({"pages": {"total": int, "page": int, "size": int}, "data": [{"name": str}]})
        assert [one["name"] for one in envelope["data"]] == [one["name"] for one in bare], str(reply)
        assert envelope["pages"] == {"total": len(bare), "page": 1, "size": 50}, str(reply)


async def test_one_connection_of_many_is_a_page(gateway: Gateway) -> None:
    """The app asks for one connection only to learn how many there are."""
    app = WebApp(gateway, TOKENS[ADA])
    total = len((await app.react("2a", "GET", "/connections")).read())
    envelope = (await app.react("2a", "GET", "/connections?page=1&page_size=1")).read()
    assert (envelope["pages"], len(envelope["data"])) == ({"total": total, "page": 1, "size": 1}, 1)


@pytest.mark.parametrize(
    ("query", "message"),
    [("page=0", "page must be >= 1"), ("page_size=101", "page_size must be between 1 and 100")],
)
async def test_a_page_that_cannot_be_is_refused(gateway: Gateway, query: str, message: str) -> None:
    reply = await WebApp(gateway, TOKENS[ADA]).react("2a", "GET", f"/connections?{query}")
    assert reply.message(422) == message


async def test_the_stand_in_sends_nothing_to_third_parties(gateway: Gateway) -> None:
    """Section 8.3 of the sheet of behaviour: with both disabled no script of others is loaded."""
    server = (await WebApp(gateway, TOKENS[ADA]).react("2a", "GET", "/serverinfo")).read()
    assert (server["analytics_tracking"], server["analytics_mode"]) == ("disabled", "disabled")


async def test_the_user_is_called_by_the_email_where_passwords_are_local(gateway: Gateway) -> None:
    user = (await WebApp(gateway, TOKENS[JOHN]).react("2a", "GET", "/userinfo")).read()
    assert (user["id"], user["groups"], user["role"]) == (JOHN, ["sre"], "standard")


@pytest.mark.parametrize("path", ["/userinfo", "/sessions", "/localauth/login", "/api-keys", "/nothing-like-that"])
async def test_a_browser_asks_first_whether_it_may_call(gateway: Gateway, path: str) -> None:
    """Every call of a page from elsewhere is preflighted (section 8), without a token."""
    asked = "authorization,content-type,user-client"
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Headers": asked}
    reply = await gateway.wire(headers).ask("8", "OPTIONS", path)
    assert reply.check(204).headers["Access-Control-Allow-Origin"] == "*"
    allowed = reply.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert set(asked.split(",")) <= set(allowed), f"{reply}\nallowed: {allowed}"


@pytest.mark.parametrize("headers", [REACT, CLOJURE], ids=["React", "ClojureScript"])
async def test_a_page_from_elsewhere_may_read_every_answer(gateway: Gateway, headers: dict[str, str]) -> None:
    sent = {**headers, "Authorization": "Bearer ada", "Origin": "http://localhost:3000"}
    reply = await gateway.wire(sent).ask("8", "GET", "/userinfo")
    assert reply.check().headers["Access-Control-Allow-Origin"] == "*"
    assert {"X-New-Access-Token", "X-Set-Cookie"} <= reply.exposed


async def test_no_call_is_answered_with_the_page_of_a_site(gateway: Gateway) -> None:
    """An HTML page with 200 would look like an empty list (section 8)."""
    reply = await WebApp(gateway, TOKENS[ADA]).react("8", "GET", "/nothing-like-that")
    assert reply.status == 404, str(reply)
    assert "html" not in reply.headers["Content-Type"], str(reply)


def _nobody(folder: Any) -> str:
    path = folder / "nobody.yaml"
    path.write_text("mockhoop: 1\ntitle: A gateway that was just installed\n")
    return str(path)
