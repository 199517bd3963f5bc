"""Take part in a workshop from a phone: join by its code or its PIN, see what it shows, vote.

Each is a statement of its own, durable when it returns. Nothing is known of a person: a device has a random key, whose
hash is kept until the workshop ends.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.exc import IntegrityError

from assessment.domain.workshops import (
    FEW_VOTERS,
    LASTS,
    MOST_PARTICIPANTS,
    Distribution,
    Stage,
    VotedQuestion,
    counted,
    is_over,
)
from assessment.infra.tokens import token_hash
from assessment.services.workshops import all_questions_of, own_questions
from assessment.store.database import Database
from assessment.store.rounds import Round
from assessment.store.workshops import (
    Workshop,
    add_participant,
    cast_vote,
    find_by_pin,
    find_by_token,
    find_names,
    find_shown,
    glance_at,
)

KNOWN_WORKSHOPS = 200


class UnknownWorkshop(LookupError):
    """There is no such workshop, or not any more."""


class WorkshopFull(Exception):
    """It takes nobody new, or far more devices than a room holds have joined."""


class UnknownVote(ValueError):
    """The question has no such level."""


@dataclass(frozen=True, eq=False)
class KnownWorkshop:
    """What never changes of an edition of a workshop: what it can ask, and whose it is."""

    id: uuid.UUID
    team: str
    organisation: str
    country: str
    language: str
    questions: dict[str, VotedQuestion]


@dataclass(frozen=True, slots=True)
class Glance:
    """Where a workshop is, and what this device votes in the open ballot. `mark` is another text whenever what it
    shows to this device is another thing."""

    stage: Stage
    question: str
    ballot: int
    version: int
    is_paused: bool
    is_over: bool
    takes_part: bool
    vote: int | None
    are_few: bool
    edition: int

    @property
    def mark(self) -> str:
        return f"{self.version}.{'' if self.vote is None else self.vote}.{self.are_few:d}{self.is_over:d}"


def find_workshop(database: Database, *, pin: str = "", token: str = "") -> uuid.UUID:
    """The workshop with this PIN, or this secret of its code. Raises `UnknownWorkshop`."""
    with database.connection_for_reading() as connection:
        found = find_by_pin(connection, pin) if pin else find_by_token(connection, token)
    if found is None:
        raise UnknownWorkshop
    return found


@lru_cache(maxsize=KNOWN_WORKSHOPS)
def know_workshop(database: Database, workshop_id: uuid.UUID, edition: int) -> KnownWorkshop:
    """Read once for each edition (`Glance.edition`): while a round is open, what it asks is frozen, and a question that
    is added to the workshop makes another edition. Raises `UnknownWorkshop`."""
    with database.connection_for_reading() as connection:
        names = find_names(connection, workshop_id)
    if names is None:
        raise UnknownWorkshop
    with database.reading() as session:
        round_ = session.get(Round, names.id)
        workshop = session.get(Workshop, workshop_id)
        own = own_questions(workshop) if workshop is not None else ()
        questions = all_questions_of(session, round_, own) if round_ is not None else ()
    return KnownWorkshop(
        workshop_id,
        names.team,
        names.organisation,
        names.country,
        names.language,
        {question.key: question for question in questions},
    )


def glance(database: Database, workshop_id: uuid.UUID, *, key: str, now: dt.datetime) -> Glance:
    """One statement. Raises `UnknownWorkshop`."""
    with database.connection_for_reading() as connection:
        row = glance_at(connection, workshop_id, token_hash(key))
    if row is None:
        raise UnknownWorkshop
    return Glance(
        stage=row.stage,
        question=row.question,
        ballot=row.ballot,
        version=row.version,
        is_paused=row.paused_at is not None,
        is_over=is_over(row.commanded_at, row.paused_at, row.ended_at, now),
        takes_part=row.participant_id is not None,
        vote=row.vote,
        are_few=row.joined < FEW_VOTERS,
        edition=row.edition,
    )


def shown_to_all(database: Database, known: KnownWorkshop, seen: Glance) -> tuple[Distribution | None, int | None]:
    """The votes that are shown, and what was agreed on; each `None` where there is none yet."""
    with database.connection_for_reading() as connection:
        row = find_shown(connection, known.id, seen.question, seen.ballot)
    is_shown = seen.stage is Stage.REVEALED and row.counts is not None
    return (counted(row.counts, row.voted, known.questions[seen.question]) if is_shown else None, row.level)


def join(database: Database, workshop_id: uuid.UUID, *, key: str) -> None:
    """The device with this key takes part from now on. Raises `WorkshopFull`, also where the workshop takes
    nobody new or has ended."""
    try:
        with database.autocommit() as connection:
            is_in = add_participant(connection, workshop_id, token_hash(key), at_most=MOST_PARTICIPANTS)
    except IntegrityError:  # it did already
        return
    if not is_in:
        raise WorkshopFull


def vote(
    database: Database, known: KnownWorkshop, *, key: str, question: str, ballot: int, value: int, now: dt.datetime
) -> bool:
    """Casts the device's vote, or another one in its place; whether it counts: it does not once the votes are shown.

    Raises `UnknownVote`.
    """
    asked = known.questions.get(question)
    if asked is None or not asked.takes(value):
        raise UnknownVote(question)
    with database.autocommit() as connection:
        return cast_vote(
            connection,
            known.id,
            key_hash=token_hash(key),
            question=question,
            ballot=ballot,
            value=value,
            since=now - LASTS,
        )
