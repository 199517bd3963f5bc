"""The rounds of one team, for its list."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import Permission
from assessment.domain.rounds import RoundState
from assessment.services.access import Access
from assessment.services.rounds import UnknownRound, get_round
from assessment.store.responses import count_by_round
from assessment.store.rounds import Round, rounds_of_team, withheld_rounds
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class ListedRound:
    """A round, the state it is in, and how many have answered. `is_withheld`: too few for a result."""

    round: Round
    state: RoundState
    answered: int
    is_withheld: bool


@dataclass(frozen=True, slots=True)
class TeamRounds:
    """The team's rounds, newest first, and whether the account may manage them."""

    rounds: tuple[ListedRound, ...]
    may_manage: bool

    @property
    def under_way(self) -> Round | None:
        """The round that is not published yet, if any: until it is, no other can begin."""
        return next((entry.round for entry in self.rounds if entry.state is not RoundState.PUBLISHED), None)


def list_rounds(session: Session, *, access: Access, team: Team, now: dt.datetime) -> TeamRounds:
    """The rounds of a team that the account may see: all if it may manage rounds, else the published ones."""
    counted = count_by_round(session, team.organisation_id)
    withheld = withheld_rounds(session, team.organisation_id)
    listed = tuple(
        ListedRound(found, found.facts.state(now), counted.get(found.id, 0), found.id in withheld)
        for found in rounds_of_team(session, team.organisation_id, team.id)
    )
    if access.may(Permission.MANAGE_ROUNDS):
        return TeamRounds(listed, may_manage=True)
    return TeamRounds(tuple(entry for entry in listed if entry.state is RoundState.PUBLISHED), may_manage=False)


def get_round_of_team(session: Session, *, team: Team, round_id: uuid.UUID) -> Round:
    """A round of this team. Raises `UnknownRound`."""
    found = get_round(session, organisation_id=team.organisation_id, round_id=round_id)
    if found.team_id != team.id:
        raise UnknownRound
    return found
