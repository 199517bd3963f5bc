"""A round from a responses file instead of answers: never both, since who adds rows could subtract them."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, load_team_kinds
from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.planning import phase_of
from assessment.domain.rounds import RoundMode
from assessment.intake.responses import Responses, read_responses
from assessment.services.answer_documents import document_from_sheet
from assessment.services.rounds import draft_round, pinned_questionnaire
from assessment.store.organisations import Organisation
from assessment.store.responses import Response
from assessment.store.rounds import Round


class UnknownTeamInFile(LookupError):
    """The file has no team of this name, or has several and none was named; `known` lists those that it has."""

    def __init__(self, team: str, known: tuple[str, ...]) -> None:
        super().__init__(team)
        self.team = team
        self.known = known


def import_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    name: str,
    file: Path,
    file_team: str = "",
    ignore_unknown: bool = False,
    questionnaire_id: str = DEFAULT_QUESTIONNAIRE,
    now: dt.datetime,
) -> Round:
    """A stopped round with the answers that a file has for one team, ready to be published.

    `file_team` names the team in the file; without it, a file's only team is taken. Respondents' codes are not kept: a
    response knows no respondent. Raises `UnknownTeam`, `UnknownQuestionnaire`, `InvalidFile` or `UnknownTeamInFile`.
    """
    imported = draft_round(
        session,
        organisation_id=organisation_id,
        team_id=team_id,
        name=name,
        mode=RoundMode.IMPORTED,
        questionnaire_id=questionnaire_id,
        now=now,
    )
    answers = _team_of(read_responses(file, pinned_questionnaire(imported), ignore_unknown=ignore_unknown), file_team)
    language = session.get_one(Organisation, organisation_id).language
    imported.points = _points(answers, imported.points, language)
    imported.asks_role = any(sheet.role is Role.LEADER for sheet in answers.sheets)
    imported.opens_at = imported.stopped_at = now
    session.add_all(Response(round_id=imported.id, answers=document_from_sheet(sheet)) for sheet in answers.sheets)
    session.flush()
    return imported


def _team_of(responses: Responses, name: str) -> TeamAnswers:
    known = tuple(team.team for team in responses.teams)
    if not name and len(known) == 1:
        return responses.teams[0]
    for team in responses.teams:
        if team.team == name:
            return team
    raise UnknownTeamInFile(name, known)


def _points(answers: TeamAnswers, own: list[dict[str, str]], language: str) -> list[dict[str, str]]:
    """The file's sequence, by the names that the team, or a kind of team, has for its points."""
    templates = {point.id: point for kind in load_team_kinds() for point in kind.points}
    named = {point["id"]: point["name"] for point in own}
    points = []
    for point in answers.points:
        words = point.replace("-", " ").replace("_", " ").strip()
        template = templates[point].name.in_language("en" if language == "en" else "es") if point in templates else ""
        points.append(
            {
                "id": point,
                "name": named.get(point) or template or words[:1].upper() + words[1:],
                "phase": phase_of(point, answers.points, templates),
            }
        )
    return points
