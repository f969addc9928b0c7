"""Making a world's beginning out of a scenario."""

from collections.abc import Callable, Iterator, Sequence

from mockhoop.fixtures.items import ITEM_TABLE, ITEMS, told_item
from mockhoop.fixtures.messages import MESSAGE_TABLE, MESSAGES
from mockhoop.gateway.facets import (
    API_KEY_FACETS,
    API_KEYS,
    AUDIT,
    CONNECTIONS,
    CREDENTIAL_FACETS,
    CREDENTIALS,
    HELD,
    LINKS,
    RUNS,
    SERVICE_ACCOUNT_FACETS,
    SERVICE_ACCOUNTS,
    SESSION_FACETS,
    SESSIONS,
    SIGN_INS,
    USER_FACETS,
    USERS,
)
from mockhoop.gateway.records import (
    ApiKey,
    AuditEntry,
    Connection,
    Credential,
    DownloadLink,
    Execution,
    GatewaySettings,
    Organization,
    ReviewProgress,
    Run,
    RunProgress,
    ServiceAccount,
    Session,
    SignIn,
    User,
)
from mockhoop.scenario import execution_model, model, script_model
from mockhoop.scenario.engine import CUE, waiting_in
from mockhoop.scenario.generated import GeneratedSessions
from mockhoop.scenario.reviews import People
from mockhoop.scenario.rules import (
    ANSWER_TABLE,
    ANSWERS,
    CUE_TABLE,
    FAULT_TABLE,
    FAULTS,
    LIMIT_TABLE,
    LIMITS,
    STATE_TABLE,
    STATES,
    TIMELINE,
    Cue,
    Position,
    named_answers,
    named_cues,
    named_faults,
)
from mockhoop.scenario.sessions import Setting, told_session
from mockhoop.values.chance import Chance
from mockhoop.world.changes import Change, Put, Schedule
from mockhoop.world.clock import DAY, Clock, real_clock, virtual_clock
from mockhoop.world.table import Table, TableSpec
from mockhoop.world.world import Base

DEFAULT_SEED = 1

Progress = Callable[[int, int], None]

USER_TABLE: TableSpec[User] = TableSpec(USERS, lambda user: user.subject, facets=USER_FACETS)
API_KEY_TABLE: TableSpec[ApiKey] = TableSpec(API_KEYS, lambda key: key.id, facets=API_KEY_FACETS)
SERVICE_ACCOUNT_TABLE: TableSpec[ServiceAccount] = TableSpec(
    SERVICE_ACCOUNTS, lambda account: account.subject, facets=SERVICE_ACCOUNT_FACETS
)
SIGN_IN_TABLE: TableSpec[SignIn] = TableSpec(SIGN_INS, lambda sign_in: sign_in.state)
AUDIT_TABLE: TableSpec[AuditEntry] = TableSpec(AUDIT, lambda entry: entry.id)
CONNECTION_TABLE: TableSpec[Connection] = TableSpec(CONNECTIONS, lambda connection: connection.name)
CREDENTIAL_TABLE: TableSpec[Credential] = TableSpec(
    CREDENTIALS, lambda credential: credential.id, facets=CREDENTIAL_FACETS
)
LINK_TABLE: TableSpec[DownloadLink] = TableSpec(LINKS, lambda link: link.session_id)
RUN_TABLE: TableSpec[Run] = TableSpec(RUNS, lambda run: run.session_id)
HELD_TABLE: TableSpec[str] = TableSpec(HELD, lambda session_id: session_id)
SESSION_TABLE: TableSpec[Session] = TableSpec(
    SESSIONS, lambda session: session.id, lambda session: (session.started, session.id), SESSION_FACETS
)


def populate(
    scenario: model.Scenario, *, seed: int | None = None, now: int | None = None, progress: Progress | None = None
) -> Base:
    """Everything that worlds of this scenario begin with; ``seed`` wins over the scenario's.

    What is generated depends on the seed and, where the clock is real, on today's date: "now" is the midnight (UTC)
    before, so that two starts on one day give the same bytes. ``now`` stands for the time of this machine.
    """
    chance = Chance(_first(seed, scenario.seed, DEFAULT_SEED))
    now = real_clock().now() if now is None else now
    told_start = scenario.clock.start
    start = told_start.resolve(now) if told_start is not None else now
    virtual = told_start is not None or scenario.clock.frozen
    organization = _organization(scenario.organization, chance)
    people = People.of(_users(scenario, chance))
    connections = {told.name: connection_of(told, chance) for told in scenario.connections}
    setting = Setting(organization.id, people, connections, start)
    latest = start if virtual else start - start % DAY
    sessions, generated = _sessions(scenario, setting, chance, latest)
    downloads = scenario.downloads
    cues = named_cues(scenario.timeline)
    return Base(
        tables={
            USERS: Table(USER_TABLE, people.users),
            CONNECTIONS: Table(CONNECTION_TABLE, connections.values()),
            CREDENTIALS: Table(CREDENTIAL_TABLE),
            SESSIONS: Table(SESSION_TABLE, sessions, generated, progress),
            LINKS: Table(LINK_TABLE, _links(downloads, start)),
            RUNS: Table(RUN_TABLE),
            HELD: Table(HELD_TABLE),
            API_KEYS: Table(API_KEY_TABLE, (_api_key(told, chance, start) for told in scenario.api_keys)),
            SERVICE_ACCOUNTS: Table(
                SERVICE_ACCOUNT_TABLE, (_service_account(told, chance) for told in scenario.service_accounts)
            ),
            SIGN_INS: Table(SIGN_IN_TABLE),
            AUDIT: Table(AUDIT_TABLE),
            ITEMS: Table(ITEM_TABLE, (told_item(told.item, told.fields) for told in scenario.items)),
            MESSAGES: Table(MESSAGE_TABLE),
            TIMELINE: Table(CUE_TABLE, cues),
            FAULTS: Table(FAULT_TABLE, named_faults(scenario.faults)),
            ANSWERS: Table(ANSWER_TABLE, named_answers(scenario.answers)),
            STATES: Table(STATE_TABLE),
            LIMITS: Table(LIMIT_TABLE),
        },
        chance=chance,
        clock=_clock(start if virtual else None, scenario.clock.frozen),
        settings=GatewaySettings(
            organization=organization,
            began=start,
            executions=tuple(map(_execution, scenario.executions)),
            api_key=scenario.api_key or "",
            auth_method=scenario.sign_in.method,
            renews_tokens=scenario.sign_in.refresh,
            downloads_enabled=downloads.enabled,
            link_lifetime=downloads.ttl,
            review_progress=_review_progress(scenario.progress.reviews),
            run_progress=_run_progress(scenario.progress.runs),
        ),
        opening=lambda began: _opening(scenario, cues, began),
        scenario=scenario,
        made_at=now,
        rules=(TIMELINE, FAULTS, ANSWERS),
    )


def _opening(scenario: model.Scenario, cues: Sequence[Cue], start: int) -> Iterator[Change]:
    """What a world begins with at its start: its first state, and the part of the timeline that time brings."""
    yield from waiting_in(cues, None, start)
    for cue in cues:
        if cue.entry.at is not None:
            yield Schedule(cue.entry.at.resolve(start), CUE, cue.name)
    if scenario.states:
        first = scenario.states[0].name
        yield Put(STATES, Position(first, start))
        yield from waiting_in(cues, first, start)


def _review_progress(told: script_model.ReviewProgress | None) -> ReviewProgress | None:
    return None if told is None else ReviewProgress(after=told.after, reads=told.reads, to=told.to)


def _run_progress(told: script_model.RunProgress | None) -> RunProgress | None:
    return None if told is None else RunProgress(after=told.after, reads=told.reads)


def _first(*numbers: int | None) -> int:
    return next(number for number in numbers if number is not None)


def _clock(start: int | None, frozen: bool) -> Callable[[], Clock]:
    if start is None:
        return real_clock
    return lambda: virtual_clock(start, frozen=frozen)


def _organization(told: model.Organization, chance: Chance) -> Organization:
    return Organization(id=told.id.lower() if told.id else chance.uuid("organization"), name=told.name or "default")


def _users(scenario: model.Scenario, chance: Chance) -> list[User]:
    """Everybody, in the scenario's order; those who are generated take no address that somebody has already."""
    taken = {told.email for told in scenario.users if isinstance(told, model.User)}
    users: list[User] = []
    for place, told in enumerate(scenario.users):
        if isinstance(told, model.GeneratedUsers):
            made = _generated_users(told, scenario.sign_in, chance, f"users {place}", taken)
            taken.update(user.email for user in made)
            users += made
        else:
            users.append(_user(told, scenario.sign_in.password, chance))
    return users


def _user(told: model.User, password: str, chance: Chance) -> User:
    return User(
        subject=told.subject or told.email,
        email=told.email,
        name=told.name,
        groups=told.groups,
        status=told.status,
        token=told.token or chance.hex("token", told.email)[:40],
        slack_id=told.slack_id,
        password=password if told.password is None else told.password,
        picture=told.picture,
    )


def _generated_users(
    told: model.GeneratedUsers, sign_in: model.SignIn, chance: Chance, key: str, taken: set[str]
) -> list[User]:
    """Users made from the seed; only an identity provider knows them by anything but their email (section 2.4)."""
    from mockhoop.values.people import people

    return [
        User(
            subject=person.email if sign_in.method == "local" else person.subject,
            email=person.email,
            name=person.name,
            groups=told.groups,
            status=told.status,
            token=person.token,
            slack_id=person.slack_id,
            password=sign_in.password,
            picture=person.picture,
        )
        for person in people(chance, told.generate, key=key, taken=taken)
    ]


def connection_of(told: model.Connection, chance: Chance) -> Connection:
    """The record of a connection that the scenario tells."""
    return Connection(
        id=told.id.lower() if told.id else chance.uuid("connection", told.name),
        name=told.name,
        type=told.type,
        subtype=told.subtype,
        resource_name=told.name if told.resource_name is None else told.resource_name,
        reviewers=told.reviewers,
        tags=told.tags,
        min_review_approvals=told.min_review_approvals,
        force_approve_groups=told.force_approve_groups,
        more=told.more,
    )


def _execution(told: execution_model.Execution) -> Execution:
    return Execution(
        connection=told.when.connection,
        script=told.when.script,
        outcome=told.outcome,
        takes=told.takes,
        output=told.output,
        stderr=told.stderr,
        exit_code=told.exit_code,
    )


def _api_key(told: execution_model.ApiKey, chance: Chance, start: int) -> ApiKey:
    own_id = told.id.lower() if told.id else chance.uuid("api key", told.name)
    return ApiKey(id=own_id, name=told.name, key=told.key, groups=told.groups, created_at=start)


def _service_account(told: model.ServiceAccount, chance: Chance) -> ServiceAccount:
    return ServiceAccount(
        id=chance.uuid("service account", told.subject),
        subject=told.subject,
        name=told.name,
        groups=told.groups,
        status=told.status,
        token=told.token or chance.hex("token of a service account", told.subject)[:40],
    )


def _sessions(
    scenario: model.Scenario, setting: Setting, chance: Chance, latest: int
) -> tuple[list[Session], list[GeneratedSessions]]:
    """Those that are told, and those that are made when they are read."""
    told: list[Session] = []
    generated: list[GeneratedSessions] = []
    for place, one in enumerate(scenario.sessions):
        own = chance.at("sessions", place)
        if isinstance(one, model.Session):
            told.append(told_session(one, setting, own))
        else:
            generated.append(GeneratedSessions(one, setting, own, latest))
    return told, generated


def _links(downloads: model.Downloads, start: int) -> Iterator[DownloadLink]:
    for link in downloads.links:
        expires = link.expires.resolve(start) if link.expires is not None else start + downloads.ttl
        yield DownloadLink(link.session.lower(), link.token, expires)
