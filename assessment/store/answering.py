"""The statements of answering: as few in a request as possible.

A request reads once (`find_asked_by_link`) and writes once (`merge_into_draft`, which changes the answers given and
leaves the others). What must not pass a stop or a publication locks the round first (`lock_asked`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Connection,
    Dialect,
    Executable,
    Integer,
    Select,
    String,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from assessment.domain.rounds import Audience, RoundFacts, RoundMode
from assessment.store.base import Document, Moment
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.prepared import PreparedStatement
from assessment.store.questionnaires import RoundQuestionnaire
from assessment.store.responses import Draft, Invitation, SubmissionKey
from assessment.store.rounds import Round, RoundLink
from assessment.store.teams import Team

Queryable = Session | Connection
"""A session, or a bare connection where every millisecond counts."""


@dataclass(frozen=True, slots=True)
class AskedRound:
    """A round as respondents see it, with the names, country and language of its team and organisation.

    A plain row: no object of the session.
    """

    id: uuid.UUID
    organisation_id: uuid.UUID
    team_id: uuid.UUID
    name: str
    mode: RoundMode
    points: list[dict[str, Any]]
    minimum_group: int
    team_size: int
    asks_role: bool
    asks_code: bool
    has_personal_links: bool
    plan_token: str
    opens_at: Moment | None
    closes_at: Moment | None
    stopped_at: Moment | None
    published_at: Moment | None
    team: str
    organisation: str
    country: str
    language: str
    time_zone: str
    responsible: str
    questionnaire_version_ids: tuple[uuid.UUID, ...]
    """Of the texts that it asks, in order."""

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a device is in a round: whether its link or cookie was used to submit, and what it answered so far."""

    is_submitted: bool
    answers: dict[str, Any] | None


class WhileOpen(NamedTuple):
    """By which link somebody answers, and when."""

    token: str
    token_hash: str
    now: dt.datetime


class Asked(NamedTuple):
    """The round that a link leads to, and how far its holder is."""

    round: AskedRound
    progress: Progress


_ROUNDS, _LINKS, _ASKED, _TEAMS, _ORGANISATIONS, _INVITATIONS, _DRAFTS, _KEYS = (
    cast(Table, model.__table__)
    for model in (Round, RoundLink, RoundQuestionnaire, Team, Organisation, Invitation, Draft, SubmissionKey)
)
_OWN = [field.name for field in fields(AskedRound) if field.name in _ROUNDS.c]
_VERSIONS = (
    select(
        func.aggregate_strings(
            cast_to(_ASKED.c.position, String) + ":" + cast_to(_ASKED.c.questionnaire_version_id, String), " "
        )
    )
    .where(_ASKED.c.round_id == _ROUNDS.c.id)
    .scalar_subquery()
)
"""`0:<id> 1:<id>` in any order: not every system orders what it aggregates."""


def _select(*more: Any) -> Select[Any]:
    """The columns of an `AskedRound`, then these."""
    return (
        select(
            *(_ROUNDS.c[name] for name in _OWN),
            _TEAMS.c.name.label("team"),
            _ORGANISATIONS.c.name.label("organisation"),
            _ORGANISATIONS.c.country,
            _ORGANISATIONS.c.language,
            _ORGANISATIONS.c.time_zone,
            func.coalesce(func.nullif(_ORGANISATIONS.c.responsible, ""), _ORGANISATIONS.c.name),
            _VERSIONS,
            *more,
        )
        .select_from(_ROUNDS)
        .join(_TEAMS, _TEAMS.c.id == _ROUNDS.c.team_id)
        .join(_ORGANISATIONS, _ORGANISATIONS.c.id == _ROUNDS.c.organisation_id)
    )


def _progress(round_id: Any, *keys: Any) -> tuple[Any, Any]:
    """The columns of a `Progress`."""
    return (
        exists().where(_KEYS.c.round_id == round_id, _KEYS.c.key_hash.in_(keys)),
        select(_DRAFTS.c.answers)
        .where(_DRAFTS.c.round_id == round_id, _DRAFTS.c.cookie_hash == bindparam("cookie"))
        .scalar_subquery(),
    )


_WITH_PROGRESS = _select(*_progress(_ROUNDS.c.id, bindparam("token_hash"), bindparam("cookie")))
_BY_LINK = _WITH_PROGRESS.join(_LINKS, _LINKS.c.round_id == _ROUNDS.c.id).where(
    _LINKS.c.token == bindparam("token"), _LINKS.c.audience == Audience.TEAM
)
_BY_INVITATION = _WITH_PROGRESS.join(_INVITATIONS, _INVITATIONS.c.round_id == _ROUNDS.c.id).where(
    _INVITATIONS.c.token_hash == bindparam("token_hash")
)
_LOCKED_ROUND = _select().where(_ROUNDS.c.id == bindparam("of_round")).with_for_update(key_share=True, of=_ROUNDS)
_IS_SUBMITTED = select(exists().where(_KEYS.c.round_id == bindparam("of_round"), _KEYS.c.key_hash == bindparam("key")))
_DRAFT = (_DRAFTS.c.round_id == bindparam("of_round"), _DRAFTS.c.cookie_hash == bindparam("cookie"))
_LOCKED_DRAFT = select(_DRAFTS.c.answers).where(*_DRAFT).with_for_update()
_CHANGE_DRAFT = update(_DRAFTS).where(*_DRAFT).values(answers=bindparam("given"))
_COUNT_DRAFTS = select(func.count()).select_from(_DRAFTS).where(_DRAFTS.c.round_id == bindparam("of_round"))
_DELETE_DRAFT = delete(_DRAFTS).where(*_DRAFT)
_NOW = bindparam("now", type_=_ROUNDS.c.opens_at.type)
_IS_OPEN = exists().where(
    _ROUNDS.c.id == bindparam("of_round"),
    _ROUNDS.c.published_at.is_(None),
    _ROUNDS.c.stopped_at.is_(None),
    _ROUNDS.c.opens_at <= _NOW,
    or_(_ROUNDS.c.closes_at.is_(None), _ROUNDS.c.closes_at > _NOW),
    ~exists().where(
        _KEYS.c.round_id == _ROUNDS.c.id, _KEYS.c.key_hash.in_((bindparam("token_hash"), bindparam("cookie")))
    ),
    or_(
        and_(
            ~_ROUNDS.c.has_personal_links,
            exists().where(
                _LINKS.c.round_id == _ROUNDS.c.id,
                _LINKS.c.token == bindparam("token"),
                _LINKS.c.audience == Audience.TEAM,
            ),
        ),
        exists().where(_INVITATIONS.c.round_id == _ROUNDS.c.id, _INVITATIONS.c.token_hash == bindparam("token_hash")),
    ),
)
"""Whether a round takes answers now by a link, as `RoundFacts.require_open` and `resolve_link` have it, and nothing was
sent by that link (a personal one, or that of a team that answers together) or device."""
SEEN = "seen"
"""Of a draft: the number of the last change of each page that was open on its device."""


def find_asked_by_link(source: Queryable, token: str, *, token_hash: str, cookie_hash: str) -> Asked | None:
    """The round of a shared link; whoever holds it submits under the key of the link or of their own device."""
    return _asked(source, _BY_LINK, {"token": token, "token_hash": token_hash, "cookie": cookie_hash})


def find_asked_by_invitation(source: Queryable, *, token_hash: str, cookie_hash: str) -> Asked | None:
    """The round of a personal link."""
    return _asked(source, _BY_INVITATION, {"token_hash": token_hash, "cookie": cookie_hash})


def _asked(source: Queryable, query: Executable, values: dict[str, str]) -> Asked | None:
    row = source.execute(query, values).one_or_none()
    if row is None:
        return None
    *of_round, is_submitted, answers = row
    return Asked(_asked_round(of_round), Progress(bool(is_submitted), answers))


def _asked_round(row: Sequence[Any]) -> AskedRound:
    *columns, versions = row
    at_position = sorted((int(position), id_) for position, _, id_ in (one.partition(":") for one in versions.split()))
    columns.append(tuple(uuid.UUID(id_) for _, id_ in at_position))
    return AskedRound(*columns)


def lock_asked(session: Session, round_id: uuid.UUID) -> AskedRound | None:
    """The round as it is now, locked until the transaction ends."""
    row = session.connection().execute(_LOCKED_ROUND, {"of_round": round_id}).one_or_none()
    return None if row is None else _asked_round(row)


def read_progress(session: Session, round_id: uuid.UUID, *, key_hash: str, cookie_hash: str) -> Progress:
    """The progress as it is now. The draft is locked until the transaction ends: `merge_into_draft` locks no round."""
    connection = session.connection()
    answers = connection.scalar(_LOCKED_DRAFT, {"of_round": round_id, "cookie": cookie_hash})
    is_submitted = connection.scalar(_IS_SUBMITTED, {"of_round": round_id, "key": key_hash})
    return Progress(bool(is_submitted), answers)


def merge_into_draft(
    connection: Connection, round_id: uuid.UUID, *, cookie_hash: str, change: dict[str, Any], page: str, number: int
) -> bool:
    """Merges a change into a draft, in one statement; returns whether it did.

    `change` is a merge patch (RFC 7396) of the document: its objects are merged, `None` takes an answer out. Of a page
    that numbers its changes, one that is no later than the last is left out. Sent or published, there is no draft.
    """
    merge = _merge_of(connection.dialect, change, page, number)
    values = {"of_round": round_id, "cookie": cookie_hash, **merge.values}
    return bool(connection.execute(_merge_statement(merge.shape), values).rowcount)


def merge_into_open_draft(
    database: Database,
    round_id: uuid.UUID,
    *,
    cookie_hash: str,
    change: dict[str, Any],
    page: str,
    number: int,
    while_open: WhileOpen,
) -> bool:
    """As `merge_into_draft`, durable when this returns; the statement itself looks whether the round takes answers.

    Raises the driver's own errors.
    """
    engine = database.autocommit_engine
    merge = _merge_of(engine.dialect, change, page, number)
    values = {"of_round": round_id, "cookie": cookie_hash, **merge.values, **while_open._asdict()}
    return bool(_prepared_merge(engine.dialect, merge.shape).execute_alone(engine, values))


class _Shape(NamedTuple):
    """What decides on the statement of a merge; of each part, whether it is an object."""

    is_whole: bool
    """SQLite merges all levels at once."""
    is_numbered: bool
    parts: tuple[tuple[str, bool], ...]


class _Merge(NamedTuple):
    shape: _Shape
    values: dict[str, Any]


def _merge_of(dialect: Dialect, change: dict[str, Any], page: str, number: int) -> _Merge:
    if page:
        change = change | {SEEN: {page: number}}
    numbers = {"page": page, "number": number}
    if dialect.name == "sqlite":
        return _Merge(_Shape(True, bool(page), ()), numbers | {"whole": change})
    parts = tuple((part, isinstance(given, dict)) for part, given in change.items())
    return _Merge(_Shape(False, bool(page), parts), numbers | change)


@lru_cache(maxsize=128)
def _prepared_merge(dialect: Dialect, shape: _Shape) -> PreparedStatement:
    return PreparedStatement(_merge_statement(shape).where(_IS_OPEN), dialect)


@lru_cache(maxsize=128)
def _merge_statement(shape: _Shape) -> Update:
    """Made once: that takes a while."""
    answers = _DRAFTS.c.answers
    where = list(_DRAFT)
    seen: Any
    if shape.is_whole:
        seen = func.json_extract(answers, literal(f"$.{SEEN}.") + '"' + bindparam("page") + '"')
        merged: Any = func.json_patch(answers, bindparam("whole", type_=Document))
    else:
        seen = cast_to(answers[SEEN].op("->>")(bindparam("page", type_=String)), Integer)
        merged = answers
        for part, is_object in shape.parts:
            value: Any = bindparam(part, type_=Document)
            if is_object:
                value = func.jsonb_strip_nulls(
                    func.coalesce(answers[part], cast_to(literal("{}"), JSONB)).op("||")(value)
                )
            merged = merged.op("||")(func.jsonb_build_object(literal(part), value))
    if shape.is_numbered:
        where.append(func.coalesce(seen, 0) < bindparam("number"))
    return update(_DRAFTS).where(*where).values(answers=merged)


def count_drafts(session: Session, round_id: uuid.UUID) -> int:
    return session.connection().scalar(_COUNT_DRAFTS, {"of_round": round_id}) or 0


def delete_smallest_draft(session: Session, round_id: uuid.UUID) -> None:
    """Deletes the draft of a round in which least was answered."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    given = func.json_remove(_DRAFTS.c.answers, f"$.{SEEN}") if is_sqlite else _DRAFTS.c.answers.op("-")(literal(SEEN))
    size = func.length(cast_to(given, String))
    smallest = select(_DRAFTS.c.cookie_hash).where(_DRAFTS.c.round_id == round_id).order_by(size).limit(1)
    session.execute(
        delete(_DRAFTS).where(_DRAFTS.c.round_id == round_id, _DRAFTS.c.cookie_hash == smallest.scalar_subquery())
    )


def add_draft(session: Session, locked: AskedRound, *, cookie_hash: str, answers: dict[str, Any]) -> None:
    """The draft of a device that has none. To be called while the round is locked."""
    row = {"organisation_id": locked.organisation_id, "round_id": locked.id, "cookie_hash": cookie_hash}
    session.connection().execute(insert(_DRAFTS), row | {"answers": answers})


def keep_draft(session: Session, locked: AskedRound, *, cookie_hash: str, answers: dict[str, Any]) -> None:
    """A new draft, or the device's one changed. To be called while the round is locked."""
    given = {"of_round": locked.id, "cookie": cookie_hash, "given": answers}
    if not session.connection().execute(_CHANGE_DRAFT, given).rowcount:
        add_draft(session, locked, cookie_hash=cookie_hash, answers=answers)


def delete_draft(session: Session, round_id: uuid.UUID, cookie_hash: str) -> None:
    session.connection().execute(_DELETE_DRAFT, {"of_round": round_id, "cookie": cookie_hash})
