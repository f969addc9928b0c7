"""Lists that come whole or a page at a time (section 8.7)."""

import pytest

from mockhoop.gateway.pages import BAD_PAGE, BAD_SIZE, Page, arranged, page_told


@pytest.mark.parametrize(
    ("options", "page"),
    [
        ({}, None),
        ({"page": "", "page_size": ""}, None),
        ({"page": "2"}, Page(2, 50)),
        ({"page": "", "page_size": "7"}, Page(1, 7)),
        ({"page": "+3", "page_size": "0100"}, Page(3, 100)),
        ({"page": "0"}, BAD_PAGE),
        ({"page": "-1", "page_size": "0"}, BAD_PAGE),
        ({"page": "x"}, BAD_PAGE),
        ({"page": "9" * 30}, BAD_PAGE),
        ({"page_size": "0"}, BAD_SIZE),
        ({"page_size": "101"}, BAD_SIZE),
        ({"page_size": "1.5"}, BAD_SIZE),
    ],
)
def test_a_query_asks_for_a_page(options: dict[str, str], page: object) -> None:
    assert page_told(options) == page


def test_without_a_page_the_list_is_bare() -> None:
    assert arranged([1, 2], None, str) == ["1", "2"]


@pytest.mark.parametrize(("number", "data"), [(1, ["1", "2"]), (2, ["3"]), (3, [])])
def test_a_page_is_a_part_of_the_whole(number: int, data: list[str]) -> None:
    told = arranged([1, 2, 3], Page(number, 2), str)
    assert told == {"pages": {"total": 3, "page": number, "size": 2}, "data": data}
