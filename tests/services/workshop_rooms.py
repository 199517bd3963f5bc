"""A team in a room: an open round that it answers together, a workshop of it, and phones."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from assessment.domain.rounds import RoundMode
from assessment.domain.workshops import Command
from assessment.services.taking_part import Glance, glance, join, know_workshop, vote
from assessment.services.workshops import Board, agree, end_workshop, get_board, give_command, start_workshop
from assessment.store.database import Database
from tests.services.build import DAY, NOW, Home, make_home, make_round

RUBRICS = "service-culture-rubrics"
FIRST, SECOND = "items:language-rubric", "items:vision-rubric"


@dataclass
class Room:
    """A workshop and who leads it."""

    database: Database
    home: Home
    round_id: uuid.UUID
    link: str
    workshop_id: uuid.UUID
    now: dt.datetime = NOW

    @staticmethod
    def make(database: Database, name: str = "Alegra", *, now: dt.datetime = NOW) -> Room:
        home = make_home(database, name)
        round_id, link = make_round(
            database, home, mode=RoundMode.CONSENSUS, questionnaires=[RUBRICS], opens_at=now - DAY, closes_at=None
        )
        with database.writing() as session:
            started = start_workshop(session, organisation_id=home.organisation, round_id=round_id, minutes=90, now=now)
            return Room(database, home, round_id, link, started.id, now)

    @property
    def own(self) -> dict[str, Any]:
        return {"organisation_id": self.home.organisation, "round_id": self.round_id}

    def board(self) -> Board:
        with self.database.reading() as session:
            return get_board(session, **self.own, now=self.now)

    def command(self, *commands: Command, to: str = "") -> None:
        for command in commands:
            version = self.board().workshop.version
            with self.database.writing() as session:
                give_command(
                    session, **self.own, command=command, version=version, to=to, may_be_few=True, now=self.now
                )

    def agree(self, level: int, note: str = "") -> None:
        shown = self.board().workshop
        with self.database.writing() as session:
            agree(
                session,
                **self.own,
                question=shown.question,
                level=level,
                note=note,
                version=shown.version,
                now=self.now,
            )

    def end(self) -> int:
        with self.database.writing() as session:
            return end_workshop(session, **self.own, now=self.now)

    def join(self, *phones: str) -> None:
        for phone in phones:
            join(self.database, self.workshop_id, key=phone)

    def vote(self, phone: str, value: int, *, question: str = FIRST, ballot: int = 1) -> bool:
        known = know_workshop(self.database, self.workshop_id, self.seen_by(phone).edition)
        return vote(self.database, known, key=phone, question=question, ballot=ballot, value=value, now=self.now)

    def seen_by(self, phone: str) -> Glance:
        return glance(self.database, self.workshop_id, key=phone, now=self.now)
