"""Who signs in, how, and what they may do (sections 2.1 to 2.6 of the sheet of behaviour)."""

import json
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from mockhoop.contract.document import load_contract
from mockhoop.resources import spec_dir

from .browser import Browser
from .cli import CALLBACK, Cli
from .conftest import Start
from .gateway import Gateway
from .jwt import decoded
from .people import ADA, API_KEY, DORA, GATEWAY_KEY, JOHN, OTTO, PASSWORD, TOKENS, signing_in_by
from .webapp import WebApp
from .wire import NOTHING, Reply

HOURS = 3600
DENIED = "access denied"
REQUIRED = "Key: 'LocalUserRequest.{0}' Error:Field validation for '{0}' failed on the 'required' tag"
NO_MORE = "unable to register new users, please contact your administrator"
WHO = {"id": str, "name": str, "email": str, "groups": [str], "role": str, "is_admin": bool}


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    """The world whose clock stands still, with keys for programs."""
    return await start("keys")


async def login(gateway: Gateway, email: str = JOHN, password: str = PASSWORD) -> Reply:
    return await gateway.browser().ask("2.4", "POST", "/localauth/login", {"email": email, "password": password})


async def user_of(gateway: Gateway, token: str) -> Any:
    return (await gateway.browser(token).ask("2.1", "GET", "/userinfo")).read(WHO)


# 2.4 Local passwords


async def test_a_login_gives_the_token_in_a_header(gateway: Gateway) -> None:
    reply = await login(gateway)
    assert reply.read() == {"status": "ok"}
    assert "Token" in reply.exposed
    assert (await user_of(gateway, reply.headers["Token"]))["email"] == JOHN


async def test_the_token_says_who_it_is_for_and_for_how_long(gateway: Gateway) -> None:
    header, claims = decoded((await login(gateway)).headers["Token"])
    now = int(datetime.fromisoformat(await gateway.now()).timestamp())
    assert header["alg"] == "EdDSA"
    assert set(claims) == {"email", "auth_time", "sub", "iat", "exp"}
    assert (claims["email"], claims["sub"]) == (JOHN, JOHN)
    assert (claims["iat"], claims["exp"]) == (now, now + 12 * HOURS)


async def test_the_token_ends_after_twelve_hours_of_the_worlds_time(gateway: Gateway) -> None:
    john = gateway.browser((await login(gateway)).headers["Token"])
    await gateway.advance("11h59m")
    (await john.ask("2.4", "GET", "/sessions?limit=1")).check()
    await gateway.advance("2m")
    assert (await john.ask("2.2", "GET", "/sessions?limit=1")).message(401) == DENIED


async def test_who_logs_in_again_goes_on(gateway: Gateway) -> None:
    await gateway.advance("1w")
    assert await user_of(gateway, (await login(gateway)).headers["Token"])


async def test_a_token_that_was_tampered_with_is_none(gateway: Gateway) -> None:
    token = (await login(gateway)).headers["Token"]
    head, claims, signature = token.split(".")
    other = (await login(gateway, ADA)).headers["Token"].split(".")[1]
    for forged in (f"{head}.{other}.{signature}", f"{head}.{claims}.", f"{head}.{claims}", f"{token}x"):
        reply = await gateway.browser(forged).ask("2.2", "GET", "/userinfo")
        assert reply.message(401) == DENIED, forged


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/localauth/login", {"email": "nobody@example.com", "password": PASSWORD}, 404, "user not found"),
        ("/localauth/login", {"email": JOHN, "password": "wrong"}, 401, "invalid credentials"),
        ("/localauth/login", {"password": PASSWORD}, 400, REQUIRED.format("Email")),
        ("/localauth/login", {"email": JOHN}, 400, REQUIRED.format("Password")),
        ("/localauth/login", {}, 400, f"{REQUIRED.format('Email')}\n{REQUIRED.format('Password')}"),
        ("/localauth/register", {"email": JOHN, "password": "x", "name": "John"}, 409, "user already exists"),
        ("/localauth/register", {"email": "new@example.com", "password": "x", "name": "New"}, 403, NO_MORE),
        ("/localauth/register", {"email": "new@example.com"}, 400, REQUIRED.format("Password")),
    ],
    ids=[
        *("unknown", "wrong password", "no email", "no password", "nothing"),
        *("register again", "register late", "register without password"),
    ],
)
async def test_a_form_that_is_refused(
    gateway: Gateway, path: str, body: dict[str, str], status: int, message: str
) -> None:
    reply = (await gateway.browser().ask("2.4", "POST", path, body)).check(status)
    # The kind of the body is not looked at: a form that cannot be read is answered as text (1.5).
    assert json.loads(reply.body)["message"] == message, str(reply)
    assert "Token" not in reply.headers


@pytest.mark.parametrize("path", ["/localauth/login", "/localauth/register"])
async def test_forms_are_not_read_with_get(gateway: Gateway, path: str) -> None:
    (await gateway.browser().ask("2.4", "GET", path)).check(404)


async def test_who_has_no_password_cannot_log_in(gateway: Gateway) -> None:
    made = {"email": "new@example.com", "name": "New", "groups": []}
    (await gateway.browser("ada").ask("2.4", "POST", "/users", made)).check(201)
    assert (await login(gateway, "new@example.com", "")).check(400, 401)
    assert (await login(gateway, "new@example.com", PASSWORD)).message(401) == "invalid credentials"


async def test_who_is_created_with_a_password_logs_in(gateway: Gateway) -> None:
    made = {"email": "new@example.com", "name": "New", "groups": ["sre"], "password": "long enough"}
    (await gateway.browser("ada").ask("2.4", "POST", "/users", made)).check(201)
    token = (await login(gateway, "new@example.com", "long enough")).headers["Token"]
    assert (await user_of(gateway, token))["groups"] == ["sre"]


async def test_the_first_to_register_is_the_admin(start: Start, tmp_path: Path) -> None:
    empty = tmp_path / "nobody.yaml"
    empty.write_text("mockhoop: 1\ntitle: A gateway that was just installed\n")
    gateway = await start(str(empty))
    body = {"email": "first@example.com", "password": "long enough", "name": "First"}
    reply = await gateway.browser().ask("2.4", "POST", "/localauth/register", body)
    assert reply.read(object, 201) == {"message": "User created successfully"}
    assert "Token" in reply.exposed
    user = await user_of(gateway, reply.headers["Token"])
    assert (user["id"], user["groups"], user["is_admin"]) == ("first@example.com", ["admin"], True)
    again = await gateway.browser().ask("2.4", "POST", "/localauth/register", {**body, "email": "second@example.com"})
    assert again.message(403) == NO_MORE


# 2.1 and 2.2: keys and tokens


async def test_the_key_of_the_gateway_is_an_admin(gateway: Gateway) -> None:
    reply = await gateway.wire({"Api-Key": GATEWAY_KEY}).ask("2.1", "GET", "/userinfo")
    user = reply.read(WHO)
    assert (user["id"], user["name"], user["email"], user["groups"]) == (API_KEY, API_KEY, API_KEY, ["admin"])


async def test_another_key_is_refused_whatever_comes_with_it(gateway: Gateway) -> None:
    reply = await gateway.wire({"Api-Key": "xapi-other", "Authorization": "Bearer ada"}).ask("2.1", "GET", "/userinfo")
    assert reply.message(401) == "unauthorize"


async def test_where_no_key_is_configured_every_key_is_denied(start: Start) -> None:
    reply = await (await start()).wire({"Api-Key": GATEWAY_KEY}).ask("2.1", "GET", "/userinfo")
    assert reply.message(401) == DENIED


async def test_a_key_of_the_organization_acts_for_its_groups(gateway: Gateway) -> None:
    body = {"name": "nightly", "groups": ["sre"]}
    made = (await gateway.browser("ada").ask("2.1", "POST", "/api-keys", body)).read({"id": str, "key": str}, 201)
    user = await user_of(gateway, made["key"])
    told = [user[name] for name in ("id", "name", "email", "groups", "is_admin")]
    assert told == [made["id"], "nightly", "nightly", ["sre"], False]


async def test_a_key_of_the_organization_runs_scripts_under_its_name(gateway: Gateway) -> None:
    made = await gateway.browser("ada").ask("2.1", "POST", "/api-keys", {"name": "nightly", "groups": ["sre"]})
    key = made.read({"id": str, "key": str}, 201)
    body = {"connection": "pgdemo", "script": "SELECT 1"}
    session_id = (await gateway.browser(key["key"]).ask("2.1", "POST", "/sessions", body)).read()["session_id"]
    session = (await gateway.browser("ada").ask("2.1", "GET", f"/sessions/{session_id}")).read()
    assert [session[name] for name in ("user_id", "user", "user_name")] == [key["id"], "nightly", "nightly"]


async def test_a_key_of_an_ai_agent_enters_too(gateway: Gateway) -> None:
    body = {"name": "assistant", "groups": ["sre"]}
    made = (await gateway.browser("ada").ask("2.1", "POST", "/ai-agents", body)).read({"key": str}, 201)
    assert (await user_of(gateway, made["key"]))["groups"] == ["sre"]


async def test_a_service_account_is_kept(gateway: Gateway) -> None:
    ada = gateway.browser("ada")
    account = {"subject": "robot-1", "name": "Robot", "status": "active", "groups": ["sre"]}
    (await ada.ask("2.1", "POST", "/serviceaccounts", account)).read({"id": str}, 201)
    assert (await ada.ask("2.1", "POST", "/serviceaccounts", account)).message(409)
    changed = await ada.ask("2.1", "PUT", "/serviceaccounts/robot-1", {**account, "status": "inactive"})
    assert changed.read()["status"] == "inactive"
    listed = (await ada.ask("2.1", "GET", "/serviceaccounts")).read([{"subject": str}])
    [found] = [one for one in listed if one["subject"] == "robot-1"]
    assert {name: found[name] for name in account} == {**account, "status": "inactive"}


async def test_a_service_account_signs_in_and_is_called_by_its_subject(gateway: Gateway) -> None:
    user = await user_of(gateway, "nightly")
    told = [user[name] for name in ("id", "email", "name", "groups")]
    assert told == ["nightly-job", "nightly-job", "Nightly job", ["sre"]]


async def test_a_service_account_that_is_not_active_is_turned_away(gateway: Gateway) -> None:
    account = {"subject": "nightly-job", "name": "Nightly job", "status": "inactive", "groups": ["sre"]}
    (await gateway.browser("ada").ask("2.1", "PUT", "/serviceaccounts/nightly-job", account)).check()
    assert (await gateway.browser("nightly").ask("2.2", "GET", "/userinfo")).message(401) == DENIED


@pytest.mark.parametrize("change", [{"status": "inactive"}, {"status": "invited"}])
async def test_who_is_not_active_is_turned_away(gateway: Gateway, change: dict[str, str]) -> None:
    token = (await login(gateway)).headers["Token"]
    user = {"email": JOHN, "name": "John Wick", "groups": ["sre"], **change}
    (await gateway.browser("ada").ask("2.2", "PUT", f"/users/{JOHN}", user)).check()
    assert (await gateway.browser(token).ask("2.2", "GET", "/userinfo")).message(401) == DENIED


async def test_who_is_gone_is_turned_away(gateway: Gateway) -> None:
    token = (await login(gateway)).headers["Token"]
    (await gateway.browser("ada").ask("2.2", "DELETE", f"/users/{JOHN}")).check(204)
    assert (await gateway.browser(token).ask("2.2", "GET", "/userinfo")).message(401) == DENIED
    assert (await login(gateway)).message(404) == "user not found"


# 2.3 Roles

CALLERS = {
    "admin": {"Authorization": f"Bearer {TOKENS[ADA]}"},
    "auditor": {"Authorization": f"Bearer {TOKENS[OTTO]}"},
    "standard": {"Authorization": f"Bearer {TOKENS[JOHN]}"},
    "Api-Key": {"Api-Key": GATEWAY_KEY},
    "hpk_ admin": {"Authorization": "Bearer hpk_deployer"},
    "hpk_ sre": {"Authorization": "Bearer hpk_reviewer"},
    "hpk_ auditor": {"Authorization": "Bearer hpk_auditor"},
}
SESSION = "1cbc8db5-fbf8-4293-8e35-59a6eea40207"
NOT_TOLD = -1
EVERYBODY: tuple[int, ...] = (0, 0, 0, 0, 0, 0, 0)
NO_AUDITOR = (0, 403, 0, 0, 0, 0, 403)
ADMINS = (0, 403, 403, 0, 0, 403, 403)
USER = {"email": "new@example.com", "name": "New", "groups": []}
APPROVE = {"status": "APPROVED"}


@dataclass(frozen=True)
class Route:
    """A call, and with which status each caller is denied it; 0 is whoever may make it, whatever comes of it."""

    method: str
    path: str
    denied: tuple[int, ...]
    body: Any = NOTHING


ROUTES = [
    Route("GET", "/sessions?limit=1", EVERYBODY),
    Route("GET", f"/sessions/{SESSION}", EVERYBODY),
    Route("GET", "/reviews", EVERYBODY),
    Route("GET", "/reports/sessions", EVERYBODY),
    Route("GET", f"/sessions/{SESSION}/result/stream", EVERYBODY),
    Route("GET", "/userinfo", EVERYBODY),
    Route("GET", "/connections", EVERYBODY),
    Route("POST", "/sessions", NO_AUDITOR, {"connection": "pgdemo", "script": "SELECT 1"}),
    Route("POST", f"/sessions/{SESSION}/exec", NO_AUDITOR),
    Route("POST", f"/sessions/{SESSION}/kill", NO_AUDITOR),
    Route("PATCH", f"/sessions/{SESSION}/metadata", NO_AUDITOR, {"metadata": {"a": "b"}}),
    Route("PUT", f"/sessions/{SESSION}/review", NO_AUDITOR, APPROVE),
    Route("PUT", f"/reviews/{SESSION}", NO_AUDITOR, APPROVE),
    Route("GET", "/connection-credentials", NO_AUDITOR),
    Route("POST", "/sessions/provision", (401, 403, 401, 0, 0, 0, 403), {"user_email": JOHN, "connection": "pgdemo"}),
    Route("POST", "/users", ADMINS, USER),
    Route("PUT", f"/users/{DORA}", ADMINS, {"email": DORA, "name": "Dora Data", "groups": ["dba"]}),
    Route("DELETE", f"/users/{DORA}", ADMINS),
    Route("DELETE", "/connections/pgdemo", ADMINS),
    Route("GET", "/api-keys", ADMINS),
    Route("POST", "/api-keys", ADMINS, {"name": "new", "groups": []}),
    Route("DELETE", "/api-keys/reviewer", ADMINS),
    Route("GET", "/orgs/onboarding", ADMINS),
    # The document lets in admins only, the sheet lets auditors read everything: of auditors nothing is said here.
    Route("GET", "/audit/logs", (0, NOT_TOLD, 403, 0, 0, 403, NOT_TOLD)),
]


@pytest.mark.parametrize("route", ROUTES, ids=[f"{one.method} {one.path}" for one in ROUTES])
async def test_a_route_is_open_to_its_roles(gateway: Gateway, route: Route) -> None:
    """The denied come first: what the others do to the world does not matter to them."""
    expected = dict(zip(CALLERS, route.denied, strict=True))
    told = {caller: status for caller, status in expected.items() if status != NOT_TOLD}
    for caller, status in sorted(told.items(), key=lambda one: -one[1]):
        reply = await gateway.wire(CALLERS[caller]).ask("2.3", route.method, route.path, route.body)
        if status:
            assert reply.message(status) == DENIED, f"{caller}: {reply}"
        else:
            # With no route at all nobody would be denied anything.
            assert reply.body != b"404 page not found", f"{caller}: {reply}"
            is_denied = reply.status in (401, 403) and reply.message(401, 403) == DENIED
            assert not is_denied, f"{caller}: {reply}"


# 2.5 Identity providers


@pytest.fixture
def provider(start: Start, tmp_path: Path) -> Any:
    """Starts gateways at which people sign in by ``oidc`` or ``saml``."""

    async def begin(method: str) -> Gateway:
        path = tmp_path / f"{method}.yaml"
        path.write_text(signing_in_by(method))
        return await start(str(path))

    return begin


async def login_url(gateway: Gateway, redirect: str = "", section: str = "2.5") -> str:
    query = f"?redirect={quote(redirect, safe='')}" if redirect else ""
    told = (await gateway.browser().ask(section, "GET", f"/login{query}")).read({"login_url": str})
    return str(told["login_url"])


async def signed_in(gateway: Gateway, email: str = JOHN) -> str:
    """The token that somebody gets with a browser."""
    reply = await Browser(gateway).sign_in(await login_url(gateway), email, CALLBACK)
    [token] = parse_qs(urlsplit(reply.headers["Location"]).query)["token"]
    return token


@pytest.mark.parametrize("method", ["oidc", "saml"])
async def test_the_command_line_gets_its_token_at_its_own_address(provider: Any, method: str) -> None:
    gateway = await provider(method)
    hoop = Cli(gateway)
    reply = await Browser(gateway).sign_in(await hoop.login(), JOHN, CALLBACK)
    [token] = parse_qs(urlsplit(reply.headers["Location"]).query)["token"]
    await hoop.accept(token)
    assert (await hoop.get("/userinfo", {"email": str}))["email"] == JOHN


async def test_its_address_is_the_one_that_is_taken_when_none_is_told(provider: Any) -> None:
    gateway = await provider("oidc")
    reply = await Browser(gateway).sign_in(await login_url(gateway), ADA, CALLBACK)
    assert reply.check(307).headers["Location"].startswith(f"{CALLBACK}?token=")


async def test_the_web_app_gets_its_token_in_a_cookie(provider: Any) -> None:
    gateway = await provider("oidc")
    target = f"{gateway.origin}/auth/callback"
    reply = await Browser(gateway).sign_in(await login_url(gateway, target), DORA, target)
    assert reply.check(307).headers["Location"] == target
    cookie = SimpleCookie(reply.headers["Set-Cookie"])["hoop_access_token"]
    assert (cookie["path"], cookie["samesite"].lower(), cookie["httponly"]) == ("/", "lax", "")
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert (await user_of(gateway, cookie.value))["email"] == DORA


async def test_a_token_that_has_expired_is_renewed(provider: Any) -> None:
    """Section 2.2: the request succeeds, and brings a new token."""
    gateway = await provider("oidc")
    old = await signed_in(gateway)
    await gateway.advance("13h")
    reply = (await gateway.browser(old).ask("2.2", "GET", "/userinfo")).check()
    new = reply.headers["X-New-Access-Token"]
    assert decoded(new)[1]["exp"] > decoded(old)[1]["exp"]
    assert "X-New-Access-Token" not in (await gateway.browser(new).ask("2.2", "GET", "/userinfo")).check().headers


async def test_the_web_app_goes_on_with_the_new_token(provider: Any) -> None:
    """Its ClojureScript pages keep it, its React shell does not look (8.1)."""
    gateway = await provider("oidc")
    app = WebApp(gateway, await signed_in(gateway))
    old = app.token
    await gateway.advance("13h")
    (await app.react("1c", "GET", "/userinfo")).check()
    assert app.token == old
    (await app.clojure("1c", "GET", "/serverinfo")).check()
    assert app.token != old
    assert (await app.load()).page == "/client"


async def test_a_token_that_cannot_be_renewed_is_over(provider: Any) -> None:
    gateway = await provider("oidc, refresh: false")
    token = await signed_in(gateway)
    await gateway.advance("13h")
    assert (await gateway.browser(token).ask("2.2", "GET", "/userinfo")).message(401) == DENIED


async def test_who_refuses_at_the_provider_is_told(provider: Any) -> None:
    gateway = await provider("oidc")
    [state] = parse_qs(urlsplit(await login_url(gateway)).query)["state"]
    reply = await gateway.browser().ask("2.5", "GET", f"/callback?state={quote(state)}&error=access_denied")
    assert reply.message(401).startswith("error login callback response from identity provider")


async def test_who_is_not_known_or_not_active_comes_back_with_an_error(provider: Any) -> None:
    gateway = await provider("oidc")
    user = {"email": JOHN, "name": "John Wick", "groups": ["sre"], "status": "inactive"}
    (await gateway.browser("ada").ask("2.5", "PUT", f"/users/{JOHN}", user)).check()
    reply = await Browser(gateway).sign_in(await login_url(gateway), JOHN, CALLBACK)
    assert reply.check(307).headers["Location"] == f"{CALLBACK}?error=unexpected_error"


@pytest.mark.parametrize("method", ["oidc", "saml"])
async def test_what_is_told_before_a_login(provider: Any, method: str) -> None:
    gateway = await provider(method)
    told = (await gateway.browser().ask("1c", "GET", "/publicserverinfo")).read({"auth_method": str})
    assert told["auth_method"] == method
    assert (await gateway.browser("ada").ask("8.3", "GET", "/serverinfo")).read()["auth_method"] == method


async def test_a_redirect_to_another_host_is_refused(provider: Any) -> None:
    gateway = await provider("oidc")
    reply = await gateway.browser().ask("2.5", "GET", "/login?redirect=http%3A%2F%2Fevil.example%2Fcallback")
    assert reply.message(422) == "redirect attribute does not match with api url"


async def test_scheme_and_port_of_a_redirect_are_free(provider: Any) -> None:
    gateway = await provider("oidc")
    assert await login_url(gateway, "https://127.0.0.1:1/anywhere")


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        (
            "error=access_denied",
            401,
            "error login callback response from identity provider, contact the administrator",
        ),
        ("state=unknown&code=x", 400, "failed to retrieve login state internally"),
    ],
)
async def test_a_login_that_the_provider_does_not_finish(provider: Any, query: str, status: int, message: str) -> None:
    reply = await (await provider("oidc")).browser().ask("2.5", "GET", f"/callback?{query}")
    assert reply.message(status) == message


async def test_a_code_that_is_none_leads_back_with_an_error(provider: Any) -> None:
    gateway = await provider("oidc")
    [state] = parse_qs(urlsplit(await login_url(gateway)).query)["state"]
    reply = await gateway.browser().ask("2.5", "GET", f"/callback?state={quote(state)}&code=nonsense")
    assert reply.check(307).headers["Location"] == f"{CALLBACK}?error=unexpected_error"


async def test_a_password_does_not_help_where_a_provider_is_asked(provider: Any) -> None:
    gateway = await provider("oidc")
    assert (await login(gateway)).message(500) == "failed to generate token"


async def test_a_gateway_with_local_passwords_has_no_provider(gateway: Gateway) -> None:
    assert (await gateway.browser().ask("2.5", "GET", "/login")).message(403) == "OIDC provider not configured"
    assert (await gateway.browser().ask("2.5", "GET", "/saml/login")).message(401) == "SAML provider not configured"


async def test_a_gateway_with_oidc_has_no_saml(provider: Any) -> None:
    reply = await (await provider("oidc")).browser().ask("2.5", "GET", "/saml/login")
    assert reply.message(401) == "SAML provider not configured"


# 2.6 Public routes

PUBLIC = [
    ("GET", "/healthz", NOTHING, (200,)),
    ("GET", "/openapiv3.json", NOTHING, (200,)),
    ("GET", "/publicserverinfo", NOTHING, (200,)),
    ("GET", "/login", NOTHING, (403,)),
    ("GET", "/saml/login", NOTHING, (401,)),
    ("POST", "/localauth/login", {"email": JOHN, "password": PASSWORD}, (200,)),
    ("POST", "/localauth/register", {"email": JOHN, "password": PASSWORD}, (409,)),
    ("GET", f"/sessions/{SESSION}/download?token=x", NOTHING, (404,)),
    ("GET", f"/sessions/{SESSION}/download/input?token=x", NOTHING, (404,)),
]
OPEN_TO_ALL = (
    *("/healthz", "/openapi", "/publicserverinfo", "/login", "/callback", "/saml/", "/localauth/", "/signup"),
    # The discovery and the callbacks of OAuth have nobody who is signed in yet.
    *("/.well-known/", "/mcp/oauth/", "/federation/oauth/callback", "/mcp-oauth/callback"),
)


@pytest.mark.parametrize(
    ("method", "path", "body", "statuses"), PUBLIC, ids=[f"{method} {path}" for method, path, _, _ in PUBLIC]
)
async def test_a_public_route_asks_for_no_token(
    gateway: Gateway, method: str, path: str, body: Any, statuses: tuple[int, ...]
) -> None:
    reply = (await gateway.browser().ask("2.6", method, path, body)).check(*statuses)
    assert reply.body != b"404 page not found", str(reply)
    assert DENIED.encode() not in reply.body, str(reply)


async def test_the_gateway_says_that_it_lives(gateway: Gateway) -> None:
    assert (await gateway.browser().ask("1.6", "GET", "/healthz")).read() == {"liveness": "OK"}


async def test_every_other_route_of_the_contract_does(gateway: Gateway) -> None:
    open_to_anybody = []
    for path, item in load_contract(spec_dir() / "hoop.yaml").document["paths"].items():
        if path.startswith(OPEN_TO_ALL) or "/download" in path:
            continue
        where = path.replace("{", "").replace("}", "")
        for method in item.keys() & {"get", "put", "post", "delete", "patch"}:
            reply = await gateway.browser().ask("2.6", method.upper(), where)
            if reply.status != 401 or json.loads(reply.body) != {"message": DENIED}:
                open_to_anybody.append(str(reply))
    assert open_to_anybody == []
