"""A round from a responses file instead of answers: never both, since who adds rows could subtract them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, load_questionnaire, load_team_kinds
from assessment.domain.answers import Role, TeamAnswers
from assessment.domain.plans.proposal import phase_of
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation, language_of
from assessment.infra.slugs import name_from_slug
from assessment.intake.responses import Responses, read_responses
from assessment.intake.template import template_bytes
from assessment.intake.text import fold
from assessment.services.answer_documents import document_from_sheet
from assessment.services.rounds import draft_round
from assessment.store.organisations import Organisation
from assessment.store.responses import add_responses
from assessment.store.rounds import Round

UPLOAD_UNPACKED_MB = 5
UPLOAD_CELLS = 300_000
"""What a workbook that somebody sends may unpack to: a thousand respondents need 3 MB and 70,000 cells."""


class TooFewInFile(Exception):
    """The file has fewer people of the team than a result needs: nothing could ever be shown of them."""

    def __init__(self, answered: int, needed: int) -> None:
        super().__init__(f"{answered} < {needed}")
        self.answered = answered
        self.needed = needed


def read_upload(
    data: bytes, questionnaire: Questionnaire | None = None, *, ignore_unknown: bool = False, team: str = ""
) -> Responses:
    """What a file that somebody sent answers of a questionnaire, by default of the default one.

    `team` is the team on whose page it was sent: a file of one team need not name it. Touches no database, so that
    nobody waits for it. Raises `InvalidFile`.
    """
    return read_responses(
        data,
        questionnaire or load_questionnaire(),
        ignore_unknown=ignore_unknown,
        team=team,
        max_unpacked_mb=UPLOAD_UNPACKED_MB,
        max_cells=UPLOAD_CELLS,
    )


def empty_file(
    points: Sequence[str], questionnaire: Questionnaire | None = None, *, file: str, reader: Localisation
) -> bytes:
    """An empty responses file with a team's perception points, by their ids; CSV or XLSX as `file` ends.

    Raises `InvalidFile`.
    """
    return template_bytes(file, questionnaire or load_questionnaire(), points, reader)


def namesake_in(responses: Responses, name: str) -> str:
    """The file's team of this name, capitals and accents apart; else its only team; else none."""
    names = [team.team for team in responses.teams]
    alike = [known for known in names if fold(known) == fold(name)]
    if len(alike) == 1:
        return alike[0]
    return names[0] if len(names) == 1 else ""


def keep_imported_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    name: str,
    responses: Responses,
    file_team: str = "",
    with_ladder: bool = True,
    questionnaire_id: str = DEFAULT_QUESTIONNAIRE,
    now: dt.datetime,
) -> Round:
    """A stopped round with the answers that a file has for one team, ready to be published.

    `file_team` names the team in the file; without it, a file's only team is taken. Not `with_ladder`, what the
    file has about moments is left out. Respondents' codes are not kept: a
    response knows no respondent. A consensus row makes a consensus result, whatever the team's size. Raises
    `UnknownTeam`, `UnknownQuestionnaire`, `RoundUnderWay`, `UnknownTeamInFile` or `TooFewInFile`.
    """
    imported = draft_round(
        session,
        organisation_id=organisation_id,
        team_id=team_id,
        name=name,
        mode=RoundMode.IMPORTED,
        questionnaires=(questionnaire_id,),
        now=now,
    )
    answers = _team_of(responses, file_team)
    if not with_ladder:
        answers = replace(answers, points=(), sheets=tuple(replace(sheet, ladder={}) for sheet in answers.sheets))
    needed = 1 if answers.mode == "consensus" else imported.minimum_group
    if (answered := len(answers.own_sheets)) < needed:
        raise TooFewInFile(answered, needed)
    language = session.get_one(Organisation, organisation_id).language
    imported.points = named_points(answers, imported.points, language)
    imported.asks_role = any(sheet.role is Role.LEADER for sheet in answers.sheets)
    imported.opens_at = imported.stopped_at = now
    session.flush()
    add_responses(session, organisation_id, imported.id, map(document_from_sheet, answers.sheets))
    return imported


def _team_of(responses: Responses, name: str) -> TeamAnswers:
    if not name and len(responses.teams) == 1:
        return responses.teams[0]
    return responses.team(name)


def named_points(answers: TeamAnswers, own: Sequence[Mapping[str, str]], language: str) -> list[dict[str, str]]:
    """The file's sequence, by the names that the team, or a kind of team, has for its points."""
    templates = {point.id: point for kind in load_team_kinds() for point in kind.points}
    named = {point["id"]: point["name"] for point in own}
    points = []
    for point in answers.points:
        template = templates[point].name.in_language(language_of(language)) if point in templates else ""
        points.append(
            {
                "id": point,
                "name": named.get(point) or template or name_from_slug(point),
                "phase": phase_of(point, answers.points, templates),
            }
        )
    return points
