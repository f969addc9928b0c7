"""Documents that are given by URL, and references that lead to the web: what is read, and what is not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from mockhoop.contract.document import Contract, load_contract, refuse_unsound
from mockhoop.contract.fetching import fetch
from mockhoop.errors import SourceError

HEAD = "openapi: 3.0.3\ninfo: {title: A shop, version: '1'}\n"
ITEM = "get: {responses: {'200': {description: fine}}}\n"


class Web:
    """A server on this machine: what it answers to each path, and which paths were asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.closing = Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                if self.path == "/never":
                    web.closing.wait()
                status, headers, content = web.answers.get(self.path, (404, {}, b"nothing here"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=lambda: self.server.serve_forever(0.05), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def says(self, path: str, text: str | bytes, status: int = 200, **headers: str) -> str:
        content = text.encode() if isinstance(text, str) else text
        self.answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)
        return self.url(path)


@contextmanager
def running() -> Iterator[Web]:
    web = Web()
    yield web
    web.closing.set()
    web.server.shutdown()
    web.server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    with running() as web:
        yield web


@pytest.fixture
def other() -> Iterator[Web]:
    with running() as web:
        yield web


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(SourceError) as refused:
        call()
    return str(refused.value)


def sound(location: str | Path, *, allow_remote: bool = False) -> Contract:
    contract = load_contract(location, allow_remote=allow_remote)
    refuse_unsound(contract)
    return contract


def test_a_document_may_be_given_by_url_and_refer_to_others_beside_it(web: Web) -> None:
    web.says("/v1/paths/items.yaml", "$ref: ../item.json\n")
    web.says("/v1/item.json", '{"get": {"responses": {"200": {"description": "fine"}}}}')
    contract = sound(web.says("/v1/shop.yaml", HEAD + "paths: {/items: {$ref: paths/items.yaml}}\n"))
    assert contract.operations.get("GET /items")
    assert (contract.files, contract.location) == ((), web.url("/v1/shop.yaml"))
    assert web.asked == ["/v1/shop.yaml", "/v1/paths/items.yaml", "/v1/item.json"]


def test_json_is_known_by_its_first_character(web: Web) -> None:
    text = '{"openapi": "3.0.3", "info": {"title": "a", "version": "1"},\n\t"paths": {}}'
    assert sound(web.says("/openapi", text, Content_Type="application/json")).document["info"]["title"] == "a"


def test_references_are_resolved_against_where_a_redirect_leads(web: Web) -> None:
    web.says("/new/item.yaml", ITEM)
    web.says("/new/shop.yaml", HEAD + "paths: {/items: {$ref: item.yaml}}\n")
    assert sound(web.says("/old", "", 302, Location="/new/shop.yaml")).location == web.url("/new/shop.yaml")


def test_a_mistake_is_told_with_the_url_it_stands_at(web: Web) -> None:
    web.says("/item.yaml", "get:\n  responses: {'200': {description: []}}\n")
    url = web.says("/shop.yaml", HEAD + "paths: {/items: {$ref: item.yaml}}\n")
    assert refusal(lambda: sound(url)).startswith(web.url("/item.yaml") + ":2:36: a list is not a text")


@pytest.mark.parametrize("reference", ["file:///etc/hostname", "FILE:/etc/hostname"])
def test_a_document_from_the_web_never_leads_to_a_local_file(web: Web, reference: str) -> None:
    url = web.says("/shop.yaml", HEAD + f"paths: {{/a: {{$ref: '{reference}'}}}}\n")
    assert "leads to a file, which a document from the web may not" in refusal(lambda: sound(url, allow_remote=True))


def test_a_path_from_the_root_is_asked_of_the_server(web: Web) -> None:
    url = web.says("/shop.yaml", HEAD + "paths: {/a: {$ref: /etc/hostname}}\n")
    assert "the server answers 404 Not Found" in refusal(lambda: sound(url))
    assert web.asked[-1] == "/etc/hostname"


def test_another_server_is_asked_only_if_that_is_permitted(web: Web, other: Web) -> None:
    reference = other.says("/item.yaml", ITEM)
    url = web.says("/shop.yaml", HEAD + f"paths: {{/a: {{$ref: '{reference}'}}}}\n")
    assert "another server than its document's (permit it with --allow-remote)" in refusal(lambda: sound(url))
    assert other.asked == []
    assert sound(url, allow_remote=True).operations.get("GET /a")


def test_a_local_file_may_refer_to_the_web_if_that_is_permitted(web: Web, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(HEAD + f"paths: {{/a: {{$ref: '{web.says('/item.yaml', ITEM)}'}}}}\n")
    assert sound(path, allow_remote=True).files == (path,)


def test_what_nobody_asked_for_is_not_read_from_a_private_address(web: Web) -> None:
    url = web.says("/item.yaml", ITEM)
    assert "it leads to the private address 127.0.0.1" in refusal(lambda: fetch(url, asked=False, private=False))
    assert web.asked == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/missing", "the server answers 404 Not Found (check the address)"),
        ("/page", "it is a web page (HTML)"),
        ("/latin", "this is not UTF-8"),
        ("/empty", "the file is empty"),
        ("/circle", "it redirects more than 5 times"),
        ("/to-file", "only http and https URLs can be read"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(web: Web, path: str, said: str) -> None:
    web.says("/page", "<!doctype html><html></html>")
    web.says("/latin", b"title: \xff")
    web.says("/empty", "")
    web.says("/circle", "", 302, Location="/circle")
    web.says("/to-file", "", 302, Location="file:///etc/hostname")
    text = refusal(lambda: sound(web.url(path)))
    assert text.startswith(web.url(path))
    assert said in text


def test_reading_ends_after_some_time(web: Web) -> None:
    text = refusal(lambda: fetch(web.url("/never"), asked=True, private=False, seconds=0.2))
    assert "no document within 0.2 seconds" in text


def test_reading_ends_at_some_size(web: Web) -> None:
    url = web.says("/large", "x" * 1001)
    text = refusal(lambda: fetch(url, asked=True, private=False, max_bytes=1000))
    assert "the document is larger than 1,000 bytes" in text


def test_a_server_that_does_not_run_is_told(web: Web) -> None:
    url = web.url("/")
    web.server.server_close()
    assert "the document cannot be read" in refusal(lambda: load_contract(url))
