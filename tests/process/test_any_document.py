"""Other documents on the command line: the habits of Prism, several at once, a gallery, the guess about memory."""

import json
from pathlib import Path

import pytest

from .conftest import Run, Serve

DOCUMENTS = Path(__file__).parents[1] / "documents"
SHOP = str(DOCUMENTS / "shop.yaml")


def test_mock_lists_its_operations_and_serves_them_without_a_prefix(serve: Serve) -> None:
    server = serve(SHOP, "-d", verb="mock")
    assert f"[CLI] ▶  start     mockhoop is listening on http://127.0.0.1:{server.port}\n" in server.out
    assert f"GET     http://127.0.0.1:{server.port}/products\n" in server.out
    assert server.ask("GET", "/products/4711", None).status == 200


def test_mock_tells_of_violations_in_the_header_of_prism(serve: Serve) -> None:
    server = serve(SHOP, verb="mock")
    told = json.loads(server.ask("GET", "/products?limit=many", None).headers["sl-violations"])
    assert [(one["location"], one["severity"], one["code"]) for one in told] == [
        (["request", "query", "limit"], "Error", "type")
    ]


def test_several_documents_are_served_under_their_prefixes(serve: Serve) -> None:
    server = serve(f"/one={SHOP}", f"/two={SHOP}")
    answers = [server.ask("GET", f"{prefix}/v2/products?limit=1", None) for prefix in ("/one", "/two")]
    assert [answer.status for answer in answers] == [200, 200]
    assert server.ask("GET", "/v2/products", None).status == 404


def test_a_gallery_has_every_answer_of_a_document(mockhoop: Run, tmp_path: Path) -> None:
    done = mockhoop("gallery", SHOP, "-o", str(tmp_path / "gallery"))
    assert (done.code, done.err) == (0, "")
    assert "0 of them break the contract" in done.out
    written = [path for path in (tmp_path / "gallery").rglob("*") if path.is_file()]
    assert str(len(written)) == done.out.split()[0]


@pytest.mark.parametrize("document", sorted(path.stem for path in DOCUMENTS.glob("*.yaml")))
def test_every_answer_of_every_document_keeps_its_contract(mockhoop: Run, document: str) -> None:
    done = mockhoop("gallery", str(DOCUMENTS / f"{document}.yaml"))
    assert (done.code, done.err) == (0, "")


def test_routes_shows_the_guess_about_what_is_remembered(mockhoop: Run) -> None:
    lines = mockhoop("routes", SHOP).out.splitlines()
    told = {line.split("  ")[0]: line.rsplit("  ", 1)[1] for line in lines}
    assert told["GET /products"] == "memory: lists /products, known by id"
    assert told["PUT /settings"] == "memory: replaces /settings"
