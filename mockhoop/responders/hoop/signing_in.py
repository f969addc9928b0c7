"""Signing in: with a password here, or with an identity provider (sections 2.4 and 2.5 of the behaviour sheet)."""

from collections.abc import Callable
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from mockhoop.gateway import codes
from mockhoop.gateway.access import ADMIN_GROUP
from mockhoop.gateway.bodies import LocalUser, read_local_user
from mockhoop.gateway.facets import SIGN_INS, USERS
from mockhoop.gateway.records import Refusal, SignIn, User
from mockhoop.gateway.tokens import Tokens
from mockhoop.gateway.wire import dumps, error
from mockhoop.messages import JSON_UTF8, Headers, Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.hoop.refusals import refuse
from mockhoop.world.changes import Change, Count, Drop, Put
from mockhoop.world.world import World

IDENTITY_PATH: Final = "/__mockhoop/worlds/{world}/identity"
"""Where the page of the built-in identity provider is."""
CALLBACK = "/callback"
CLI_REDIRECT: Final = "http://127.0.0.1:3587/callback"
"""Where the command line listens."""
COOKIE: Final = "hoop_access_token"
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")

_SEQUENCE = "sign-ins"
_MOST_BEGUN = 1_000
"""So many of the newest sign-ins that have begun can be ended."""
_SNIFFED = "text/plain; charset=utf-8"
_NOT_FOUND = Refusal(404, "user not found")
_WRONG = Refusal(401, "invalid credentials")
_NO_TOKEN = Refusal(500, "failed to generate token")
_TAKEN = Refusal(409, "user already exists")
_CLOSED = Refusal(403, "unable to register new users, please contact your administrator")
_FOREIGN = Refusal(422, "redirect attribute does not match with api url")
_NO_OIDC = Refusal(403, "OIDC provider not configured")
_NO_SAML = Refusal(401, "SAML provider not configured")
_UNKNOWN_STATE = Refusal(400, "failed to retrieve login state internally")
_PROVIDER_FAILED = Refusal(401, "error login callback response from identity provider, contact the administrator")


class SigningIn:
    """Decides the routes by which people get a token."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def local(self, question: Question) -> Decision:
        """``POST /localauth/login``: the token is in a header (section 2.4)."""
        told = read_local_user(question.call.body)
        if isinstance(told, Refusal):
            return Decision(Reply(told.status, error(told), _SNIFFED), refused=True)
        user: User | None = question.world.table(USERS).find("email", told.email)
        if user is None:
            return refuse(_NOT_FOUND)
        if not user.password or not _same(told.password, user.password):
            return refuse(_WRONG)
        if question.world.settings.auth_method != "local":
            return refuse(_NO_TOKEN)
        return Decision(Reply(200, dumps({"status": "ok"}), JSON_UTF8, self._told(user, question.world)))

    def register(self, question: Question) -> Decision:
        """``POST /localauth/register``: the first user of an organisation becomes its admin (section 2.4)."""
        told, world = read_local_user(question.call.body), question.world
        if isinstance(told, Refusal):
            return refuse(told)
        if world.table(USERS).find("email", told.email) is not None:
            return refuse(_TAKEN)
        if len(world.table(USERS)):
            return refuse(_CLOSED)
        user = _registered(told)
        reply = Reply(201, dumps({"message": "User created successfully"}), JSON_UTF8, self._told(user, world))
        return Decision(reply, (Put(USERS, user),))

    def oidc(self, question: Question) -> Decision:
        """``GET /login``: where to sign in (section 2.5)."""
        return self._begun(question) if question.world.settings.auth_method == "oidc" else refuse(_NO_OIDC)

    def saml(self, question: Question) -> Decision:
        """``GET /saml/login``: as with OIDC (section 2.5)."""
        return self._begun(question) if question.world.settings.auth_method == "saml" else refuse(_NO_SAML)

    def callback(self, question: Question) -> Decision:
        """``GET /callback`` and its like for SAML: back from the identity provider, with a token (section 2.5)."""
        world, query = question.world, _query(question)
        if "error" in query:
            return refuse(_PROVIDER_FAILED)
        sign_in: SignIn | None = world.table(SIGN_INS).get(query.get("state", ""))
        if sign_in is None:
            return refuse(_UNKNOWN_STATE)
        user = _chosen(world, sign_in, query.get("code", ""))
        if user is None or user.status != "active":
            return Decision(_redirect(sign_in.redirect, {"error": "unexpected_error"}))
        token = self._tokens.issue(user.subject, user.email, world.clock.now(), user.tokens_since)
        if sign_in.redirect == CLI_REDIRECT:
            return Decision(_redirect(sign_in.redirect, {"token": token}))
        cookie = ("Set-Cookie", f"{COOKIE}={token}; Path=/; SameSite=Lax")
        return Decision(_redirect(sign_in.redirect, {}, (cookie,)))

    def _begun(self, question: Question) -> Decision:
        world, call = question.world, question.call
        redirect = _query(question).get("redirect") or CLI_REDIRECT
        own = _host(f"//{call.headers.get('Host', '127.0.0.1')}")
        if redirect != CLI_REDIRECT and (own is None or _host(redirect) != own):
            return refuse(_FOREIGN)
        number = world.counted(_SEQUENCE)
        state = _state(world, number)
        page = IDENTITY_PATH.format(world=world.name)
        origin = call.origin.removesuffix(call.prefix)
        body = dumps({"login_url": f"{origin}{page}?{urlencode({'state': state})}"})
        changes: list[Change] = [Put(SIGN_INS, SignIn(state=state, redirect=redirect)), Count(_SEQUENCE)]
        if number >= _MOST_BEGUN:
            changes.append(Drop(SIGN_INS, _state(world, number - _MOST_BEGUN)))
        return Decision(Reply(200, body, JSON_UTF8), tuple(changes))

    def _told(self, user: User, world: World) -> Headers:
        token = self._tokens.issue(user.subject, user.email, world.clock.now(), user.tokens_since)
        return (("Token", token), ("Access-Control-Expose-Headers", "Token"))


def signing_in_routes(tokens: Tokens) -> dict[str, Callable[[Question], Decision]]:
    """What decides each route."""
    deciding = SigningIn(tokens)
    return {
        "POST /localauth/login": deciding.local,
        "POST /localauth/register": deciding.register,
        "GET /login": deciding.oidc,
        "GET /callback": deciding.callback,
        "GET /saml/login": deciding.saml,
        "POST /saml/callback": deciding.callback,
    }


def _state(world: World, number: int) -> str:
    return world.chance.uuid("sign-in", number)


def code_of(world: World, sign_in: SignIn, user: User) -> str:
    """What the identity provider gives for a user in one sign-in; it means nobody in another one."""
    return codes.code_of(world.chance, sign_in.state, user.subject)


def _chosen(world: World, sign_in: SignIn, code: str) -> User | None:
    users: Any = world.table(USERS)
    return next((user for user in users if _same(code_of(world, sign_in, user), code)), None)


def _registered(told: LocalUser) -> User:
    name = told.name or told.email
    return User(subject=told.email, email=told.email, name=name, groups=(ADMIN_GROUP,), password=told.password)


def _same(one: str, two: str) -> bool:
    """Whether two texts are the same; how long it takes tells nothing of where they differ."""
    return compare_digest(one.encode(errors="surrogatepass"), two.encode(errors="surrogatepass"))


def _query(question: Question) -> dict[str, str]:
    return dict(reversed(parse_qsl(question.call.raw_query, keep_blank_values=True)))


def _host(url: str) -> str | None:
    """The host of an address; the names of this machine are one, as a development server calls it by another."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return "localhost" if host in _THIS_MACHINE else host


def _redirect(target: str, query: dict[str, str], headers: Headers = ()) -> Reply:
    joint = "&" if "?" in target else "?"
    location = f"{target}{joint}{urlencode(query)}" if query else target
    location = quote(location, safe="%/:=&?~#+!$,;'@()*[]")  # no character that a header cannot have
    return Reply(307, b"", "", (("Location", location), *headers))


def renewed(tokens: Tokens, user: User, world: World) -> Headers:
    """The header with a new token for one that has expired (section 2.2)."""
    token = tokens.issue(user.subject, user.email, world.clock.now(), user.tokens_since)
    return (("X-New-Access-Token", token),)
