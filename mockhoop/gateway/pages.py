"""Lists that come whole or a page at a time, as the caller asks (section 8.7 of the behaviour sheet)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from mockhoop.gateway.listing import atoi
from mockhoop.gateway.records import Refusal

USUAL_SIZE: Final = 50
LARGEST: Final = 100
BAD_PAGE: Final = Refusal(422, "page must be >= 1")
BAD_SIZE: Final = Refusal(422, "page_size must be between 1 and 100")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list is asked for; the first one is 1."""

    number: int = 1
    size: int = USUAL_SIZE


def page_told(options: Mapping[str, str]) -> Page | Refusal | None:
    """The page that the options of a query ask for; None asks for all. An empty option is none."""
    told = {name: options[name] for name in ("page", "page_size") if options.get(name)}
    if not told:
        return None
    number, is_number = atoi(told.get("page", "1"))
    if not is_number or number < 1:
        return BAD_PAGE
    size, is_size = atoi(told.get("page_size", str(USUAL_SIZE)))
    return Page(number, size) if is_size and 1 <= size <= LARGEST else BAD_SIZE


def arranged(whole: Sequence[T], page: Page | None, shown: Callable[[T], Any]) -> Any:
    """A bare list, or the envelope with one page."""
    if page is None:
        return [shown(one) for one in whole]
    part = whole[(page.number - 1) * page.size : page.number * page.size]
    pages = {"total": len(whole), "page": page.number, "size": page.size}
    return {"pages": pages, "data": [shown(one) for one in part]}
