"""Several teams at once, from a list: read, compared with those that are there, and created all or none."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.team_tags import tag_key
from assessment.intake.team_list import (
    NoTeams,
    TeamLine,
    TeamList,
    TooManyTeams,
    Usual,
    check_lines,
    read_team_file,
)
from assessment.intake.text import fold
from assessment.services.import_round import UPLOAD_CELLS, UPLOAD_UNPACKED_MB
from assessment.services.teams import Team, TeamNameTaken, create_team, first_points
from assessment.store.latest_rounds import names_of_teams
from assessment.store.organisations import Organisation
from assessment.store.team_tags import put_tags, used_tags

_WORKBOOKS = (".xlsx", ".xlsm")


class InvalidTeams(ValueError):
    """A line of the list has a problem: nothing was created."""


class NamesTaken(Exception):
    """Teams of these names are there; `lines` has the numbers of the lines. The other lines could become teams."""

    def __init__(self, lines: frozenset[int]) -> None:
        super().__init__(lines)
        self.lines = lines


class NotWorkbook(Exception):
    """A file whose name ends as a workbook's is plain text, and has no headers that would say what it means."""


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


def read_uploaded_teams(data: bytes, usual: Usual, *, name: str = "") -> TeamList:
    """What a file that somebody sent says; `name` is how it was called. Touches no database.

    Raises `InvalidFile`, `NotWorkbook`, `TooManyTeams` or `NoTeams`.
    """
    may_be_none = name.lower().endswith(_WORKBOOKS) and not data.startswith(b"PK")
    try:
        teams = read_team_file(
            data, load_team_kinds(), usual, max_unpacked_mb=UPLOAD_UNPACKED_MB, max_cells=UPLOAD_CELLS
        )
    except (NoTeams, TooManyTeams):
        if may_be_none:
            raise NotWorkbook from None
        raise
    if may_be_none and not teams.has_header:
        raise NotWorkbook
    return teams


def compare_teams(session: Session, *, organisation_id: uuid.UUID, teams: TeamList) -> CheckedList:
    """Which of the lines name a team that is there already, however it is accented and in whatever case.

    Of teams that the reader is not of, nothing is said: looking at a list would try very many names at once.
    """
    known = {fold(name) for _id, name in names_of_teams(session, organisation_id)}
    return CheckedList(teams, frozenset(line.line for line in teams.lines if fold(line.name) in known))


def create_teams(
    session: Session,
    *,
    organisation: Organisation,
    lines: Iterable[TeamLine],
    now: dt.datetime,
) -> Sequence[Team]:
    """All the teams of a list that are not there yet, or none: sent twice, it creates them once. To be called in a
    transaction that is undone where this raises.

    Raises `NoTeams`, `TooManyTeams`, `InvalidTeams`, or `NamesTaken` where teams have these names that the caller
    is not of, or that somebody has just created.
    """
    kinds = {kind.id: kind for kind in load_team_kinds()}
    teams = check_lines(lines, tuple(kinds.values()))
    if teams.has_problems:
        raise InvalidTeams
    organisation_id = organisation.id
    checked = compare_teams(session, organisation_id=organisation_id, teams=teams)
    used = used_tags(session, organisation_id=organisation_id)
    created, taken = [], set()
    for line in checked.new:
        try:
            team = create_team(
                session,
                organisation_id=organisation_id,
                name=line.name,
                size=line.size or 0,
                kind=line.kind,
                points=first_points(organisation, kinds[line.kind]),
                now=now,
            )
        except TeamNameTaken:
            taken.add(line.line)
            continue
        keyed = [(tag_key(tag), tag) for tag in line.tags]
        put_tags(session, organisation_id, team.id, [(key, used.setdefault(key, tag)) for key, tag in keyed])
        created.append(team)
    if taken:
        raise NamesTaken(frozenset(taken))
    return created


__all__ = [
    "CheckedList",
    "InvalidTeams",
    "NamesTaken",
    "NotWorkbook",
    "compare_teams",
    "create_teams",
    "read_uploaded_teams",
]
