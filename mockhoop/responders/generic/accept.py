"""Which of the media types that an answer can have its caller would like best (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)
def chosen(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered media type that is wanted most, the first one of equals; None when none is acceptable.

    ``accept`` is the header of a request; without one everything is.
    """
    if not offered or not accept.strip():
        return offered[0] if offered else None
    wishes = [_wish(part) for part in accept.split(",") if part.strip()]
    rated = [(quality, -place) for place, one in enumerate(offered) if (quality := _quality(one, wishes)) > 0]
    return offered[-max(rated)[1]] if rated else None


_Wish = tuple[str, str, dict[str, str], float]


def _wish(text: str) -> _Wish:
    essence, *rest = (part.strip().lower() for part in text.split(";"))
    parameters = {part.partition("=")[0].strip(): part.partition("=")[2].strip() for part in rest if part}
    kind, _, subtype = essence.partition("/")
    return kind, subtype or "*", parameters, _number(parameters.pop("q", "1"))


def _number(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 1.0
    return quality if 0 <= quality <= 1 else 1.0


def _quality(offered: str, wishes: Sequence[_Wish]) -> float:
    """How much a media type is wanted: the narrowest wish that is about it counts.

    What is offered may be several media types in one, as some contracts have it.
    """
    fitting = [(_narrowness(one, wish), wish[3]) for one in offered.split(",") for wish in wishes]
    return max(((narrow, quality) for narrow, quality in fitting if narrow), default=(0, 0.0))[1]


def _narrowness(offered: str, wish: _Wish) -> int:
    """0 when a wish is not about the media type, else the more, the closer it is to it."""
    kind, subtype, parameters, _ = wish
    own_kind, own_subtype, own_parameters, _ = _wish(offered)
    if "*" in (own_kind, own_subtype):  # the contract leaves it open
        return 1
    if kind == "*":
        return 1
    if kind != own_kind:
        return 0
    if subtype == "*":
        return 2
    if subtype == own_subtype:
        return 4 if parameters and parameters.items() <= own_parameters.items() else 3
    # Who takes JSON can read every kind of it.
    return 2 if own_subtype.endswith(f"+{subtype}") else 0
