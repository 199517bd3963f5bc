"""Changes of a team's sequence of perception points."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Phase
from assessment.infra.slugs import slug
from assessment.services.teams import TeamPoint, get_team, set_points
from assessment.store.latest_rounds import teams_by_name
from assessment.store.teams import Team

MOST_POINTS = 12
PHASES: tuple[Phase, ...] = ("beginning", "middle", "end")


class TooManyPoints(Exception):
    """A sequence has at most `MOST_POINTS` perception points: nobody would answer more."""


class LastPoint(Exception):
    """A sequence needs at least one perception point."""


def points_of(team: Team) -> tuple[TeamPoint, ...]:
    """The team's sequence."""
    return tuple(TeamPoint(point["id"], point["name"], point["phase"]) for point in team.points)


class TeamName(NamedTuple):
    """A team, as far as a choice names it."""

    id: uuid.UUID
    name: str


class SequenceOfTeams(NamedTuple):
    """Perception points, and the teams that have exactly these, by name."""

    points: tuple[TeamPoint, ...]
    teams: tuple[TeamName, ...]


def other_sequences(session: Session, *, organisation_id: uuid.UUID, own: Sequence[TeamPoint]) -> list[SequenceOfTeams]:
    """The sequences that teams of an organisation have, other than a team's `own`, by the names of their first teams.
    In a session of a member who is not of all teams, those of theirs."""
    teams: dict[tuple[TeamPoint, ...], list[TeamName]] = {}
    for other in teams_by_name(session, organisation_id):
        teams.setdefault(points_of(other), []).append(TeamName(other.id, other.name))
    return [SequenceOfTeams(points, tuple(those)) for points, those in teams.items() if points and points != tuple(own)]


def rename_points(
    session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, names: Mapping[str, str]
) -> Team:
    """Renames points by id; the others keep their names. Raises `UnknownTeam` or `InvalidPoints`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    renamed = [replace(point, name=names.get(point.id, point.name)) for point in points_of(team)]
    return set_points(session, organisation_id=organisation_id, team_id=team_id, points=renamed)


def move_point(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, point_id: str, by: int) -> Team:
    """Moves a point earlier (`by` −1) or later (1); at an end it stays. Raises `UnknownTeam`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    points = list(points_of(team))
    at = _place(points, point_id)
    if at is not None:
        points.insert(max(0, at + by), points.pop(at))
    return set_points(session, organisation_id=organisation_id, team_id=team_id, points=points)


def add_point(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, name: str, phase: Phase) -> Team:
    """Adds a perception point after the last of its phase. Raises `UnknownTeam`, `InvalidPoints` or `TooManyPoints`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    points = list(points_of(team))
    if len(points) >= MOST_POINTS:
        raise TooManyPoints
    added = TeamPoint(_new_id(name, {point.id for point in points}), name, phase)
    last = max((at for at, point in enumerate(points) if PHASES.index(point.phase) <= PHASES.index(phase)), default=-1)
    points.insert(last + 1, added)
    return set_points(session, organisation_id=organisation_id, team_id=team_id, points=points)


def remove_point(session: Session, *, organisation_id: uuid.UUID, team_id: uuid.UUID, point_id: str) -> Team:
    """Removes a perception point; open rounds keep theirs. Raises `UnknownTeam` or `LastPoint`."""
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    points = [point for point in points_of(team) if point.id != point_id]
    if not points:
        raise LastPoint
    return set_points(session, organisation_id=organisation_id, team_id=team_id, points=points)


def _place(points: Sequence[TeamPoint], point_id: str) -> int | None:
    return next((at for at, point in enumerate(points) if point.id == point_id), None)


def _new_id(name: str, taken: set[str]) -> str:
    """A permanent id from a name: "Atención en caja" becomes `atencion-en-caja`."""
    wished = slug(name)[:40].strip("-")
    if not wished or not wished[0].isalpha():
        wished = f"point-{wished}".strip("-")
    number = 1
    while (id_ := wished if number == 1 else f"{wished}-{number}") in taken:
        number += 1
    return id_
