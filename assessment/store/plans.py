"""Plans of published rounds: the draft that a manager edits, and the versions that were printed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    delete,
    exists,
    false,
    select,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    aliased,
    defer,
    lazyload,
    mapped_column,
    relationship,
)

from assessment.store.base import Base, Moment, RandomKey, belongs_to, tenant_key
from assessment.store.plan_actions import CarriedAction, PlanAction
from assessment.store.printed_files import PrintedFile
from assessment.store.rounds import NEWEST_FIRST, Round, was_published_before


class Plan(RandomKey, Base):
    """The plan of one round: its pillars with their reasons (`[{"pillar": id, "reason": text or null}]`); its actions.

    `actions` also holds those that were taken out and may still come back; `current_actions` does not. `version` counts
    its changes and `editor` is the open page that made the last one, so that nobody overwrites another unawares.
    `before` is how it was before something was taken out, until the next change. `changed_at` is the last change that
    can be seen in print. `looked_back_at` is when somebody last chose which open actions of the plan before go on here.
    """

    __tablename__ = "plans"
    __table_args__ = (belongs_to("rounds", "round_id"), tenant_key("plans"))

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    drawn_on: Mapped[dt.date]
    pillars: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    changed_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    editor: Mapped[str] = mapped_column(String(40), default="", server_default="")
    before: Mapped[dict[str, Any] | None]
    looked_back_at: Mapped[Moment | None]
    # By the plan's id alone, which no other organisation's plan has: with both columns, SQLite finds the actions of a
    # plan by those of its whole organisation.
    actions: Mapped[list[PlanAction]] = relationship(
        primaryjoin="Plan.id == foreign(PlanAction.plan_id)",
        order_by=PlanAction.position,
        lazy="selectin",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def pillar_ids(self) -> tuple[str, ...]:
        return tuple(pillar["pillar"] for pillar in self.pillars)

    @property
    def current_actions(self) -> tuple[PlanAction, ...]:
        """The actions that stand in the plan, in their order."""
        placed = [(action.position, action) for action in self.actions if action.position is not None]
        return tuple(action for _position, action in sorted(placed, key=itemgetter(0)))


class PrintedPlan(RandomKey, Base):
    """A PDF as it was handed out; `content_hash` finds it again where nothing has changed.

    `is_blank` where its cells are empty, to be filled in by hand. Versions with the same bytes share their `file`.
    """

    __tablename__ = "printed_plans"
    __table_args__ = (
        belongs_to("plans", "plan_id"),
        # Deferred: an organisation that is deleted takes versions and files with it, in whatever order.
        ForeignKeyConstraint(
            ["organisation_id", "file_sha256"],
            ["printed_files.organisation_id", "printed_files.sha256"],
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_printed_plans_organisation_id", "organisation_id", "file_sha256"),
    )

    organisation_id: Mapped[uuid.UUID]
    plan_id: Mapped[uuid.UUID] = mapped_column(index=True)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(10))
    is_blank: Mapped[bool] = mapped_column(default=False, server_default=false())
    printed_at: Mapped[Moment]
    file_sha256: Mapped[str] = mapped_column(String(64))
    file: Mapped[PrintedFile] = relationship(lazy="joined", innerjoin=True)

    @property
    def pdf(self) -> bytes:
        return self.file.content


def find_plan(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Plan | None:
    """The plan as the database has it now: what this session read before the round was locked may be old."""
    return session.scalar(
        select(Plan)
        .where(Plan.organisation_id == organisation_id, Plan.round_id == round_id)
        .execution_options(populate_existing=True)
    )


def plans_by_round(session: Session, round_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Plan]:
    """The plans of these rounds, by their round."""
    if not round_ids:
        return {}
    plans = session.scalars(select(Plan).where(Plan.round_id.in_(round_ids)).options(defer(Plan.before)))
    return {plan.round_id: plan for plan in plans}


class GoesOn(NamedTuple):
    """Where an action goes on: in the plan of a later round."""

    from_id: uuid.UUID
    round_id: uuid.UUID
    round_name: str


def carried_from(session: Session, plan_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, GoesOn]:
    """The actions of these plans that go on in a later one, by their ids."""
    if not plan_ids:
        return {}
    earlier = aliased(PlanAction)
    rows = session.execute(
        select(CarriedAction.from_id, Round.id, Round.name)
        .join(earlier, earlier.id == CarriedAction.from_id)
        .join(PlanAction, PlanAction.id == CarriedAction.action_id)
        .join(Plan, Plan.id == PlanAction.plan_id)
        .join(Round, Round.id == Plan.round_id)
        .where(earlier.plan_id.in_(plan_ids), PlanAction.position.is_not(None))
        .order_by(Round.published_at)
    )
    return {row[0]: GoesOn(*row) for row in rows}


def came_from(session: Session, plan_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The actions of a plan that come from an earlier one, by their ids, with the names of those plans' rounds."""
    now, earlier = aliased(PlanAction), aliased(PlanAction)
    rows = session.execute(
        select(CarriedAction.action_id, Round.name)
        .join(now, now.id == CarriedAction.action_id)
        .join(earlier, earlier.id == CarriedAction.from_id)
        .join(Plan, Plan.id == earlier.plan_id)
        .join(Round, Round.id == Plan.round_id)
        .where(now.plan_id == plan_id)
    )
    return {row[0]: row[1] for row in rows}


def plan_before(session: Session, round_: Round) -> tuple[Plan, Round] | None:
    """The plan of the team's round that was published last before this one, and that round; nothing where that round
    has no plan."""
    before = session.scalar(
        select(Round)
        .where(
            Round.organisation_id == round_.organisation_id,
            Round.team_id == round_.team_id,
            was_published_before(round_),
            exists().where(Plan.round_id == Round.id),
        )
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    plan = find_plan(session, before.organisation_id, before.id) if before else None
    return (plan, before) if plan and before else None


def latest_plan(session: Session, organisation_id: uuid.UUID, team_id: uuid.UUID) -> tuple[Plan, Round] | None:
    """The plan of the team's round that was published last among those that have a plan, and that round."""
    found = session.execute(
        select(Plan, Round)
        .join(Round, Round.id == Plan.round_id)
        .where(Round.organisation_id == organisation_id, Round.team_id == team_id, Round.published_at.is_not(None))
        .order_by(*NEWEST_FIRST)
        .limit(1)
        .options(defer(Plan.before), defer(Round.snapshot))
    ).first()
    return (found[0], found[1]) if found else None


def rounds_with_unscored_actions(session: Session) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Organisation and id of each round, of all organisations, whose plan has actions without a score at the start."""
    unscored = exists().where(PlanAction.plan_id == Plan.id, PlanAction.score_at_start.is_(None))
    plans = session.execute(select(Plan.organisation_id, Plan.round_id).where(unscored).order_by(Plan.id))
    return [(plan.organisation_id, plan.round_id) for plan in plans]


def printed_plans_of(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[PrintedPlan]:
    """The printed versions of a round's plan, newest first, without their bytes."""
    return session.scalars(
        select(PrintedPlan)
        .join(Plan, Plan.id == PrintedPlan.plan_id)
        .where(Plan.organisation_id == organisation_id, Plan.round_id == round_id)
        .order_by(PrintedPlan.printed_at.desc(), PrintedPlan.id)
        .options(lazyload(PrintedPlan.file))
    ).all()


def find_printed_version(session: Session, plan_id: uuid.UUID, content_hash: str) -> PrintedPlan | None:
    """The printed version with exactly this content."""
    return session.scalar(
        select(PrintedPlan)
        .where(PrintedPlan.plan_id == plan_id, PrintedPlan.content_hash == content_hash)
        .order_by(PrintedPlan.printed_at)
        .limit(1)
    )


def find_printed_plan(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, printed_id: uuid.UUID
) -> PrintedPlan | None:
    """A printed version of a round of this organisation, never another's."""
    return session.scalar(
        select(PrintedPlan)
        .join(Plan, Plan.id == PrintedPlan.plan_id)
        .where(Plan.organisation_id == organisation_id, Plan.round_id == round_id, PrintedPlan.id == printed_id)
    )


_VERSION = (PrintedPlan.id, PrintedPlan.organisation_id, PrintedPlan.file_sha256)
MOST_AT_ONCE = 200


def delete_printed_before(session: Session, before: dt.datetime, *, at_most: int) -> int:
    """Deletes the oldest versions, of all organisations, that were printed before a time, but never the newest of a
    plan, and the files that no version is made of any more. Returns how many versions."""
    newer = aliased(PrintedPlan)
    is_old = (
        PrintedPlan.printed_at < before,
        exists().where(newer.plan_id == PrintedPlan.plan_id, newer.printed_at > PrintedPlan.printed_at),
    )
    return _delete_printed(session, select(*_VERSION).where(*is_old).order_by(PrintedPlan.printed_at).limit(at_most))


def delete_printed_beyond(session: Session, plan_id: uuid.UUID, *, newest: int) -> int:
    """Deletes all but the newest versions of a plan, and the files that no version is made of any more. Returns how
    many versions."""
    of_plan = select(*_VERSION).where(PrintedPlan.plan_id == plan_id)
    return _delete_printed(
        session, of_plan.order_by(PrintedPlan.printed_at.desc(), PrintedPlan.id).offset(newest).limit(MOST_AT_ONCE)
    )


def _delete_printed(session: Session, versions: Select[uuid.UUID, uuid.UUID, str]) -> int:
    old = session.execute(versions).all()
    session.execute(delete(PrintedPlan).where(PrintedPlan.id.in_([version.id for version in old])))
    for organisation_id, sha256 in {(version.organisation_id, version.file_sha256) for version in old}:
        session.execute(
            delete(PrintedFile).where(
                PrintedFile.organisation_id == organisation_id,
                PrintedFile.sha256 == sha256,
                ~exists().where(PrintedPlan.organisation_id == organisation_id, PrintedPlan.file_sha256 == sha256),
            )
        )
    return len(old)
