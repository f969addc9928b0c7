"""Bodies of which nothing is known but that they are JSON."""

import json
from typing import Any


def first_value(body: bytes) -> Any:
    """The first JSON value of a body, which is all that the gateway reads of it (section 1.4); None for no JSON."""
    try:
        return json.JSONDecoder().raw_decode(body.decode(errors="replace").lstrip())[0]
    except (ValueError, RecursionError):
        return None
