"""Who is in the worlds of these tests, and how they sign in."""

PASSWORD = "hoop"
"""The password of everybody to whom a scenario gives no other."""
ADA, OTTO, JOHN, DORA = "ada@example.com", "otto@example.com", "john.wick@bad.org", "dora@example.com"
"""An admin, an auditor, one of sre, and one of dba and sre."""
TOKENS = {ADA: "ada", OTTO: "otto", JOHN: "john", DORA: "dora"}
"""The bearer tokens that the scenarios give them."""
GATEWAY_KEY = "xapi-gateway"
"""The gateway's own key in the world ``keys``."""
API_KEY = "API_KEY"
"""What the gateway's own key is called: its user id, its name and its email."""


def signing_in_by(method: str) -> str:
    """The world ``keys`` where people sign in by another method than local passwords: ``oidc`` or ``saml``.

    More settings may follow a comma: ``oidc, refresh: false``.
    """
    clock = "{start: 2026-08-21T12:00:00Z, frozen: true}"
    return f"mockhoop: 1\ninclude: [default]\nclock: {clock}\nsign_in: {{method: {method}}}\n"
