"""Several teams at once, from a list: read, compared with those that are there, and created all or none."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.questionnaire import Language
from assessment.intake.team_list import TeamLine, TeamList, Usual, check_lines, read_team_file
from assessment.intake.text import fold
from assessment.services.import_round import UPLOAD_CELLS, UPLOAD_UNPACKED_MB
from assessment.services.teams import Team, TeamNameTaken, create_team, points_of_kind
from assessment.store.latest_rounds import names_of_teams


class InvalidTeams(ValueError):
    """A line of the list has a problem: nothing was created."""


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A list beside the teams that are there: `there` has the numbers of lines that name one of them."""

    teams: TeamList
    there: frozenset[int]

    @property
    def new(self) -> tuple[TeamLine, ...]:
        """The lines that would become teams."""
        return tuple(
            line for line in self.teams.lines if not line.problems and not line.same_as and line.line not in self.there
        )


def read_uploaded_teams(data: bytes, usual: Usual) -> TeamList:
    """What a file that somebody sent says. Touches no database. Raises `InvalidFile`, `TooManyTeams` or `NoTeams`."""
    return read_team_file(data, load_team_kinds(), usual, max_unpacked_mb=UPLOAD_UNPACKED_MB, max_cells=UPLOAD_CELLS)


def compare_teams(session: Session, *, organisation_id: uuid.UUID, teams: TeamList) -> CheckedList:
    """Which of the lines name a team that is there already, however it is accented and in whatever case."""
    known = {fold(name) for _id, name in names_of_teams(session, organisation_id)}
    return CheckedList(teams, frozenset(line.line for line in teams.lines if fold(line.name) in known))


def create_teams(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    lines: Iterable[TeamLine],
    language: Language,
    now: dt.datetime,
) -> Sequence[Team]:
    """All the teams of a list that are not there yet, or none: sent twice, it creates them once.

    Raises `NoTeams`, `TooManyTeams`, `InvalidTeams`, or `TeamNameTaken` where somebody else is creating one of them.
    """
    kinds = {kind.id: kind for kind in load_team_kinds()}
    teams = check_lines(lines, tuple(kinds.values()))
    if teams.has_problems:
        raise InvalidTeams
    checked = compare_teams(session, organisation_id=organisation_id, teams=teams)
    return [
        create_team(
            session,
            organisation_id=organisation_id,
            name=line.name,
            size=line.size or 0,
            kind=line.kind,
            points=points_of_kind(kinds[line.kind], language),
            now=now,
        )
        for line in checked.new
    ]


__all__ = ["CheckedList", "InvalidTeams", "TeamNameTaken", "compare_teams", "create_teams", "read_uploaded_teams"]
