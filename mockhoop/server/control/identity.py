"""The page of the built-in identity provider: who signs in chooses whom to be (section 2.5 of the behaviour sheet)."""

from collections.abc import Iterator
from html import escape
from urllib.parse import urlencode

from mockhoop.gateway.facets import SIGN_INS, USERS
from mockhoop.gateway.records import SignIn, User
from mockhoop.messages import Reply
from mockhoop.responders.hoop.signing_in import CALLBACK, code_of
from mockhoop.server.addressing import prefix_of
from mockhoop.server.control.calls import ControlCall, Refused
from mockhoop.world.world import World

_SHOWN = 200
_HTML = "text/html; charset=utf-8"
_NO_SCRIPTS = (("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to mockhoop</title>
<style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;
color:#1c2024;background:#fcfcfd}}
ul{{list-style:none;padding:0}}
a{{display:block;padding:.5rem .75rem;border-radius:.4rem;color:inherit;text-decoration:none}}
a:hover,a:focus{{background:#e6f4fe}}
small{{color:#60646c}}
input{{font:inherit;padding:.4rem;width:100%;box-sizing:border-box}}
@media(prefers-color-scheme:dark){{
body{{color:#edeef0;background:#111113}}a:hover,a:focus{{background:#0d2847}}small{{color:#b0b4ba}}
}}
</style>
<h1>Who are you?</h1>
<p>This page stands in for the identity provider. Choose whom to be; nobody asks for a password.</p>
<form><input type="hidden" name="state" value="{state}"><input name="find" value="{find}" aria-label="Find a person"
placeholder="Find a person"></form>
<ul>{people}</ul>
{more}
<p><a href="{refuse}">Refuse, as the provider does when something fails</a></p>
</html>
"""


def identity(call: ControlCall) -> Reply:
    """The people whom one can sign in as, each as a link back to the gateway."""
    world = call.pipeline.world
    sign_in: SignIn | None = world.table(SIGN_INS).get(call.query.get("state", ""))
    if sign_in is None:
        raise Refused(404, "no sign-in of this world has this state: begin with GET /api/login")
    find = call.query.get("find", "")
    found = list(_people(world, find))
    back = f"{prefix_of(world.name)}{call.pipeline.stage.profile.base_path}{CALLBACK}"
    page = _PAGE.format(
        state=escape(sign_in.state),
        find=escape(find),
        people="".join(_person(world, sign_in, back, user) for user in found[:_SHOWN]),
        more=f"<p>These are the first {_SHOWN} of {len(found):,}.</p>" if len(found) > _SHOWN else "",
        refuse=escape(f"{back}?{urlencode({'state': sign_in.state, 'error': 'access_denied'})}"),
    )
    return Reply(200, page.encode(), _HTML, _NO_SCRIPTS)


def _people(world: World, find: str) -> Iterator[User]:
    wanted = find.casefold()
    return (user for user in world.table(USERS) if wanted in f"{user.name} {user.email}".casefold())


def _person(world: World, sign_in: SignIn, back: str, user: User) -> str:
    link = f"{back}?{urlencode({'state': sign_in.state, 'code': code_of(world, sign_in, user)})}"
    about = ", ".join((user.email, *user.groups, *([user.status] if user.status != "active" else ())))
    return f'<li><a href="{escape(link)}">{escape(user.name)}<br><small>{escape(about)}</small></a></li>'
