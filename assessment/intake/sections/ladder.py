"""The ladder has a column for each perception point of the team; the header names the point."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.ladder import LadderSection
from assessment.infra.languages import Localisation
from assessment.intake.cells import DONT_KNOW_CODE, legend, skipped_words
from assessment.intake.sections.column import Answers, SectionColumn

LADDER_PREFIX = "ladder:"


def columns_of(_section: LadderSection, _questionnaire: Questionnaire) -> Sequence[SectionColumn]:
    """None that a questionnaire knows by itself."""
    return ()


def point_answers(ladder: LadderSection, reader: Localisation) -> Answers:
    """What the column of a point takes."""
    steps = tuple(str(step.value) for step in ladder.steps)
    labels = (reader.text(step.label) for step in ladder.steps)
    explained = legend(steps, labels, skipped_words(ladder.dont_know, reader))
    return Answers(explained, (*steps, reader.text(DONT_KNOW_CODE)))
