"""URLs that stand in texts."""

import re

_PASSWORD = re.compile(r"(://[^\s/:@\"\\]*:)[^\s/@\"\\]+@")


def without_passwords(text: str, cover: str) -> str:
    """The text with the passwords of its URLs covered, as in ``postgres://ada:<secret>@host``."""
    return _PASSWORD.sub(rf"\1{cover}@", text)
