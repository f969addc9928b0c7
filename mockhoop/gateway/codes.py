"""What the built-in identity provider gives whom it sends back (section 2.5 of the behaviour sheet)."""

from mockhoop.values.chance import Chance


def code_of(chance: Chance, state: str, subject: str) -> str:
    """The code for somebody in the sign-in that has this state; it means nobody in another one."""
    return chance.hex("code", state, subject)
