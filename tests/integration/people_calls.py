"""How the tests of people and keys call: as the admin of the shipped scenario ``executions`` unless told otherwise."""

from typing import Any

from .execution_calls import Told, send

ERIN, JOHN = "erin@example.com", "john@example.com"
NEW = {"email": "new@example.com", "name": "New One", "groups": ["sre"], "password": "long enough"}
DENIED = (401, "access denied")


async def call(api: Any, method: str, target: str, body: Any = None, token: str | None = "ada", **headers: str) -> Told:
    """One call."""
    return await send(api, method, target, body, token, **headers)


async def read(api: Any, target: str, token: str | None = "ada", **headers: str) -> Any:
    """What a GET tells."""
    told = await send(api, "GET", target, None, token, **headers)
    assert told.status == 200, told
    return told.json


async def sign_in(api: Any, email: str, password: str) -> Told:
    """``POST /localauth/login``."""
    return await send(api, "POST", "/localauth/login", {"email": email, "password": password}, None)


async def email_of(api: Any, login: Told) -> str:
    """Who the token of a sign-in is for."""
    assert login.status == 200, login
    email: str = (await read(api, "/userinfo", login.headers["Token"]))["email"]
    return email


def required(struct: str, *fields: str) -> tuple[int, str]:
    """The refusal of a body that leaves fields out."""
    texts = (f"Key: '{struct}.{one}' Error:Field validation for '{one}' failed on the 'required' tag" for one in fields)
    return 400, "\n".join(texts)
