"""Rounds of several teams from one responses file: made all together or not at all.

They are a campaign, so that they can be looked at and published together.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.answers import TeamAnswers
from assessment.domain.questionnaire import Phase
from assessment.intake.responses import Responses
from assessment.intake.text import fold
from assessment.services.access import Access, add_own_team
from assessment.services.campaigns import Campaign, join_campaign, name_campaign, teams_to_ask
from assessment.services.import_round import TooFewInFile, keep_imported_round, named_points
from assessment.services.rounds import RoundUnderWay
from assessment.services.team_points import MOST_POINTS
from assessment.services.teams import Team, TeamNameTaken, TeamPoint, create_team, first_points
from assessment.store.rounds import unpublished_by_team
from assessment.store.teams import lock_teams

MOST_TEAMS = 60
"""Teams that one file may become at once: each of them is a row with choices on the page."""


class NoTeamsKept(ValueError):
    """Every team of the file is left out."""


@dataclass(frozen=True, slots=True)
class TeamInFile:
    """A team of the file, how many of it answered, and the organisation's team of the same name, if there is one.

    `needed` is more than `answered` where nothing could ever be shown of it.
    """

    name: str
    answered: int
    needed: int
    is_consensus: bool
    namesake: Team | None

    @property
    def has_too_few(self) -> bool:
        return self.answered < self.needed


@dataclass(frozen=True, slots=True)
class OtherMoments:
    """How the moments that a file has for a team differ from the team's own, by their names, each in its order."""

    missing: tuple[str, ...]
    new: tuple[str, ...]
    shares_any: bool


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file beside the organisation's teams: `free` can take a round, `busy` are ids of those that have one which is
    not published."""

    teams: tuple[TeamInFile, ...]
    free: tuple[Team, ...]
    busy: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Destination:
    """What becomes of a team of the file: a round of a team that is there, or of a new one with `size` people; not
    `with_ladder`, without what the file has about moments."""

    file_team: str
    team_id: uuid.UUID | None
    size: int = 0
    with_ladder: bool = True


class NotKept(Exception):
    """A team of the file cannot become what was chosen: `why` is `TooFewInFile`, `RoundUnderWay` or `TeamNameTaken`."""

    def __init__(self, file_team: str, why: Exception) -> None:
        super().__init__(file_team)
        self.file_team = file_team
        self.why = why


def check_file(session: Session, *, access: Access, responses: Responses) -> CheckedFile:
    """Which teams the file has, and which of the organisation's could take their answers."""
    teams = teams_to_ask(session, access=access)
    busy = frozenset(unpublished_by_team(session, access.organisation_id, [team.id for team in teams]))
    by_name = {fold(team.name): team for team in teams}
    in_file = tuple(
        TeamInFile(
            answers.team,
            len(answers.own_sheets),
            _needed(answers, access),
            answers.mode == "consensus",
            by_name.get(fold(answers.team)),
        )
        for answers in responses.teams
    )
    return CheckedFile(in_file, tuple(team for team in teams if team.id not in busy), busy)


def names_of_moments(access: Access, responses: Responses, file_team: str) -> tuple[str, ...]:
    """What the moments that the file has for one of its teams are called. Raises `UnknownTeamInFile`."""
    return tuple(point["name"] for point in named_points(responses.team(file_team), (), access.organisation.language))


def other_moments(access: Access, responses: Responses, file_team: str, team: Team) -> OtherMoments | None:
    """How they differ from those of the team that would take the answers; `None` where they do not, and where nobody
    answered about any. Raises `UnknownTeamInFile`."""
    answers = responses.team(file_team)
    own = {point["id"]: point["name"] for point in team.points}
    if not answers.points or set(answers.points) == set(own):
        return None
    named = named_points(answers, team.points, access.organisation.language)
    return OtherMoments(
        missing=tuple(name for point, name in own.items() if point not in answers.points),
        new=tuple(point["name"] for point in named if point["id"] not in own),
        shares_any=any(point in own for point in answers.points),
    )


def keep_imported_rounds(
    session: Session,
    *,
    access: Access,
    name: str,
    responses: Responses,
    destinations: Sequence[Destination],
    new_kind: str,
    questionnaire_id: str,
    submission: str,
    now: dt.datetime,
) -> Campaign:
    """A closed round for each destination, ready to be published, and the campaign that they are. New teams get
    the moments that the file has for them, else those of the kind `new_kind`. To be called in a transaction that is
    undone where this raises. The same `submission` twice is one campaign.

    Raises `NoTeamsKept`, `NotKept`, `UnknownTeam`, `UnknownTeamInFile` or `UnknownQuestionnaire`.
    """
    campaign, is_new = name_campaign(session, access=access, name=name, submission=submission, now=now)
    if not is_new:
        return campaign
    if not destinations:
        raise NoTeamsKept
    lock_teams(session, [one.team_id for one in destinations if one.team_id])  # in one order, whatever the file's is
    made = []
    for destination in destinations:
        try:
            team_id = destination.team_id or _new_team(session, access, destination, responses, new_kind, now)
            made.append(
                keep_imported_round(
                    session,
                    organisation_id=access.organisation_id,
                    team_id=team_id,
                    name=name,
                    responses=responses,
                    file_team=destination.file_team,
                    with_ladder=destination.with_ladder,
                    questionnaire_id=questionnaire_id,
                    now=now,
                )
            )
        except (TooFewInFile, RoundUnderWay, TeamNameTaken) as why:
            raise NotKept(destination.file_team, why) from why
    join_campaign(session, campaign, made)
    return campaign


def _needed(answers: TeamAnswers, access: Access) -> int:
    return 1 if answers.mode == "consensus" else access.organisation.minimum_group


def _new_team(
    session: Session, access: Access, new: Destination, responses: Responses, kind_id: str, now: dt.datetime
) -> uuid.UUID:
    kind = next(kind for kind in load_team_kinds() if kind.id == kind_id)
    language = access.organisation.language
    in_file = tuple(
        TeamPoint(point["id"], point["name"], cast("Phase", point["phase"]))
        for point in named_points(responses.team(new.file_team), (), language)
    )
    team = create_team(
        session,
        organisation_id=access.organisation_id,
        name=new.file_team,
        size=new.size,
        kind=kind.id,
        points=in_file if 0 < len(in_file) <= MOST_POINTS else first_points(access.organisation, kind),
        now=now,
    )
    add_own_team(session, access, team_id=team.id)
    return team.id
