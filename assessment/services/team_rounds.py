"""The rounds of one team, for its list."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.access import Permission
from assessment.domain.outcome import Outcome, nothing_of
from assessment.domain.rounds import RoundState
from assessment.services.access import Access
from assessment.services.paging import Paging, page_of
from assessment.services.rounds import UnknownRound, get_round
from assessment.store.responses import count_by_round
from assessment.store.rounds import Round, count_rounds, find_unpublished, rounds_of_team
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class ListedRound:
    """A round, the state it is in, and how many have answered."""

    round: Round
    state: RoundState
    answered: int

    @property
    def outcome(self) -> Outcome:
        """What came of a published round."""
        if not self.round.is_withheld:
            return Outcome.RESULT
        return nothing_of(self.answered, self.round.least_answers)


@dataclass(frozen=True, slots=True)
class TeamRounds:
    """A page of the team's rounds, newest first, and whether the account may manage them.

    `under_way` is the round that is not published yet, if the account may manage it: until it is, no other can begin.
    """

    rounds: tuple[ListedRound, ...]
    paging: Paging
    may_manage: bool
    under_way: Round | None


def list_rounds(session: Session, *, access: Access, team: Team, now: dt.datetime, page: int = 1) -> TeamRounds:
    """The rounds of a team that the account may see: all if it may manage rounds, else the published ones.

    For a page that does not exist, the nearest one.
    """
    may_manage = access.may(Permission.MANAGE_ROUNDS)
    where = (session, team.organisation_id, team.id)
    paging = page_of(page, count_rounds(*where, only_published=not may_manage))
    shown = rounds_of_team(*where, only_published=not may_manage, at_most=paging.size, after=paging.after)
    counted = count_by_round(session, [round_.id for round_ in shown])
    return TeamRounds(
        rounds=tuple(ListedRound(round_, round_.facts.state(now), counted.get(round_.id, 0)) for round_ in shown),
        paging=paging,
        may_manage=may_manage,
        under_way=round_under_way(session, team=team) if may_manage else None,
    )


def round_under_way(session: Session, *, team: Team) -> Round | None:
    """The team's round that is not published yet, if any."""
    return find_unpublished(session, team.organisation_id, team.id)


def rounds_so_far(session: Session, *, team: Team) -> int:
    """How many rounds the team has, whatever their state."""
    return count_rounds(session, team.organisation_id, team.id)


def asked_for_codes(session: Session, *, team: Team) -> bool:
    """Whether the team's latest round let people link it with others by a code of their own."""
    latest = rounds_of_team(session, team.organisation_id, team.id, only_published=False, at_most=1)
    return any(round_.asks_code for round_ in latest)


def get_round_of_team(session: Session, *, team: Team, round_id: uuid.UUID) -> Round:
    """A round of this team. Raises `UnknownRound`."""
    round_ = get_round(session, organisation_id=team.organisation_id, round_id=round_id)
    if round_.team_id != team.id:
        raise UnknownRound
    return round_
