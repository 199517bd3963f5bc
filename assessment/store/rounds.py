"""Rounds: one questionnaire asked of one team. What a round is follows from facts (times), not from a stored state."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from sqlalchemy import CheckConstraint, Executable, ForeignKey, String, Table, bindparam, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from assessment.domain.rounds import RoundFacts, RoundMode
from assessment.store.base import Base, Moment, RandomKey, text_enum
from assessment.store.organisations import Organisation
from assessment.store.teams import Team


class Round(RandomKey, Base):
    """One questionnaire asked of one team.

    The questionnaire, `points`, `targets`, `minimum_group` and `team_size` are frozen at opening; `snapshot` at
    publication. Where personal links were handed out, the shared one no longer answers.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("closes_at is null or opens_at is null or closes_at > opens_at", name="dates"),
        CheckConstraint("published_at is null or snapshot is not null", name="snapshot"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[RoundMode] = mapped_column(text_enum(RoundMode))
    questionnaire_id: Mapped[str] = mapped_column(String(60))
    questionnaire_version: Mapped[int]
    questionnaire_checksum: Mapped[str] = mapped_column(String(80))
    points: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minimum_group: Mapped[int]
    team_size: Mapped[int]
    asks_role: Mapped[bool] = mapped_column(default=False)
    link_token: Mapped[str] = mapped_column(String(40), unique=True)
    has_personal_links: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Moment]
    opens_at: Mapped[Moment | None]
    closes_at: Mapped[Moment | None]
    stopped_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    scoring_version: Mapped[int | None]
    snapshot: Mapped[dict[str, Any] | None]

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)


@dataclass(frozen=True, slots=True)
class AskedRound:
    """A round as those who answer it meet it, with the names, country and language of whose it is.

    Each step of answering reads one: a plain row, past the session's identity map.
    """

    id: uuid.UUID
    name: str
    mode: RoundMode
    questionnaire_id: str
    questionnaire_version: int
    questionnaire_checksum: str
    points: list[dict[str, Any]]
    minimum_group: int
    team_size: int
    asks_role: bool
    link_token: str
    has_personal_links: bool
    opens_at: Moment | None
    closes_at: Moment | None
    stopped_at: Moment | None
    published_at: Moment | None
    team: str
    organisation: str
    country: str
    language: str
    time_zone: str

    @property
    def facts(self) -> RoundFacts:
        return RoundFacts(self.mode, self.opens_at, self.closes_at, self.stopped_at, self.published_at)


def find_round(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round | None:
    """A round of this organisation, never another's."""
    return session.scalar(select(Round).where(Round.organisation_id == organisation_id, Round.id == round_id))


def lock_round(session: Session, round_id: uuid.UUID) -> Round | None:
    """The round as it is now, held until the transaction ends: a late answer and a stop cannot pass each other.

    What the session read of it before is read anew. Rows that only refer to the round need not wait.
    """
    return session.scalar(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def find_asked_by_link(session: Session, token: str, *, hold: bool = False) -> AskedRound | None:
    """The round of a shared link; `hold` as in `lock_round`."""
    return _asked(session, _BY_LINK_HELD if hold else _BY_LINK, token)


def find_asked(session: Session, round_id: uuid.UUID, *, hold: bool = False) -> AskedRound | None:
    """The round of a personal link; `hold` as in `lock_round`."""
    return _asked(session, _BY_ID_HELD if hold else _BY_ID, round_id)


def _asked(session: Session, query: Executable, value: object) -> AskedRound | None:
    found = session.connection().execute(query, {"value": value}).one_or_none()
    return None if found is None else AskedRound(*found)


_ROUNDS, _TEAMS, _ORGANISATIONS = (cast(Table, model.__table__) for model in (Round, Team, Organisation))
_OWN = [field.name for field in fields(AskedRound) if field.name in _ROUNDS.c]
_ASKED = (
    select(
        *(_ROUNDS.c[name] for name in _OWN),
        _TEAMS.c.name.label("team"),
        _ORGANISATIONS.c.name.label("organisation"),
        _ORGANISATIONS.c.country,
        _ORGANISATIONS.c.language,
        _ORGANISATIONS.c.time_zone,
    )
    .join(_TEAMS, _TEAMS.c.id == _ROUNDS.c.team_id)
    .join(_ORGANISATIONS, _ORGANISATIONS.c.id == _ROUNDS.c.organisation_id)
)
_BY_ID = _ASKED.where(_ROUNDS.c.id == bindparam("value"))
_BY_LINK = _ASKED.where(_ROUNDS.c.link_token == bindparam("value"))
_BY_ID_HELD, _BY_LINK_HELD = (query.with_for_update(key_share=True, of=_ROUNDS) for query in (_BY_ID, _BY_LINK))


def rounds_of_team(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Sequence[Round]:
    """The team's rounds, newest first."""
    return session.scalars(
        select(Round)
        .where(Round.organisation_id == organisation_id, Round.team_id == team_id)
        .order_by(Round.created_at.desc(), Round.id)
    ).all()


def find_unpublished(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Round | None:
    """The team's round that is not published yet, the newest."""
    return session.scalar(
        select(Round)
        .where(Round.organisation_id == organisation_id, Round.team_id == team_id, Round.published_at.is_(None))
        .order_by(Round.created_at.desc(), Round.id)
        .limit(1)
    )


def published_before(session: Session, published: Round) -> Round | None:
    """The team's last round with this questionnaire, in any version, that was published before this one."""
    return session.scalar(
        select(Round)
        .where(
            Round.organisation_id == published.organisation_id,
            Round.team_id == published.team_id,
            Round.questionnaire_id == published.questionnaire_id,
            Round.published_at.is_not(None),
            Round.id != published.id,
            *([Round.published_at < published.published_at] if published.published_at else []),
        )
        .order_by(Round.published_at.desc(), Round.id)
        .limit(1)
    )


def rounds_of_organisation(session: Session, organisation_id: uuid.UUID) -> Sequence[Round]:
    """All rounds of the organisation, newest first, without their snapshots."""
    return session.scalars(
        select(Round)
        .where(Round.organisation_id == organisation_id)
        .order_by(Round.created_at.desc(), Round.id)
        .options(defer(Round.snapshot))
    ).all()


def withheld_rounds(session: Session, organisation_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The published rounds of the organisation that had too few answers for a result."""
    return frozenset(
        session.scalars(
            select(Round.id).where(
                Round.organisation_id == organisation_id,
                Round.published_at.is_not(None),
                Round.snapshot["withheld"].as_boolean(),
            )
        )
    )
