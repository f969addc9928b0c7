"""New sessions and their reviews (sections 6.1 and 6.5 of the behaviour sheet)."""

from collections.abc import Iterable, Mapping

from mockhoop.gateway.access import ADMIN_GROUP, Caller
from mockhoop.gateway.access_requests import Demand
from mockhoop.gateway.bodies import Provision, SessionPost, check_correlation_id, check_metadata
from mockhoop.gateway.facets import SESSIONS
from mockhoop.gateway.records import Connection, Refusal, Review, ReviewGroup, Session, changed
from mockhoop.world.changes import Change, Count, MoveClock, Put
from mockhoop.world.world import World

SESSION_SEQUENCE = "sessions"
_TICK = 1_000  # a frozen clock moves on by a microsecond for each creation, so that order is always defined

Metadata = Mapping[str, str] | None


def checked_metadata(told: SessionPost | Provision) -> Metadata | Refusal:
    """The metadata as it is stored, or the 422 for it or for the correlation id (section 6.1, rows 2 to 5)."""
    metadata = check_metadata(told.metadata)
    return metadata if isinstance(metadata, Refusal) else check_correlation_id(told.correlation_id) or metadata


def new_session(
    world: World,
    told: SessionPost | Provision,
    metadata: Metadata,
    connection: Connection,
    owner: Caller,
    verb: str = "exec",
) -> Session:
    """The session that was asked for, as it is before anything is done with it."""
    return Session(
        id=world.chance.uuid("created session", world.counted(SESSION_SEQUENCE)),
        org_id=world.settings.organization.id,
        connection=connection.name,
        type=connection.type,
        connection_subtype=connection.subtype,
        connection_tags=connection.tags or {},
        verb=verb,
        status="open",
        started=world.clock.now() // _TICK * _TICK,
        user_id=owner.subject,
        user=owner.email,
        user_name=owner.name,
        script=told.script,
        metadata=metadata,
        labels=told.labels if isinstance(told, SessionPost) else None,
        session_batch_id=told.session_batch_id if isinstance(told, SessionPost) else None,
        correlation_id=told.correlation_id,
    )


def bare_session(world: World, connection: Connection, owner: Caller, verb: str, script: str = "") -> Session:
    """A session of which nothing else is told."""
    told = SessionPost(
        script=script,
        connection=connection.name,
        env_vars=None,
        client_args=None,
        labels=None,
        metadata=None,
        jira_fields=None,
        session_batch_id=None,
        correlation_id=None,
    )
    return new_session(world, told, None, connection, owner, verb)


def new_review(world: World, session: Session, groups: Iterable[str]) -> Review:
    """The pending review of a new session: run its script once, when these groups approve."""
    chance = world.chance.at("created session", world.counted(SESSION_SEQUENCE), "review")
    return Review(
        id=chance.uuid("id"),
        type="onetime",
        status="PENDING",
        created_at=session.started,
        groups=tuple(ReviewGroup(id=chance.uuid("group", name), group=name) for name in groups),
    )


def demanded_review(world: World, session: Session, demand: Demand) -> Review:
    """The pending review of a new session, as it was demanded (section 7.1)."""
    return changed(
        new_review(world, session, demand.groups),
        access_request_rule_name=demand.rule,
        min_approvals=demand.min_approvals,
        force_approval_groups=demand.force_groups,
    )


def reviewers_of(connection: Connection) -> tuple[str, ...]:
    """The groups that are asked: where the connection names none, the admins."""
    return connection.reviewers or (ADMIN_GROUP,)


def creation(session: Session) -> tuple[Change, ...]:
    """What comes with every new session."""
    return (Put(SESSIONS, session), Count(SESSION_SEQUENCE), MoveClock(session.started + _TICK))
