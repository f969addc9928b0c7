"""What the HTTP layer does around the routes: routing, redirects, headers (sections 1.2 to 1.4)."""

from typing import Any

import pytest

SECURITY = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "X-XSS-Protection": "1; mode=block",
}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": (
        "Content-Type, Authorization, accept, origin, user-client, X-Mockhoop-World, Prefer"
    ),
    "Access-Control-Allow-Methods": "POST, OPTIONS, GET, PUT, DELETE, PATCH",
}
SESSION = "/api/sessions/00000000-0000-4000-8000-000000000001"
USUAL = ["/api/sessions", SESSION, f"{SESSION}?extension=csv", "/api/sessions?limit=0", f"{SESSION}/download?token=x"]


# Routing


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD", "TRACE"])
@pytest.mark.parametrize("path", ["/api/nothing", "/api/sessions/a/b/c", "/api//sessions", "/api/Sessions", "/api/"])
async def test_an_unknown_path_of_the_api_is_a_text(api: Any, method: str, path: str) -> None:
    answer = await (await api("downloads")).request(method, path)
    assert answer.status == 404
    assert answer.body == (b"" if method == "HEAD" else b"404 page not found")
    assert answer.headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    "target",
    ["DELETE /api/sessions", "PUT /api/sessions", f"DELETE {SESSION}", f"POST {SESSION}", f"PATCH {SESSION}/download"],
)
async def test_a_wrong_method_is_not_found_and_never_405(api: Any, target: str) -> None:
    method, path = target.split()
    answer = await (await api("downloads")).request(method, path)
    assert (answer.status, answer.body) == (404, b"404 page not found")
    assert "Allow" not in answer.headers


async def test_what_is_not_found_does_not_ask_who_calls(api: Any) -> None:
    assert (await (await api("downloads")).request("GET", "/api/nothing", None)).status == 404


@pytest.mark.parametrize("path", ["/api", "/apiary", "/api.json"])
async def test_what_only_begins_like_the_api_is_a_text_too(api: Any, path: str) -> None:
    answer = await (await api("downloads")).request("GET", path)
    assert (answer.status, answer.body) == (404, b"404 page not found")


@pytest.mark.parametrize("path", ["/", "/sessions", "/API/sessions", "/index.html", "/%61pi/nothing"])
async def test_elsewhere_there_is_nothing_without_a_web_app(api: Any, path: str) -> None:
    answer = await (await api("downloads")).request("GET", path)
    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("path", USUAL)
async def test_head_answers_like_get_without_the_body(api: Any, path: str) -> None:
    gateway = await api("downloads")
    head = await gateway.request("HEAD", path)
    other = await (await api("downloads")).request("GET", path)
    changing = {"Content-Length", "Content-Disposition"}
    assert (head.status, head.body) == (other.status, b"")
    assert {key: head.headers[key] for key in head.headers if key not in changing} == {
        key: other.headers[key] for key in other.headers if key not in changing
    }


@pytest.mark.parametrize("path", ["/api/sessions", "/api/sessions/", "/api/nothing", "/", "/elsewhere", SESSION])
async def test_options_is_answered_for_everything(api: Any, path: str) -> None:
    answer = await (await api("downloads")).request("OPTIONS", path, None)
    assert (answer.status, answer.body) == (204, b"")
    assert {key: answer.headers[key] for key in CORS} == CORS


# Slashes


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/sessions/", "/api/sessions"),
        ("/api/sessions/?limit=1&x=%20", "/api/sessions?limit=1&x=%20"),
        (f"{SESSION}/", SESSION),
        (f"{SESSION}/download/?token=a", f"{SESSION}/download?token=a"),
        ("/api/plugins/audit/sessions/", "/api/plugins/audit/sessions"),
    ],
)
async def test_a_slash_at_the_end_is_redirected_away(api: Any, path: str, location: str) -> None:
    answer = await (await api("downloads")).request("GET", path, None)
    assert (answer.status, answer.headers["Location"]) == (301, location)
    shown = location.replace("&", "&amp;")
    assert answer.body.decode() == f'<a href="{shown}">Moved Permanently</a>.\n\n'
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_a_redirect_comes_before_all_other_headers(api: Any) -> None:
    answer = await (await api("downloads")).request("GET", "/api/sessions/", None)
    assert set(answer.headers) & {"Server", *CORS, *SECURITY} == set()


async def test_head_is_redirected_with_307(api: Any) -> None:
    answer = await (await api("downloads")).request("HEAD", "/api/sessions/")
    assert (answer.status, answer.headers["Location"], answer.body) == (307, "/api/sessions", b"")


@pytest.mark.parametrize("target", ["DELETE /api/sessions/", "GET /api/nothing/", "GET /api/sessions//"])
async def test_only_a_known_route_is_redirected(api: Any, target: str) -> None:
    method, path = target.split()
    assert (await (await api("downloads")).request(method, path)).status == 404


async def test_a_prefix_that_a_proxy_took_away_is_put_back(api: Any) -> None:
    gateway = await api("downloads")
    answer = await gateway.request("GET", "/api/sessions/", None, {"X-Forwarded-Prefix": "/hoop"})
    assert answer.headers["Location"] == "/hoop/api/sessions"


# Headers


@pytest.mark.parametrize("path", [*USUAL, "/api/nothing", "/api"])
@pytest.mark.parametrize("token", ["ada", None])
async def test_every_answer_has_the_standing_headers(api: Any, path: str, token: str | None) -> None:
    answer = await (await api("downloads")).request("GET", path, token)
    expected = CORS | SECURITY | {"Server": "hoopgateway/1.148.0"}
    assert {key: answer.headers.get(key) for key in expected} == expected
    assert answer.headers["Content-Security-Policy"].startswith("default-src self;")
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("path", USUAL)
async def test_nothing_is_sent_that_the_gateway_does_not_send(api: Any, path: str) -> None:
    answer = await (await api("downloads")).request("GET", path, headers={"Accept-Encoding": "gzip"})
    absent = {"Link", "X-Total-Count", "ETag", "Last-Modified", "Cache-Control", "WWW-Authenticate", "Retry-After"}
    absent |= {"Content-Encoding", "Access-Control-Max-Age", "X-Request-Id", "X-Api-Version", "Set-Cookie", "Allow"}
    assert absent & set(answer.headers) == set()


@pytest.mark.parametrize(
    ("contract", "exposed", "server"),
    [
        ("hoop", "X-New-Access-Token, X-Set-Cookie, X-Mockhoop-Violations, Preference-Applied", "hoopgateway/1.148.0"),
        ("1.49.10", "X-Mockhoop-Violations, Preference-Applied", "hoopgateway/1.49.10"),
    ],
)
async def test_releases_differ_in_what_they_expose(api: Any, contract: str, exposed: str, server: str) -> None:
    answer = await (await api("downloads", contract=contract)).get("/sessions")
    assert (answer.headers["Access-Control-Expose-Headers"], answer.headers["Server"]) == (exposed, server)


async def test_without_cors_the_headers_for_browsers_are_left_out(api: Any) -> None:
    answer = await (await api("downloads", cors=False)).get("/sessions")
    assert [key for key in answer.headers if key.startswith("Access-Control-")] == []
    assert {key: answer.headers[key] for key in SECURITY} == SECURITY


async def test_a_frozen_clock_dates_the_answers(api: Any) -> None:
    gateway = await api("downloads")
    before = await gateway.get("/sessions")
    gateway.service.world.clock.advance(90 * 10**9)
    after = await gateway.get("/sessions")
    assert before.headers.getall("Date") == ["Thu, 01 Aug 2024 12:00:00 GMT"]
    assert after.headers.getall("Date") == ["Thu, 01 Aug 2024 12:01:30 GMT"]


# What a client may send


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "nonsense", ""])
async def test_the_media_type_of_a_request_does_not_matter(api: Any, media_type: str) -> None:
    assert (await (await api("downloads")).get("/sessions", **{"Content-Type": media_type})).status == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense"])
async def test_nor_does_what_it_would_like_to_get(api: Any, accept: str) -> None:
    answer = await (await api("downloads")).get("/sessions", Accept=accept)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_a_query_of_thousands_of_filters_is_answered(api: Any) -> None:
    answer = await (await api("downloads")).get("/sessions?" + "&".join(["connection=%25a%25"] * 300))
    assert answer.status == 200


async def test_the_corrected_contract_is_served_to_anybody(api: Any) -> None:
    """Section 1.6, without a token; its server is the address by which the caller came."""
    answer = await (await api("empty")).get("/openapiv3.json", None, Host="hoop.test:8009")
    assert answer.status == 200
    assert answer.json["servers"] == [{"url": "http://hoop.test:8009/api"}]
    assert "bearer" in answer.json["components"]["securitySchemes"]


async def test_a_line_break_in_a_path_is_ours_to_judge(api: Any) -> None:
    answer = await (await api("empty")).get("/sessions/a%0Ab", "ada")
    assert (answer.status, answer.body) == (500, b'{"message":"failed fetching session"}')
