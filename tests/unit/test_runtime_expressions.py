"""Runtime expressions of OpenAPI: the values of a call and its reply."""

import pytest

from mockhoop.messages import JSON, AnyCase, Call, Reply
from mockhoop.responders.generic.expressions import NoValue, Said

SAID = Said(
    Call(
        "POST",
        "/v1/orders/7",
        "to=http%3A%2F%2Fa.test%2F&to=second&empty=",
        AnyCase({"Host": "shop.test", "X-Reply-To": "http://b.test", "Content-Type": JSON}),
        b'{"urls": ["http://c.test", {"a/b": true}], "~": 5, "none": null}',
    ),
    {"id": "7"},
    Reply(202, b'{"id": 12}', JSON, (("Location", "/orders/12"),)),
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("$method", "POST"),
        ("$statusCode", "202"),
        ("$url", "http://shop.test/v1/orders/7?to=http%3A%2F%2Fa.test%2F&to=second&empty="),
        ("$request.header.x-reply-to", "http://b.test"),
        ("$request.query.to", "http://a.test/"),
        ("$request.query.empty", ""),
        ("$request.path.id", "7"),
        ("$request.body#/urls/0", "http://c.test"),
        ("$request.body#/urls/1/a~1b", "true"),
        ("$request.body#/~0", "5"),
        ("$response.body#/id", "12"),
        ("$response.body", '{"id":12}'),
        ("$response.header.location", "/orders/12"),
        ("http://d.test/{$request.path.id}?made={$response.body#/id}", "http://d.test/7?made=12"),
        ("http://d.test/{id}", "http://d.test/{id}"),
    ],
)
def test_an_expression_has_the_value_that_was_said(template: str, value: str) -> None:
    assert SAID.filled(template) == value


@pytest.mark.parametrize(
    "template",
    [
        "$request.query.from",
        "$request.header.x-none",
        "$request.path.other",
        "$request.body#/urls/2",
        "$request.body#/urls/first",
        "$request.body#/none",
        "$response.body#/name",
        "$response.query.to",
        "$request",
        "$nonsense.header.a",
        "http://d.test/{$request.path.other}",
    ],
)
def test_an_expression_without_a_value_says_so(template: str) -> None:
    with pytest.raises(NoValue, match="has no value"):
        SAID.filled(template)
