"""The public format of a result, `escala.result/1`: the same for the command line and the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import RoundResult, TeamResult

SCHEMA = "escala.result/1"


def result_document(result: RoundResult, questionnaire: Questionnaire) -> dict[str, Any]:
    """A result as plain data, ready for `json.dumps`: full double precision, every key always present."""
    return {
        "schema": SCHEMA,
        "questionnaire": {
            "id": questionnaire.id,
            "version": questionnaire.version,
            "checksum": questionnaire.checksum,
        },
        "minimum_group": result.minimum_group,
        "teams": [_team(team) for team in result.teams],
        "between_teams": [asdict(entry) for entry in result.between_teams],
        "reliability": [asdict(entry) for entry in result.reliability],
    }


def _team(result: TeamResult) -> dict[str, Any]:
    """A withheld team has its name and its number of respondents, and nothing else."""
    if result.withheld:
        return {"team": result.team, "respondents": result.respondents, "withheld": True}
    # A file does not say what was typed from paper.
    return {part: value for part, value in asdict(result).items() if part != "by_link"}
