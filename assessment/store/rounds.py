"""Rounds: questionnaires asked of one team. What a round is follows from facts (times), not from a stored state."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Tuple,
    false,
    func,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, relationship

from assessment.domain.rounds import Audience, RoundFacts, RoundMode, RoundPurpose, least_answers
from assessment.infra.tokens import new_token
from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key, text_enum
from assessment.store.questionnaires import QuestionnaireVersion, RoundQuestionnaire

_ONE_AT_A_TIME = text("published_at IS NULL AND NOT is_extra")


class Round(RandomKey, Base):
    """Questionnaires asked of one team. `asks_code` is whether people may give a code that links rounds, `is_linked`
    whether a change of the linked people is of this round and another one, before or after. `compared_later` is how
    many later rounds than the next were compared with it, for the sake of its plan.

    `questionnaires`, `points`, `targets` and `minimum_group` are frozen at opening; `team_size` and `snapshot` at
    publication, and `is_withheld`: whether there is nothing to show of it. Where personal links were handed
    out, the shared one no longer answers. `plan_token` is the secret of the address at which the round's plan can be
    read without an account, since `plan_shared_at`; it never changes, so that those who answered may keep it.

    `keep_answers_months` and `keep_results_months` are what people were promised when it opened; nobody extends them.
    Once its answers were deleted, `answers_counted` says how many of the team had answered.

    `has_outcomes` says that what it tells of finished actions has been written, be it nothing (`ActionOutcome`).

    A team has at most one unpublished round of each purpose. `is_extra` exempts rounds that were unpublished beside a
    newer one before the database enforced this; no new round has it.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("closes_at is null or opens_at is null or closes_at > opens_at", name="dates"),
        CheckConstraint("published_at is null or snapshot is not null", name="snapshot"),
        belongs_to("teams", "team_id"),
        tenant_key("rounds"),
        Index(
            "uq_rounds_unpublished",
            "organisation_id",
            "team_id",
            "purpose",
            unique=True,
            sqlite_where=_ONE_AT_A_TIME,
            postgresql_where=_ONE_AT_A_TIME,
        ),
        Index("uq_rounds_plan_token", "plan_token", unique=True),
        # Lists of many teams read this alone: a row itself is as long as its snapshot.
        Index("ix_rounds_published", "organisation_id", "purpose", "team_id", "published_at", "id"),
    )

    organisation_id: Mapped[uuid.UUID]
    team_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[RoundMode] = mapped_column(text_enum(RoundMode))
    purpose: Mapped[RoundPurpose] = mapped_column(
        text_enum(RoundPurpose), default=RoundPurpose.ASSESSMENT, server_default=RoundPurpose.ASSESSMENT
    )
    is_extra: Mapped[bool] = mapped_column(default=False, server_default=false())
    points: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minimum_group: Mapped[int]
    team_size: Mapped[int]
    asks_role: Mapped[bool] = mapped_column(default=False)
    asks_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_linked: Mapped[bool] = mapped_column(default=False, server_default=false())
    compared_later: Mapped[int] = mapped_column(default=0, server_default="0")
    has_personal_links: Mapped[bool] = mapped_column(default=False)
    types_twice: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[Moment]
    opens_at: Mapped[Moment | None]
    closes_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    scoring_version: Mapped[int | None]
    snapshot: Mapped[dict[str, Any] | None]
    is_withheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    keep_answers_months: Mapped[int | None]
    keep_results_months: Mapped[int | None]
    answers_deleted_at: Mapped[Moment | None]
    answers_counted: Mapped[int | None]
    has_outcomes: Mapped[bool] = mapped_column(default=False, server_default=false())

    plan_token: Mapped[str] = mapped_column(String(40), default=new_token, server_default="")
    plan_shared_at: Mapped[Moment | None]
    links: Mapped[list[RoundLink]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    questionnaires: Mapped[list[RoundQuestionnaire]] = relationship(
        order_by=RoundQuestionnaire.position, cascade="all, delete-orphan", passive_deletes=True
    )
    """What is asked, in order. The first is the one that rounds are compared by."""

    @property
    def link_token(self) -> str:
        """The token of the link that the team shares."""
        return next(link.token for link in self.links if link.audience is Audience.TEAM)

    @property
    def questionnaire_version_ids(self) -> tuple[uuid.UUID, ...]:
        return tuple(asked.questionnaire_version_id for asked in self.questionnaires)

    @property
    def least_answers(self) -> int:
        return least_answers(self.mode, self.minimum_group)

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)


class RoundLink(Base):
    """A link to a round, one for each audience."""

    __tablename__ = "round_links"
    __table_args__ = (belongs_to("rounds", "round_id"),)

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    audience: Mapped[Audience] = mapped_column(text_enum(Audience), primary_key=True)
    token: Mapped[str] = mapped_column(String(40), unique=True)


NEWEST_FIRST = (Round.published_at.desc(), Round.id.desc())
"""Of published rounds. Of two that were published at one moment, the greater id is the newer one, everywhere."""


def was_published_before(round_: Round) -> ColumnElement[bool]:
    """Rounds that come after this published one in `NEWEST_FIRST`."""
    return _when_published() < _when_published(round_)


def was_published_after(round_: Round) -> ColumnElement[bool]:
    """Rounds that come before this published one in `NEWEST_FIRST`."""
    return _when_published() > _when_published(round_)


def _when_published(round_: Round | None = None) -> Tuple:
    if round_ is None:
        return tuple_(Round.published_at, Round.id)
    return tuple_(literal(round_.published_at, Round.published_at.type), literal(round_.id, Round.id.type))


def find_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round | None:
    """A round of this organisation, never another's."""
    return session.scalar(select(Round).where(Round.organisation_id == organisation_id, Round.id == round_id))


def ids_of_rounds(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The ids of all of the team's rounds."""
    return session.scalars(select(Round.id).where(*_of_team(organisation_id, team_id, only_published=False))).all()


def find_round_of_plan(session: Session, plan_token: str) -> Round | None:
    """The round at whose plan's address somebody is, of whichever organisation."""
    return session.scalar(select(Round).where(Round.plan_token == plan_token))


def newest_shared_after(session: Session, round_: Round) -> Round | None:
    """The team's newest round that was published after this one and whose plan is shared."""
    return session.scalar(
        select(Round)
        .where(
            Round.organisation_id == round_.organisation_id,
            Round.team_id == round_.team_id,
            was_published_after(round_),
            Round.plan_shared_at.is_not(None),
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )


def find_round_for_update(session: Session, round_id: uuid.UUID) -> Round | None:
    """The round as it is now, locked until the transaction ends: a late answer and a stop cannot pass each other.

    What the session read of it before is read anew. Rows that only refer to the round need not wait.
    """
    return session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def rounds_of_team(
    session: Session,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    *,
    only_published: bool = False,
    at_most: int | None = None,
    after: int = 0,
) -> Sequence[Round]:
    """Some of the team's rounds, newest first, without their snapshots."""
    return session.scalars(
        select(Round)
        .where(*_of_team(organisation_id, team_id, only_published))
        .order_by(Round.created_at.desc(), Round.id)
        .offset(after)
        .limit(at_most)
        .options(defer(Round.snapshot))
    ).all()


def published_assessments(
    session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, *, until: dt.datetime | None = None
) -> Sequence[Round]:
    """The team's published assessments, up to a time, the earliest first; without their snapshots."""
    return session.scalars(
        select(Round)
        .where(
            *_of_team(organisation_id, team_id, only_published=True),
            Round.purpose == RoundPurpose.ASSESSMENT,
            *([Round.published_at <= until] if until else []),
        )
        .order_by(Round.published_at, Round.id)
        .options(defer(Round.snapshot))
    ).all()


def count_rounds(
    session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, *, only_published: bool = False
) -> int:
    counted = select(func.count()).select_from(Round).where(*_of_team(organisation_id, team_id, only_published))
    return session.scalar(counted) or 0


def _of_team(organisation_id: uuid.UUID, team_id: uuid.UUID, only_published: bool) -> list[ColumnElement[bool]]:
    published = [Round.published_at.is_not(None)] if only_published else []
    return [Round.organisation_id == organisation_id, Round.team_id == team_id, *published]


def find_unpublished(
    session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, purpose: RoundPurpose = RoundPurpose.ASSESSMENT
) -> Round | None:
    """The team's round of a purpose that is not published yet, the newest."""
    return session.scalar(
        select(Round)
        .where(
            Round.organisation_id == organisation_id,
            Round.team_id == team_id,
            Round.purpose == purpose,
            Round.published_at.is_(None),
        )
        .order_by(Round.created_at.desc(), Round.id)
        .limit(1)
    )


def unpublished_by_team(
    session: Session,
    organisation_id: uuid.UUID,
    team_ids: Collection[uuid.UUID],
    purpose: RoundPurpose = RoundPurpose.ASSESSMENT,
) -> dict[uuid.UUID, Round]:
    """What `find_unpublished` finds for each of these teams, without snapshots; a team without any is not in it."""
    rows = session.scalars(
        select(Round)
        .where(
            Round.organisation_id == organisation_id,
            Round.team_id.in_(team_ids),
            Round.purpose == purpose,
            Round.published_at.is_(None),
        )
        .order_by(Round.created_at, Round.id.desc())
        .options(defer(Round.snapshot))
    )
    return {round_.team_id: round_ for round_ in rows}


def ids_asked_of_team(
    session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID, purpose: RoundPurpose = RoundPurpose.ASSESSMENT
) -> list[tuple[str, ...]]:
    """The ids of the questionnaires that each of a team's rounds asks, in order; the newest round first."""
    rows = session.execute(
        select(Round.id, QuestionnaireVersion.questionnaire_id)
        .join(Round.questionnaires)
        .join(RoundQuestionnaire.version)
        .where(*_of_team(organisation_id, team_id, only_published=False), Round.purpose == purpose)
        .order_by(Round.created_at.desc(), Round.id, RoundQuestionnaire.position)
    )
    asked: dict[uuid.UUID, list[str]] = {}
    for round_id, questionnaire_id in rows:
        asked.setdefault(round_id, []).append(questionnaire_id)
    return [tuple(ids) for ids in asked.values()]


def published_before(session: Session, published: Round) -> Round | None:
    """The team's last round of the same purpose and with the same first questionnaire, in any version, that was
    published before this one."""
    return session.scalar(
        select(Round)
        .join(Round.questionnaires)
        .join(RoundQuestionnaire.version)
        .where(
            RoundQuestionnaire.position == 0,
            QuestionnaireVersion.questionnaire_id == published.questionnaires[0].version.questionnaire_id,
            Round.organisation_id == published.organisation_id,
            Round.team_id == published.team_id,
            Round.purpose == published.purpose,
            Round.published_at.is_not(None),
            Round.id != published.id,
            *([was_published_before(published)] if published.published_at else []),
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
