"""Signed tokens, as a sign-in gives them (section 2.4 of the behaviour sheet)."""

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mockhoop.gateway.times import SECOND

LIFETIME: Final = 12 * 60 * 60
"""Seconds."""
_ALGORITHM = "EdDSA"
_MOST_REMEMBERED = 4_096
_CLAIMS = ("sub", "email", "auth_time", "iat", "exp")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, since when and until when it is good (seconds since 1970)."""

    subject: str
    issued: int
    expires: int


class Tokens:
    """Issues and reads the tokens of one gateway, which a key of 32 bytes signs; the same key gives the same tokens."""

    def __init__(self, key: bytes) -> None:
        self._secret = key
        self._known: dict[str, Claims | None] = {}

    def issue(self, subject: str, email: str, now: int, earliest: int = 0) -> str:
        """A token for somebody at an instant (nanoseconds), good for twelve hours; ``earliest`` is in seconds."""
        import jwt

        at = max(now // SECOND, earliest)
        claims = {"email": email, "auth_time": at, "sub": subject, "iat": at, "exp": at + LIFETIME}
        return jwt.encode(claims, self._key, _ALGORITHM)

    def read(self, token: str) -> Claims | None:
        """What a token says; None when it is none of ours. Whether it has expired is for the caller to say."""
        if not looks_signed(token):
            return None
        if token not in self._known:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[token] = self._read(token)
        return self._known[token]

    @cached_property
    def _key(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._secret)

    def _read(self, token: str) -> Claims | None:
        import jwt

        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                [_ALGORITHM],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False, "require": list(_CLAIMS)},
            )
        except jwt.InvalidTokenError:
            return None
        return Claims(str(claims["sub"]), int(claims["iat"]), int(claims["exp"]))


def claimed_email(token: str) -> str:
    """Whose a signed token says that it is, whoever signed it."""
    if not looks_signed(token):
        return ""
    payload = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return ""
    return str(claims.get("email", "")) if isinstance(claims, dict) else ""


def looks_signed(token: str) -> bool:
    """Whether a token has the form of a signed one."""
    return token.startswith("ey") and token.count(".") == 2 and token.isascii()
