"""The statements of answering: as few in a request as possible.

A request reads once (`find_asked_by_link`) and writes once (`merge_into_draft`, which changes the answers given and
leaves the others). What must not pass a stop or a publication locks the round first (`lock_asked`).
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Connection,
    Dialect,
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
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import ClauseElement

from assessment.domain.rounds import Audience, RoundFacts, RoundMode
from assessment.store.base import Document, Moment
from assessment.store.database import Database
from assessment.store.organisations import Organisation
from assessment.store.prepared import PreparedStatement, Queryable, connection_of, fetch_each
from assessment.store.questionnaires import RoundQuestionnaire
from assessment.store.responses import Draft, Invitation, SubmissionKey
from assessment.store.rounds import Round, RoundLink
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True, eq=False)
class AskedRound:
    """A round as respondents see it, with the names, country and language of its team and organisation.

    A plain row: no object of the session. As long as nothing of it changes, it is the same object, so that what is made
    of it can be kept.
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
_POINTS = _OWN.index("points")
_SPACE: Any = literal_column("' '")  # written out: a prepared statement takes no value when it is made
_VERSIONS = (
    select(
        func.aggregate_strings(
            cast_to(_ASKED.c.position, String) + ":" + cast_to(_ASKED.c.questionnaire_version_id, String), _SPACE
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
            *(_ROUNDS.c[name] if name != "points" else cast_to(_ROUNDS.c.points, String) for name in _OWN),
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
_ADD_DRAFT = insert(_DRAFTS).values({one.name: bindparam(one.name, type_=one.type) for one in _DRAFTS.c})
_CHANGE_DRAFT = update(_DRAFTS).where(*_DRAFT).values(answers=bindparam("given", type_=_DRAFTS.c.answers.type))
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
_LOCK_ROUND = select(_ROUNDS.c.id).where(_ROUNDS.c.id == bindparam("of_round")).with_for_update(key_share=True)
_MAY_BEGIN = select(literal(1)).where(
    _IS_OPEN, ~exists().where(*_DRAFT), _COUNT_DRAFTS.scalar_subquery() < bindparam("fewer_than", type_=Integer)
)
_LENGTH = len(fields(AskedRound))
"""Of a row, the columns of an `AskedRound`."""
ROUNDS_KNOWN = 2_000
SEEN = "seen"
"""Of a draft: the number of the last change of each page that was open on its device."""


def find_asked_by_link(source: Queryable, token: str, *, token_hash: str, cookie_hash: str) -> Asked | None:
    """The round of a shared link; whoever holds it submits under the key of the link or of their own device."""
    return _asked(source, _BY_LINK, {"token": token, "token_hash": token_hash, "cookie": cookie_hash})


def find_asked_by_invitation(source: Queryable, *, token_hash: str, cookie_hash: str) -> Asked | None:
    """The round of a personal link."""
    return _asked(source, _BY_INVITATION, {"token_hash": token_hash, "cookie": cookie_hash})


def _asked(source: Queryable, query: ClauseElement, values: dict[str, str]) -> Asked | None:
    prepared = _prepared(query, connection_of(source).dialect)
    row = prepared.fetch(source, values)
    if row is None:
        return None
    is_submitted, answers = prepared.read(row, _LENGTH)
    return Asked(_asked_round(prepared, row[:_LENGTH]), Progress(bool(is_submitted), answers))


@lru_cache(maxsize=256)
def _prepared(statement: ClauseElement, dialect: Dialect) -> PreparedStatement:
    return PreparedStatement(statement, dialect)


@lru_cache(maxsize=ROUNDS_KNOWN)
def _asked_round(query: PreparedStatement, row: tuple[Any, ...]) -> AskedRound:
    """What a row means: most rounds are as they were when they were last asked about."""
    *columns, versions = query.read(row)
    columns[_POINTS] = json.loads(columns[_POINTS])
    at_position = sorted((int(position), id_) for position, _, id_ in (one.partition(":") for one in versions.split()))
    columns.append(tuple(uuid.UUID(id_) for _, id_ in at_position))
    return AskedRound(*columns)


def lock_asked(source: Queryable, round_id: uuid.UUID, *, key_hash: str, cookie_hash: str) -> Asked | None:
    """The round as it is now, and how far a device is, both locked until the transaction ends: `merge_into_draft` locks
    no round. `key_hash` is that of the key under which the device submits."""
    dialect = connection_of(source).dialect
    round_, draft, sent = (_prepared(query, dialect) for query in (_LOCKED_ROUND, _LOCKED_DRAFT, _IS_SUBMITTED))
    given = {"of_round": round_id, "cookie": cookie_hash, "key": key_hash}
    rounds, drafts, were_sent = fetch_each(source, [(round_, given), (draft, given), (sent, given)])
    if not rounds:
        return None
    progress = Progress(bool(were_sent[0][0]), draft.read(drafts[0])[0] if drafts else None)
    return Asked(_asked_round(round_, rounds[0]), progress)


def merge_into_draft(
    connection: Connection, round_id: uuid.UUID, *, cookie_hash: str, change: dict[str, Any], page: str, number: int
) -> bool:
    """Merges a change into a draft, in one statement; returns whether it did.

    `change` is a merge patch (RFC 7396) of the document: its objects are merged, `None` takes an answer out. Of a page
    that numbers its changes, one that is no later than the last is left out. Sent or published, there is no draft.
    """
    merge = _merge_of(connection.dialect, change, page, number)
    values = {"of_round": round_id, "cookie": cookie_hash, **merge.values}
    return bool(_prepared(_merge_statement(merge.shape), connection.dialect).execute(connection, values))


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
    merge = _merge_of(database.dialect, change, page, number)
    values = {"of_round": round_id, "cookie": cookie_hash, **merge.values, **while_open._asdict()}
    statement = _prepared(_merge_statement(merge.shape, while_open=True), database.dialect)
    return bool(database.execute_at_once(statement, values))


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
def _merge_statement(shape: _Shape, *, while_open: bool = False) -> Update:
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
    if while_open:
        where.append(_IS_OPEN)
    return update(_DRAFTS).where(*where).values(answers=merged)


def count_drafts(source: Queryable, round_id: uuid.UUID) -> int:
    (count,) = _prepared(_COUNT_DRAFTS, connection_of(source).dialect).fetch(source, {"of_round": round_id}) or (0,)
    return int(count)


def delete_smallest_draft(source: Queryable, round_id: uuid.UUID) -> None:
    """Deletes the draft of a round in which least was answered."""
    is_sqlite = connection_of(source).dialect.name == "sqlite"
    given = func.json_remove(_DRAFTS.c.answers, f"$.{SEEN}") if is_sqlite else _DRAFTS.c.answers.op("-")(literal(SEEN))
    size = func.length(cast_to(given, String))
    smallest = select(_DRAFTS.c.cookie_hash).where(_DRAFTS.c.round_id == round_id).order_by(size).limit(1)
    source.execute(
        delete(_DRAFTS).where(_DRAFTS.c.round_id == round_id, _DRAFTS.c.cookie_hash == smallest.scalar_subquery())
    )


def may_begin(
    source: Queryable, round_id: uuid.UUID, *, cookie_hash: str, fewer_than: int, while_open: WhileOpen
) -> bool:
    """Whether a device that has no draft may begin one, in a round that takes answers and has fewer than so many.
    The round is locked until the transaction ends."""
    dialect = connection_of(source).dialect
    given = {"of_round": round_id, "cookie": cookie_hash, "fewer_than": fewer_than, **while_open._asdict()}
    asked = [(_prepared(query, dialect), given) for query in (_LOCK_ROUND, _MAY_BEGIN)]
    _locked, may = fetch_each(source, asked)
    return bool(may)


def add_draft(source: Queryable, locked: AskedRound, *, cookie_hash: str, answers: dict[str, Any]) -> None:
    """The draft of a device that has none. To be called while the round is locked."""
    row = {"organisation_id": locked.organisation_id, "round_id": locked.id, "cookie_hash": cookie_hash}
    _prepared(_ADD_DRAFT, connection_of(source).dialect).execute(source, row | {"answers": answers})


def keep_draft(source: Queryable, locked: AskedRound, *, cookie_hash: str, answers: dict[str, Any]) -> None:
    """A new draft, or the device's one changed. To be called while the round is locked."""
    given = {"of_round": locked.id, "cookie": cookie_hash, "given": answers}
    if not _prepared(_CHANGE_DRAFT, connection_of(source).dialect).execute(source, given):
        add_draft(source, locked, cookie_hash=cookie_hash, answers=answers)


def delete_draft(source: Queryable, round_id: uuid.UUID, cookie_hash: str) -> None:
    statement = _prepared(_DELETE_DRAFT, connection_of(source).dialect)
    statement.execute(source, {"of_round": round_id, "cookie": cookie_hash})
