"""Workshops: what is shown in the room, who takes part, the votes while they are cast, and what was agreed.

Of people who take part there is a key's hash and nothing else. A vote is a row only until the votes are shown: then
their counts are kept, and the rows deleted. Both tables lie in the order of random keys (decision 0014).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Executable,
    Index,
    Integer,
    Row,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from assessment.domain.workshops import Order, Stage
from assessment.store.base import Base, Document, Moment, RandomKey, belongs_to, tenant_key, text_enum
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team

_RUNNING = text("ended_at IS NULL")


class Workshop(RandomKey, Base):
    """A round that is answered by votes in a room; one at a time.

    `token` is the secret of the address that the code on the wall leads to; `pin` can be typed, and is free again once
    the workshop is ended. `version` grows with everything that people in the room can see. Of the time that was planned
    `agenda_seconds` were left at `agenda_since`, which is empty while the workshop is paused.

    `chosen` are the keys of what is voted on; empty for all that stands on the round's sheet. `own_questions` are the
    team's own, and `edition` grows whenever what can be voted on becomes another thing.
    """

    __tablename__ = "workshops"
    __table_args__ = (
        belongs_to("rounds", "round_id"),
        tenant_key("workshops"),
        Index(
            "uq_workshops_running",
            "organisation_id",
            "round_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    organisation_id: Mapped[uuid.UUID]
    round_id: Mapped[uuid.UUID]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    pin: Mapped[str | None] = mapped_column(String(6), unique=True)
    stage: Mapped[Stage] = mapped_column(text_enum(Stage), default=Stage.JOINING)
    question: Mapped[str] = mapped_column(String(100), default="")
    ballot: Mapped[int] = mapped_column(default=0)
    is_blank: Mapped[bool] = mapped_column(default=False)
    is_talk: Mapped[bool] = mapped_column(default=False, server_default=false())
    order: Mapped[Order] = mapped_column(
        "question_order", text_enum(Order), default=Order.AS_ASKED, server_default=Order.AS_ASKED
    )
    chosen: Mapped[list[Any] | None] = mapped_column(Document)
    own_questions: Mapped[list[Any]] = mapped_column(Document, default=list, server_default="[]")
    edition: Mapped[int] = mapped_column(default=1, server_default="1")
    timer_ends_at: Mapped[Moment | None]
    takes_nobody_new: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[Moment]
    commanded_at: Mapped[Moment]
    paused_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    agenda_seconds: Mapped[int]
    agenda_since: Mapped[Moment | None]


class WorkshopParticipant(RandomKey, Base):
    """A device that takes part; deleted when the workshop ends."""

    __tablename__ = "workshop_participants"
    __table_args__ = (
        belongs_to("workshops", "workshop_id"),
        tenant_key("workshop_participants"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[uuid.UUID]
    workshop_id: Mapped[uuid.UUID] = mapped_column(index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)


class WorkshopVote(Base):
    """What a participant votes in the ballot that is open; another vote takes its place."""

    __tablename__ = "workshop_votes"
    __table_args__ = (
        belongs_to("workshops", "workshop_id"),
        belongs_to("workshop_participants", "participant_id"),
        {"sqlite_with_rowid": False},
    )

    organisation_id: Mapped[uuid.UUID]
    participant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    workshop_id: Mapped[uuid.UUID] = mapped_column(index=True)
    value: Mapped[int]


class WorkshopBallot(Base):
    """Votes that were shown. `counts` says how often each value was voted for: first those who did not know, then the
    levels from the lowest. Where each person could choose several, `voted` says how many people voted."""

    __tablename__ = "workshop_ballots"
    __table_args__ = (belongs_to("workshops", "workshop_id"),)

    organisation_id: Mapped[uuid.UUID]
    workshop_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(100), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    counts: Mapped[list[Any]] = mapped_column(Document)
    voted: Mapped[int | None]
    revealed_at: Mapped[Moment]


class WorkshopAgreement(Base):
    """What the team agreed on for a question, and why, in its own words."""

    __tablename__ = "workshop_agreements"
    __table_args__ = (belongs_to("workshops", "workshop_id"),)

    organisation_id: Mapped[uuid.UUID]
    workshop_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(100), primary_key=True)
    level: Mapped[int]
    note: Mapped[str] = mapped_column(String(300), default="")


class NoteKind(StrEnum):
    PARKED = "parked"
    ACTION = "action"


class WorkshopNote(RandomKey, Base):
    """A thought that was parked, or an action with its owner and day; `question` is what was shown meanwhile."""

    __tablename__ = "workshop_notes"
    __table_args__ = (belongs_to("workshops", "workshop_id"), Index("ix_workshop_notes_workshop_id", "workshop_id"))

    organisation_id: Mapped[uuid.UUID]
    workshop_id: Mapped[uuid.UUID]
    kind: Mapped[NoteKind] = mapped_column(text_enum(NoteKind))
    question: Mapped[str] = mapped_column(String(100), default="")
    words: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(80), default="")
    due_on: Mapped[dt.date | None]
    written_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """How many votes of a round's workshops were shown, questions agreed on, and thoughts and actions written down."""

    ballots: int
    agreements: int
    notes: int

    @property
    def mark(self) -> str:
        """What tells whether it has become more; empty where there is nothing."""
        counts = (self.ballots, self.agreements, self.notes)
        return ".".join(map(str, counts)) if any(counts) else ""


# For whoever facilitates


def find_running(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Workshop | None:
    """The round's workshop that nobody has ended, though it may be over by itself."""
    return session.scalar(
        select(Workshop).where(
            Workshop.organisation_id == organisation_id, Workshop.round_id == round_id, Workshop.ended_at.is_(None)
        )
    )


def rounds_with_running(session: Session, round_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these rounds that have a workshop that nobody has ended."""
    return frozenset(
        session.scalars(select(Workshop.round_id).where(Workshop.round_id.in_(round_ids), Workshop.ended_at.is_(None)))
    )


def lock_running(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Workshop | None:
    """The same as it is now, locked until the transaction ends: no vote passes a command."""
    return session.scalar(
        select(Workshop)
        .where(Workshop.organisation_id == organisation_id, Workshop.round_id == round_id, Workshop.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def ended_of(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Sequence[Workshop]:
    """The round's workshops that were ended, the first ones first."""
    return session.scalars(
        select(Workshop)
        .where(
            Workshop.organisation_id == organisation_id, Workshop.round_id == round_id, Workshop.ended_at.is_not(None)
        )
        .order_by(Workshop.started_at, Workshop.id)
    ).all()


def with_participants(session: Session) -> Sequence[Workshop]:
    """Those that nobody has ended and in which people take part, of every organisation."""
    has_people = exists().where(WorkshopParticipant.workshop_id == Workshop.id)
    return session.scalars(select(Workshop).where(Workshop.ended_at.is_(None), has_people)).all()


def left_behind(session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID) -> LeftBehind:
    """What goes with a round that is discarded."""
    workshops = select(Workshop.id).where(Workshop.organisation_id == organisation_id, Workshop.round_id == round_id)
    counted = [
        select(func.count()).select_from(model).where(model.workshop_id.in_(workshops)).scalar_subquery()
        for model in (WorkshopBallot, WorkshopAgreement, WorkshopNote)
    ]
    return LeftBehind(*session.execute(select(*counted)).one())


def is_pin_taken(session: Session, pin: str) -> bool:
    return session.scalar(select(Workshop.id).where(Workshop.pin == pin)) is not None


def count_participants(session: Session, workshop_id: uuid.UUID) -> int:
    return _count(session, WorkshopParticipant, workshop_id)


def count_votes(session: Session, workshop_id: uuid.UUID) -> int:
    return _count(session, WorkshopVote, workshop_id)


def _count(session: Session, model: type[WorkshopParticipant] | type[WorkshopVote], workshop_id: uuid.UUID) -> int:
    counted = select(func.count()).select_from(model).where(model.workshop_id == workshop_id)
    return session.scalar(counted) or 0


def votes_of(session: Session, workshop_id: uuid.UUID) -> Sequence[int]:
    """What is voted in the open ballot, in no order that says who."""
    return session.scalars(select(WorkshopVote.value).where(WorkshopVote.workshop_id == workshop_id)).all()


def delete_votes(session: Session, workshop_id: uuid.UUID) -> None:
    session.execute(delete(WorkshopVote).where(WorkshopVote.workshop_id == workshop_id))


def delete_participants(session: Session, workshop_id: uuid.UUID) -> None:
    """With their votes."""
    delete_votes(session, workshop_id)
    session.execute(delete(WorkshopParticipant).where(WorkshopParticipant.workshop_id == workshop_id))


def ballots_of(session: Session, workshop_id: uuid.UUID) -> Sequence[WorkshopBallot]:
    """The votes that were shown, each question's in their order."""
    return session.scalars(
        select(WorkshopBallot).where(WorkshopBallot.workshop_id == workshop_id).order_by(WorkshopBallot.number)
    ).all()


def agreements_of(session: Session, workshop_id: uuid.UUID) -> Sequence[WorkshopAgreement]:
    return session.scalars(select(WorkshopAgreement).where(WorkshopAgreement.workshop_id == workshop_id)).all()


def notes_of(session: Session, workshop_id: uuid.UUID) -> Sequence[WorkshopNote]:
    """In the order in which they were written."""
    return session.scalars(
        select(WorkshopNote)
        .where(WorkshopNote.workshop_id == workshop_id)
        .order_by(WorkshopNote.written_at, WorkshopNote.id)
    ).all()


def find_note(
    session: Session, workshop_id: uuid.UUID, note_id: uuid.UUID, *, locks: bool = False
) -> WorkshopNote | None:
    """If it `locks`, as it is now, and nobody else changes it until the transaction ends."""
    query = select(WorkshopNote).where(WorkshopNote.workshop_id == workshop_id, WorkshopNote.id == note_id)
    if locks:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def questions_with_words(session: Session, workshop_id: uuid.UUID) -> set[str]:
    """The questions that were voted or agreed on."""
    voted = select(WorkshopBallot.question).where(WorkshopBallot.workshop_id == workshop_id)
    agreed = select(WorkshopAgreement.question).where(WorkshopAgreement.workshop_id == workshop_id)
    return set(session.scalars(voted.union(agreed)))


# For those who take part: a statement each


def find_by_pin(connection: Connection, pin: str) -> uuid.UUID | None:
    return connection.execute(select(Workshop.id).where(Workshop.pin == pin)).scalar()


def find_by_token(connection: Connection, token: str) -> uuid.UUID | None:
    return connection.execute(select(Workshop.id).where(Workshop.token == token)).scalar()


def find_names(connection: Connection, workshop_id: uuid.UUID) -> Row[*tuple[Any, ...]] | None:
    """The round behind a workshop: its id, team, organisation, country and language."""
    return connection.execute(
        select(
            Round.id,
            Team.name.label("team"),
            Organisation.name.label("organisation"),
            Organisation.country,
            Organisation.language,
        )
        .select_from(Workshop)
        .join(Round, Round.id == Workshop.round_id)
        .join(Team, Team.id == Round.team_id)
        .join(Organisation, Organisation.id == Round.organisation_id)
        .where(Workshop.id == workshop_id)
    ).first()


@cache
def _glance() -> Executable:
    """Asked for by every phone every second, so it is made once."""
    participants = (
        select(func.count())
        .select_from(WorkshopParticipant)
        .where(WorkshopParticipant.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery()
    )
    return (
        select(
            Workshop.stage,
            Workshop.question,
            Workshop.ballot,
            Workshop.version,
            Workshop.edition,
            Workshop.commanded_at,
            Workshop.paused_at,
            Workshop.ended_at,
            WorkshopParticipant.id.label("participant_id"),
            WorkshopVote.value.label("vote"),
            participants.label("joined"),
        )
        .select_from(Workshop)
        .outerjoin(
            WorkshopParticipant,
            (WorkshopParticipant.workshop_id == Workshop.id) & (WorkshopParticipant.key_hash == bindparam("key_hash")),
        )
        .outerjoin(WorkshopVote, WorkshopVote.participant_id == WorkshopParticipant.id)
        .where(Workshop.id == bindparam("workshop_id", type_=Uuid()))
    )


def glance_at(connection: Connection, workshop_id: uuid.UUID, key_hash: str) -> Row[Any] | None:
    """Where a workshop is, and what a device of this key votes, if it takes part."""
    return connection.execute(_glance(), {"workshop_id": workshop_id, "key_hash": key_hash}).first()


def find_shown(connection: Connection, workshop_id: uuid.UUID, question: str, number: int) -> Row[*tuple[Any, ...]]:
    """The counts of a ballot and what was agreed: each `None` where there is none yet."""
    shown = select(WorkshopBallot.counts, WorkshopBallot.voted).where(
        WorkshopBallot.workshop_id == workshop_id,
        WorkshopBallot.question == question,
        WorkshopBallot.number == number,
    )
    counts = shown.with_only_columns(WorkshopBallot.counts).scalar_subquery()
    voted = shown.with_only_columns(WorkshopBallot.voted).scalar_subquery()
    level = (
        select(WorkshopAgreement.level)
        .where(WorkshopAgreement.workshop_id == workshop_id, WorkshopAgreement.question == question)
        .scalar_subquery()
    )
    labelled = select(counts.label("counts"), voted.label("voted"), level.label("level"))
    return connection.execute(labelled).one()


def add_participant(connection: Connection, workshop_id: uuid.UUID, key_hash: str, *, at_most: int) -> bool:
    """A device takes part from now on, while the workshop takes people and fewer than `at_most` do; one that did
    already still does."""
    joined = (
        select(func.count())
        .select_from(WorkshopParticipant)
        .where(WorkshopParticipant.workshop_id == workshop_id)
        .scalar_subquery()
    )
    chosen = select(
        bindparam("id", uuid.uuid4(), type_=Uuid()),
        Workshop.organisation_id,
        Workshop.id,
        bindparam("key_hash", key_hash, type_=String()),
    ).where(
        Workshop.id == workshop_id,
        Workshop.ended_at.is_(None),
        Workshop.takes_nobody_new.is_(False),
        joined < at_most,
    )
    chosen = chosen.with_for_update(read=True, of=Workshop)  # so that nobody stays who joins while it is ended
    added = insert(WorkshopParticipant).from_select(["id", "organisation_id", "workshop_id", "key_hash"], chosen)
    return connection.execute(added.returning(WorkshopParticipant.id)).first() is not None


@cache
def _voting(dialect: str) -> Executable:
    """Takes the participant's vote if the ballot that they saw is still the open one. The workshop's row is locked, so
    that no vote slips in behind the count: whoever reveals has waited for it, or it waits and comes too late."""
    votes = cast(Table, WorkshopVote.__table__)
    upsert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(votes)
    chosen = (
        select(
            Workshop.organisation_id,
            WorkshopParticipant.id,
            Workshop.id,
            bindparam("value", type_=Integer()),
        )
        .join(WorkshopParticipant, WorkshopParticipant.workshop_id == Workshop.id)
        .where(
            Workshop.id == bindparam("workshop_id", type_=Uuid()),
            Workshop.stage == Stage.VOTING,
            Workshop.question == bindparam("question"),
            Workshop.ballot == bindparam("ballot"),
            Workshop.paused_at.is_(None),
            Workshop.ended_at.is_(None),
            Workshop.commanded_at > bindparam("since", type_=Workshop.commanded_at.type),
            WorkshopParticipant.key_hash == bindparam("key_hash"),
        )
        .with_for_update(read=True, of=Workshop)
    )
    given = upsert.from_select(["organisation_id", "participant_id", "workshop_id", "value"], chosen)
    taken = given.on_conflict_do_update(index_elements=[votes.c.participant_id], set_={"value": given.excluded.value})
    return taken.returning(votes.c.value)


def cast_vote(
    connection: Connection,
    workshop_id: uuid.UUID,
    *,
    key_hash: str,
    question: str,
    ballot: int,
    value: int,
    since: dt.datetime,
) -> bool:
    """Whether the vote counts: the ballot is open, and the last command came after `since`. One statement, whatever it
    replaces."""
    given = {
        "workshop_id": workshop_id,
        "key_hash": key_hash,
        "question": question,
        "ballot": ballot,
        "value": value,
        "since": since,
    }
    return connection.execute(_voting(connection.dialect.name), given).first() is not None
