"""The column of an open question."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.sections.text import TextSection
from assessment.intake.sections.column import Answers, SectionColumn


def columns_of(section: TextSection, _questionnaire: Questionnaire) -> Sequence[SectionColumn]:
    warning = section.warning
    return [SectionColumn(section.id, section.question, "texts", lambda reader: Answers(reader.text(warning)))]
