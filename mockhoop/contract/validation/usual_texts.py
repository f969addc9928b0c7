"""Texts that are of a format for sure, recognised faster than by the library's own check of the format."""

import re
from collections.abc import Mapping

# No day that only some months have, and not the year 0.
_DATE = r"[1-9][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"

USUAL: Mapping[str, re.Pattern[str]] = {
    "uuid": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "date": re.compile(_DATE),
    "date-time": re.compile(f"{_DATE}T{_TIME}"),
}
"""What most texts of a format look like, as a whole; whether another text is of the format the library has to tell."""
