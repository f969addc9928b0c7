"""What passes through connections that only forward bytes: HTTP, and plain protocols over TCP."""

import json

from mockhoop.values.transcripts.draw import PRODUCTS, Draw
from mockhoop.values.transcripts.terminal import Turn

AGENTS = ("curl/8.11.1", "python-requests/2.32.3", "Mozilla/5.0 (X11; Linux x86_64) Firefox/133.0")


def http_talk(draw: Draw) -> list[Turn]:
    """Requests and responses of an HTTP client."""
    host, agent = f"{draw.word('host')}.internal.example.com", draw.choice(AGENTS, "agent")
    turns: list[Turn] = []
    for i in range(draw.between(2, 6, "requests")):
        turns += _exchange(draw.part(i), host, agent)
    return turns


def tcp_talk(draw: Draw) -> list[Turn]:
    """A key-value store spoken to in its own line protocol."""
    turns: list[Turn] = [("i", f"HELLO 3 SETNAME job-{draw.ticket}\r\n".encode()), ("o", b"+OK\r\n")]
    for i in range(draw.between(3, 8, "commands")):
        key, value = f"cart:{draw.ticket}:{i}", draw.choice(PRODUCTS, i)
        turns += [
            ("i", f'SET {key} "{value}"\r\n'.encode()),
            ("o", b"+OK\r\n"),
            ("i", f"GET {key}\r\n".encode()),
            ("o", f"${len(value.encode())}\r\n{value}\r\n".encode()),
        ]
    return [*turns, ("i", b"QUIT\r\n"), ("o", b"+OK\r\n")]


def _exchange(draw: Draw, host: str, agent: str) -> list[Turn]:
    answer = draw.choice((_found, _created, _missing, _moved, _page), "answer")
    method, path, sent, status, kind, body = answer(draw)
    request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n"
    if sent:
        request += f"Content-Type: application/json\r\nContent-Length: {len(sent.encode())}\r\n"
    response = (
        f"HTTP/1.1 {status}\r\nServer: nginx/1.27.3\r\nX-Request-Id: {draw.uuid('request')}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
    )
    return [("i", f"{request}\r\n{sent}".encode()), ("o", f"{response}\r\n{body}".encode())]


Answer = tuple[str, str, str, str, str, str]


def _found(draw: Draw) -> Answer:
    orders = [{"id": draw.ticket + i, "product": draw.choice(PRODUCTS, i)} for i in range(draw.between(1, 5))]
    body = json.dumps({"orders": orders, "next": None}, ensure_ascii=False)
    return "GET", f"/api/orders?from={draw.ticket}", "", "200 OK", "application/json; charset=utf-8", body


def _created(draw: Draw) -> Answer:
    name = draw.name()
    sent = json.dumps({"name": name.full, "email": f"{name.handle}@example.com"}, ensure_ascii=False)
    body = json.dumps({"id": draw.ticket, "name": name.full}, ensure_ascii=False)
    return "POST", "/api/customers", sent, "201 Created", "application/json; charset=utf-8", body


def _missing(draw: Draw) -> Answer:
    return "GET", f"/api/orders/{draw.ticket}", "", "404 Not Found", "text/plain", "order not found\n"


def _moved(draw: Draw) -> Answer:
    return "DELETE", f"/api/carts/{draw.ticket}", "", "204 No Content", "text/plain", ""


def _page(draw: Draw) -> Answer:
    title = draw.choice(draw.pools.sentences, "title")
    body = f"<!doctype html>\n<title>{title}</title>\n<p>Grüße #{draw.ticket} 👋</p>\n"
    return "GET", "/", "", "200 OK", "text/html; charset=utf-8", body
