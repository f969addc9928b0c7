"""A third-party connector reads lists from mockhoop (section 4 of the sheet of clients)."""

from collections.abc import Callable
from typing import Any

import pytest

from . import work
from .conftest import Start
from .connector import Connector, Refused
from .gateway import Gateway
from .people import DORA, JOHN

Row = dict[str, Any]

CONNECTIONS: list[tuple[dict[str, str], Callable[[Row], bool]]] = [
    ({"search": "pay"}, lambda row: row["name"] == "pg-payments"),
    ({"type": "database"}, lambda row: row["type"] == "database"),
    ({"subtype": "bash"}, lambda row: row["subtype"] == "bash"),
    ({"resource_name": "shell"}, lambda row: row["name"] == "shell"),
    ({"tag_selector": "team=banking"}, lambda row: row["name"] == "pgdemo"),
    ({"page": "1"}, lambda row: True),
    ({"page_size": "2"}, lambda row: True),
    ({"page": "2", "page_size": "2"}, lambda row: True),
]
EMPTY_CONNECTIONS = [{"managed_by": "nobody"}, {"attribute": "none-like-that"}, {"tags": "none-like-that"}]
SESSIONS: list[tuple[dict[str, str], Callable[[Row], bool]]] = [
    ({"user": JOHN}, lambda row: row["user"] == JOHN),
    ({"connection": "pgdemo"}, lambda row: row["connection"] == "pgdemo"),
    ({"type": "database"}, lambda row: row["connection"] in ("pgdemo", "pg-payments")),
    ({"review.approver": DORA}, lambda row: row["connection"] in ("pg-payments", "bash-prod")),
    ({"review.status": "PENDING"}, lambda row: row["id"] == work.PENDING),
    ({"correlation_id": "deploy-7"}, lambda row: row["id"] in work.BATCH),
    ({"jira_issue_key": "ops-12"}, lambda row: row["id"] == work.RUNBOOK),
    ({"start_date": "2026-08-21T00:00:00Z"}, lambda row: True),
    ({"start_date": "2026-08-21T00:00:00Z", "end_date": "2026-08-21T10:59:59Z"}, lambda row: row["id"] != work.LIVE),
    ({"limit": "5"}, lambda row: True),
    ({"limit": "5", "offset": "5"}, lambda row: True),
]


@pytest.fixture
async def gateway(start: Start) -> Gateway:
    return await start("work")


@pytest.fixture
def connector(gateway: Gateway) -> Connector:
    return Connector(gateway, "ada")


async def test_its_check_of_credentials_fails_as_it_does_against_the_real_gateway(connector: Connector) -> None:
    """It looks for ``subject`` or ``sub``; the gateway sends ``id``. A mock that sends either is not faithful."""
    with pytest.raises(Refused, match=r"^Invalid Hoop userinfo response$"):
        await connector.check_credentials()


async def test_it_reads_all_connections(connector: Connector) -> None:
    assert {row["name"] for row in await connector.connections()} == {"pgdemo", "pg-payments", "bash-prod", "shell"}


@pytest.mark.parametrize(("filters", "belongs"), CONNECTIONS, ids=["&".join(one) for one, _ in CONNECTIONS])
async def test_it_filters_connections(
    connector: Connector, filters: dict[str, str], belongs: Callable[[Row], bool]
) -> None:
    rows = await connector.connections(**filters)
    assert rows, f"[4] nothing is listed with {filters}"
    assert [row for row in rows if not belongs(row)] == [], f"[4] listed with {filters}"


@pytest.mark.parametrize("filters", EMPTY_CONNECTIONS, ids=["&".join(one) for one in EMPTY_CONNECTIONS])
async def test_a_filter_that_no_connection_meets_gives_none(connector: Connector, filters: dict[str, str]) -> None:
    assert await connector.connections(**filters) == []


async def test_it_finds_the_connections_of_an_agent(connector: Connector) -> None:
    everything = await connector.connections()
    agent = everything[0]["agent_id"]
    assert await connector.connections(agent_id=agent) == [row for row in everything if row["agent_id"] == agent]


async def test_it_finds_connections_by_their_ids(gateway: Gateway, connector: Connector) -> None:
    told = (await gateway.browser("ada").ask("4", "GET", "/connections")).read([{"id": str, "name": str}])
    wanted = {row["id"]: row["name"] for row in told[:2]}
    found = await connector.connections(connection_ids=",".join(wanted))
    assert {row["name"] for row in found} == set(wanted.values())


async def test_two_pages_are_the_whole(connector: Connector) -> None:
    pages = [await connector.connections(page=str(page), page_size="3") for page in (1, 2)]
    assert [len(page) for page in pages] == [3, 1]
    assert pages[0] + pages[1] == await connector.connections()


@pytest.mark.parametrize(("filters", "belongs"), SESSIONS, ids=["&".join(one) for one, _ in SESSIONS])
async def test_it_filters_sessions(
    connector: Connector, filters: dict[str, str], belongs: Callable[[Row], bool]
) -> None:
    rows = await connector.sessions(**filters)
    assert rows, f"[4] nothing is listed with {filters}"
    assert [row for row in rows if not belongs(row)] == [], f"[4] listed with {filters}"


async def test_it_reads_session_after_session(connector: Connector) -> None:
    pages = [await connector.sessions(limit="20", offset=str(offset)) for offset in (0, 20, 40)]
    assert [len(page) for page in pages] == [20, 20, work.ALL - 40]
    assert len({row["id"] for page in pages for row in page}) == work.ALL


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({"limit": "0"}, 'failed listing sessions, invalid "limit" option: must be at least 1, got 0'),
        ({"count": "all"}, 'failed listing sessions, invalid "count" option: invalid count value "all", '),
    ],
)
async def test_it_shows_what_is_wrong(connector: Connector, filters: dict[str, str], text: str) -> None:
    with pytest.raises(Refused) as refused:
        await connector.sessions(**filters)
    assert str(refused.value).startswith(text)


async def test_it_shows_that_its_token_is_none(gateway: Gateway) -> None:
    with pytest.raises(Refused, match=r"^access denied$"):
        await Connector(gateway, "nonsense").connections()
