"""Score a responses file: the use case behind `escala score`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assessment.catalogue.catalogue import load_asked
from assessment.domain import conventions as c
from assessment.domain.answers import TeamAnswers
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import RoundResult
from assessment.domain.scoring import score_round
from assessment.intake.notes import Note
from assessment.intake.responses import Responses, read_responses


@dataclass(frozen=True, slots=True)
class ResponsesFiles:
    """A responses file and, where given, the previous one, read with the same questionnaires."""

    questionnaire: Questionnaire
    current: Responses
    previous: Responses | None

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.current.notes + (self.previous.notes if self.previous else ())

    @property
    def earlier(self) -> dict[str, TeamAnswers]:
        return {team.team: team for team in self.previous.teams} if self.previous else {}


def read_files(
    path: Path,
    *,
    previous: Path | None = None,
    questionnaires: Sequence[str] = (),
    ignore_unknown: bool = False,
    team: str = "",
) -> ResponsesFiles:
    """Reads what is to be scored; `questionnaires` are those that were asked together, by default the twelve pillars.

    `team` is the team of files in which no column names one.

    Raises `UnknownQuestionnaire`, `InvalidContent`, `NotAskedTogether` or `InvalidFile`.
    """
    asked = load_asked(questionnaires)
    return ResponsesFiles(
        questionnaire=asked,
        current=read_responses(path, asked, ignore_unknown=ignore_unknown, team=team),
        previous=read_responses(previous, asked, ignore_unknown=ignore_unknown, team=team) if previous else None,
    )


def score_files(
    files: ResponsesFiles,
    *,
    minimum_group: int = c.MINIMUM_GROUP,
    on_team: Callable[[str], None] = lambda team: None,
) -> RoundResult:
    """The result of all teams of the file; `on_team` is called with the name of each team that is done."""
    return score_round(
        files.current.teams,
        files.questionnaire,
        minimum_group=minimum_group,
        previous=files.earlier if files.previous else None,
        on_team=on_team,
    )
